"""The pages of the site: which templates are filled with what."""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ...bench.report import GLOSSARY
from ...data.files import read_text
from ...presentation.report import read_glossary
from ..boards import Boards, GeneratorBoard, GeneratorEntry, ReviewerBoard, ReviewerEntry
from .charts import histogram_chart, reliability_chart
from .entries import bins_grid, decisions_grid, reviewer_facts, reviewer_keys, scores_grid
from .generator_entry import generator_facts, generator_grid, generator_keys, ideas_grid
from .generators import generator_filters, generator_sections, section_anchor
from .links import HERE, Pages, board_anchor, board_title, entry_pages, last_parts, page_key, render
from .reviewers import auc_axis, cost_scatter, reviewer_filters, reviewer_grid, reviewer_tags
from .tables import Grid
from .template_part import generator_tags


@dataclass(frozen=True)
class Explanation:
    """A metric: the anchor of its explanation, what it is, and what must not be read into it."""

    anchor: str
    name: str
    what: str
    not_what: str


@dataclass(frozen=True)
class Chapter:
    """Explanations under one heading."""

    id: str
    title: str
    entries: tuple[Explanation, ...]


def all_pages(boards: Boards) -> dict[str, str]:
    """Every page by its path within the site."""
    pages = entry_pages(boards)
    return {
        "index.html": _index(boards, pages),
        "reviewers.html": _reviewers(boards, pages),
        "generators.html": _generators(boards, pages),
        "metrics.html": render("metrics.html.j2", root="", here="metrics", chapters=explanations()),
        **dict(_entries(boards, pages)),
    }


def explanations() -> list[Chapter]:
    """What the page that the heads of the tables lead to says of each metric."""
    glossary = dict(read_glossary(GLOSSARY))
    written = tomllib.loads(read_text(HERE / "explanations.toml"))
    return [
        Chapter(
            chapter["id"],
            chapter["title"],
            tuple(
                Explanation(**{name: text.format_map(glossary) for name, text in entry.items()})
                for entry in chapter["entries"]
            ),
        )
        for chapter in written["chapter"]
    ]


def _index(boards: Boards, pages: Pages) -> str:
    return render(
        "index.html.j2",
        root="",
        here="index",
        boards=boards,
        reviewers=reviewer_tops(boards.reviewers, pages),
        generators=generator_tops(boards.generators, pages),
        refused=refused_rows(boards),
    )


def _reviewers(boards: Boards, pages: Pages) -> str:
    axis = auc_axis(boards.reviewers)
    sections = [
        (board_anchor(board), board_title(board), board, reviewer_grid(board, pages, axis), cost_scatter(board))
        for board in boards.reviewers
    ]
    filters = reviewer_filters(boards.reviewers)
    return render("reviewers.html.j2", root="", here="reviewers", sections=sections, filters=filters)


def _generators(boards: Boards, pages: Pages) -> str:
    sections = generator_sections(boards.generators, pages)
    filters = generator_filters(boards.generators)
    return render("generators.html.j2", root="", here="generators", sections=sections, filters=filters)


def _entries(boards: Boards, pages: Pages) -> Iterator[tuple[str, str]]:
    for board in boards.reviewers:
        for entry in board.entries:
            yield pages[page_key(entry.result)], _reviewer_page(entry, board)
    for board in boards.generators:
        for entry in board.entries:
            yield pages[page_key(entry.result)], _generator_page(entry, board)


def _reviewer_page(entry: ReviewerEntry, board: ReviewerBoard) -> str:
    result = entry.result
    return render(
        "reviewer.html.j2",
        root="../",
        here="reviewers",
        entry=entry,
        result=result,
        board=board,
        title=board_title(board),
        back=f"../reviewers.html#{board_anchor(board)}",
        tags=reviewer_tags(result),
        keys=reviewer_keys(entry, sum(e.place is not None for e in board.entries)),
        grids=[grid for grid in (scores_grid(result), decisions_grid(result)) if grid.rows],
        bins=bins_grid(entry),
        reliability=reliability_chart(entry.reliability) if entry.reliability else None,
        histogram=entry.histogram,
        distribution=histogram_chart(entry.histogram) if entry.histogram else None,
        facts=reviewer_facts(result, board),
        command=shlex.join(result.made.command),
    )


def _generator_page(entry: GeneratorEntry, board: GeneratorBoard) -> str:
    result = entry.result
    rivals = [e for e in board.entries if e.result.template == result.template and e.place is not None]
    return render(
        "generator.html.j2",
        root="../",
        here="generators",
        entry=entry,
        result=result,
        board=board,
        back=f"../generators.html#{section_anchor(board)}",
        tags=generator_tags(entry),
        keys=generator_keys(entry, len(rivals)),
        grid=generator_grid(result),
        ideas=ideas_grid(result),
        histogram=entry.histogram,
        distribution=histogram_chart(entry.histogram) if entry.histogram else None,
        facts=generator_facts(result, board),
        command=shlex.join(result.made.command),
    )


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


def refused_rows(boards: Boards) -> list[tuple[str, str]]:
    """What is on no board, and why."""
    return [(last_parts(refused.path).as_posix(), refused.reason) for refused in boards.refused]
