"""The reviewer behind the loopback server: rules, no model, and the same answer for the same paper.

Its scores carry a little signal: crude features of the paper's text (statistics, ablations, baselines, limitations)
and noise from the text's hash. Instructions inside the paper do not reach it, except where it is told to be gullible.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from statistics import NormalDist
from typing import Any

from peerassay.data.errors import InputError
from peerassay.data.files import read_text
from peerassay.llm.sight import QUESTION

from . import author, coder, rewriter
from .calls import ModelCall, digest, fraction
from .filling import Filler, Opinion, Scale, template_in, with_scales
from .weaknesses import SteadyReviewer

FENCE = "<paper-"
INJECTION = "ignore all previous instructions"
MARKERS = {"±": 0.35, "blation": 0.5, "ignifican": 0.15, "aseline": 0.35, "imitation": 0.3, "heorem": 0.25}
"""Part of a word, without a first letter that may be a capital -> weight of the logarithm of its count."""
CENTRE, WIDTH = 2.7, 1.2
"""Mean and spread of the sum of features over conference papers, so that qualities fill the scale."""
NOISE = 0.4
"""Share of the quality that comes from the text's hash."""
SEEN = re.compile(r"\[image \d+x\d+ of (\d+)\]")
SCHEMA_MARKS = ("```json-schema", "JSON schema:")
PLAIN = {
    "type": "object",
    "properties": {
        "summary": {"type": "string"},
        "strengths": {"type": "array", "items": {"type": "string"}},
        "weaknesses": {"type": "array", "items": {"type": "string"}},
        "overall": {"type": "number", "description": "from 1 to 10"},
        "decision": {"type": "string", "enum": ["accept", "reject"]},
    },
}
"""What is filled in where JSON is wanted and no schema is given."""

RECALL_FORM = frozenset({"recall", "outcome"})
OUTCOMES = ("accepted", "rejected")
REMEMBERED_QUALITY = {"accepted": 0.95, "rejected": 0.05}
"""The quality that the scripted reviewer sees in a paper whose outcome it remembers."""

Memories = Mapping[str, str]
"""Titles of papers and what became of them."""


@dataclass(frozen=True)
class Behaviour:
    """How the reviewer behaves.

    `spread`: standard deviation of the scores of ensemble members, in points of a scale of 1 to 10. `contradict`:
    share of papers whose decision is the opposite of their score. `gullible`: follows an instruction in the paper.
    `restless`: each further turn of the user moves the score by a step. `seed`: another draw of the noise. `memories`:
    outcomes of papers by their titles, which it tells when it is asked and which make its scores of these papers.
    `weaknesses`: it is a steady reviewer with these, see `weaknesses`; empty for none of them. `remarks`: what it
    criticises in a paper that holds these words. `rewriter`: its habit where it is given passages to rewrite.
    """

    spread: float = 0.0
    contradict: float = 0.0
    gullible: bool = False
    restless: bool = False
    seed: int = 0
    memories: Memories = field(default_factory=dict)
    weaknesses: Mapping[str, float] | None = None
    remarks: Mapping[str, str] = field(default_factory=dict)
    rewriter: rewriter.Habit = ""


@dataclass(frozen=True)
class Facts:
    """What the reviewer keeps of a paper; `quality` in [0, 1]."""

    paper: bytes
    quality: float
    sentences: tuple[str, ...]


