"""What the words around a number let it be: the value of a seed, an end of an interval, a change and no value."""

from __future__ import annotations

import re
from typing import NamedTuple

from .names import Names
from .numbers import Printed
from .passages import PaperPassage

CUED = {
    "sums": re.compile(r"\btotal|\bsum\b|\bsummed\b|altogether", re.IGNORECASE),
    "intervals": re.compile(r"interval|\bCIs?\b|confidence|\bbounds?\b|\bbetween\b|\[[^\]]*,", re.IGNORECASE),
}
"""Methods of `Derivations` that are tried only where the text, or what stands around it, speaks of such."""
AVERAGES = re.compile(
    r"\baverag\w*|\bmeans?\b|\boverall\b|\bacross\b|\btotal\b|\ball (?:\w+ )?(?:data ?sets|tasks)", re.I
)
OVERALL = re.compile(
    r"\b(?:averag\w+|means?)\s+(?:over|across)\s+(?:all\s+|both\s+|the\s+|our\s+)*(?:\w+\s+)?(?:data\s?sets|tasks|problems|benchmarks)\b",
    re.I,
)
ACROSS = re.compile(
    r"\b(?:over|across)\s+(?:all|both|the|our)\s+(?:\w+\s+){0,2}(?:data\s?sets|tasks|problems|benchmarks)\b", re.I
)
AVERAGED = re.compile(r"\bon average\b|\baverag\w+", re.IGNORECASE)
OF_SEEDS = re.compile(
    r"\bseeds?\b|\bbest\b|\bworst\b|\b(?:larg|small|high|low)est\b|\bmaxim|\bminim|\bmedian|\brange|\bsingle\b|\bspread"
    r"|deviation|standard error|interval|between",
    re.IGNORECASE,
)
"""Words without which a value of one cell is its mean."""
PICKED = re.compile(
    r"\b(?:best|worst|median|range|spread|deviation|(?:each|every|per|single|individual)[\s-]seeds?)\b"
    r"|\b(?:larg|small|high|low)est\b|\bmaxim|\bminim",
    re.IGNORECASE,
)
"""Those that a caption, or a sentence for a number in front of a ±, needs for it."""
BEFORE_SPREAD = re.compile(r"[\s$%]*±")
CHANGES = re.compile(
    r"(?:\A|\|\s*|\(|\b(?:relative|absolute|mean)\s+)(?:changes?|differences?|diff\.?|Δ|delta)"
    r"\s*(?=\(|\Z|\||%|in\b|from\b|to\b|of\b|vs)"
    r"|\b(?:change|difference|improvement|reduction|increase|decrease|gain)s?\s*\(?%\)?\s*\Z",
    re.IGNORECASE,
)
"""Heads of a table under which stand differences and changes, and no values."""


class Cues(NamedTuple):
    """What a number may be. `further` are the methods of `CUED` that the text speaks of."""

    seeds: bool
    """A value of one seed, or what several give beside their mean."""
    averages: bool
    overall: bool
    """It is of all data sets together."""
    changes: bool
    """It is a difference or a change."""
    measured: bool
    """A ± stands behind it, so it is a mean or a difference."""
    further: list[str]


def cues_of(number: Printed, passage: PaperPassage, names: Names, *, bound: bool) -> Cues:
    """The cues of a number; `bound` says that the sentence itself names run, data set and metric."""
    in_table = passage.kind in ("cell", "row")
    measured = BEFORE_SPREAD.match(passage.text, number.end) is not None
    changes = in_table and CHANGES.search(names.masked(passage.names)) is not None
    texts = (passage.text, passage.names, *(() if passage.kind == "cell" else passage.around))
    cued = [name for name, cue in CUED.items() if any(cue.search(text) for text in texts)]
    further = [name for name in cued if name != "intervals" or not (measured or changes)]
    seeds = _speaks_of_seeds(passage, names, bound=bound, measured=measured)
    averaged = OVERALL.search(passage.text) or (ACROSS.search(passage.text) and AVERAGED.search(passage.text))
    overall = averaged is not None and not names.named(passage.text).datasets
    return Cues(seeds, AVERAGES.search(passage.names) is not None, overall, changes, measured, further)


def _speaks_of_seeds(passage: PaperPassage, names: Names, *, bound: bool, measured: bool) -> bool:
    in_cell = passage.kind == "cell"
    near = (passage.names,) if in_cell or bound else (passage.text, passage.names, *passage.around)
    words = PICKED if measured else OF_SEEDS
    told = any(words.search(names.masked(text)) for text in near)
    return told or any(PICKED.search(names.masked(text)) for text in (passage.around[:1] if in_cell else ()))
