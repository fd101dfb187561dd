"""Splits as parquet files, and what the front matter says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files import make_folder

if TYPE_CHECKING:
    import datasets

SIZES = {1_000: "n<1K", 10_000: "1K<n<10K", 100_000: "10K<n<100K"}


def write_splits(
    folder: Path, splits: Mapping[str, Sequence[Mapping[str, Any]]], features: datasets.Features
) -> dict[str, Any]:
    """Write data/SPLIT.parquet of the rows, with the types that Hugging Face reads from the file.

    Returns sizes, configurations, features and splits for the front matter.
    """
    files = {split: f"data/{split}.parquet" for split in splits}
    told = [
        {"name": split, "num_bytes": _write(folder / files[split], rows, features), "num_examples": len(rows)}
        for split, rows in splits.items()
    ]
    count = sum(map(len, splits.values()))
    return {
        "size_categories": [next((name for most, name in SIZES.items() if count < most), "100K<n<1M")],
        "configs": [
            {"config_name": "default", "data_files": [{"split": split, "path": files[split]} for split in splits]}
        ],
        "dataset_info": {"features": features._to_yaml_list(), "splits": told},
    }


def _write(path: Path, rows: Sequence[Mapping[str, Any]], features: datasets.Features) -> int:
    """Write one file; how many bytes its rows are unpacked."""
    import pyarrow
    from pyarrow import parquet

    make_folder(path.parent)
    kept = [{name: row[name] for name in features} for row in rows]
    table = pyarrow.Table.from_pylist(kept, schema=features.arrow_schema)
    parquet.write_table(table, path, compression="zstd")
    return table.nbytes
