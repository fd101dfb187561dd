"""The pages of the site: which templates are filled with what."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ...presentation.table import Table
from ..boards import Boards, GeneratorBoard, GeneratorEntry, ReviewerBoard, ReviewerEntry
from ..leaks import LEAD, makings_table, notes_on, verdicts_table
from .charts import histogram_chart, reliability_chart
from .citation import boards_citation, boards_date
from .compared import compare_choices
from .entries import bins_table, decisions_table, reviewer_facts, reviewer_keys, scores_table
from .explanations import explanations
from .floor_words import against_floors
from .generator_entry import generator_facts, generator_keys, generator_table, ideas_table
from .generators import generator_filters, generator_sections, section_anchor
from .human_cells import gate_note
from .links import Pages, board_anchor, board_title, entry_pages, last_parts, page_key, render
from .naming import readable
from .outward import dataset_links
from .reviewers import board_facts, cost_scatter, reviewer_filters, reviewer_table, reviewer_tags
from .robustness import robust_tables, stress_words
from .share import Share, generator_share, reviewer_share
from .submitting import submitting
from .tables import BoardTable, column_choices
from .template_part import generator_tags

TOP = 5
"""Rows of a board on the first page."""

TABLES = ("tables", "download")
"""Scripts of pages with tables that can be sorted."""
KEPT = ("rank", "name", "auc", "mean", "strength", "bar")


def all_pages(boards: Boards) -> dict[str, str]:
    """Every page by its path within the site."""
    pages = entry_pages(boards)
    return {
        "index.html": _index(boards, pages),
        "reviewers.html": _reviewers(boards, pages),
        "generators.html": _generators(boards, pages),
        "submit.html": render("submit.html.j2", root="", here="submit", chapters=submitting()),
        "compare.html": render(
            "compare.html.j2", root="", here="compare", choices=compare_choices(boards), scripts=("compare",)
        ),
        "metrics.html": render("metrics.html.j2", root="", here="metrics", chapters=explanations()),
        "leaks.html": _leaks(boards),
        **dict(_entries(boards, pages)),
    }


def _index(boards: Boards, pages: Pages) -> str:
    return render(
        "index.html.j2",
        root="",
        here="index",
        boards=boards,
        reviewers=reviewer_tops(boards.reviewers, pages),
        generators=generator_tops(boards.generators, pages),
        refused=refused_table(boards),
        date=boards_date(boards),
        citation=boards_citation(boards),
    )


def _leaks(boards: Boards) -> str:
    rows = boards.leaks
    return render(
        "leaks.html.j2",
        root="",
        here="leaks",
        lead=LEAD,
        rows=rows,
        verdicts=verdicts_table(rows),
        notes=notes_on(rows),
        makings=makings_table(rows),
    )


def _reviewers(boards: Boards, pages: Pages) -> str:
    sections = [
        (board_anchor(board), board_title(board), board, reviewer_table(board, pages), cost_scatter(board))
        for board in boards.reviewers
    ]
    return render(
        "reviewers.html.j2",
        root="",
        here="reviewers",
        sections=sections,
        filters=reviewer_filters(boards.reviewers),
        columns=column_choices(table for _, _, _, table, _ in sections),
        links={board_anchor(board): dataset_links(board.dataset) for board in boards.reviewers},
        scripts=TABLES,
    )


def _generators(boards: Boards, pages: Pages) -> str:
    sections = generator_sections(boards.generators, pages)
    tables = [table for section in sections for table in section.tables]
    return render(
        "generators.html.j2",
        root="",
        here="generators",
        sections=sections,
        filters=generator_filters(boards.generators),
        columns=column_choices(tables),
        scripts=TABLES,
    )


def _entries(boards: Boards, pages: Pages) -> Iterator[tuple[str, str]]:
    for board in boards.reviewers:
        for entry in board.entries:
            yield pages[page_key(entry.result)], _reviewer_page(entry, board, reviewer_share(entry, board, pages))
    for board in boards.generators:
        for entry in board.entries:
            yield pages[page_key(entry.result)], _generator_page(entry, board, generator_share(entry, board, pages))


def _reviewer_page(entry: ReviewerEntry, board: ReviewerBoard, share: Share) -> str:
    result = entry.result
    return render(
        "reviewer.html.j2",
        root="../",
        here="reviewers",
        entry=entry,
        result=result,
        board=board,
        title=board_title(board),
        name=readable(result),
        back=f"../reviewers.html#{board_anchor(board)}",
        tags=reviewer_tags(result),
        keys=reviewer_keys(entry, sum(e.place is not None for e in board.entries)),
        tables=[table for table in (scores_table(result), decisions_table(result)) if table.rows],
        stress=robust_tables(entry.stress) if entry.stress else [],
        stressed=stress_words(entry.stress) if entry.stress else "",
        bins=bins_table(entry),
        reliability=reliability_chart(entry.reliability) if entry.reliability else None,
        histogram=entry.histogram,
        distribution=histogram_chart(entry.histogram) if entry.histogram else None,
        facts=reviewer_facts(result, board),
        floors=against_floors(entry.floors),
        command=shlex.join(result.made.command),
        share=share,
    )


def _generator_page(entry: GeneratorEntry, board: GeneratorBoard, share: Share) -> str:
    result = entry.result
    rivals = [e for e in board.entries if e.result.template == result.template and e.place is not None]
    return render(
        "generator.html.j2",
        root="../",
        here="generators",
        entry=entry,
        result=result,
        floors=against_floors(entry.floor),
        board=board,
        back=f"../generators.html#{section_anchor(board)}",
        tags=generator_tags(entry),
        keys=generator_keys(entry, len(rivals)),
        gate=gate_note(board) if entry.place else "",
        table=generator_table(result),
        ideas=ideas_table(result),
        histogram=entry.histogram,
        distribution=histogram_chart(entry.histogram) if entry.histogram else None,
        facts=generator_facts(result, board),
        command=shlex.join(result.made.command),
        share=share,
    )


def refused_table(boards: Boards) -> Table:
    """What is on no board, and why."""
    rows = tuple((last_parts(refused.path).as_posix(), "; ".join(refused.reasons)) for refused in boards.refused)
    return Table("Files that were refused", ("File", "Reason"), rows)


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
    tops: list[Top] = []
    for board in boards:
        href = f"reviewers.html#{board_anchor(board)}"
        tops.append(_top(reviewer_table(board, pages), board_title(board), href, board_facts(board)))
    return tops


def generator_tops(boards: Sequence[GeneratorBoard], pages: Pages) -> list[Top]:
    """The best configurations of every board: over all templates, or on its first one where there is just one."""
    tops = []
    for section in generator_sections(boards, pages):
        table = section.overall or (section.parts[0].table if section.parts else None)
        if table is not None:
            href = f"generators.html#{section_anchor(section.board)}"
            tops.append(_top(table, section.title, href, f"{section.size}. Fingerprint {section.board.fingerprint}."))
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
