"""The best of each board, for the first page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..boards import GeneratorBoard, ReviewerBoard
from .generators import generator_sections, section_anchor
from .links import Pages, board_anchor, board_title
from .reviewers import auc_axis, reviewer_grid
from .tables import Grid

TOP = 5
"""Rows of a board on the first page."""

KEPT = ("rank", "name", "auc", "mean", "strength", "bar")


@dataclass(frozen=True)
class Top:
    """The first rows of a board, and where the rest is."""

    title: str
    href: str
    facts: str
    grid: Grid
    more: int


def reviewer_tops(boards: Sequence[ReviewerBoard], pages: Pages) -> list[Top]:
    """The best reviewers of every board."""
    axis, tops = auc_axis(boards), []
    for board in boards:
        grid, href = reviewer_grid(board, pages, axis), f"reviewers.html#{board_anchor(board)}"
        tops.append(_top(grid, board_title(board), href, grid.facts))
    return tops


def generator_tops(boards: Sequence[GeneratorBoard], pages: Pages) -> list[Top]:
    """The best configurations of every board: over all templates, or on its first one where there is just one."""
    tops = []
    for section in generator_sections(boards, pages):
        grid = section.overall or (section.parts[0].grid if section.parts else None)
        if grid is not None:
            href = f"generators.html#{section_anchor(section.board)}"
            tops.append(_top(grid, section.title, href, f"{section.size}."))
    return tops


def _top(grid: Grid, title: str, href: str, facts: str) -> Top:
    kept = [i for i, column in enumerate(grid.columns) if column.key in KEPT]
    entries = [r for r in grid.rows if r.look != "ceiling"]
    rows = [replace(r, cells=tuple(r.cells[i] for i in kept)) for r in entries[:TOP]]
    columns = tuple(grid.columns[i] for i in kept)
    short = replace(grid, id=f"top-{grid.id}", columns=columns, rows=tuple(rows), sortable=False)
    return Top(title, href, facts, short, len(entries) - len(rows))
