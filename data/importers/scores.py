"""A table of papers with decisions and scores, without any text: the papers as a dataset, and whose scores are where.

Columns: ids, decisions and ratings are found as in `table.py`; every other column of numbers is a reviewer's scores,
unless its name says that it is something else. Human ratings may stand in columns of their own (`rating_1`, ...).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..dataset import Dataset
from ..errors import InputError, unknown
from ..records import DatasetCard
from .cells import EMPTY, plain, word
from .columns import HUMAN_RATING_COLUMN, find_columns, is_index, spelt
from .rows import flat, read_rows
from .table import FIELDS, rows_to_dataset

NO_TEXT = "(no text)"
HUMAN = re.compile(rf"{HUMAN_RATING_COLUMN.pattern}|human(?:rating|score)?s?")
"""Columns of human ratings, as `spelt` spells them; one alone may go without a number."""
MEAN = re.compile(r"(?:avg|average|mean|human|median|std|min|max|ratings?|scores?)+")
"""Columns of what was made of several ratings: `avg_rating`, `rating_mean`, `human_avg`."""
NO_SCORE = frozenset(
    [*("index", "year", "confidence", "confidences", "votes", "numreviews", "citations", "citationcount", "cost"),
     *("usd", "seconds", "time", "tokens", "pages", "words", "length", "soundness", "presentation", "contribution"),
     *("number", "track", "seed", "run", "correctness", "novelty", "originality", "quality", "clarity", "significance")]
)  # fmt: skip


@dataclass(frozen=True)
class ScoreTable:
    """The papers of a table, and the columns of each reviewer's scores and own decisions."""

    dataset: Dataset
    paper_id: str
    """The column of ids."""
    scores: tuple[str, ...]
    decisions: Mapping[str, str]
    """By column of scores, where there is one."""


def import_scores(path: Path, card: DatasetCard, *, mapped: Sequence[tuple[str, str]] = ()) -> ScoreTable:
    """The table at `path`; `mapped` are pairs of our fields and its columns, `score` once for each reviewer.

    Raises InputError where ids, decisions or scores are missing or ambiguous, cells are wrong, or papers stand twice.
    """
    rows = [flat(row) for row in read_rows(path)]
    if not rows:
        raise InputError(f"{path}: has no rows")
    names = [name for name in dict.fromkeys(str(name) for row in rows for name in row) if name.strip()]
    chosen = [column for field, column in mapped if field == "score"]
    for column in chosen:
        if column not in names:
            raise unknown("column", column, names)
    asked = {field: column for field, column in mapped if field != "score"}
    found = find_columns([name for name in names if name not in chosen], _fields(), asked, str(path))
    _check_ids(rows, found, path)
    humans = [
        n for n in names if n not in (*found.values(), *chosen) and HUMAN.fullmatch(spelt(n)) and _numeric(rows, n)
    ]
    if not chosen:
        chosen, notes = _scores(rows, [n for n in names if n not in (*found.values(), *humans)], found, path)
    else:
        notes = []
    if "ratings" not in found and humans:
        rows = [{**row, "ratings": [row.get(name) for name in humans if _filled(row.get(name))]} for row in rows]
        notes.append(f"human ratings: {', '.join(humans)}")
        found["ratings"] = "ratings"
    elif "ratings" in found:
        notes.append(f"human ratings: {found['ratings']}")
    notes.insert(0, f"reviewers by columns of scores: {', '.join(chosen)}")
    own = _own_decisions(names, chosen, found)
    dataset = rows_to_dataset(
        ({**{name: row[name] for name in found.values() if name in row}, "text": NO_TEXT} for row in rows),
        card,
        where=str(path),
        columns={**found, "text": "text"},
    )
    noted = dataset.card.model_copy(update={"notes": [*dataset.card.notes, *notes]})
    return ScoreTable(Dataset(noted, dataset.papers, dataset.judgements), found["paper_id"], tuple(chosen), own)


def _fields() -> dict[str, Sequence[str]]:
    return {name: others for name, others in FIELDS.items() if name not in ("text", "text_file", "text_version")}


def _check_ids(rows: Sequence[Mapping[str, Any]], found: Mapping[str, str], path: Path) -> None:
    for field in ("paper_id", "decision"):
        if field not in found and not (field == "decision" and "venue" in found):
            columns = ", ".join(map(str, rows[0]))
            raise InputError(f"{path}: no column {field!r} (columns: {columns}); name it, as in --map {field}=COLUMN")
    ids = Counter(word(row.get(found["paper_id"]), f"{path}: {found['paper_id']}") for row in rows)
    twice = [name for name, count in ids.items() if count > 1 and name]
    if twice:
        raise InputError(
            f"{path}: {len(twice)} papers stand more than once, e.g. {twice[0]}; give one row per paper, with a column "
            f"of scores for each reviewer"
        )


def _scores(
    rows: Sequence[Mapping[str, Any]], names: Sequence[str], found: Mapping[str, str], path: Path
) -> tuple[list[str], list[str]]:
    """The columns of numbers that are reviewers' scores, and a note on those of numbers that are not."""
    numeric = [name for name in names if _numeric(rows, name)]
    means = [name for name in numeric if MEAN.fullmatch(spelt(name)) and spelt(name) not in ("score", "scores")]
    scores = [name for name in numeric if name not in means and spelt(name) not in NO_SCORE and not is_index(name)]
    if not scores:
        rating = found.get("ratings", means[0] if means else "COLUMN")
        raise InputError(
            f"{path}: no column of scores (columns: {', '.join(map(str, rows[0]))}); "
            f"name it, as in --map score={rating}"
        )
    left = [name for name in numeric if name not in scores]
    hint = "no reviewer's scores; --map score=COLUMN says otherwise"
    return scores, [f"left out: {', '.join(left)} ({hint})"] if left else []


def _filled(cell: Any) -> bool:
    return str(plain(cell)).strip().lower() not in EMPTY


def _numeric(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Whether the column holds numbers: the first cells that are not empty begin with one."""
    cells = [plain(row[name]) for row in rows if name in row and _filled(row[name])][:20]
    return bool(cells) and all(_begins_with_number(cell) for cell in cells)


def _begins_with_number(cell: Any) -> bool:
    if isinstance(cell, (list, tuple)):
        return bool(cell) and all(isinstance(item, (int, float)) for item in cell)
    return not isinstance(cell, bool) and re.match(r"\s*[-+−[(]?\s*\.?\d", str(cell)) is not None


def _own_decisions(names: Sequence[str], scores: Sequence[str], found: Mapping[str, str]) -> dict[str, str]:
    """The column of a reviewer's own decisions: `gpt4_decision` beside `gpt4` or `gpt4_score`."""
    left = {spelt(name): name for name in names if name not in found.values()}
    own: dict[str, str] = {}
    for score in scores:
        bare = re.sub(r"score|rating|overall", "", spelt(score))
        forms = ("predicteddecision", "preddecision") if len(scores) == 1 else ()
        keys = (f"{bare or 'model'}decision", f"decision{bare or 'model'}", *forms)
        column = next((left[key] for key in keys if key in left), None)
        if column is not None:
            own[score] = column
    return own
