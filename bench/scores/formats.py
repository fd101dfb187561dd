"""Which formats the papers of a group came in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from .metrics import ScoredIdea, ScorePair
from .records import TriedIdea


def format_words(counts: Counter[str]) -> str:
    """Counted formats as "pdf", or as "3 pdf/2 tex"."""
    return "/".join(counts) if len(counts) == 1 else "/".join(f"{n} {name}" for name, n in sorted(counts.items()))


def format_of(idea: TriedIdea) -> str:
    """The ending of the paper's file, such as "pdf"; empty where there is none."""
    return Path(idea.paper).suffix.lower().lstrip(".") if idea.paper else ""


def formats_note(ideas: Sequence[TriedIdea]) -> list[str]:
    """That the papers of a table are of several formats."""
    counts = Counter(found for idea in ideas if idea.finished and (found := format_of(idea)))
    if len(counts) < 2:
        return []
    kinds = ", ".join(f"{name} ({n})" for name, n in counts.most_common())
    return [
        f"The papers are of several formats: {kinds}. The same paper read from PDF and from TeX was scored up to .145 "
        "apart by the learned reviewer: only groups of the same formats are comparable."
    ]


def with_formats(pairs: Sequence[ScorePair], ideas: Sequence[ScoredIdea]) -> list[ScorePair]:
    """The pairs, those of papers that were read from different formats marked."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for scored in ideas:
        key = (scored.idea.template, scored.idea.configuration)
        if scored.score is not None and (name := format_of(scored.idea)):
            found.setdefault(key, Counter())[name] += 1

    def kinds(pair: ScorePair, configuration: str) -> Counter[str]:
        there = [key for key in found if key[1] == configuration]
        whole = [key for key in there if key[0] == pair.template] or there
        return sum((found[key] for key in whole), Counter[str]())

    def marked(pair: ScorePair) -> ScorePair:
        a, b = kinds(pair, pair.a), kinds(pair, pair.b)
        if not a or not b or _shares(a) == _shares(b):
            return pair
        return pair.model_copy(update={"formats": f"{format_words(a)} against {format_words(b)}"})

    return [marked(pair) for pair in pairs]


def _shares(counts: Counter[str]) -> dict[str, float]:
    return {name: n / counts.total() for name, n in counts.items()}
