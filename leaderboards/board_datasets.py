"""Datasets of the boards: made from a dataset, and compared with what is on file."""

from __future__ import annotations

from collections.abc import Sequence

from ..bench.load_outcomes import humans_of
from ..bench.summary import ceilings
from ..data.dataset import Dataset
from ..data.errors import InputError
from ..data.records import DatasetCard, Judgement
from ..data.registry import BUNDLED, list_names
from ..reviewer.protocol import Traits, paper_key
from .differences import difference, excerpt
from .records import BoardDataset, BoardPaper, digest_of
from .redaction import redact_paths
from .store import dataset_id

PINNED = ("name", "split", "labels", "sealed", "hash", "papers")
"""What has to agree to the letter; the ceilings have to agree to the last digits, other fields are words."""

DATA_TOLERANCE = 1e-9


def board_dataset(
    card: DatasetCard, judgements: Sequence[Judgement], split: str, *, sealed: bool = False
) -> BoardDataset:
    """The record of a dataset's split, in the order of its judgements; of its ratings only the ceilings remain.

    `sealed`: it takes sealed forecasts alone.

    Raises InputError where all papers are of one class, or two papers have one key.
    """
    papers = tuple(
        BoardPaper(key=paper_key(j.paper_id), accepted=j.accepted, group=paper_key(j.group) if j.group else None)
        for j in judgements
    )
    if len({paper.key for paper in papers}) < len(papers):
        raise InputError(f"dataset {card.name}: two papers have the same key, so that the boards cannot hold it")
    dataset = BoardDataset(
        id=dataset_id(card.name, split),
        name=card.name,
        split=split,
        title=redact_paths(card.title),
        source=redact_paths(card.source),
        revision=redact_paths(card.revision),
        licence=redact_paths(card.licence),
        labels="constructed" if card.labels == "constructed" else "human",
        text_version=card.text_version,
        hash=card.hash,
        papers=papers,
        ceilings=tuple(ceilings(humans_of(list(judgements), card.scale))),
        notes=tuple(redact_paths(note) for note in (card.sample, *card.notes) if note),
        sealed=sealed,
    )
    return dataset.model_copy(update={"digest": digest_of(dataset)})


def board_traits(traits: Traits, dataset: BoardDataset) -> Traits:
    """The traits with those papers only, of all that the reviewer was fitted on, that the dataset has too."""
    return traits.model_copy(update={"trained_on": traits.trained_on & {paper.key for paper in dataset.papers}})


def dataset_difference(there: BoardDataset, made: BoardDataset) -> str:
    """Why the dataset on record is not the one that was made from the data; empty where it is."""
    a, b = (record.model_dump(mode="json", include={*PINNED, "ceilings"}) for record in (there, made))
    if a["hash"] != b["hash"]:
        return f"hash: {a['hash'][:12]}... is on record, the data has {b['hash'][:12]}...: another revision"
    found = difference(a, b, tolerance=DATA_TOLERANCE)
    return f"{found[0]}: {excerpt(found[1])} is on record, the data gives {excerpt(found[2])}" if found else ""


def is_available(dataset: BoardDataset) -> bool:
    """Whether a dataset of this name can be loaded on this machine."""
    return dataset.name in list_names()


def is_bundled(dataset: BoardDataset) -> bool:
    """Whether every installation has the dataset."""
    return dataset.name in BUNDLED


def difference_from_data(dataset: BoardDataset, whole: Dataset) -> str:
    """Why the dataset on record is not that of the data, with all its splits; empty where it is.

    Raises InputError where the data has none of its split.
    """
    part = whole.subset(dataset.split)
    return dataset_difference(dataset, board_dataset(part.card, part.judgements, dataset.split))
