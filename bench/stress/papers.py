"""The papers of a stress run: of a dataset with human decisions, or files without any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...data.dataset import Dataset, content_hash
from ...data.errors import InputError
from ...data.papers.find import find_papers
from ...data.records import DatasetCard, Judgement, Paper
from ...data.registry import load_dataset, plain_name
from ..load_outcomes import humans_of
from ..paper_reviews import Note, read_batch


@dataclass(frozen=True)
class StressPapers:
    """The papers with what is known of them."""

    whole: Dataset
    """All papers of the dataset, of which some are chosen."""
    source: str
    split: str
    papers: Sequence[Paper]
    judgements: Sequence[Judgement] = ()
    """In the order of the papers; none for files."""
    hidden: Mapping[str, int] = field(default_factory=dict)
    """By paper: passages that the loader set aside in its own file."""
    notes: Sequence[str] = ()

    @property
    def card(self) -> DatasetCard:
        """Of the whole dataset."""
        return self.whole.card

    def some(self, count: int | None) -> frozenset[str]:
        """Ids of at most so many of the papers, chosen as `--limit` chooses; None: of all."""
        if not self.judgements:
            return frozenset(paper.id for paper in self.papers[:count])
        dataset = Dataset(self.card, self.papers, self.judgements)
        return frozenset(dataset.subset(limit=count).ids)


def dataset_papers(source: str | Dataset, split: str, limit: int | None) -> StressPapers:
    """The papers of a dataset. Raises InputError for an unknown dataset or split, and papers of one class."""
    whole = load_dataset(source) if isinstance(source, str) else source
    whole.require_texts("a stress test")
    dataset = whole.subset(split, limit)
    humans_of(dataset.judgements)
    named = source if isinstance(source, str) else whole.card.name
    return StressPapers(whole, named, split, dataset.papers, dataset.judgements)


def folder_papers(folder: Path, limit: int | None, note: Note = lambda _: None) -> StressPapers:
    """The papers in a folder of files, in order of their names. Raises InputError where none can be read."""
    if not folder.exists():
        raise InputError(f"--papers {folder}: no such folder")
    batch = read_batch(find_papers([str(folder)])[:limit], raw=True, note=note)
    card = DatasetCard(
        name=plain_name(folder.resolve().name),
        title="files without human decisions",
        papers=len(batch.papers),
        hash=content_hash(batch.papers, ()),
    )
    hidden = {paper: len(loaded.quarantine) for paper, loaded in batch.loaded.items()}
    notes = [f"not read: {reason}" for _, reason in batch.unread]
    return StressPapers(Dataset(card, tuple(batch.papers), ()), str(folder), "all", batch.papers, (), hidden, notes)
