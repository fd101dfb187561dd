"""`peerassay leaderboard diff`."""

from __future__ import annotations

from pathlib import Path

import click

from ..data.errors import InputError, printable
from ..leaderboards.changes import BoardsDiff, Position, RowChange
from ..presentation.cell import NONE
from ..presentation.numbers import show
from ..presentation.table import Table
from ..presentation.terminal import print_tables
from . import kinds
from .output import print_json, working


@click.command("diff")
@click.argument("base", type=kinds.PATH)
@click.argument("head", type=kinds.PATH)
@click.option("--markdown", is_flag=True, help="As the text of a comment on a pull request.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def diff_command(base: Path, head: Path, markdown: bool, as_json: bool) -> None:
    """What the folder of results HEAD changes on the boards of the folder BASE.

    Rows that are new, changed or gone, where they stand, their figures before and after, and rows whose rank is
    another one. Exit 1 where a new or changed file is refused.
    """
    from pydantic import TypeAdapter

    from ..leaderboards.changes import boards_diff
    from ..leaderboards.changes_markdown import diff_markdown

    if markdown and as_json:
        raise InputError("--json and --markdown both print on stdout: leave one out")
    with working("checking") as tell:
        diff = boards_diff(base, head, progress=tell)
    if as_json:
        print_json(TypeAdapter(BoardsDiff).dump_python(diff, mode="json"))
    elif markdown:
        click.echo(diff_markdown(diff), nl=False)
    else:
        _tell(diff)
    if diff.refused:
        raise click.exceptions.Exit(1)


def _tell(diff: BoardsDiff) -> None:
    heads = ("Change", "Row", "Table", "Rank before", "Rank now", "Figure before", "Figure now")
    rows = [_row(row) for row in diff.rows]
    rows += [("moved", row.name, row.table, _rank(row.base), _rank(row.head), NONE, NONE) for row in diff.moved]
    if rows:
        quiet = tuple(tuple(printable(cell) for cell in row) for row in rows)
        note = "Figure: AUC of a reviewer, mean score of a configuration. --markdown and --json have all of them."
        print_tables([Table("What this changes on the boards", heads, quiet, note)])
    for other in diff.others:
        click.echo(f"{other.kind}: {printable(other.path)}: {printable(other.what)}")
    for refused in diff.refused:
        for reason in refused.reasons:
            click.echo(f"refused: {printable(str(refused.path))}: {reason}")
    if not (rows or diff.others or diff.refused):
        click.echo("nothing differs")


def _row(row: RowChange) -> tuple[str, ...]:
    main = row.metrics[0] if row.metrics else None
    figures = (show(main.base), show(main.head)) if main else (NONE, NONE)
    return (row.kind, row.name, row.table, _rank(row.base), _rank(row.head), *figures)


def _rank(position: Position | None) -> str:
    if position is None or position.place is None:
        return NONE
    return f"{position.place.rank}{'=' if position.place.tied else ''} of {position.of}"
