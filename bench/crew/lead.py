"""Gives out the work of a bench, and starts workers for it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ...data.errors import InputError, NothingButFailures
from ...data.files import make_folder, read_validated
from ...llm.shared_budget import Purse
from ...reviewer.crew.member import PATIENCE, End, Watch
from ...reviewer.run_folder import locked, read_reviews
from ..gather import gather
from ..measure import Bench
from ..run import Run, by_repeat
from ..runner import Outcome, Progress, still_to_review
from .order import Order
from .share import CrewReviews, key_of

LOOK_EVERY = 0.3
"""Seconds between two looks at what workers have done."""
TO_END = 3.0
"""Seconds that a worker has to end when it is asked to."""


def review_by_crew(
    bench: Bench,
    command: Sequence[str],
    workers: int,
    patience: float = PATIENCE,
    *,
    progress: Progress = lambda *_: None,
    spent: Callable[[float], None] = lambda _: None,
) -> tuple[Run, Outcome]:
    """Let so many workers on this machine review what is not reviewed yet; others may join on any machine.

    `patience`: seconds without a sign of life after which a worker's papers go to others. `spent` is told what the run
    has cost so far, in US dollars.

    Raises InputError where the folder holds something else or all workers ended too early, ModelUnusable, and
    NothingButFailures.
    """
    bench.RUN.check(bench.folder)
    with locked(bench.folder):
        run = _give_out(bench, command, patience)
        with _started(run, workers) as processes:
            crew = _Crew(bench, run, processes)
            crew.wait(progress, spent)
        troubles = crew.troubles()
        gather(run)
        run.note(bench.notes)
        bench.session.open_ledger(run.ledger_path, run.spent())
        return run, crew.outcome(troubles)


def _give_out(bench: Bench, command: Sequence[str], patience: float) -> Run:
    """The run, with its order; that of an earlier start where its workers are still at it.

    Raises InputError where these are at something else.
    """
    order = Order.of(bench)
    if Run.is_there(bench.folder):
        run = Run.open(bench.folder)
        if run.order_path.exists() and Watch(run.work_path).alive():
            if Order.read(run).asked() != order.asked():
                raise InputError(f"{run.folder}: workers are at this run, which was asked for otherwise; wait for them")
            return run
    run = bench.begin(command)
    bench.session.open_ledger(run.ledger_path, run.spent())
    Watch.begin(run.work_path, patience)
    order.model_copy(update={"spent_before": bench.session.metering.budget.spent}).write(run)
    return run


@contextmanager
def _started(run: Run, workers: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Worker processes, which end with the block at the latest."""
    logs = make_folder(run.work_path / "logs")
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for number in range(workers):
            with (logs / f"{number}.log").open("wb") as log:
                command = [sys.executable, "-m", "peerassay", "worker", str(run.folder), "--with-parent"]
                processes.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log))
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(TO_END)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@dataclass
class _Crew:
    """The workers, seen from the process that gave out the work."""

    bench: Bench
    run: Run
    processes: Sequence[subprocess.Popen[bytes]]
    _purses: dict[Path, Purse] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._watch = Watch(self.run.work_path)
        self._reviews = CrewReviews(self.run.work_path)
        self._before = {key_of(review) for review in read_reviews(self.run.reviews_path)}
        self._made = Counter[str]()

    def wait(self, progress: Progress, spent: Callable[[float], None]) -> None:
        """Until all have ended, those on other machines too."""
        while not self._look(progress, spent):
            time.sleep(LOOK_EVERY)

    def _look(self, progress: Progress, spent: Callable[[float], None]) -> bool:
        """Tell how far they are; whether all have ended."""
        ended = not self._watch.alive() and not self._joining()
        for review in self._reviews.look():
            self._made[review.reviewer] += key_of(review) not in self._before
        for path in self.run.work_path.glob("*/purse.jsonl"):
            self._purses.setdefault(path, Purse(path)).look()
        spent(self.bench.session.metering.budget.spent + sum(purse.spent for purse in self._purses.values()))
        there = Counter(name for _, (name, _, _) in self._before)
        for name, times in self._times().items():
            progress(name, there[name] + self._made[name], times * len(self.bench.dataset))
        return ended

    def _joining(self) -> bool:
        """Whether a worker was started and is not yet at work."""
        joined = {self._watch.place(name).pid for name in self._watch.members()}
        return any(process.poll() is None and process.pid not in joined for process in self.processes)

    def _times(self) -> dict[str, int]:
        reviewers = [entrant.reviewer for entrant in self.bench.entrants]
        return {one.name: self.bench.settings.repeats if one.traits.repeatable else 1 for one in reviewers}

    def troubles(self) -> list[End]:
        """How those ended that did not finish; by killed ones, their last words."""
        ends = [read_validated(End, path) for path in self.run.work_path.glob("*/end.json")]
        for number, process in enumerate(self.processes):
            words = (self.run.work_path / "logs" / f"{number}.log").read_text(errors="replace").strip().splitlines()
            if process.returncode not in (0, 3, 4):
                ends.append(End(error=words[-1].removeprefix("peerassay: ") if words else "", code=process.returncode))
        return [end for end in ends if end.code]

    def outcome(self, troubles: Sequence[End]) -> Outcome:
        """What all of them did. Raises what kept them from doing all of it."""
        done = by_repeat(self.run.all_reviews())
        missing, total, failed = 0, 0, 0
        for entrant in self.bench.entrants:
            for number in range(self._times()[entrant.reviewer.name]):
                missing += len(still_to_review(entrant.reviewer, self.bench.dataset.papers, done.get(number, {})))
                total += len(self.bench.dataset)
        made = self._reviews.known
        failed = sum(done[number][key].status == "failed" for number, key in made if key in done.get(number, {}))
        reached = any(end.code == 4 for end in troubles)
        if missing and not reached:
            raise _reason(troubles, missing)
        return Outcome(
            reviewed=len(made),
            reused=total - missing - len(made),
            failed=failed,
            usd=self.bench.session.metering.budget.spent,
            budget_reached=reached and missing > 0,
        )


def _reason(troubles: Sequence[End], missing: int) -> Exception:
    """Why the workers ended before all was done."""
    told = next((end for end in troubles if end.error), None)
    if told is not None and told.code in (2, 3):
        return NothingButFailures(told.error) if told.code == 3 else InputError(told.error)
    words = f": {told.error}" if told else ""
    return InputError(
        f"all workers ended with {missing} reviews still to be made{words}; the same command goes on with them"
    )
