"""What the pages of reviewers and of generators have in common."""

from __future__ import annotations

from dataclasses import dataclass

from ...bench.table import NONE
from ..boards import Place
from ..records import GeneratorResult, ReviewerResult
from .grids import Cell, Column, ranked

FIGURE_COLUMNS = (
    Column("figure", "Figure", kind="text", first="ascending"),
    Column("value", "Value"),
    Column("interval", "95% interval", "intervals", kind="text", first="ascending"),
    Column("n", "n"),
)
"""Of a table with a figure per row."""


@dataclass(frozen=True)
class Key:
    """A figure at the top of the page: what it is, its value, and its interval or other words."""

    label: str
    cell: Cell
    about: str


def rank_key(place: Place | None, of: int) -> Key:
    """The rank with the order interval, among `of` ranked entries."""
    order = f"of {of}, order {place.low}–{place.high}" if place else ""
    return Key("Rank", Cell(ranked(place).text, small=order), "ranks")


def made_facts(result: ReviewerResult | GeneratorResult) -> list[tuple[str, str]]:
    """Status, version and digest of a result."""
    status = "verified: the project's checks made the reviews again and got the same scores"
    return [
        ("Status", status if result.status == "verified" else "self-reported: figures recomputed from the scores"),
        ("Made", f"{result.made.created} with peerassay {result.made.peerassay}"),
        ("Digest", f"SHA-256 {result.digest}" if result.digest else NONE),
    ]
