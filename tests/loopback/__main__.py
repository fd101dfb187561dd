"""The loopback server by hand: `python -m tests.loopback --port 8765`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from peerassay.data.errors import InputError

from . import faults
from .engine import Options
from .running import serve
from .scripted import read_memories

HELP = (
    "Serve OpenAI's and Anthropic's protocols on this machine, with a scripted reviewer behind them.\n\n"
    "Base URL for OpenAI's SDK: http://127.0.0.1:PORT/v1, for Anthropic's: http://127.0.0.1:PORT. Any key will do, "
    "except 'bad-key'. GET /_stats tells what was done, POST /_reset forgets it, POST /_faults sets another plan."
)
EPILOG = "\b\n" + (faults.__doc__ or "").replace("\n\n", "\n\n\b\n")


@click.command(help=HELP, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--port", default=0, show_default="a free one")
@click.option("--latency", default=0.0, show_default=True, help="Seconds that an answer takes.")
@click.option("--faults", default="", help="What goes wrong, see below.")
@click.option("--batch-seconds", default=0.5, show_default=True, help="Seconds that a batch takes.")
@click.option("--spread", default=0.0, show_default=True, help="Spread of an ensemble's scores, on a 1-to-10 scale.")
@click.option("--contradict", default=0.0, show_default=True, help="Share of papers whose decision belies the score.")
@click.option("--gullible", is_flag=True, help="Follow 'ignore all previous instructions' in a paper.")
@click.option("--restless", is_flag=True, help="Move the score by a step in each further turn.")
@click.option("--seed", default=0, show_default=True, help="Another draw of the scores' noise.")
@click.option("--memories", type=click.Path(path_type=Path), help="Lines TITLE, tab, accepted or rejected: recalled.")
def main(memories: Path | None, **options: Any) -> None:
    """Serve until the process is told to end."""
    try:
        planted = read_memories(memories) if memories else {}
        serve(Options(memories=planted, **options), lambda url: click.echo(f"listening on {url}"))
    except InputError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main(prog_name="python -m tests.loopback")
