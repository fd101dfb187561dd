"""The papers of a task, and what of them stands in Inspect's logs."""

from __future__ import annotations

from functools import cache, lru_cache

from inspect_ai.dataset import MemoryDataset, Sample

from ..bench.run import run_dataset
from ..data.dataset import Dataset
from ..data.errors import unknown
from ..data.importers.columns import spelt
from ..data.importers.venue_years import VenueYear, matching
from ..data.licences import open_licence
from ..data.records import Paper
from ..data.registry import load_dataset
from ..reviewer.scrub import rules_fingerprint, scrub_paper
from .records import KEY, SampleRecord, TaskRecord
from .words import stand_in


def chosen_papers(source: str, split: str, part: str, limit: int | None) -> Dataset:
    """The papers of a split, of one venue and year only (`part`, as iclr2024, iclr or 2024), at most `limit`.

    Raises InputError for an unknown dataset or split, and a part that it has not.
    """
    whole = loaded(source)
    if part:
        wanted = matching({spelt(part)})
        places = {paper.id: VenueYear(paper.venue, paper.year) for paper in whole.papers}
        ids = {paper_id for paper_id, where in places.items() if wanted(where)}
        if not ids:
            raise unknown("part", part, {where.key for where in places.values()}, hint=f"of {whole.card.name}")
        whole = whole.only(ids)
    return whole.subset(split, limit)


@lru_cache(4)
def loaded(source: str) -> Dataset:
    """The dataset, read once. Raises InputError as `load_dataset`."""
    return load_dataset(source)


@cache
def _by_id(source: str) -> dict[str, Paper]:
    return {paper.id: paper for paper in loaded(source).papers}


@lru_cache(1000)
def paper_as_reviewed(source: str, paper_id: str, *, raw: bool) -> Paper:
    """The paper in the form in which it is reviewed: scrubbed, unless `raw`."""
    paper = _by_id(source)[paper_id]
    return paper if raw or not loaded(source).card.has_texts else scrub_paper(paper)


def samples_of(dataset: Dataset, source: str, *, raw: bool, in_log: bool) -> MemoryDataset:
    """A sample per paper. Its input is the text where texts may stand in the log, else what the paper is called."""
    samples = []
    for judgement in dataset.judgements:
        paper = _by_id(source)[judgement.paper_id]
        shown = paper_as_reviewed(source, paper.id, raw=raw).text if in_log else ""
        record = SampleRecord(dataset=source, raw=raw, in_log=in_log, title=paper.title, judgement=judgement)
        samples.append(
            Sample(
                id=paper.id,
                input=shown or stand_in(paper.title, paper.id),
                target=judgement.decision,
                metadata={KEY: record.model_dump(mode="json")},
            )
        )
    return MemoryDataset(samples, name=dataset.card.name, location=source)


def may_be_logged(dataset: Dataset, asked: bool | None) -> bool:
    """Whether texts stand in logs: as the user says, else where the dataset's licence lets them be passed on."""
    return bool(open_licence(dataset.card.licence)) if asked is None else asked


def described(dataset: Dataset, source: str, split: str, limit: int | None, *, raw: bool) -> TaskRecord:
    """What a log has on record of its dataset."""
    has_texts = dataset.card.has_texts
    rules = None if raw or not has_texts else rules_fingerprint()
    text = None if has_texts else "none"
    papers = run_dataset(dataset, source=source, split=split, limit=limit, scrub_rules=rules, text=text)
    return TaskRecord(dataset=papers, card=dataset.card)
