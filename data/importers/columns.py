"""Which column of a table holds which field: what the user says, else the names that people give such columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import InputError, unknown
from .number_cells import CONFIDENCE_KEYS, RATING_KEYS, known, listed_numbers, numbers
from .rows import NESTED

REVIEWS = ("reviews", "reviews_json")
"""Columns of whole reviews, read for ratings where they hold some."""
Aliases = Mapping[str, Sequence[str]]
"""Other names of a field, the first that is there counts; matched as `spelt` spells them."""
PAPER_ID = (
    *("id", "forum", "forum_id", "submission_id", "note_id", "openreview_id", "file_id", "question_id"),
    *("arxiv_id", "pid", "uid", "submission", "submission_number", "paper_number", "filename", "file_name", "url"),
    *(
        "openreview_url",
        "openreview_link",
        "forum_url",
        "paper_url",
        "paper_path",
        "pdf_path",
        "pdf_url",
        "link",
        "pdf",
    ),
)
"""Names of a column of papers' ids."""


HUMAN_RATING_COLUMN = re.compile(r"(?:ratings?r?|human(?:rating|score)?s?)\d+|\d+")
"""Columns of one human rating each in any table, as `spelt` spells them: "rating_1", "human 2", "0"."""
RATING_COLUMN = re.compile(
    rf"{HUMAN_RATING_COLUMN.pattern}|scores?\d+|(?:review(?:er)?|r)\d+(?:rating|score|overall)?"
    r"|(?:rating|score)(?:review(?:er)?|r)\d+"
)
"""The same in a table without machine reviewers, also "score_1", "Reviewer 2", "R3"."""


SCALE = re.compile(r"\s*[\[(](?:out of|of|/|from)?\s*\d+(?:\s*(?:-|–|to|\.\.)\s*\d+)?[\])]\s*$", re.IGNORECASE)
"""A scale behind a column's name: "Overall Score (1-10)"."""


def spelt(name: object) -> str:
    """A column's name without case, spaces and marks: "Paper ID", "paper-id" and "paperId" are the same."""
    return re.sub(r"[\W_]+", "", SCALE.sub("", str(name))).lower()


def is_index(name: object) -> bool:
    """Whether a column is one of row numbers, as pandas calls them: "Unnamed: 0", "level_0"."""
    return re.fullmatch(r"unnamed\d+|level\d+|row(?:id|number)?|index", spelt(name)) is not None


def read_mapping(items: Iterable[str], where: str = "--map", *, empty: bool = False) -> dict[str, str]:
    """FIELD=COLUMN pairs by field; with `empty` also FIELD= alone. Raises InputError for anything else."""
    return dict(read_pairs(items, where, empty=empty))


def read_pairs(items: Iterable[str], where: str = "--map", *, empty: bool = False) -> list[tuple[str, str]]:
    """FIELD=COLUMN pairs in order; a field may stand several times. Raises InputError as `read_mapping`."""
    pairs = [item.partition("=") for item in items]
    for field, sign, column in pairs:
        if not (field and sign and (column or empty)):
            raise InputError(f"{where} {field}{sign}{column}: expected FIELD=COLUMN, such as {_example(where)}")
    return [(field, column) for field, _, column in pairs]


def _example(where: str) -> str:
    return {"--map": "text=body", "--field": "rating=overall_recommendation"}.get(where, "score=Overall")


def find_columns(
    names: Sequence[object], fields: Aliases, mapped: Mapping[str, str], where: str = "table"
) -> dict[str, str]:
    """The column of each of the fields that has one; `mapped` overrules what names say, and may use other names of
    fields.

    Raises InputError for a field or column that is not there, and where two columns bear one name of a field.
    """
    listed = [str(name) for name in names]
    by_spelling: dict[str, list[str]] = {}
    for name in listed:
        by_spelling.setdefault(spelt(name), []).append(name)
    given = {_field(field, fields): column for field, column in mapped.items()}
    for column in given.values():
        if column not in listed:
            raise unknown("column", column, listed)
    found = dict(given)
    for field, aliases in fields.items():
        if field in given:
            continue
        for alias in (field, *aliases):
            there = [name for name in by_spelling.get(spelt(alias), ()) if name not in given.values()]
            if len(there) > 1:
                raise InputError(
                    f"{where}: two columns may be the {field} ({', '.join(there)}); choose, as in --map {field}=NAME"
                )
            if there:
                found[field] = there[0]
                break
    return found


