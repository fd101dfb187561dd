"""Remove from a paper's text what tells the decision without being the science.

A venue swaps in the camera-ready on acceptance, so the latest PDF of an accepted paper has authors, e-mails,
acknowledgements, links to code and a page more, while that of a rejected paper says "Anonymous authors". What the
rules find is cut out; what remains is given to the reviewers, what was removed stays on record.

What authors changed in the science itself after the reviews cannot be removed and remains in a camera-ready text.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass

from ..data.records import Paper
from . import scrub_rules
from .scrub_rules import RULES, body_end

VERSION = 1
"""Raised when the rules' functions change what they remove; patterns and limits count by themselves."""
MAX_WORDS = 5000
"""Words kept at most, about what nine pages hold, so that the tenth page of a camera-ready tells nothing."""


@dataclass(frozen=True)
class Removed:
    """A span of the original text, in characters, and the rule that removed it."""

    start: int
    end: int
    rule: str


@dataclass(frozen=True)
class Scrubbed:
    """The text that is left, and what was taken out of which places of the original."""

    original: str
    text: str
    removed: tuple[Removed, ...]

    @property
    def kept_share(self) -> float:
        """Characters kept as a share of the original's, in [0, 1]."""
        return 1 - sum(self.removed_shares().values())

    def removed_shares(self) -> dict[str, float]:
        """Characters removed by each rule as shares of the original's, the largest first."""
        counts: Counter[str] = Counter()
        for span in self.removed:
            counts[span.rule] += span.end - span.start
        return {rule: n / len(self.original) for rule, n in counts.most_common()}


def scrub(text: str, *, max_words: int | None = MAX_WORDS) -> Scrubbed:
    """Title, abstract and body up to the references, without what reveals the decision.

    `max_words` limits what is kept (None: no limit). Where a part is not recognised, it is kept.
    """
    end = body_end(text)
    body = text[:end]
    lowered = _lower(body)
    names = [*RULES, "references and appendix", "length limit"]
    mark = bytearray(len(text))

    def take(start: int, stop: int, rule: str) -> None:
        mark[start:stop] = mark[start:stop].replace(b"\0", bytes([names.index(rule) + 1]))

    take(end, len(text), "references and appendix")
    for rule, find in RULES.items():
        for start, stop in find(body, lowered):
            take(start, stop, rule)
    if max_words is not None:
        words = [m.end() for m in re.finditer(r"\S+", body) if not mark[m.start()]]
        if len(words) > max_words:
            take(words[max_words - 1], end, "length limit")
    kept = "".join(text[m.start() : m.end()] for m in re.finditer(rb"\x00+", mark))
    removed = tuple(Removed(*m.span(), names[m[1][0] - 1]) for m in re.finditer(rb"([^\x00])\1*", mark, re.DOTALL))
    return Scrubbed(text, _tidy(kept), removed)


def rules_fingerprint() -> str:
    """Eight hex digits over the patterns and limits: another value may give other texts."""
    patterns = {name: value.pattern for name, value in vars(scrub_rules).items() if isinstance(value, re.Pattern)}
    stated = [(name, "".join(pattern.split())) for name, pattern in sorted(patterns.items())]
    return hashlib.sha256(repr((VERSION, MAX_WORDS, list(RULES), stated)).encode()).hexdigest()[:8]


def scrub_paper(paper: Paper) -> Paper:
    """The paper with its text and abstract scrubbed."""
    scrubbed = {"text": scrub(paper.text).text, "abstract": scrub(paper.abstract).text.strip()}
    return paper.model_copy(update={**scrubbed, "sections": ()})


def _lower(text: str) -> str:
    """The text in lower case, character by character where the whole would change its length."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _tidy(text: str) -> str:
    text = re.sub(r"[ \t]+\n", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
