"""`peerassay ray`."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from ..data.errors import InputError
from ..reviewer.crew.ray_cluster import work_on_cluster
from . import kinds
from .output import log
from .runs import open_run


@click.command("ray")
@click.argument("folder", metavar="RUN", type=kinds.PATH)
@click.option("--workers", type=click.IntRange(1, 10_000), default=8, show_default=True)
@click.option(
    "--address", help="Of the cluster, as ray://HOST:10001 or auto [default: the one around, else this machine]."
)
@click.option("--cpus", type=kinds.Number(0, min_open=True), default=1.0, show_default=True, help="Of each worker.")
def ray_command(folder: Path, workers: int, address: str | None, cpus: float) -> None:
    """Let workers on a Ray cluster work on a run that gives its work out, until nothing is left to do.

    \b
    peerassay bench ... --workers 0 --out RUN      # gives the work out, and waits
    peerassay ray RUN --workers 64 --address auto

    The run's folder must be seen under the same path on all machines, and peerassay installed there; keys are read
    from the environment of Ray's processes.
    """
    run = open_run(folder.absolute())
    if not run.order_path.exists():
        raise InputError(f"{folder}: gives no work out; start its command with --workers 0 first")
    console, codes = log(), set[int]()
    for ended in work_on_cluster(
        run.folder, workers, address=address, cpus=cpus, told=lambda line: console.print(Text(line))
    ):
        codes.add(ended.code)
        if ended.code not in (0, 4):
            console.print(Text(f"{ended.node}: a worker ended with {ended.code}: {ended.said}", style="yellow"))
    if 0 in codes:
        return
    raise click.exceptions.Exit(max((code for code in codes if code > 1), default=3))
