"""`peerassay scientist new-template` and `setup-aider`: folders that a run uses later."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from . import kinds


@click.command("new-template")
@click.argument("folder", type=kinds.PATH)
def new_template_command(folder: Path) -> None:
    """Make a small template in FOLDER that runs as it is, and say what to edit."""
    from ..generator.new_template import NEXT, make_template

    made = make_template(folder).folder
    click.echo(f"{made} runs as it is: peerassay scientist run -t {shlex.quote(str(made))} -m offline")
    click.echo("To make it your own, edit in this order:")
    for name, what in NEXT:
        click.echo(f"  {name:30}{what}")


@click.command("setup-aider")
@click.option("--folder", type=kinds.PATH, help="Where its virtual environment goes.")
def setup_aider_command(folder: Path | None) -> None:
    """Install the editor Aider into a virtual environment of its own, for `run --editor aider`."""
    from ..generator.editors.setup import setup_aider

    click.echo(str(setup_aider(folder)))
