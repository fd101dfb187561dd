"""Import a folder of parsed texts with a table of decisions, the AI-Scientist release among them.

Layouts read: `papers/ID.txt` (or `iclr_parsed/`, `parsed/`, `texts/`) beside `decisions.tsv`, with the columns of
`table.py`; and the release's own `ratings_subset.tsv`, with one column per human rating (`0` to `6`) and `decision`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..dataset import Dataset
from ..errors import InputError
from ..records import DatasetCard
from .table import read_rows, rows_to_dataset

TABLES = ("decisions.tsv", "decisions.csv", "ratings_subset.tsv")
TEXT_FOLDERS = ("papers", "iclr_parsed", "parsed", "texts")
TITLE_LINES = re.compile(r"\A\s*((?:#.*\n)+)")


def find_table(folder: Path) -> Path | None:
    """The table of decisions in the folder, None where there is none."""
    return next((folder / name for name in TABLES if (folder / name).is_file()), None)


def import_texts(folder: Path, card: DatasetCard) -> Dataset:
    """The dataset in a folder of texts and a table; rows without a text file are excluded and counted.

    Raises InputError where the table or the texts are missing.
    """
    table = find_table(folder)
    if table is None:
        raise InputError(f"{folder}: no table of decisions; expected one of {', '.join(TABLES)}")
    texts = next((folder / name for name in TEXT_FOLDERS if (folder / name).is_dir()), folder)
    rows = [_with_ratings(row) for row in read_rows(table)]
    if rows and "paper_id" not in rows[0]:
        raise InputError(f"{table}: no column 'paper_id' (columns: {', '.join(rows[0])})")
    present = [row for row in rows if (texts / f"{row['paper_id']}.txt").is_file()]
    if not present:
        raise InputError(f"{texts}: no file ID.txt for any of the {len(rows)} ids in {table.name}")
    if len(present) < len(rows):
        card = card.model_copy(update={"excluded": {"no text file": len(rows) - len(present)}})
    return rows_to_dataset(_with_texts(present, texts), card, where=str(table))


def _with_ratings(row: dict[str, Any]) -> dict[str, Any]:
    columns = [name for name in row if name.isdigit()]
    if "ratings" in row or not columns:
        return row
    return {**row, "ratings": ";".join(row[name] for name in columns if row[name])}


def _with_texts(rows: list[dict[str, Any]], texts: Path) -> Iterator[dict[str, Any]]:
    for row in rows:
        name = f"{row['paper_id']}.txt"
        yield {**row, "text_file": name, "_folder": str(texts), "title": row.get("title") or _title(texts / name)}


def _title(path: Path) -> str:
    """The heading at the top of a parsed text, whose lines may be cut as "# A LONG TIT## LE"."""
    with path.open(encoding="utf-8", errors="replace") as stream:
        found = TITLE_LINES.match(stream.read(1000))
    return " ".join(found[1].replace("## ", "").replace("# ", "").split()) if found else ""
