"""A badge for each entry: a picture of its headline figure, for a README of somebody else's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...bench.floors import Verdict
from ...presentation.numbers import number
from ...presentation.pages import quiet
from ..boards import GeneratorEntry, RankInterval, ReviewerEntry
from .cells import ranked, span
from .floor_words import BRIEFLY

if TYPE_CHECKING:
    from markupsafe import Markup

LONGEST = 34
"""Characters of a dataset's or template's name."""
PER_CHARACTER, MARGIN = 6.6, 9
"""Pixels: about the mean width of a letter of 11 pixels, and the room beside words."""


@dataclass(frozen=True)
class Badge:
    """What stands on its left half, and on its right one."""

    label: str
    words: str

    @property
    def svg(self) -> Markup:
        """The picture, 20 pixels high, with colours of its own: it stands on pages of any colour."""
        from markupsafe import Markup

        left, right = (round(len(text) * PER_CHARACTER) + 2 * MARGIN for text in (self.label, self.words))
        return Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="20" role="img" aria-label="{label}: {words}">'
            "<title>{label}: {words}</title>"
            '<rect width="{w}" height="20" rx="3" fill="#3d454d"/>'
            '<path d="M{left} 0h{inner}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{inner}z" fill="#0b5cad"/>'
            '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">'
            '<text x="{x1}" y="14">{label}</text><text x="{x2}" y="14">{words}</text></g></svg>\n'
        ).format(
            w=left + right, left=left, inner=right - 3, x1=left / 2, x2=left + right / 2,
            label=self.label, words=self.words,
        )  # fmt: skip


def reviewer_badge(entry: ReviewerEntry, dataset: str, of: int) -> Badge:
    """AUC with its interval and the rank, on the dataset."""
    auc = entry.result.figures.scores.get("auc")
    if auc is None or auc.value is None:
        return Badge(_label(dataset), "no scores")
    return Badge(_label(dataset), f"AUC {number(auc.value)} {span(auc)}".strip() + _rank(entry.place, of, entry.floors))


def generator_badge(entry: GeneratorEntry, of: int) -> Badge:
    """Mean score with its interval and the rank, on the template."""
    mean = entry.result.figures.mean
    if mean.value is None:
        return Badge(_label(entry.result.template), "no scores")
    words = f"mean score {number(mean.value, 2)} {span(mean, 2)}".strip()
    return Badge(_label(entry.result.template), words + _rank(entry.place, of, entry.floor))


def _label(name: str) -> str:
    plain = quiet(name)
    return f"peerassay · {plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + '…'}"


def _rank(place: RankInterval | None, of: int, verdict: Verdict) -> str:
    mark = f", {place.mark}" if place and place.mark else ""
    return "" if place is None else f" · rank {ranked(place)} of {of}{BRIEFLY.get(verdict, '')}{mark}"
