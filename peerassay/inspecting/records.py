"""Our records in Inspect's logs: of the task, of a sample, of a score; all under one key."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from ..bench.run import BenchRecord, RunDataset, RunReviewer
from ..data.records import DatasetCard, Judgement
from ..reviewer.review import Review

KEY = "peerassay"


class SampleRecord(BaseModel):
    """What a sample has on record of its paper."""

    dataset: str = Field(description="what `load_dataset` takes")
    raw: bool = False
    in_log: bool = Field(default=False, description="whether texts may stand in the log")
    title: str = ""
    judgement: Judgement


class ReviewRecord(BaseModel):
    """What a sample, and its score, have on record of its review."""

    reviewer: RunReviewer
    review: Review


class TaskRecord(BaseModel):
    """What a log has on record of its run."""

    dataset: RunDataset
    card: DatasetCard
    run: dict[str, Any] = Field(default_factory=dict, description="the rest of the record of a run that was exported")
    judgements: list[Judgement] = Field(default_factory=list, description="of all papers of a run that was exported")
    reviewer: RunReviewer | None = Field(default=None, description="of a run that was exported")
    place: int = Field(default=0, description="of the reviewer among those of the run")

    @classmethod
    def of(cls, record: BenchRecord, reviewer: RunReviewer) -> TaskRecord:
        """The record of one reviewer of a run."""
        rest = record.model_dump(mode="json", exclude={"dataset", "card", "judgements", "reviewers"})
        return cls(
            dataset=record.dataset,
            card=record.card,
            run=rest,
            judgements=list(record.judgements),
            reviewer=reviewer,
            place=record.reviewers.index(reviewer),
        )
