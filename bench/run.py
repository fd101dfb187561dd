"""The folder of a bench: run.json (what was run) and reviews.jsonl, see `RunFolder`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, Field

from ..data.dataset import Dataset
from ..data.errors import InputError, printable
from ..data.files import write_lines
from ..data.records import DatasetCard
from ..reviewer.protocol import Reviewer, Traits
from ..reviewer.review import Review, reasons_in_words
from ..reviewer.run_folder import RunFolder, RunRecord, read_reviews
from .judgements import Judgements, read_judged, write_judged
from .known import Known
from .sealing.records import OpenedSeal

Key = tuple[str, str, str]


class RunDataset(BaseModel):
    """Which papers a run is on and in which form the reviewers saw them."""

    name: str
    source: str = Field(default="", description="what `load_dataset` was given: a name or a path")
    hash: str
    split: str
    limit: int | None = None
    reviewed_only: bool = Field(default=False, description="papers without a review in every replay are left out")
    papers: int
    text: Literal["scrubbed", "raw", "none"] = Field(description="what reviewers read; none: reviews made elsewhere")
    scrub_rules: str = ""


class RunReviewer(BaseModel):
    """A reviewer of a run, as far as the figures need it."""

    name: str
    spec: str
    fingerprint: str
    traits: Traits
    automatic: bool = Field(default=False, description="a row that every table has, not asked for by name")
    recall_by: str = Field(default="", description="the row that says what this reviewer recalls of the papers")
    notes: list[str] = Field(default_factory=list, description="what was assumed on reading stored reviews")


class BenchRecord(RunRecord):
    """run.json."""

    dataset: RunDataset
    card: DatasetCard
    judgements: Judgements = Field(description="the human side of the run's papers, in their order")
    reviewers: list[RunReviewer] = Field(default_factory=list)
    seal: OpenedSeal | None = Field(default=None, description="the seal that its reviews come from")


class Run(RunFolder[BenchRecord]):
    """An opened run folder."""

    FILE = "run.json"
    RECORD = BenchRecord
    KIND = "run"
    COMMAND = "peerassay bench --out FOLDER"

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The run in a folder. Raises InputError where there is none or run.json is wrong."""
        run = super().open(folder)
        count, papers = len(run.record.judgements), run.record.dataset.papers
        if count != papers:
            raise InputError(f"{folder / cls.FILE}: has {count} judgements for {papers} papers")
        return run

    @classmethod
    def read_record(cls, path: Path) -> BenchRecord:
        """The record in its file. Raises InputError where it is wrong."""
        return read_judged(cls.RECORD, path)  # type: ignore[return-value]

    def save(self) -> None:
        """Write the record."""
        write_judged(self.folder / self.FILE, self.record)

    @classmethod
    def conflict(cls, old: BenchRecord, new: BenchRecord) -> str:
        """What is on other papers, or on papers in another form."""
        for field in ("name", "hash", "split", "limit", "reviewed_only", "text", "scrub_rules"):
            was, now = getattr(old.dataset, field), getattr(new.dataset, field)
            if was != now:
                return f"a run with {field} {was!r}, not {now!r}"
        if old.judgements != new.judgements:
            return "other judgements in run.json, not the dataset's"
        seals = [record.seal.seal.commitment if record.seal else "" for record in (old, new)]
        return "" if seals[0] == seals[1] else "reviews of another seal" if seals[0] else "a run without a seal"

    @classmethod
    def continued(cls, old: BenchRecord, new: BenchRecord) -> BenchRecord:  # noqa: ARG003
        """The record that is there: reviewers are added to it."""
        return old

    def add_reviewer(self, reviewer: Reviewer, spec: str, *, automatic: bool = False, recall_by: str = "") -> None:
        """Put the reviewer on record, where it stands already, else before the rows that every table has.

        Raises InputError where a reviewer of this name but other fingerprint has reviews here already that are not all
        failed.
        """
        entries = self.record.reviewers
        same = next((r for r in entries if r.name == reviewer.name), None)
        if same is not None and same.fingerprint != reviewer.fingerprint and self._has_reviews(same):
            raise InputError(
                f"{self.folder}: holds reviews of {reviewer.name} as it was before it changed; --redo {reviewer.name} "
                f"keeps them aside and reviews anew; or choose another --out, or give the new one a name (?name=...)"
            )
        entry = RunReviewer(
            name=reviewer.name,
            spec=spec,
            fingerprint=reviewer.fingerprint,
            traits=reviewer.traits,
            automatic=automatic and (same is None or same.automatic),
            recall_by=recall_by or (same.recall_by if same else ""),
            notes=list(reviewer.notes),
        )
        place = sum(not r.automatic for r in entries) if same is None and not automatic else len(entries)
        self.record.reviewers = [entry if r is same else r for r in entries]
        if same is None:
            self.record.reviewers.insert(place, entry)

    def _has_reviews(self, entry: RunReviewer) -> bool:
        """Whether any review that the reviewer made here did not fail."""
        signed = (r for r in self.all_reviews() if (r.reviewer, r.fingerprint) == (entry.name, entry.fingerprint))
        return any(review.status == "ok" for review in signed)

    def set_aside(self, reviewer: Reviewer) -> Path | None:
        """Move the reviews of a reviewer into a file of their own, so that it reviews anew; returns the file.

        Reviews by the reviewer as it is now stay until they are complete: a stopped run goes on. None: all of them
        stay, or there are none.
        """
        made = {(one.fingerprint, one.paper_id) for one in self.all_reviews() if one.reviewer == reviewer.name}
        now = {paper for fingerprint, paper in made if fingerprint == reviewer.fingerprint}
        complete = now >= {judgement.paper_id for judgement in self.record.judgements}

        def is_old(review: Review) -> bool:
            return review.reviewer == reviewer.name and (complete or review.fingerprint != reviewer.fingerprint)

        if not made or (len(made) == len(now) and not complete):
            return None
        aside = self.folder / f"reviews-redone-{len(self._set_aside()) + 1}.jsonl"
        for path, old in ((aside, True), (self.reviews_path, False)):
            write_lines(path, (one.model_dump_json() for one in self.all_reviews() if is_old(one) is old))
        self.note([f"{reviewer.name} has reviewed anew; what it said before is in {aside.name}"])
        return aside

    def _set_aside(self) -> list[Path]:
        return sorted(self.folder.glob("reviews-redone-*.jsonl"))

    def reviews(self) -> dict[Key, Review]:
        """The last review of each (reviewer, fingerprint, paper), of the first repeat: the one that counts.

        Raises InputError for a line that is no review.
        """
        return self.repeats().get(0, {})

    def known(self) -> Known:
        """Which reviews there are. Raises InputError as `reviews`."""
        return Known(self.all_reviews())

    def repeats(self) -> dict[int, dict[Key, Review]]:
        """The last review of each (reviewer, fingerprint, paper) by repeat. Raises InputError as `reviews`."""
        return by_repeat(self.all_reviews())

    @property
    def complete(self) -> bool:
        """Whether every reviewer on record has reviewed every paper, failed reviews included."""
        known, papers = self.known(), {judgement.paper_id for judgement in self.record.judgements}
        return all(papers <= known.of(one).keys() for one in self.record.reviewers)

    def failure_notes(self, names: Sequence[str]) -> list[str]:
        """A line for each of these reviewers that says why its reviews failed, each reason once with its count."""
        if not names:
            return []
        current = {(entry.name, entry.fingerprint) for entry in self.record.reviewers}
        failures: dict[str, dict[str, Review | None]] = {name: {} for name in names}
        for review in self.all_reviews():
            if review.repeat == 0 and review.reviewer in failures and (review.reviewer, review.fingerprint) in current:
                failures[review.reviewer][review.paper_id] = review if review.status == "failed" else None
        words = {name: reasons_in_words(filter(None, last.values())) for name, last in failures.items()}
        return [printable(f"{name}: why reviews failed: {why}.") for name, why in words.items() if why]

    def spent(self) -> float:
        """US dollars that the run has cost, with failures and reviews set aside; replays cost nothing again.

        What language models cost stands call by call in the run's ledger, see `ledger_path`, and not in this sum.
        """
        elsewhere = {entry.name for entry in self.record.reviewers if entry.traits.pays != "per review"}
        aside = (review for path in self._set_aside() for review in read_reviews(path))
        return sum(r.usage.usd or 0 for r in chain(self.all_reviews(), aside) if r.reviewer not in elsewhere)


