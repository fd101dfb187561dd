"""The ladder: pairs of a scientist's paper and the same with a known defect, cut to the same number of words.

A degraded paper is shorter or longer than the intact one, and a reviewer would only have to count. So the longer of the
two loses sentences of its introduction or related work, or lines of its further results, until both have the same
number of words, as they stand and scrubbed.
"""

from __future__ import annotations

import hashlib
import random
import re
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, Field

from ...data.dataset import Dataset, build
from ...data.errors import InputError
from ...data.files import read_text
from ...data.records import DatasetCard, Decision, Judgement, Paper
from ...reviewer.scrub import Removed, scrub, scrub_paper
from .manipulation import NotApplicable, manipulated
from .manipulations import chosen
from .manuscript import BESIDE, Manuscript
from .parts import Edit, edited, removal, sentences, spans, with_text
from .planted import Planted, planted
from .section_kinds import below_heading, spans_of, top_sections

DEFECTS_FILE = "defects.json"
LINE = re.compile(r"[^\n]*\S[^\n]*\n*")
PAIR: tuple[tuple[str, Decision], ...] = (("intact", "accept"), ("degraded", "reject"))


class Rung(BaseModel):
    """A defect that papers are given."""

    name: str
    strengths: list[float]
    description: str


class Ladder(BaseModel):
    """The dataset's defects by group, and the papers of which no pair could be made, with the reason."""

    defects: dict[str, Planted] = Field(default_factory=dict)
    left_out: dict[str, str] = Field(default_factory=dict)


def rungs() -> list[Rung]:
    """The defects of the data file."""
    written = tomllib.loads(read_text(Path(__file__).parent / "ladder.toml"))
    return [Rung.model_validate(rung) for rung in written["defects"]]


def make_ladder(manuscripts: Sequence[Manuscript], name: str, seed: int = 0) -> tuple[Dataset, Ladder]:
    """Pairs of the manuscripts with the defects in turn, every second pair for calibration.

    Ids are hashes: neither they nor their order tell which paper of a pair is intact. Raises InputError where no pair
    can be made.
    """
    ladder = Ladder()
    papers: list[Paper] = []
    judgements: list[Judgement] = []
    available = rungs()
    for number, manuscript in enumerate(manuscripts):
        turned = available[number % len(available) :] + available[: number % len(available)]
        made = next(filter(None, (_pair(manuscript, rung, seed) for rung in turned)), None)
        group = f"{manuscript.template}-{_hashed(manuscript.paper.text)[:6]}"
        if made is None or group in ladder.defects:
            reason = "the same paper twice" if made else "no defect leaves both papers of a pair with as many words"
            ladder.left_out[manuscript.paper.id] = reason
            continue
        ladder.defects[group] = made[2]
        split = "calibration" if len(ladder.defects) % 2 == 0 else "test"
        for paper, (kind, decision) in zip(made[:2], PAIR, strict=True):
            identity = _hashed(f"{group}/{kind}")[:10]
            papers.append(paper.model_copy(update={"id": identity, "venue": name, "text_version": "submission"}))
            judgements.append(Judgement(paper_id=identity, decision=decision, group=group, split=split))
    if not papers:
        raise InputError("no pair could be made of these papers: " + "; ".join(ladder.left_out.values()))
    return build(_card(name, ladder), papers, judgements), ladder


def _pair(manuscript: Manuscript, rung: Rung, seed: int) -> tuple[Paper, Paper, Planted] | None:
    """The intact and the degraded paper, of as many words, at the first strength that allows it."""
    (manipulation,) = chosen([rung.name])
    paper = manuscript.paper
    for strength in rung.strengths:
        try:
            degraded = manipulated(paper, manipulation, strength, seed)
        except NotApplicable:
            return None
        rng = random.Random(f"{seed}\n{paper.text}\n{rung.name}")
        more = tuple(a - b for a, b in zip(_words_of(paper), _words_of(degraded), strict=True))
        if more[0] >= 0:
            twins = (_shortened(paper, degraded, (more[0], more[1]), rng), degraded)
        else:
            twins = (paper, _shortened(degraded, paper, (-more[0], -more[1]), rng))
        if twins[0] is not None and twins[1] is not None and _words_of(twins[0]) == _words_of(twins[1]):
            record = planted(manuscript, degraded, rung.name, strength, rung.description)
            return twins[0], twins[1], record
    return None


def _shortened(paper: Paper, other: Paper, words: tuple[int, int], rng: random.Random) -> Paper | None:
    """The paper without so many words, as it stands and scrubbed, of `_spare` parts that the other has too.

    None if that cannot be.
    """
    pool = [edit for edit in _spare(paper) if paper.text[edit.start : edit.end].strip() in other.text]
    gone = scrub(paper.text).removed
    sums: dict[tuple[int, int], tuple[int, ...]] = {(0, 0): ()}
    for index in rng.sample(range(len(pool)), len(pool)):
        own = _words(paper.text[pool[index].start : pool[index].end], _kept(paper.text, gone, pool[index]))
        for total, used in list(sums.items()):
            longer = (total[0] + own[0], total[1] + own[1])
            if longer[0] <= words[0]:
                sums.setdefault(longer, (*used, index))
    if words not in sums:
        return None
    return with_text(paper, edited(paper.text, [pool[i] for i in sums[words]]))


def _spare(paper: Paper) -> list[Edit]:
    """What a paper can do without: sentences of introduction, related work and on how it was made, further results."""
    parts = [span for kind in ("introduction", "related") for span in spans_of(paper, kind)]
    tables: list[tuple[int, int]] = []
    for section in top_sections(paper):
        below = below_heading(paper.text, section)
        if section.title.lower() == BESIDE[0]:
            parts.append((below, section.end))
        elif section.title.lower() in BESIDE:
            tables += spans(LINE, paper.text, below, section.end)
    prose = [removal(paper.text, *sentence) for part in parts for sentence in sentences(paper.text, *part)]
    return [*prose, *(Edit(start, end) for start, end in tables)]


def _kept(text: str, gone: Sequence[Removed], part: Edit) -> str:
    """What scrubbing the whole text leaves of a part of it."""
    inside = ((max(span.start, part.start), min(span.end, part.end)) for span in gone)
    cut = [Edit(start - part.start, end - part.start) for start, end in inside if start < end]
    return edited(text[part.start : part.end], cut)


def _words(text: str, scrubbed: str) -> tuple[int, int]:
    """Words of a text as it stands and scrubbed."""
    return len(text.split()), len(scrubbed.split())


def _words_of(paper: Paper) -> tuple[int, int]:
    return _words(paper.text, scrub_paper(paper).text)


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _card(name: str, ladder: Ladder) -> DatasetCard:
    kinds: dict[str, int] = defaultdict(int)
    for defect in ladder.defects.values():
        kinds[defect.defect.partition(":")[2]] += 1
    return DatasetCard(
        name=name,
        title="Papers of this project's scientist in pairs: intact, and with a known defect",
        source="written by rules from the logs of runs; the defects are planted by `peerassay data make-ladder`",
        licence="MIT, as the project",
        revision="1",
        labels="constructed",
        text_version="submission",
        notes=[
            "Labels are constructed: 'accept' is the intact paper of a pair, 'reject' the one with the planted defect.",
            "It shows whether a reviewer can tell intact from degraded, not whether it agrees with humans.",
            "Both papers of a pair have the same number of words; the longer one lost sentences of its introduction "
            "or related work, or lines of its further results.",
            "Defects: " + ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
            + "; each is documented in defects.json.",
        ],
    )  # fmt: skip
