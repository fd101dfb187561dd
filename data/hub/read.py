"""A dataset from the folder that `write` made of it, or that others made of that."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ..dataset import Dataset, build
from ..errors import InputError, unknown
from ..files import validated
from ..importers.cells import SPLITS
from ..importers.huggingface import HUB, commit_of, snapshot_of, tables_at
from ..records import DatasetCard, Judgement, Paper
from .columns import TEXTS, check_columns, records_of
from .front_matter import kind_of, read_record
from .library import require_datasets


def exported_folder(ref: str) -> Path | None:
    """The folder that `peerassay data export` wrote, at this path or, as "hf:OWNER/NAME", on the hub; None for another.

    Raises InputError where the library is missing, or the hub cannot be reached.
    """
    if not ref.startswith(HUB):
        return Path(ref) if kind_of(Path(ref)) == "dataset" else None
    require_datasets()
    repository = ref.removeprefix(HUB)
    commit = commit_of(repository)
    card = snapshot_of(repository, commit, ["README.md"])
    return snapshot_of(repository, commit, ["README.md", "data/*"]) if kind_of(card) == "dataset" else None


def read_dataset(folder: Path, name: str) -> Dataset:
    """The dataset in the folder, under this name; its card says where it is not what was exported.

    Raises InputError for a card that is missing or broken, a column that is missing, an unknown split, and a row that
    is wrong.
    """
    require_datasets()
    record = read_record(folder, "dataset")
    card = validated(DatasetCard, record.get("card"), f"{folder / 'README.md'}: peerassay.card")
    papers: list[Paper] = []
    judgements: list[Judgement] = []
    others: list[str] = []
    texts = True
    with tempfile.TemporaryDirectory() as cache:
        for split, (names, rows) in tables_at(folder, cache).items():
            if split.lower() not in SPLITS:
                raise unknown("split", split, SPLITS, hint=f"{folder}")
            others += [column for column in check_columns(names, folder) if column not in others]
            texts = texts and "text" in names
            for number, row in enumerate(rows, start=1):
                paper, judgement = records_of(row, SPLITS[split.lower()], f"{folder}: {split}, row {number}")
                papers.append(paper)
                judgements.append(judgement)
    if not papers:
        raise InputError(f"{folder}: holds no papers")
    notes = [*card.notes, *([f"Columns that are not read: {', '.join(others)}."] if others else [])]
    emptied = {} if texts or not card.has_texts else _without_texts(card)
    exported = card.hash
    made = build(card.model_copy(update={"name": name, "notes": notes, **emptied}), papers, judgements)
    if made.card.hash == exported:
        return made
    why = (
        f"Without texts ({', '.join(TEXTS)} were left out), so that the hash is not that of what was exported "
        f"({exported[:12]})."
        if emptied
        else f"Not the records that were exported: their hash was {exported[:12]}, and is {made.card.hash[:12]}."
    )
    return Dataset(made.card.model_copy(update={"notes": [*notes, why]}), made.papers, made.judgements)


def _without_texts(card: DatasetCard) -> dict[str, str]:
    """What the card of a dataset says whose texts were left out."""
    get = card.get_texts or f"asking the owner of the dataset ({card.source or card.name})"
    return {"text_version": "none", "get_texts": get}
