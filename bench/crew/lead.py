"""Gives out the work of a bench, and starts workers for it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...data.errors import InputError, NothingButFailures
from ...llm.shared_budget import Purses
from ...reviewer.crew import PATIENCE
from ...reviewer.crew.gather import gather
from ...reviewer.crew.member import End, Watch
from ...reviewer.crew.processes import Processes
from ...reviewer.run_folder import locked, read_reviews
from ..known import Known
from ..measure import Bench
from ..run import Run
from ..runner import Outcome, Progress, places_to_review, times_of
from .order import Order
from .share import CrewReviews, key_of

LOOK_EVERY = 0.3
"""Seconds between two looks at what workers have done."""


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

    With 0 the work is given out, and waited for until a worker finds nothing left to do.

    `patience`: seconds without a sign of life after which a worker's papers go to others. `spent` is told what the run
    has cost so far, in US dollars.

    Raises InputError where the folder holds something else or all workers ended too early, ModelUnusable, and
    NothingButFailures.
    """
    bench.RUN.check(bench.folder)
    with locked(bench.folder):
        run = _give_out(bench, command, patience)
        with Processes.of(run, workers) as processes:
            crew = _Crew(bench, run, processes, elsewhere=not workers)
            crew.wait(progress, spent)
        troubles = processes.troubles()
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


@dataclass
class _Crew:
    """The workers, seen from the process that gave out the work."""

    bench: Bench
    run: Run
    processes: Processes
    elsewhere: bool
    """Whether all of them are started by others, who may not have begun yet."""

    def __post_init__(self) -> None:
        self._reviews = CrewReviews(self.run.work_path)
        self._purses = Purses(self.run.work_path)
        self._before = Known(read_reviews(self.run.reviews_path))
        self._done = Counter(self._before.counts())
        self._awaited = (
            self.elsewhere and self._missing(self._before, retry_failed=self.bench.settings.retry_failed) > 0
        )

    def wait(self, progress: Progress, spent: Callable[[float], None]) -> None:
        """Until all have ended, those on other machines too."""
        while not self._look(progress, spent):
            time.sleep(LOOK_EVERY)

    def _look(self, progress: Progress, spent: Callable[[float], None]) -> bool:
        """Tell how far they are; whether all have ended."""
        ended = self.processes.have_ended() and not (self._awaited and self.processes.all_stopped())
        for review in self._reviews.look():
            self._done[review.reviewer] += self._before.stands(*key_of(review)) is None
        purses = self._purses.look().values()
        spent(self.bench.session.metering.budget.spent + sum(purse.spent for purse in purses))
        for name, times in self._times().items():
            progress(name, self._done[name], times * len(self.bench.dataset))
        return ended

    def _times(self) -> dict[str, int]:
        reviewers = [entrant.reviewer for entrant in self.bench.entrants]
        return {one.name: times_of(one, self.bench.settings.repeats) for one in reviewers}

    def _missing(self, known: Known, *, retry_failed: bool = False) -> int:
        """The reviews still to be made."""
        papers, times = self.bench.dataset.papers, self._times()
        return sum(
            len(places_to_review(papers, known.of(one.reviewer, number), retry_failed=retry_failed))
            for one in self.bench.entrants
            for number in range(times[one.reviewer.name])
        )

    def outcome(self, troubles: Sequence[End]) -> Outcome:
        """What all of them did. Raises what kept them from doing all of it."""
        known = self.run.known()
        missing = self._missing(known)
        total = sum(self._times().values()) * len(self.bench.dataset)
        made = self._reviews.known
        failed = sum(known.stands(*key) is False for key in made)
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
