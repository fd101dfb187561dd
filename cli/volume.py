"""How much is said on stderr: all but errors is left out by `-q`; `-v` adds calls, the cache and where time goes.

Modules below the command line tell by `logging`, under the name `peerassay`: at INFO what everybody is told, at DEBUG
what `-v` adds. Results on stdout are the same at every volume.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from ..data.errors import InputError, printable

LOGGER = logging.getLogger("peerassay")
"""Of the whole package."""


class _Lines(logging.Handler):
    """Each record as a line on stderr, above the bars where some are shown."""

    def emit(self, record: logging.LogRecord) -> None:
        print(printable(record.getMessage()), file=sys.stderr, flush=True)


def start_telling() -> None:
    """Begin a command at the usual volume."""
    LOGGER.handlers = [_Lines()]
    LOGGER.propagate = False
    LOGGER.setLevel(logging.INFO)


def is_quiet() -> bool:
    """Whether `-q` was given."""
    return LOGGER.level > logging.INFO


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Tell at `-v` how long it took, where it came to its end."""
    start = time.perf_counter()
    yield
    LOGGER.debug("%s: took %.1f s", what, time.perf_counter() - start)


def _turn(level: int, other: int) -> Callable[[click.Context, click.Parameter, bool], None]:
    def turn(context: click.Context, option: click.Parameter, given: bool) -> None:  # noqa: ARG001
        if not given:
            return
        if LOGGER.level == other:
            raise InputError("-q and -v ask for opposite things: leave one out")
        LOGGER.setLevel(level)

    return turn


def volume_options() -> list[click.Option]:
    """`-q` and `-v`, for one command."""
    return [
        click.Option(
            ["-q", "--quiet"], is_flag=True, expose_value=False, callback=_turn(logging.ERROR, logging.DEBUG),
            help="Results and errors alone: no progress, no remarks.",
        ),
        click.Option(
            ["-v", "--verbose"], is_flag=True, expose_value=False, callback=_turn(logging.DEBUG, logging.ERROR),
            help="Also calls of models, what the cache had, and where time goes.",
        ),
    ]  # fmt: skip


def with_volume(command: click.Command) -> click.Command:
    """The command, and all commands within it, with `-q` and `-v`."""
    if isinstance(command, click.Group):
        for one in command.commands.values():
            with_volume(one)
    elif not any("--quiet" in option.opts for option in command.params):
        command.params.extend(volume_options())
    return command
