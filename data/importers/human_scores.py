"""Scores that humans gave generated papers, from the tables that people keep and publish.

A table of one's own has a column of papers (paper, id, name, or title) and one of scores (human_score, score, rating,
..., or one for each human: human_1, human_2), maybe reviewer, generator, template and title: a row per review, or
several numbers in a cell. The layouts of MLR-Bench and FARS are in `released_scores`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import InputError
from .cells import word
from .columns import HUMAN_RATING_COLUMN, PAPER_ID, Aliases, find_columns, spelt
from .human_reviews import HumanReview, ScoredPapers, named, refuse_repeated
from .number_cells import RATING_KEYS, numbers
from .released_scores import is_fars, is_mlrbench, read_fars, read_mlrbench
from .rows import flat, read_rows

FIELDS: Aliases = {
    "paper": ("paper_id", "name", "idea", *PAPER_ID),
    "human_score": ("human_rating", "human_mean", "human", "score", "rating", "ratings", "mean_rating", "overall"),
    "reviewer": ("reviewer_id", "human_id", "annotator", "rater", "reviewer_name", "by"),
    "generator": ("configuration", "config", "scientist", "system", "model_name", "model"),
    "template": ("task", "benchmark"),
    "title": ("paper_title",),
}
"""The fields of a table with the other names that they go by."""


def read_human_scores(path: Path) -> ScoredPapers:
    """The human scores in a file of one of the layouts.

    Raises InputError for other columns, a cell that is no number, one human twice on a paper, or no score at all.
    """
    rows = list(read_rows(path))
    if not rows:
        raise InputError(f"{path}: has no rows")
    read = read_mlrbench if is_mlrbench(rows) else read_fars if is_fars(rows) else _table
    found = read(path, rows)
    if not found.reviews:
        raise InputError(f"{path}: holds no human score")
    return found


def _table(path: Path, rows: Sequence[Mapping[str, Any]]) -> ScoredPapers:
    rows = [flat(row) for row in rows]
    names = list(dict.fromkeys(str(name) for row in rows for name in row))
    columns = find_columns(names, FIELDS, {}, str(path))
    numbered = [name for name in names if HUMAN_RATING_COLUMN.fullmatch(spelt(name)) and name not in columns.values()]
    paper = columns.get("paper") or columns.get("title")
    scores = numbered or ([columns["human_score"]] if "human_score" in columns else [])
    if not paper or not scores:
        missing = "paper" if not paper else "score"
        raise InputError(
            f"{path}: no column {missing!r} (columns: {', '.join(names)}); human scores are a table with paper and "
            "score, maybe reviewer and generator, or MLR-Bench's or FARS' file"
        )
    reviews = [
        review
        for number, row in enumerate(rows, start=1)
        for review in _row_reviews(row, f"{path}: row {number}", paper, scores, columns)
    ]
    refuse_repeated(reviews)
    empty = len(rows) - len({review.where for review in reviews})
    used = {*scores, *(column for field, column in columns.items() if field != "human_score")}
    unread = [name for name in names if name not in used]
    notes = [f"{path}: {empty} rows without a score"] if empty else []
    notes += (
        [f"{path}: columns not read: {', '.join(unread[:8])}{', ...' if len(unread) > 8 else ''}"] if unread else []
    )
    return ScoredPapers(tuple(reviews), notes=tuple(notes))


def _row_reviews(
    row: Mapping[str, Any], where: str, paper: str, scores: Sequence[str], columns: Mapping[str, str]
) -> Iterator[HumanReview]:
    said = {
        field: word(row.get(columns[field]), f"{where}: {columns[field]}")
        for field in ("generator", "template", "title")
        if field in columns
    }
    by = word(row.get(columns.get("reviewer", "")), f"{where}: reviewer")
    for column in scores:
        found = numbers(row.get(column), f"{where}: {column}", RATING_KEYS)
        who = "" if len(found) > 1 else column if len(scores) > 1 else by
        for score in found:
            yield HumanReview(where, named(row, paper, where), score, who, **said)
