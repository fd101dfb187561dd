"""Reviews in the folder of a run that was exported: run.json beside parquet with a row per review."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..data.errors import InputError
from ..data.files import validated
from ..data.hub.front_matter import kind_of, read_record
from ..data.hub.library import require_datasets
from ..data.importers.huggingface import tables_at
from .review import Review, Usage

RECORD = "run.json"
PLAIN = ("paper_id", "reviewer", "fingerprint", "repeat", "status", "reason", "overall", "decision", "p_accept",
         "p_calibrated", "recall")  # fmt: skip
USAGE = tuple(Usage.model_fields)
COLUMNS = (*PLAIN, *USAGE, "fields")
"""Those of a review; `fields` is JSON. Others, of the human side, are not read."""


def is_exported_run(path: Path) -> bool:
    """Whether the path is such a folder."""
    return kind_of(path) == "run"


def review_row(review: Review) -> dict[str, Any]:
    """The review as a row."""
    return {
        **review.model_dump(include={*PLAIN}),
        **review.usage.model_dump(),
        "fields": json.dumps(review.fields, ensure_ascii=False),
    }


def read_exported(folder: Path) -> Iterator[tuple[str, Review]]:
    """Each review with its place, for messages.

    Raises InputError for a card that is missing, a column that is missing, and a row that is wrong.
    """
    require_datasets()
    read_record(folder, "run")
    with tempfile.TemporaryDirectory() as cache:
        for split, (names, rows) in tables_at(folder, cache).items():
            missing = [name for name in COLUMNS if name not in names]
            if missing:
                raise InputError(f"{folder}: no column {', '.join(missing)} (columns: {', '.join(names)})")
            for number, row in enumerate(rows, start=1):
                place = f"{folder}: {split}, row {number}"
                yield place, _review_of(row, place)


def _review_of(row: Mapping[str, Any], place: str) -> Review:
    try:
        fields = json.loads(row["fields"] or "{}")
    except (ValueError, TypeError):
        raise InputError(f"{place}: fields is no JSON") from None
    usage = {name: row[name] for name in USAGE if name == "usd" or row[name] is not None}
    return validated(Review, {**{name: row[name] for name in PLAIN}, "usage": usage, "fields": fields}, place)
