"""Import papers and decisions from a table: TSV, CSV, JSON lines, or rows of any other library.

Columns (others are ignored; `columns` renames them):

    paper_id    required; also `id` or `forum`
    decision    required: accept / reject, or a venue's wording such as "Accept (Poster)"
    text        the full text; or text_file, a path relative to the table; else title and abstract serve as the text
    title, abstract, venue, year, tier, split (test | calibration), group, text_version
    ratings, confidences    numbers joined by ";" or a list
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..dataset import Dataset, build
from ..errors import InputError, unknown
from ..files import read_jsonl, read_text
from ..records import DatasetCard, Judgement, Paper, parse_decision

ALIASES = {"paper_id": ("paper_id", "id", "forum")}
FIELDS = ("paper_id", "decision", "text", "text_file", "title", "abstract", "venue", "year", "tier", "split", "group",
          "text_version", "ratings", "confidences")  # fmt: skip
TABLE_SUFFIXES = (".tsv", ".csv", ".jsonl")

csv.field_size_limit(2**31 - 1)


def import_table(path: Path, card: DatasetCard, *, columns: Mapping[str, str] | None = None) -> Dataset:
    """The dataset in one table file; `columns` maps our field names to the file's.

    Raises InputError for missing columns, duplicate ids, an empty text, unreadable ratings or decisions.
    """
    rows = ({**row, "_folder": str(path.parent)} for row in read_rows(path))
    return rows_to_dataset(rows, card, where=str(path), columns=columns)


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a .tsv, .csv or .jsonl file as mappings. Raises InputError for another suffix or a broken file."""
    if path.suffix == ".jsonl":
        yield from (row for _, row in read_jsonl(path))
        return
    if path.suffix not in TABLE_SUFFIXES:
        raise InputError(f"{path}: expected a file ending in {', '.join(TABLE_SUFFIXES)}")
    lines = io.StringIO(read_text(path), newline="")
    if path.suffix == ".tsv":
        reader = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    else:
        reader = csv.DictReader(lines)
    heads = list(reader.fieldnames or [])
    if len(set(heads)) < len(heads):
        raise InputError(f"{path}: a column stands twice ({', '.join(h for h in set(heads) if heads.count(h) > 1)})")
    try:
        for row in reader:
            if None in row or None in row.values():
                raise InputError(f"{path}:{reader.line_num}: {len(reader.fieldnames or [])} columns expected")
            yield dict(row)
    except csv.Error as error:
        raise InputError(f"{path}:{reader.line_num}: {error}") from None


def rows_to_dataset(
    rows: Iterable[Mapping[str, Any]], card: DatasetCard, *, where: str, columns: Mapping[str, str] | None = None
) -> Dataset:
    """Rows to a dataset; papers without an accept or reject decision are left out and counted in `card.excluded`.

    Raises InputError for a missing column or a wrong value, naming `where` and the row.
    """
    columns = dict(columns or {})
    for field in columns:
        if field not in FIELDS:
            raise unknown("field", field, FIELDS)
    papers: list[Paper] = []
    judgements: list[Judgement] = []
    excluded = Counter(card.excluded)
    for number, row in enumerate(rows, start=1):
        place = f"{where}: row {number}"
        values = _named(row, columns)
        _require(values, row, place)
        try:
            decision, tier = parse_decision(str(values["decision"]))
        except ValueError:
            excluded[f"no accept or reject ({str(values['decision']).strip() or 'empty'})"] += 1
            continue
        try:
            papers.append(_paper(values, card, place, Path(row.get("_folder", "."))))
            judgements.append(
                Judgement(
                    paper_id=str(values["paper_id"]).strip(),
                    decision=decision,
                    tier=values.get("tier") or tier,
                    ratings=numbers(values.get("ratings"), f"{place}: ratings"),
                    confidences=numbers(values.get("confidences"), f"{place}: confidences"),
                    split=values.get("split") or "test",
                    group=values.get("group") or None,
                )
            )
        except ValidationError as error:
            first = error.errors()[0]
            raise InputError(f"{place}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    return build(card.model_copy(update={"excluded": dict(excluded)}), papers, judgements)


def _named(row: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    named = {field: row[field] for field in FIELDS if field in row}
    for field, names in ALIASES.items():
        found = next((name for name in names if name in row), None)
        if found is not None:
            named[field] = row[found]
    for field, column in columns.items():
        if column not in row:
            raise unknown("column", column, (str(name) for name in row if name != "_folder"))
        named[field] = row[column]
    return named


def _require(values: Mapping[str, Any], row: Mapping[str, Any], place: str) -> None:
    for field in ("paper_id", "decision"):
        if field not in values:
            have = ", ".join(str(name) for name in row if name != "_folder")
            raise InputError(f"{place}: no column {field!r} (columns: {have}); rename it or map it to one of these")
    if values["paper_id"] is None or not str(values["paper_id"]).strip():
        raise InputError(f"{place}: paper_id is empty")
    if not any(values.get(field) for field in ("text", "text_file", "title", "abstract")):
        raise InputError(f"{place}: paper {values['paper_id']} has an empty text; give text, text_file or abstract")


def _paper(values: Mapping[str, Any], card: DatasetCard, place: str, folder: Path) -> Paper:
    title, abstract = str(values.get("title") or ""), str(values.get("abstract") or "")
    if values.get("text_file"):
        text, source = read_text(_inside(folder, str(values["text_file"]), place)), "txt"
    elif "text" in values:
        text, source = str(values["text"] or ""), "table"
    else:
        text, source = f"# {title}\n\nABSTRACT\n\n{abstract}\n", "table"
    if not text.strip():
        raise InputError(f"{place}: paper {values['paper_id']} has an empty text")
    year = str(values.get("year") or "").strip()
    if year and not year.isdecimal():
        raise InputError(f"{place}: year {year!r} is not a whole number")
    return Paper(
        id=str(values["paper_id"]).strip(),
        title=title,
        abstract=abstract,
        text=text,
        source=source,
        text_version=values.get("text_version") or card.text_version,
        venue=str(values.get("venue") or ""),
        year=int(year) if year else None,
    )


def _inside(folder: Path, name: str, place: str) -> Path:
    """The path of a file below the folder. Raises InputError for one elsewhere: tables may come from strangers."""
    try:
        path = (folder / name).resolve()
    except (ValueError, OSError):
        raise InputError(f"{place}: text_file {name!r} is no path") from None
    if not path.is_relative_to(folder.resolve()):
        raise InputError(f"{place}: text_file {name!r} lies outside {folder}; move it beside the table")
    return path


def numbers(value: Any, where: str) -> tuple[float, ...]:
    """The finite numbers in a list or in a text joined by ";" (or a JSON list); "6: marginally above" counts as 6.

    Raises InputError for anything else.
    """
    if value is None or value == "":
        return ()
    try:
        if isinstance(value, str):
            parts = json.loads(value) if value.lstrip().startswith("[") else [p for p in value.split(";") if p.strip()]
        else:
            parts = [value] if isinstance(value, (int, float)) else list(value)
        found = tuple(float(part.partition(":")[0] if isinstance(part, str) else part) for part in parts)
    except (TypeError, ValueError):
        raise InputError(f"{where}: {value!r} is not a list of numbers") from None
    if not all(math.isfinite(number) for number in found):
        raise InputError(f"{where}: {value!r} holds a value that is not finite")
    return found