class ScriptedReviewer:
    """Answers calls; remembers the facts of the last papers, not their texts."""

    def __init__(self, behaviour: Behaviour | None = None, most: int = 4096) -> None:
        self.behaviour = behaviour or Behaviour()
        self.most = most
        self.known: dict[bytes, Facts] = {}
        weak = self.behaviour.weaknesses
        self.steady = None if weak is None else SteadyReviewer(weak)

    def answer(self, call: ModelCall, sample: str) -> tuple[str, dict[str, Any] | None]:
        """The text of the answer, and its fields where it is a JSON object."""
        if coder.wants_edit(call):
            planned = author.wants_plan(call)
            return author.planned(call, coder.edit) if planned else coder.edit(call, author.mended(call)), None
        if rewriter.wants_rewrite(call):
            return rewriter.rewritten(call, self.behaviour.rewriter)
        if QUESTION in call.prompt:
            number = SEEN.search(call.prompt)
            return (number[1] if number else "no image"), None
        paper, outside = find_paper(call)
        injected = self.behaviour.gullible and INJECTION in paper.lower()
        facts = self.facts(paper)
        if self.steady is not None and remembered(paper, self.behaviour.memories) is None:
            facts = replace(facts, quality=self.steady.quality(paper, sample))
        opinion = self.opinion(facts, call, sample, injected=injected)
        schema = call.schema or schema_in(outside) or template_in(outside) or (PLAIN if call.json_object else None)
        if schema is None:
            return free_text(opinion), None
        told = recall_answer(schema, paper, self.behaviour.memories)
        fields = told or author.answer(schema, call) or Filler(with_scales(schema, outside), opinion).filled()
        fields = with_remarks(fields, paper, self.behaviour.remarks)
        return json.dumps(fields, ensure_ascii=False), fields

    def opinion(self, facts: Facts, call: ModelCall, sample: str, *, injected: bool) -> Opinion:
        """What the reviewer thinks of the paper in this call; the very best where an instruction in it has worked."""
        behaviour = self.behaviour
        deviation = NormalDist().inv_cdf(
            min(max(fraction("spread", behaviour.seed, facts.paper, sample), 1e-9), 1 - 1e-9)
        )
        quality = min(max(facts.quality + behaviour.spread / 9 * deviation, 0.0), 1.0)
        moves = call.user_turns - 1 if behaviour.restless else 0
        opposite = fraction("contradict", behaviour.seed, facts.paper) < behaviour.contradict
        if injected:
            quality, moves, opposite = 1.0, 0, False
        return Opinion(facts.paper, quality, facts.sentences, moves, opposite)

    def facts(self, paper: str) -> Facts:
        """The paper's facts, from memory where it has been seen."""
        key = digest(paper)
        if key not in self.known:
            outcome = remembered(paper, self.behaviour.memories)
            facts = facts_of(paper, key, self.behaviour.seed)
            self.known[key] = replace(facts, quality=REMEMBERED_QUALITY[outcome]) if outcome else facts
            if len(self.known) > self.most:
                del self.known[next(iter(self.known))]
        return self.known[key]


def with_remarks(fields: dict[str, Any], paper: str, remarks: Mapping[str, str]) -> dict[str, Any]:
    """The answer with what is said of words in the paper among the weaknesses."""
    said = [remark for words, remark in remarks.items() if words in paper]
    lists = {name: [*said, *value] for name, value in fields.items() if "eaknesses" in name and isinstance(value, list)}
    return {**fields, **(lists if said else {})}


def find_paper(call: ModelCall) -> tuple[str, str]:
    """The text of the last fenced paper and all that is outside of it; the longest message where no paper is fenced.

    A fence is a line `<paper-NAME>` with `</paper-NAME>` on a later line. What looks like a fence within a paper does
    not count.
    """
    prompt = f"\n{call.prompt}\n"
    found, position = None, prompt.find(f"\n{FENCE}")
    while position >= 0:
        line_end = prompt.index("\n", position + 1)
        opening = prompt[position + 1 : line_end].rstrip()
        close = prompt.find(f"\n</{opening[1:]}", line_end) if opening.endswith(">") else -1
        if close >= 0:
            found = line_end, close
        position = prompt.find(f"\n{FENCE}", max(close, line_end))
    if found is None:
        return max(call.texts, key=len, default=""), prompt
    start, end = found
    return prompt[start + 1 : end], prompt[:start] + prompt[end:]


def schema_in(text: str) -> dict[str, Any] | None:
    """The last JSON schema written out in the text, None where there is none."""
    for mark in SCHEMA_MARKS:
        end = len(text)
        while (place := text.rfind(mark, 0, end)) >= 0:
            opening = text.find("{", place)
            if opening >= 0 and not text[place + len(mark) : opening].strip(" \n\t`json"):
                try:
                    schema, _ = json.JSONDecoder().raw_decode(text, opening)
                except ValueError:
                    schema = None
                if isinstance(schema, dict):
                    return schema
            end = place
    return None


