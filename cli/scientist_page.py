"""`peerassay scientist page`, and the page of a run while it goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click
from rich.text import Text

from ..generator.batch import IdeaBatch
from ..generator.page.write import write_pages
from ..reviewer.run_folder import is_locked
from . import kinds
from .output import log


@click.command("page")
@click.argument("run", type=kinds.RUN)
def page_command(run: Path) -> None:
    """Write RUN/index.html, what happened and why, from the run's files as they are now.

    A run writes it as it goes; this is for one that was killed, or moved, or made by an earlier version.
    """
    folder = run.parent if (run / "state.json").exists() else run
    click.echo(str(write_pages(folder, running=is_locked(folder))))


@asynccontextmanager
async def following(batch: IdeaBatch) -> AsyncIterator[None]:
    """Let the run's page follow what the batch tells; its path is printed where the run breaks off."""
    from ..generator.page.live import LivePage

    page = LivePage(batch.folder, batch.tell)
    batch.tell = page.told
    try:
        async with page.kept_fresh():
            yield
    except BaseException:
        log().print(Text(str(page.path)), soft_wrap=True)
        raise
