"""Several faults of one file, told together."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..data.errors import InputError

MOST = 20
"""Faults of a file that are listed."""


class Faults(InputError):
    """An InputError for one or more faults; its words are those of the first."""

    def __init__(self, faults: Iterable[str]) -> None:
        found = list(dict.fromkeys(faults))
        more = [f"and {len(found) - MOST} more"] if len(found) > MOST else []
        self.faults = (*found[:MOST], *more)
        super().__init__(self.faults[0])


def faults_of(error: InputError) -> tuple[str, ...]:
    """Each fault that an error tells."""
    return error.faults if isinstance(error, Faults) else (str(error),)


def require(*checks: Callable[[], object]) -> None:
    """Make all the checks. Raises Faults with what each that raises InputError has to say."""
    found: list[str] = []
    for check in checks:
        try:
            check()
        except InputError as error:
            found += faults_of(error)
    if found:
        raise Faults(found)
