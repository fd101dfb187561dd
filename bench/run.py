"""A run is a folder: run.json (what was run) and reviews.jsonl (append-only, the only source of truth).

Everything else in the folder can be derived again from these two. A run that was stopped, by kill -9 too, goes on when
the same command is started again: what is in reviews.jsonl is not done twice.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO, Literal

from pydantic import BaseModel, Field

from ..data.dataset import Dataset
from ..data.errors import InputError
from ..data.files import make_folder, read_json, read_jsonl, repair_last_line, validated, write_json
from ..data.records import DatasetCard, Judgement
from ..reviewer.protocol import Reviewer, Traits
from ..reviewer.review import Review

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


class RunRecord(BaseModel):
    """run.json."""

    format: int = 1
    created: str
    peerassay: str
    command: list[str]
    dataset: RunDataset
    card: DatasetCard
    judgements: list[Judgement] = Field(description="the human side of the run's papers, in their order")
    reviewers: list[RunReviewer] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list, description="what happened on the way, such as time-outs")


class RunFolder:
    """A folder with reviews.jsonl and the ledger of calls, whatever else is on record there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def reviews_path(self) -> Path:
        """The append-only file of reviews."""
        return self.folder / "reviews.jsonl"

    @property
    def ledger_path(self) -> Path:
        """The file in which each call of a language model is booked."""
        return self.folder / "calls.jsonl"

    def all_reviews(self) -> Iterator[Review]:
        """Every line of reviews.jsonl, in order; a last line without its newline is no review yet.

        Raises InputError for a line that is no review.
        """
        if not self.reviews_path.exists():
            return
        for number, value in read_jsonl(self.reviews_path, torn_tail=True):
            yield validated(Review, value, f"{self.reviews_path}:{number}")

    @contextmanager
    def appending(self) -> Iterator[Appender]:
        """Append reviews, under `locked`; a half-written last line is repaired first."""
        repair_last_line(self.reviews_path)
        with self.reviews_path.open("ab") as stream:
            yield Appender(stream)


class Run(RunFolder):
    """An opened run folder."""

    def __init__(self, folder: Path, record: RunRecord) -> None:
        super().__init__(folder)
        self.record = record

    def save(self) -> None:
        """Write run.json."""
        write_json(self.folder / "run.json", self.record.model_dump(mode="json"))

    def add_reviewer(self, reviewer: Reviewer, spec: str, *, automatic: bool = False, recall_by: str = "") -> None:
        """Put the reviewer on record, where it is not yet.

        Raises InputError where a reviewer of this name but other fingerprint has reviews here already that are not all
        failed.
        """
        same = next((r for r in self.record.reviewers if r.name == reviewer.name), None)
        if same is not None and same.fingerprint != reviewer.fingerprint and self._has_reviews(same):
            raise InputError(
                f"{self.folder}: holds reviews of {reviewer.name} as it was before it changed; "
                f"choose another --out, or give the new one a name (?name=...)"
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
        self.record.reviewers = [*(r for r in self.record.reviewers if r is not same), entry]

    def _has_reviews(self, entry: RunReviewer) -> bool:
        """Whether any review that the reviewer made here did not fail."""
        signed = (r for r in self.all_reviews() if (r.reviewer, r.fingerprint) == (entry.name, entry.fingerprint))
        return any(review.status == "ok" for review in signed)

    def note(self, lines: Iterable[str]) -> None:
        """Keep what happened on the way, each line once."""
        self.record.notes = list(dict.fromkeys([*self.record.notes, *lines]))
        self.save()

    def reviews(self) -> dict[Key, Review]:
        """The last review of each (reviewer, fingerprint, paper), of the first repeat: the one that counts.

        Raises InputError for a line that is no review.
        """
        return self.repeats().get(0, {})

    def repeats(self) -> dict[int, dict[Key, Review]]:
        """The last review of each (reviewer, fingerprint, paper) by repeat. Raises InputError as `reviews`."""
        found: dict[int, list[Review]] = {}
        for review in self.all_reviews():
            found.setdefault(review.repeat, []).append(review)
        return {number: latest(reviews) for number, reviews in found.items()}

    def spent(self) -> float:
        """US dollars that the run has cost, earlier failures included; replays cost nothing again.

        What language models cost stands call by call in the run's ledger, see `ledger_path`, and not in this sum.
        """
        elsewhere = {entry.name for entry in self.record.reviewers if entry.traits.pays != "per review"}
        return sum(review.usage.usd or 0 for review in self.all_reviews() if review.reviewer not in elsewhere)


def latest(reviews: Iterable[Review]) -> dict[Key, Review]:
    """The last review of each (reviewer, fingerprint, paper)."""
    return {(review.reviewer, review.fingerprint, review.paper_id): review for review in reviews}


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the run folder for this process; the folder is made where it is missing.

    Raises InputError where another process holds it, or it cannot be written.
    """
    with (make_folder(folder) / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(f"{folder}: another process is writing to this run; wait for it") from None
        yield


class Appender:
    """Writes one review per line, flushed before the next is begun."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def add(self, review: Review) -> None:
        """Append the JSON of the review."""
        self._stream.write(review.model_dump_json().encode() + b"\n")
        self._stream.flush()


def open_run(folder: Path) -> Run:
    """The run in a folder. Raises InputError where there is none or run.json is wrong."""
    path = folder / "run.json"
    if not path.is_file():
        raise InputError(f"{folder}: no run there (no run.json); make one with `peerassay bench --out {folder}`")
    record = validated(RunRecord, read_json(path), str(path))
    if len(record.judgements) != record.dataset.papers:
        raise InputError(f"{path}: has {len(record.judgements)} judgements for {record.dataset.papers} papers")
    return Run(folder, record)


def check_folder(folder: Path, record: str = "run.json") -> None:
    """Refuse a folder that holds something else than a run: nothing is written into it. Raises InputError."""
    if folder.is_dir() and not (folder / record).exists():
        strange = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
        if strange:
            raise InputError(f"{folder}: is no run of this kind and not empty ({strange[0]}); choose another --out")
    elif folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: is a file; choose another --out")


def start_run(folder: Path, papers: RunDataset, dataset: Dataset, command: Sequence[str]) -> Run:
    """A new run in the folder, or the one that is there when it is on the same papers in the same form.

    `dataset` is the subset that `papers` describes.

    Raises InputError where the folder holds something else.
    """
    if (folder / "run.json").exists():
        run = open_run(folder)
        for field in ("name", "hash", "split", "limit", "reviewed_only", "text", "scrub_rules"):
            old, new = getattr(run.record.dataset, field), getattr(papers, field)
            if old != new:
                raise InputError(f"{folder}: holds a run with {field} {old!r}, not {new!r}; choose another --out")
        if run.record.judgements != list(dataset.judgements):
            raise InputError(f"{folder}: the judgements in run.json are not the dataset's; choose another --out")
        return run
    make_folder(folder)
    if (folder / "reviews.jsonl").exists():
        raise InputError(f"{folder}: has a reviews.jsonl but no run.json; choose another --out")
    record = RunRecord(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        peerassay=version("peerassay"),
        command=list(command),
        dataset=papers,
        card=dataset.card,
        judgements=list(dataset.judgements),
    )
    run = Run(folder, record)
    run.save()
    return run


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
