"""The generators' boards: a section for each, with all templates together and then template by template."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...bench.scores.groups import ALL_TEMPLATES
from ...presentation.cell import Cell
from ...presentation.numbers import counted
from ..boards import GeneratorBoard, GeneratorEntry
from .cells import BAR, axis_over, bar, choices, estimated, money, ranked
from .human_cells import humans_words, rank_note
from .links import Pages, anchor
from .tables import BoardTable, Column, Row, Select, board_table
from .template_part import TemplatePart, score_axis, spark_axis, template_part


@dataclass(frozen=True)
class GeneratorSection:
    """All of one reviewer's board."""

    board: GeneratorBoard
    id: str
    overall: BoardTable | None
    parts: tuple[TemplatePart, ...]
    title: str
    size: str
    """How much there is, in words."""
    facts: list[tuple[str, str]]

    @property
    def tables(self) -> tuple[BoardTable, ...]:
        """All of them."""
        return (*([self.overall] if self.overall else []), *(part.table for part in self.parts))


def generator_sections(boards: Sequence[GeneratorBoard], pages: Pages) -> list[GeneratorSection]:
    """The boards, one section per reviewer fingerprint."""
    return [_section(board, pages) for board in boards]


def section_anchor(board: GeneratorBoard) -> str:
    """The anchor of a generators' board."""
    return anchor("reviewer", board.key)


def section_title(board: GeneratorBoard) -> str:
    """Whose eyes, and what they saw."""
    return f"In the eyes of {board.reviewer}{'' if board.text == 'unknown' else f', {board.text} text'}"


def section_facts(board: GeneratorBoard, size: str) -> list[tuple[str, str]]:
    """What is the same for all entries of a board."""
    unsigned = " (unsigned: its reviews do not say who made them)" if board.unsigned else ""
    return [
        ("Fingerprint", f"{board.fingerprint}{unsigned}"),
        ("Accepted means", board.rule or "nothing decides"),
        ("P(accept)", board.probability or "there is none"),
        ("Humans", humans_words(board)),
        ("Board", size),
    ]


def by_template(entries: Iterable[GeneratorEntry]) -> dict[str, list[GeneratorEntry]]:
    """The entries of each template, in the order given."""
    found: dict[str, list[GeneratorEntry]] = {}
    for entry in entries:
        found.setdefault(entry.result.template, []).append(entry)
    return found


def _section(board: GeneratorBoard, pages: Pages) -> GeneratorSection:
    found = by_template(board.entries)
    tried = sum(e.result.figures.tried for e in board.entries)
    size = f"{counted(len(found), 'template')}, {counted(tried, 'idea')} tried"
    axes = score_axis(board), spark_axis(board)
    parts = tuple(template_part(board, template, entries, pages, *axes) for template, entries in found.items())
    return GeneratorSection(
        board=board,
        id=section_anchor(board),
        overall=strength_table(board) if board.strengths else None,
        parts=parts,
        title=section_title(board),
        size=size,
        facts=section_facts(board, size),
    )


def strength_table(board: GeneratorBoard) -> BoardTable:
    """The configurations over all templates."""
    ends = [end for s in board.strengths for end in (s.strength.value, s.strength.low, s.strength.high)]
    axis = axis_over([0.0, *ends], *BAR)
    columns = (
        Column("rank", "Rank", "ranks", first="ascending"),
        Column("name", "Configuration", kind="text", first="ascending"),
        Column("strength", "Strength", "strength"),
        Column("bar", "95% interval", "intervals", kind="drawing", axis=axis),
        Column("beats", "Beats average", "beats-average"),
        Column("templates", "Templates"),
        Column("tried", "Ideas tried", "tried"),
        Column("matched", "Same idea", "comparisons"),
        Column("unmatched", "Same template", "comparisons"),
        Column("cost", "Cost per paper", "cost", first="ascending"),
    )
    rows = [
        Row(
            (
                ranked(s.place),
                Cell(s.configuration),
                estimated(s.strength, 2),
                bar(axis, s.strength, "Strength", reference=0.0, digits=2),
                estimated(s.beats_average, 2),
                Cell(str(len(s.templates)), len(s.templates), small=", ".join(s.templates)),
                Cell(f"{s.tried:,}", s.tried),
                Cell(f"{s.matched:,}", s.matched),
                Cell(f"{s.unmatched:,}", s.unmatched),
                money(s.usd_per_paper),
            ),
            look="" if s.place else "floor",
        )
        for s in board.strengths
    ]
    title = "Over all templates, by the Bradley–Terry model"
    note = rank_note(board, ALL_TEMPLATES)
    return board_table(f"overall-{section_anchor(board)}", title, columns, rows, note=note)


def generator_filters(boards: Sequence[GeneratorBoard]) -> tuple[Select, ...]:
    """Filters by template and status."""
    results = [e.result for b in boards for e in b.entries]
    statuses = sorted({r.status for r in results})
    return (
        *choices("part", "Template", [(anchor(r.template), r.template) for r in results]),
        *choices("status", "Status", [(status, status) for status in statuses]),
    )
