"""`peerassay slurm`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from ..bench.run import Run
from ..data.errors import InputError
from ..data.files import validated, write_atomic
from ..reviewer.crew.slurm import SlurmJob, slurm_script
from . import kinds
from .output import log
from .runs import open_run


@click.command("slurm")
@click.argument("folder", metavar="RUN", type=kinds.PATH)
@click.option("--workers", type=click.IntRange(1, 10_000), default=8, show_default=True, help="Elements of the array.")
@click.option("--time", default="4:00:00", show_default=True, help="Of each; then it is put into the queue again.")
@click.option("--cpus", type=click.IntRange(min=1), default=1, show_default=True, help="Of each.")
@click.option("--memory", default="4G", show_default=True, help="Of each.")
@click.option("--partition", help="As sbatch takes it.")
@click.option("--account", help="As sbatch takes it.")
@click.option(
    "--ending",
    type=click.IntRange(min=30),
    default=120,
    show_default=True,
    help="Seconds to stop before its time ends.",
)
@click.option("--option", "more", multiple=True, metavar="OPTION", help="Another one of sbatch, as --gres=gpu:1.")
@click.option("--setup", multiple=True, metavar="LINE", help="Shell before the worker, as `module load python`.")
@click.option("--out", type=kinds.PATH, help="The script [default: RUN/slurm.sh].")
def slurm_command(folder: Path, *, out: Path | None, **asked: Any) -> None:
    """Write a script for Slurm: an array of workers of a run that gives its work out.

    \b
    peerassay bench ... --workers 0 --out RUN     # gives the work out, and waits (on a login node, or as a job)
    peerassay slurm RUN --workers 32 --time 1:00:00
    sbatch RUN/slurm.sh

    A worker whose time is over lets its papers go, and goes on when it gets its next turn. The script holds no keys:
    sbatch hands the environment of whoever submits it on.
    """
    run = open_run(folder.absolute())
    job = validated(SlurmJob, {name: value for name, value in asked.items() if value is not None}, "slurm")
    script = out or folder / "slurm.sh"
    if script.is_dir():
        raise InputError(f"{script}: is a folder; --out names the script")
    write_atomic(script, slurm_script(run.folder, job, place=Path.cwd()))
    console = log()
    if not run.order_path.exists():
        again = f"peerassay scientist resume {shlex.quote(str(folder))} --processes 1"
        how = "the command of the bench with --workers 0" if isinstance(run, Run) else again
        console.print(Text(f"it gives no work out yet: first start {how}"), soft_wrap=True)
    console.print(Text(f"sbatch {shlex.quote(str(script))}"), soft_wrap=True)
