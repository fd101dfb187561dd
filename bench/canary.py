"""A canary: fixed papers, a reviewer's answers on them, and an exact test whether it still answers so.

The folder holds canary.json (what was asked of whom), `saved/` (the run with the first answers), a run under `checks/`
for each check, and checks.jsonl with what each found. No answer is ever taken from the cache. A check that was stopped
goes on when the next one is started.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Self

import numpy as np
from pydantic import BaseModel, Field

from ..data.errors import InputError
from ..data.files import read_jsonl, read_validated, validated, write_atomic
from ..llm.session import Session
from ..statistics.drift import power_of_shift
from .canary_check import FEWEST, Check, answers, compared, scores
from .entrants import ReviewerLike
from .measure import Bench, BenchSettings, prepare_bench
from .run import Run
from .runner import Outcome, Progress

FILE, CHECKS = "canary.json", "checks.jsonl"
LEVEL = 0.01
SHIFTS = (0.5, 1.0, 2.0)


class CanaryRecord(BaseModel):
    """canary.json."""

    source: str = Field(description="the dataset, a name or a path")
    hash: str = Field(description="of the papers that are asked about")
    limit: int | None
    raw: bool
    spec: str
    reviewer: str
    fingerprint: str
    repeats: int = Field(description="answers to each paper that were saved")
    fixed: bool = Field(default=False, description="it says the same whenever it is asked: any difference is drift")
    saved: date
    usd: float | None = Field(default=None, description="what they cost")
    level: float = LEVEL
    finds: dict[str, float] = Field(
        default_factory=dict, description="share of checks that would find all scores shifted by so many points"
    )


class Canary:
    """A folder with a saved canary, or one that is to be."""

    def __init__(self, folder: Path, record: CanaryRecord) -> None:
        self.folder = folder
        self.record = record

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The canary in a folder. Raises InputError where there is none."""
        path = folder / FILE
        if not path.is_file():
            unfinished = (folder / "saved").is_dir()
            why = "its first answers are not all there: start `canary save` again" if unfinished else "holds no canary"
            raise InputError(f"{folder}: {why}; `peerassay canary save -r SPEC --out {folder}` makes one")
        return cls(folder, read_validated(CanaryRecord, path))

    def checks(self) -> list[Check]:
        """What earlier checks found, in order."""
        path = self.folder / CHECKS
        lines = read_jsonl(path, torn_tail=True) if path.is_file() else ()
        return [validated(Check, value, f"{path}:{number}") for number, value in lines]

    def prepare(self, session: Session, repeats: int) -> Bench:
        """The next check, or the one that was stopped, ready to review.

        Raises InputError where the papers or the reviewer's own settings are not those of the saved answers.
        """
        name = self._unfinished() or self._new_name()
        bench = prepared(
            self.record.source,
            self.record.spec,
            session,
            papers=self.record.limit,
            repeats=repeats,
            raw=self.record.raw,
            out=self.folder / "checks" / name,
        )
        if bench.papers.hash != self.record.hash:
            raise InputError(f"{self.folder}: {self.record.source} has other papers or texts now; save a new canary")
        fingerprint = bench.entrants[0].reviewer.fingerprint
        if fingerprint != self.record.fingerprint:
            raise InputError(
                f"{self.folder}: the reviewer's own settings have changed (fingerprint {self.record.fingerprint} then, "
                f"{fingerprint} now), so that a difference would say nothing of the model; save a new canary"
            )
        return bench

    def _new_name(self) -> str:
        """The time, with a number where there is a check of this second already."""
        stamp = f"{datetime.now(UTC):%Y-%m-%dT%H%M%S}"
        names = (stamp, *(f"{stamp}-{number}" for number in range(2, 1000)))
        return next(name for name in names if not (self.folder / "checks" / name).exists())

    def _unfinished(self) -> str:
        done = {check.folder for check in self.checks()}
        there = sorted(path.name for path in (self.folder / "checks").glob("*") if path.is_dir())
        return next((name for name in reversed(there) if f"checks/{name}" not in done), "")

    def compare(self, run: Run, outcome: Outcome) -> Check:
        """Hold a finished check against the saved answers, and keep what it found. Raises InputError as `compared`."""
        record = self.record
        before, after = (
            answers(some, record.reviewer, record.fingerprint) for some in (Run.open(self.folder / "saved"), run)
        )
        check = compared(
            before, after, folder=f"checks/{run.folder.name}", level=record.level, fixed=record.fixed, usd=outcome.usd
        )
        with (self.folder / CHECKS).open("a", encoding="utf-8") as stream:
            stream.write(check.model_dump_json() + "\n")
        return check


def prepared(
    source: str,
    spec: ReviewerLike,
    session: Session,
    *,
    papers: int | None,
    repeats: int,
    raw: bool,
    out: Path,
) -> Bench:
    """The reviews of a canary, of all splits, without floors and audit. Raises InputError as `prepare_bench`."""
    settings = BenchSettings(split="all", limit=papers, floors=False, audit=False, raw=raw, repeats=repeats, out=out)
    return prepare_bench(source, [spec], session, settings)


def save(bench: Bench, spec: str, folder: Path, *, level: float, progress: Progress = lambda *_: None) -> Canary | None:
    """Ask for the first answers, or for those that lack, and write canary.json; None where the budget is reached.

    Raises InputError where fewer than `FEWEST` papers get an answer, and as `Bench.review`.
    """
    run, outcome = bench.review(["peerassay", "canary", "save"], progress=progress)
    if outcome.budget_reached:
        return None
    reviewer = bench.entrants[0].reviewer
    record = CanaryRecord(
        source=bench.papers.source,
        hash=bench.papers.hash,
        limit=bench.settings.limit,
        raw=bench.settings.raw,
        spec=spec,
        reviewer=reviewer.name,
        fingerprint=reviewer.fingerprint,
        repeats=bench.settings.repeats if reviewer.traits.repeatable else 1,
        fixed=not reviewer.traits.repeatable,
        saved=datetime.now(UTC).date(),
        usd=outcome.usd,
        level=level,
    )
    scored = [reviews for reviews in answers(run, record.reviewer, record.fingerprint).values() if scores(reviews)]
    if len(scored) < FEWEST:
        raise InputError(f"{folder}: {len(scored)} papers got an answer, {FEWEST} are needed; see saved/reviews.jsonl")
    if not record.fixed and any(review.overall is not None for reviews in scored for review in reviews):
        arrays = [np.array(scores(reviews)) for reviews in scored]
        finds = {f"{shift:g}": power_of_shift(arrays, shift, level=level) for shift in SHIFTS}
        record = record.model_copy(update={"finds": finds})
    write_atomic(folder / FILE, record.model_dump_json(indent=2) + "\n")
    return Canary(folder, record)
