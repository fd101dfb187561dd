"""The page on which two entries stand side by side, and what it loads: a file for each board."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from ...presentation.cell import NONE, Cell
from ...presentation.pages import quiet
from ...statistics.arrays import Floats
from ...statistics.estimate import ENOUGH
from ..boards import Boards, GeneratorBoard, GeneratorEntry, ReviewerBoard
from ..generator_pairs import paired_generators
from ..pairs import PairedMetric, paired_reviewers
from ..records import GeneratorResult, ReviewerResult
from .generators import GeneratorSection, by_template, generator_sections, section_anchor, section_title
from .links import Pages, anchor, board_anchor, board_title, page_key
from .naming import readable
from .reviewers import board_facts, reviewer_table
from .scripts import script, short
from .tables import BoardTable

UNIT = 1e-5
"""Margins are whole numbers of this: of 200 entries there are 20,000 for each metric."""
SAME_PAPERS = "Both on the same papers; a failed review counts as the wrong answer."
UNPAIRED_REVIEWERS = (
    "Without an interval: worth in humans needs ratings that are not on record; the columns of robustness are of other "
    "papers, in the card of each; coverage and cost are as submitted."
)
UNPAIRED_GENERATORS = (
    f"Ideas of one name on the template are taken for the same: where two have {ENOUGH} or more of them in common, "
    "these are paired. Without an interval: all other columns, which are sums, extremes and costs."
)


def compare_files(boards: Boards, pages: Pages) -> dict[str, str]:
    """What the page loads of each board with two entries or more, by path."""
    documents = [_reviewers(board, pages) for board in boards.reviewers if len(board.entries) > 1]
    for section in generator_sections(boards.generators, pages):
        tables = {part.template: part.table for part in section.parts}
        documents += [
            _generators(section, template, entries, tables[template], pages)
            for template, entries in by_template(section.board.entries).items()
            if len(entries) > 1
        ]
    return {f"compare/{document['board']}.js": script("peerassayBoard", document) for document in documents}


def compare_choices(boards: Boards) -> list[tuple[str, str]]:
    """The boards with something to compare: name of the file and title."""
    found = [(board_anchor(b), board_title(b)) for b in boards.reviewers if len(b.entries) > 1]
    templates = [
        (board, template, f"{template}: {section_title(board)}")
        for board in boards.generators
        for template, entries in by_template(board.entries).items()
        if len(entries) > 1
    ]
    titles = Counter(title for *_, title in templates)
    for board, template, title in templates:
        which = f" ({board.fingerprint})" if titles[title] > 1 else ""
        found.append((template_key(board, template), f"{title}{which}"))
    return found


def template_key(board: GeneratorBoard, template: str) -> str:
    """The name of a template's file."""
    return anchor(section_anchor(board), template)


def _reviewers(board: ReviewerBoard, pages: Pages) -> dict[str, object]:
    papers = [paper.key for paper in board.dataset.papers]
    results = [entry.result for entry in board.entries]
    return {
        "board": board_anchor(board),
        "facts": quiet(board_facts(board)),
        "noun": "paper",
        "digits": 3,
        "papers": papers,
        "accepted": [int(paper.accepted) for paper in board.dataset.papers],
        "entries": [
            {**_entry(result, readable(result), pages), "scores": _scores_by_key(result, papers)} for result in results
        ],
        **_side_by_side(reviewer_table(board, pages), len(results)),
        "metrics": [_metric(metric) for metric in paired_reviewers(board)],
        "unpaired": f"{SAME_PAPERS} {UNPAIRED_REVIEWERS}",
    }


def _generators(
    section: GeneratorSection,
    template: str,
    entries: Sequence[GeneratorEntry],
    table: BoardTable,
    pages: Pages,
) -> dict[str, object]:
    ideas = list(dict.fromkeys(idea.name for entry in entries for idea in entry.result.ideas))
    highest = max((idea.score or 0.0 for entry in entries for idea in entry.result.ideas), default=0.0)
    gate = section.board.humans.gate
    return {
        "board": template_key(section.board, template),
        "facts": quiet(f"{section.title}. Template {template}.{f' {gate.sentence}' if gate.mark else ''}"),
        "noun": "idea",
        "digits": 3 if highest <= 1 else 2,
        "papers": [quiet(name) for name in ideas],
        "accepted": None,
        "entries": [
            {**_entry(e.result, e.result.name, pages), "scores": _scores_by_idea(e.result, ideas)} for e in entries
        ],
        **_side_by_side(table, len(entries)),
        "metrics": [_metric(metric) for metric in paired_generators(entries)],
        "unpaired": UNPAIRED_GENERATORS,
    }


def _entry(result: ReviewerResult | GeneratorResult, name: str, pages: Pages) -> dict[str, object]:
    spec = result.spec if isinstance(result, ReviewerResult) else ""
    seen = result.figures.in_sample if isinstance(result, ReviewerResult) else 0
    page = pages[page_key(result)]
    return {"id": result.id, "name": quiet(name), "spec": quiet(spec), "page": page, "seen": seen}


def _scores_by_key(result: ReviewerResult, papers: Sequence[str]) -> list[float | None]:
    found = {paper.key: paper.score for paper in result.papers}
    return [short(found.get(key)) for key in papers]


def _scores_by_idea(result: GeneratorResult, ideas: Sequence[str]) -> list[float | None]:
    found = {idea.name: idea.score for idea in result.ideas}
    return [short(found.get(name)) for name in ideas]


def _side_by_side(table: BoardTable, entries: int) -> dict[str, object]:
    """The columns of numbers and words of the board's table, and of its first rows what they show."""
    kept = [i for i, c in enumerate(table.columns) if c.kind != "drawing" and i != table.named_by]
    return {
        "columns": [table.columns[i].label for i in kept],
        "cells": [[_shown(row[i]) for i in kept] for row in table.rows[:entries]],
    }


def _shown(cell: str) -> str:
    small, mark = (cell.small, cell.mark) if isinstance(cell, Cell) else ("", "")
    return quiet(f"{cell} {small}".strip() + (f", {mark}" if mark else "") if cell != NONE else NONE)


def _metric(metric: PairedMetric) -> dict[str, object]:
    """Values by entry; of the pairs (0, 1), (0, 2), ... (1, 2), ... margins in `UNIT`, null where there is none.

    `margins` reach from the difference of the first less the second down, `above` up, where these are not the same.
    """
    pairs = np.triu_indices(len(metric.values), 1)
    below, above = metric.margins[pairs], metric.margins.T[pairs]
    one_sided = not np.array_equal(below, above, equal_nan=True)
    return {
        "label": metric.label,
        "how": metric.how,
        "lacking": metric.lacking,
        "unsure": metric.unsure,
        "papers": metric.papers,
        "values": [None if np.isnan(value) else short(float(value)) for value in metric.values],
        "unit": UNIT,
        "margins": _in_units(below),
        **({"above": _in_units(above)} if one_sided else {}),
        **({} if metric.shared is None else {"shared": metric.shared[pairs].tolist(), "howPaired": metric.how_paired}),
    }


def _in_units(margins: Floats) -> list[int | None]:
    return [None if np.isnan(margin) else round(float(margin) / UNIT) for margin in margins]