def by_repeat(reviews: Iterable[Review]) -> dict[int, dict[Key, Review]]:
    """The last review of each (reviewer, fingerprint, paper) by repeat."""
    found: dict[int, list[Review]] = {}
    for review in reviews:
        found.setdefault(review.repeat, []).append(review)
    return {number: latest(those) for number, those in found.items()}


def latest(reviews: Iterable[Review]) -> dict[Key, Review]:
    """The last review of each (reviewer, fingerprint, paper)."""
    return {(review.reviewer, review.fingerprint, review.paper_id): review for review in reviews}


def start_run(folder: Path, papers: RunDataset, dataset: Dataset, command: Sequence[str]) -> Run:
    """A new run in the folder, or the one that is there when it is on the same papers in the same form.

    `dataset` is the subset that `papers` describes.

    Raises InputError where the folder holds something else.
    """
    record = BenchRecord(
        **RunRecord.now(),
        command=list(command),
        dataset=papers,
        card=dataset.card,
        judgements=dataset.judgements,
    )
    return Run.start(folder, record)


def default_folder(dataset: RunDataset, specs: Sequence[str]) -> Path:
    """runs/DATASET-SPLIT-DIGITS: the same papers and SPECs give the same folder, so that a run continues."""
    described = dataset.model_dump(exclude=None if dataset.reviewed_only else {"reviewed_only"})
    identity = hashlib.sha256(json.dumps([described, sorted(specs)]).encode()).hexdigest()[:8]
    return Path("runs") / f"{dataset.name}-{dataset.split}-{identity}"


def run_dataset(
    dataset: Dataset,
    *,
    source: str,
    split: str,
    limit: int | None,
    scrub_rules: str | None,
    reviewed_only: bool = False,
    text: Literal["none"] | None = None,
) -> RunDataset:
    """The record of a subset; `scrub_rules` is None for raw text, `text` is none for papers without one."""
    return RunDataset(
        name=dataset.card.name,
        source=source,
        hash=dataset.card.hash,
        split=split,
        limit=limit,
        reviewed_only=reviewed_only,
        papers=len(dataset),
        text=text or ("raw" if scrub_rules is None else "scrubbed"),
        scrub_rules=scrub_rules or "",
    )