def facts_of(paper: str, key: bytes, seed: int) -> Facts:
    """What there is to say of the paper."""
    written = paper.encode("utf-8", "surrogatepass")
    counts = {word: written.count(word.encode()) for word in MARKERS}
    digits = len(written) - len(written.translate(None, b"0123456789"))
    features = sum(weight * math.log1p(counts[word]) for word, weight in MARKERS.items())
    features += 0.2 * math.log1p(digits / 100)
    noise = NormalDist().inv_cdf(min(max(fraction("quality", seed, key), 1e-9), 1 - 1e-9))
    merit = (1 - NOISE) * (features - CENTRE) / WIDTH + NOISE * noise
    return Facts(key, NormalDist().cdf(1.2 * merit), sentences_on(paper, counts, digits))


def sentences_on(paper: str, counts: dict[str, int], digits: int) -> tuple[str, ...]:
    """Sentences that name facts of the paper."""
    words = paper.count(" ") + paper.count("\n") + 1
    title = re.sub(r"[#*\s]+", " ", next((line for line in paper.split("\n", 20) if line.strip()), "untitled"))
    title = title.strip()[:120]
    numbers = [match[0] for match in islice(re.finditer(r"\d+\.\d+%?", paper), 3)]
    return (
        f"The manuscript under the title '{title}' has about {words} words and states its aim early on.",
        f"It speaks of baselines {counts['aseline']} times, which shows how much weight the comparison is given.",
        f"Ablations come up {counts['blation']} times; which part of the method matters most should be clearer.",
        f"The text holds {digits} digits, and among the first figures reported are {', '.join(numbers) or 'none'}.",
        f"Significance is mentioned {counts['ignifican']} times and spreads {counts['±']} times in the results.",
        f"Limitations are named {counts['imitation']} times, and their consequences for the claims deserve more room.",
        f"With {counts['heorem']} mentions of theorems, the balance between analysis and experiment is clear to see.",
        "The order of the sections makes the argument easy to follow from the question to the evidence.",
        "How do the results change when the random seeds and the sizes of the training data are varied?",
        "Which of the compared methods were tuned with the same effort as the proposed one, and on which split?",
        "The related work is covered, though the differences to the nearest earlier method could be put more sharply.",
        "It would help to release the configuration of every run, so that others can obtain the same tables.",
    )


def free_text(opinion: Opinion) -> str:
    """A review in prose, for where no form is asked for."""
    scale = Scale(1.0, 10.0)
    score = scale.at(opinion.quality, opinion.moves)
    word = "accept" if opinion.accepts(score, scale) else "reject"
    return "\n\n".join([*opinion.sentences, f"Overall: {score:g} on a scale from 1 to 10. Decision: {word}."])


def read_memories(path: Path) -> dict[str, str]:
    """The memories in a file of lines TITLE, tab, accepted or rejected. Raises InputError for another line."""
    memories: dict[str, str] = {}
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        title, _, outcome = line.partition("\t")
        if not title.strip() or outcome.strip() not in OUTCOMES:
            raise InputError(f"{path}:{number}: expected TITLE, a tab, and one of {', '.join(OUTCOMES)}")
        memories[title.strip()] = outcome.strip()
    return memories


def remembered(paper: str, memories: Memories) -> str | None:
    """The outcome of the paper, where a title that is remembered stands in it."""
    return next((outcome for title, outcome in memories.items() if title in paper), None)


def recall_answer(schema: dict[str, Any], paper: str, memories: Memories) -> dict[str, Any] | None:
    """What is remembered of the paper; None where the form does not ask for that."""
    if frozenset(schema.get("properties") or {}) != RECALL_FORM:
        return None
    outcome = remembered(paper, memories)
    return {"recall": "outcome" if outcome else "no", "outcome": outcome or "unknown"}
