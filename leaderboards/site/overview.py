"""The best of each board, for the first page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..boards import GeneratorBoard, ReviewerBoard
from .generators import generator_sections, section_anchor
from .links import Pages, board_anchor, board_title
from .reviewers import auc_axis, board_facts, reviewer_table
from .tables import BoardTable

TOP = 5
"""Rows of a board on the first page."""

KEPT = ("rank", "name", "auc", "mean", "strength", "bar")


@dataclass(frozen=True)
class Top:
    """The first rows of a board, and where the rest is."""

    title: str
    href: str
    facts: str
    table: BoardTable
    more: int


def reviewer_tops(boards: Sequence[ReviewerBoard], pages: Pages) -> list[Top]:
    """The best reviewers of every board."""
    axis, tops = auc_axis(boards), []
    for board in boards:
        href = f"reviewers.html#{board_anchor(board)}"
        tops.append(_top(reviewer_table(board, pages, axis), board_title(board), href, board_facts(board)))
    return tops


def generator_tops(boards: Sequence[GeneratorBoard], pages: Pages) -> list[Top]:
    """The best configurations of every board: over all templates, or on its first one where there is just one."""
    tops = []
    for section in generator_sections(boards, pages):
        table = section.overall or (section.parts[0].table if section.parts else None)
        if table is not None:
            href = f"generators.html#{section_anchor(section.board)}"
            tops.append(_top(table, section.title, href, f"{section.size}."))
    return tops


def _top(table: BoardTable, title: str, href: str, facts: str) -> Top:
    entries = [i for i, mark in enumerate(table.marks) if mark.look != "ceiling"]
    first = entries[:TOP]
    short = replace(
        table,
        id=f"top-{table.id}",
        title=title,
        rows=tuple(table.rows[i] for i in first),
        marks=tuple(table.marks[i] for i in first),
        sortable=False,
    ).only([i for i, column in enumerate(table.columns) if column.key in KEPT])
    return Top(title, href, facts, short, len(entries) - len(first))
