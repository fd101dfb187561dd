"""What every command prints: tables or one JSON document on stdout, progress and logs on stderr."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from ..bench.runner import expectation_table
from ..data.errors import InputError, printable
from ..llm.budget import Budget
from ..presentation.formats import written
from ..presentation.numbers import dollars
from ..presentation.table import Format, Table
from ..presentation.terminal import print_tables
from ..reviewer.protocol import Expectation
from .volume import is_quiet, timed


def log() -> Console:
    """The console for progress and remarks (stderr), of which `-q` leaves nothing."""
    return Console(stderr=True, highlight=False, quiet=is_quiet())


def trouble() -> Console:
    """The console for why the command does not end with 0 (stderr), at every volume."""
    return Console(stderr=True, highlight=False)


def print_json(document: Any) -> None:
    """One JSON document on stdout."""
    print(json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False))


def tell_tables(tables: Sequence[Table], main: Sequence[Table], form: Format | None) -> None:
    """`tables` drawn on stdout, or with `--table` the main ones in that form."""
    if form is None:
        print_tables(tables)
    else:
        print(written(main, form))


def only_one(*, as_json: bool, form: Format | None) -> None:
    """Raises InputError where both --json and --table are given."""
    if as_json and form is not None:
        raise InputError("--json and --table both print on stdout: leave one out")


def tell_notes(notes: Iterable[str]) -> None:
    """What to know before using the metrics, on stderr."""
    for note in notes:
        log().print(Text(f"note: {printable(note)}", style="yellow"), soft_wrap=not log().is_terminal)


@contextmanager
def progress_bars() -> Iterator[Progress]:
    """Bars on stderr, with counts and the time to go."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
    )
    with timed("reviews"), Progress(*columns, console=log()) as progress:
        yield progress


def noting(bars: Progress) -> Callable[[str], None]:
    """Prints a line above the bars."""
    return lambda line: bars.console.print(Text(printable(line), style="yellow"), soft_wrap=True)


@contextmanager
def working(what: str) -> Iterator[Any]:
    """A spinner on stderr; call what it yields to change its text. Lines where stderr is no terminal."""
    with timed(what), _spinning(what) as tell:
        yield tell


@contextmanager
def _spinning(what: str) -> Iterator[Any]:
    console = log()
    if not console.is_terminal:
        console.print(Text(f"{what} ..."))
        yield lambda text: console.print(Text(f"{text} ..."))
        return
    with console.status(Text(what)) as status:
        yield lambda text: status.update(Text(text, no_wrap=True, overflow="ellipsis"))


def tell_expectations(expected: dict[str, Expectation], what: str, *, as_json: bool) -> None:
    """What is expected of language models by name; `what` is to be done where there is none of them."""
    if as_json:
        print_json({"expected": {name: e.model_dump(mode="json") for name, e in expected.items()}})
    elif expected:
        print_tables([expectation_table(expected)])
    else:
        print(f"{what}: no calls of a language model of ours to expect")


def tell_budget_reached(run: Path, budget: Budget, *, as_json: bool) -> None:
    """Say that the budget put an end to a run, and what to do; exit code 4 is the caller's."""
    if as_json:
        print_json({"run": str(run), "budget_reached": True, "usd": budget.spent})
    trouble().print(
        Text(
            f"budget of ${budget.limit:g} reached: {dollars(budget.spent)} spent, and the next call could cost more "
            f"than is left; start again with more to continue"
        )
    )
