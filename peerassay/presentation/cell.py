"""What a cell of a table shows, and what stands behind it."""

from __future__ import annotations

from typing import Literal, Self

NONE = "–"
Tone = Literal["", "fine", "note", "alarm", "soft"]
"""How a cell speaks: the colours of the stylesheet, and of the terminal."""


class Cell(str):
    """What a cell of a table shows; `value`, `low` and `high` are the number behind it and the ends of its interval.

    A page also shows `small` in small type below it, makes it a link to `href`, adds `tags`, or shows `drawing`
    instead, which has `__html__`. A head's `href` is its explanation. `mark` are the words that a sign beside it stands
    for.
    """

    value: float | None
    low: float | None
    high: float | None
    tone: Tone
    small: str
    href: str
    tags: tuple[str, ...]
    mark: str
    drawing: object

    def __new__(
        cls,
        text: str,
        value: float | None = None,
        low: float | None = None,
        high: float | None = None,
        *,
        tone: Tone = "",
        small: str = "",
        href: str = "",
        tags: tuple[str, ...] = (),
        mark: str = "",
        drawing: object = None,
    ) -> Self:
        """The text, with the unrounded number that it is of, where it is of one."""
        cell = super().__new__(cls, text)
        cell.value, cell.low, cell.high, cell.tone = value, low, high, tone
        cell.small, cell.href, cell.tags, cell.mark, cell.drawing = small, href, tags, mark, drawing
        return cell


def number_of(cell: str) -> float | None:
    """The unrounded number behind a cell; None where there is none."""
    return cell.value if isinstance(cell, Cell) else None
