"""Errors that a user can mend, as Inspect tells them: one line, no traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from inspect_ai._util.error import PrerequisiteError

from ..data.errors import InputError


@contextmanager
def refusals_told() -> Iterator[None]:
    """An InputError becomes Inspect's error for what has to be mended first."""
    try:
        yield
    except InputError as error:
        raise PrerequisiteError(f"peerassay: {error}") from None
