"""Records against the data: datasets made and compared with what is on file, and reviews made again."""

from __future__ import annotations

import asyncio
import math
import re
from dataclasses import dataclass
from typing import Literal

from ..bench.automatic import base_rate_of
from ..data.dataset import Dataset
from ..data.errors import InputError
from ..data.records import Paper
from ..data.registry import how_to_get, load_dataset
from ..data.venues import is_pullable
from ..reviewer.bundled import PREFIX
from ..reviewer.engine import review_papers
from ..reviewer.protocol import Reviewer, paper_key
from ..reviewer.review import Review
from ..reviewer.scrub import rules_fingerprint, scrub_paper
from ..reviewer.spec import load_reviewer
from .board_datasets import board_traits, difference_from_data, is_available
from .differences import difference, excerpt
from .recompute import BoardPapers, result_machine, worth_of
from .records import BoardDataset, PaperScore, ReviewerResult, StressResult

STORED = f"replay:{PREFIX}"
REPRODUCIBLE = re.compile(rf"(floor:|learned:|{STORED})[\w-]+(\?[^/\\]*)?")
"""SPECs of reviewers that every installation has, and that need neither a key nor a network."""
SCORE_TOLERANCE = 1e-6
"""Scores may differ so much, relative to their size: sums of many numbers depend on the machine in the last digits."""


@dataclass(frozen=True)
class Rerun:
    """What came of it: the same, other scores, or no run because something is missing here."""

    outcome: Literal["same", "differs", "impossible"]
    reason: str = ""


def is_reproducible(result: ReviewerResult | StressResult) -> bool:
    """Whether the checks could make the reviews of this result, given its dataset."""
    return REPRODUCIBLE.fullmatch(result.spec) is not None


def is_stored(result: ReviewerResult) -> bool:
    """Whether these are bundled reviews, of a reviewer of ours perhaps."""
    return result.spec.startswith(STORED)


class Rerunner:
    """Makes results again; what it has read and scrubbed for one it keeps for the next."""

    def __init__(self) -> None:
        self._read: dict[str, Dataset] = {}
        self._compared: dict[str, Rerun] = {}
        self._prepared: dict[tuple[str, str], list[Paper]] = {}

    def dataset(self, dataset: BoardDataset) -> Rerun:
        """Compare a dataset on record with its data, where that is on this machine."""
        if dataset.id not in self._compared:
            self._compared[dataset.id] = self._compare(dataset)
        return self._compared[dataset.id]

    def data(self, dataset: BoardDataset) -> Dataset:
        """The data of a dataset that was found to be the same."""
        return self._read[dataset.name]

    def result(self, result: ReviewerResult, dataset: BoardDataset) -> Rerun:
        """Review the dataset's papers again and compare scores, decisions and probabilities."""
        if not is_reproducible(result):
            return Rerun("impossible", f"{result.spec or result.name} needs files, a key or a network to run again")
        there = self.dataset(dataset)
        if there.outcome != "same":
            return Rerun("impossible", there.reason)
        try:
            reviewer = load_reviewer(result.spec, base_rate=base_rate_of(self._read[dataset.name]))
        except InputError as error:
            return Rerun("differs", str(error))
        if reason := _another(reviewer, result, dataset):
            return Rerun("differs", reason)
        if result.text == "scrubbed" and result.scrub_rules != rules_fingerprint():
            return Rerun("differs", f"made with the scrubbing rules {result.scrub_rules}, now {rules_fingerprint()}")
        made, _ = asyncio.run(review_papers(reviewer, self._papers(dataset, result.text)))
        return _compared(result, {paper_key(paper_id): review for paper_id, review in made.items()})

    def worth(self, result: ReviewerResult, papers: BoardPapers) -> Rerun | None:
        """What is wrong with the worth in humans by the scores on record and the ratings of the data, where those are.

        None: nothing, or the data is not here.
        """
        if self.dataset(papers.dataset).outcome != "same":
            return None
        judgements = self._read[papers.dataset.name].subset(papers.dataset.split).judgements
        again = worth_of(result_machine(result, papers.humans), judgements)
        a, b = ({"worth": worth and worth.model_dump()} for worth in (result.worth, again))
        found = difference(a, b, tolerance=SCORE_TOLERANCE)
        if found is None:
            return None
        return Rerun("differs", f"{found[0]}: {excerpt(found[1])} is on record, the ratings give {excerpt(found[2])}")

    def _compare(self, dataset: BoardDataset) -> Rerun:
        if not is_available(dataset):
            get = f"; get it by {how_to_get(dataset.name)}" if is_pullable(dataset.name) else ""
            return Rerun("impossible", f"dataset {dataset.name} is not on this machine{get}")
        try:
            if dataset.name not in self._read:
                self._read[dataset.name] = load_dataset(dataset.name)
            reason = difference_from_data(dataset, self._read[dataset.name])
        except InputError as error:
            return Rerun("differs", str(error))
        return Rerun("differs", reason) if reason else Rerun("same")

    def _papers(self, dataset: BoardDataset, text: str) -> list[Paper]:
        """The papers in the form that reviewers see."""
        key = (dataset.id, text)
        if key not in self._prepared:
            papers = self._read[dataset.name].subset(dataset.split).papers
            self._prepared[key] = [scrub_paper(paper) if text == "scrubbed" else paper for paper in papers]
        return self._prepared[key]


def _another(reviewer: Reviewer, result: ReviewerResult, dataset: BoardDataset) -> str:
    """Why this is not the result's reviewer; empty where it is."""
    if reviewer.fingerprint != result.fingerprint:
        return f"{result.spec} has the fingerprint {reviewer.fingerprint}, not {result.fingerprint}"
    if reviewer.name != result.name:
        return f"{result.spec} is called {reviewer.name}, not {result.name}"
    if board_traits(reviewer.traits, dataset) != result.traits:
        return f"{result.spec} has other traits (kind, scale, rule, papers that it was fitted on)"
    return ""


def _compared(result: ReviewerResult, reviews: dict[str, Review]) -> Rerun:
    different = [paper for paper in result.papers if not _same(paper, reviews[paper.key])]
    if not different:
        return Rerun("same")
    first, now = different[0], reviews[different[0].key]
    return Rerun(
        "differs",
        f"{len(different)} of {len(result.papers)} papers come out differently, e.g. {first.key}: "
        f"score {first.score}, {first.decision or 'no decision'} on record, {now.overall}, "
        f"{now.decision or 'no decision'} now",
    )


def _same(paper: PaperScore, review: Review) -> bool:
    if (bool(paper.failed), paper.decision) != (review.status == "failed", review.decision):
        return False
    return is_close(paper.score, review.overall) and is_close(paper.p_accept, review.p_accept)


def is_close(a: float | None, b: float | None) -> bool:
    """Whether two scores are the same, or both are none."""
    if a is None or b is None:
        return a is b
    return math.isclose(a, b, rel_tol=SCORE_TOLERANCE, abs_tol=SCORE_TOLERANCE)