def _field(name: str, fields: Aliases) -> str:
    """The field that is called so, by its own name or another one. Raises InputError where there is none."""
    if name in fields:
        return name
    other = next((field for field, aliases in fields.items() if spelt(name) in map(spelt, aliases)), None)
    if other is None:
        raise unknown("field", name, fields)
    return other


def settle_ratings(
    rows: list[dict[str, Any]], names: Sequence[str], fields: dict[str, str], columns: Mapping[str, str]
) -> list[str]:
    """Change `fields`, and the rows where ratings stand in several columns, so that every rating is a human's.

    Columns that the user named, `columns`, are left alone. Gives notes on what is not read.
    """
    if spelt(fields.get("ratings", "")) in map(spelt, REVIEWS) and {"initial_ratings", "final_ratings"} & set(fields):
        del fields["ratings"]
    notes = [*_drop_empty_reviews(rows, fields, columns), *_drop_means(rows, fields, columns)]
    _join_ratings(rows, names, fields)
    return notes


def _drop_empty_reviews(
    rows: Sequence[Mapping[str, Any]], fields: dict[str, str], columns: Mapping[str, str]
) -> list[str]:
    """Leave a column of whole reviews that holds no ratings unread, unless it was asked for; a note on that."""
    notes = []
    for field, keys in (("ratings", RATING_KEYS), ("confidences", CONFIDENCE_KEYS)):
        column = fields.get(field, "")
        if spelt(column) not in map(spelt, REVIEWS) or field in columns:
            continue
        try:
            found, unreadable = any(numbers(row.get(column), column, keys) for row in rows), False
        except InputError:
            found, unreadable = False, True
        if not found:
            del fields[field]
            if unreadable or field == "ratings":
                notes.append(f"{column}: holds no {field} that can be read; none were taken.")
    return notes


def _drop_means(rows: Sequence[Mapping[str, Any]], fields: dict[str, str], columns: Mapping[str, str]) -> list[str]:
    """Leave a column of ratings unread that holds one number per paper, such as 6.33: a mean is no human's rating."""
    column = fields.get("ratings", "")
    if not column or "ratings" in columns:
        return []
    try:
        found = [numbers(row.get(column), column) for row in rows]
    except InputError:
        return []
    single = all(len(of) <= 1 for of in found)
    if not single or all((2 * of[0]).is_integer() for of in found if of):
        return []
    del fields["ratings"]
    example = next(of[0] for of in found if of and not (2 * of[0]).is_integer())
    return [f"{column}: one number per paper, such as {example:g}, is a mean, no reviewer's rating; none were taken "
            f"(--map ratings={column} takes them)."]  # fmt: skip


def _join_ratings(rows: list[dict[str, Any]], names: Sequence[str], fields: dict[str, str]) -> None:
    """Put ratings that stand in columns of their own, a reviewer each, into one."""
    numbered = [name for name in names if RATING_COLUMN.fullmatch(spelt(name)) and name not in fields.values()]
    if "ratings" in fields or not numbered:
        return
    try:
        found = [
            [rating for name in numbered for rating in listed_numbers(row.get(name), name) or [None]] for row in rows
        ]
    except InputError:
        return
    if not any(map(known, found)):
        return
    fields["ratings"] = ", ".join(numbered)
    for row, ratings in zip(rows, found, strict=True):
        row[fields["ratings"]] = ratings


def notes_on_columns(names: Sequence[str], fields: Mapping[str, str], columns: Mapping[str, str]) -> list[str]:
    """Notes on columns that were taken for what they are not called, and on those that were not read."""
    guessed = {field: name for field, name in fields.items() if field not in columns and spelt(field) != spelt(name)}
    read = {*fields.values(), *(fields.get("ratings") or "").split(", ")}
    left = [name for name in names if name not in (*read, *NESTED)]
    notes = [f"Read by common names: {', '.join(f'{f} from {n}' for f, n in guessed.items())}."] if guessed else []
    if left:
        notes.append(f"Columns not read: {', '.join(left[:12])}{', ...' if len(left) > 12 else ''}.")
    return notes
