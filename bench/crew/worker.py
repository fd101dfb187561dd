"""One worker of a bench: `peerassay worker RUN`."""

from __future__ import annotations

from ...data.errors import InputError
from ...llm.event_loop import wait_for
from ...reviewer.crew.joining import at_work
from ..run import Run
from ..runner import Outcome, Progress
from .order import Order
from .share import CrewShare


def work(run: Run, *, progress: Progress = lambda *_: None) -> Outcome:
    """Review what the run gives out until nothing is left; `reviewed` and `failed` are this worker's.

    How it ended stands in its folder. Raises InputError where this is not the same bench as where it was given out, or
    the folder cannot be used, ModelUnusable, and NothingButFailures.
    """
    run.folder = run.folder.absolute()
    order = Order.read(run)
    bench = order.bench(run)
    with at_work(run.work_path, bench.session.metering, order) as member:
        share = CrewShare(run, member)
        outcome = wait_for(bench.review_papers(run, progress, share=share))
        member.code = 4 if outcome.budget_reached else 0
        if share.dropped:
            raise InputError(
                f"{run.folder}: {share.dropped} reviews of this worker were dropped: it was without a sign of life for "
                f"so long that others had taken its papers over"
            )
    return outcome
