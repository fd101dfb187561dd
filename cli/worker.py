"""`peerassay worker`."""

from __future__ import annotations

import contextlib
import signal
import sys
from pathlib import Path

import click
from rich.progress import TaskID
from rich.text import Text

from ..bench.crew.worker import work
from ..generator.batch import ScientistRun
from ..reviewer.crew.processes import end_with_parent
from . import kinds
from .output import log, progress_bars
from .runs import open_run

NOTHING_LEFT = "nothing is left to do"


@click.command("worker")
@click.argument("folder", metavar="RUN", type=kinds.RUN)
@click.option("--with-parent", is_flag=True, hidden=True, help="End when the process that started it ends.")
def worker_command(folder: Path, *, with_parent: bool) -> None:
    """Help with a run that gives its work out: a bench with --workers, or a run of the scientist with --processes.

    Any number of workers may join, on any machine that sees the folder and has the same peerassay, dataset and keys.
    Each takes papers, or ideas and experiments, that nobody else has; those of a worker that is killed, or shows no
    sign of life, go to others. All hold to the run's budget together. It ends when nothing is left to do, and
    SIGTERM stops it as Ctrl-C does.
    """
    _hear_signals()
    if with_parent:
        end_with_parent()
    run = open_run(folder)
    if not run.order_path.exists() and run.complete:
        log().print(NOTHING_LEFT)
        return
    if isinstance(run, ScientistRun):
        from .scientist_work import help_out_with

        help_out_with(folder)
        return
    with contextlib.redirect_stdout(sys.stderr), progress_bars() as bars:
        tasks: dict[str, TaskID] = {}

        def progress(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total)
            bars.update(tasks[name], completed=done, total=total)

        outcome = work(run, progress=progress)
    log().print(Text(f"{outcome.reviewed} reviews made here, {outcome.failed} of them failed"))
    if outcome.budget_reached:
        raise click.exceptions.Exit(4)


def _hear_signals() -> None:
    """Let SIGINT stop this process though a shell that starts it in the background has it ignored, and SIGTERM too."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
