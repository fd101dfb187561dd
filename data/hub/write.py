"""A dataset as a Hugging Face folder: parquet by split and a card, README.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..dataset import Dataset, require_decided
from ..errors import InputError, printable
from ..files import refuse_filled
from ..licences import open_licence
from ..records import DatasetCard
from .columns import MEANINGS, TEXTS, features_of, split_rows
from .front_matter import licence_fields, write_card
from .library import require_datasets
from .parquet import write_splits

LEFT_OUT = (
    "Texts are left out: the dataset's licence ({licence}) does not let them be passed on. Where they are yours to "
    "license, say so by --licence, as in --licence CC-BY-4.0."
)


class Exported(NamedTuple):
    """What was written."""

    folder: Path
    texts: bool
    notes: list[str]


def export_dataset(
    dataset: Dataset, folder: Path, *, texts: bool | None = None, licence: str | None = None
) -> Exported:
    """Write the dataset into a new or empty folder, which `datasets.load_dataset` and `load_dataset` of ours read.

    `licence` is the one under which you pass it on (None: the card's). Texts (and abstracts) go along where that lets
    them be passed on; with `texts` True anything else is refused, with False they never do.

    Raises InputError for a refused text, a folder that is not empty, and papers without decisions.
    """
    require_decided(dataset.card)
    require_datasets()
    words = dataset.card.licence if licence is None else licence
    short = open_licence(words)
    there = dataset.card.has_texts
    if texts and not there:
        raise InputError(f"dataset {dataset.card.name} has no texts to pass on; leave --texts out")
    if texts and not short:
        raise InputError(
            f"--texts: the licence of {dataset.card.name} ({words}) does not let texts be passed on; where they are "
            f"yours to license, say so by --licence, as in --licence CC-BY-4.0"
        )
    refuse_filled(folder)
    kept = there and bool(short) and texts is not False
    notes = [LEFT_OUT.format(licence=words)] if there and not short and texts is None else []
    card = dataset.card.model_copy(update={"licence": words})
    _write(dataset, card, folder, texts=kept or not there, left_out=there and not kept, short=short)
    return Exported(folder, kept, notes)


def _write(dataset: Dataset, card: DatasetCard, folder: Path, *, texts: bool, left_out: bool, short: str) -> None:
    features = features_of(texts=texts)
    splits = split_rows(dataset)
    front = {
        **licence_fields(short, card.licence),
        "pretty_name": card.title or card.name,
        "tags": ["peer-review"],
        **write_splits(folder, splits, features),
    }
    record = {"texts": "left out" if left_out else "all", "card": card.model_dump(mode="json")}
    write_card(folder, front, record, "dataset", _body(card, splits, list(features), left_out=left_out))


def _body(card: DatasetCard, splits: Mapping[str, Sequence[Any]], columns: Sequence[str], *, left_out: bool) -> str:
    """The card's words."""
    counts = ", ".join(f"{split} {len(rows)}" for split, rows in splits.items())
    about = {
        "source": card.source,
        "licence": card.licence,
        "revision": card.revision,
        "papers": f"{card.papers}, {card.accepted} accepted ({counts})",
        "labels": card.labels,
        "version of the texts": card.text_version,
        "rating scale": ", ".join(f"{value:g}" for value in card.scale),
        "hash": card.hash,
    }
    missing = (
        f"Texts are not in here ({', '.join(TEXTS)}): the licence does not let them be passed on. The hash is that of "
        "the dataset with its texts."
    )
    lines = [
        f"# {_line(card.title or card.name)}",
        *([missing] if left_out else []),
        "| | |\n|---|---|\n" + "\n".join(f"| {key} | {_line(value)} |" for key, value in about.items() if value),
        *([_line(card.sample)] if card.sample else []),
        *(f"- {_line(note)}" for note in card.notes),
        "## Columns",
        "| column | what |\n|---|---|\n" + "\n".join(f"| `{name}` | {MEANINGS[name]} |" for name in columns),
        "Fits may use the split `calibration`, never `test`.",
        "## Use",
        '```python\nfrom datasets import load_dataset\n\npapers = load_dataset("FOLDER")\n```',
        "```sh\npeerassay data import NAME FOLDER\npeerassay bench -d NAME\n```",
    ]
    return "\n\n".join(lines) + "\n"


def _line(words: str) -> str:
    """Words from outside in a cell of a table."""
    return printable(words).replace("|", "\\|")
