"""One worker of a bench: `peerassay worker RUN`."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress

from ...data.errors import InputError, NothingButFailures
from ...llm.event_loop import wait_for
from ...llm.ledger import Ledger
from ...llm.shared_budget import SharedBudget
from ...reviewer.crew.member import End, Member
from ..measure import Bench
from ..run import Run
from ..runner import Outcome, Progress
from .order import Order
from .share import CrewShare

PARENT_EVERY = 1.0
"""Seconds between two looks whether the process that started this one is there."""


def work(run: Run, *, progress: Progress = lambda *_: None) -> Outcome:
    """Review what the run gives out until nothing is left; `reviewed` and `failed` are this worker's.

    How it ended stands in its folder. Raises InputError where this is not the same bench as where it was given out, or
    the folder cannot be used, ModelUnusable, and NothingButFailures.
    """
    order = Order.read(run)
    bench = order.bench(run)
    with Member.joined(run.work_path) as member:
        metering = bench.session.metering
        metering.ledger = Ledger(member.own / "calls.jsonl")
        metering.budget = SharedBudget(order.budget, member, order.spent_before)
        try:
            outcome = wait_for(_review(bench, run, CrewShare(run, member), progress))
        except (InputError, NothingButFailures) as error:
            member.leave(End(error=str(error), code=2 if isinstance(error, InputError) else 3))
            raise
        except KeyboardInterrupt:
            member.leave(End(code=130))
            raise
        member.leave(End(code=4 if outcome.budget_reached else 0))
        return outcome


async def _review(bench: Bench, run: Run, share: CrewShare, progress: Progress) -> Outcome:
    outcome = await bench.review_papers(run, progress, share=share)
    if share.dropped:
        raise InputError(
            f"{run.folder}: {share.dropped} reviews of this worker were dropped: it was without a sign of life for so "
            f"long that others had taken its papers over"
        )
    return outcome


def end_with_parent() -> None:
    """Stop this process, as by Ctrl-C, when the one that started it is gone."""
    parent = os.getppid()

    def look() -> None:
        while not stop.wait(PARENT_EVERY):
            if os.getppid() != parent:
                with suppress(ProcessLookupError):
                    os.kill(os.getpid(), signal.SIGINT)
                return

    stop = threading.Event()
    threading.Thread(target=look, daemon=True).start()
