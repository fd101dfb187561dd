"""Inspect AI: datasets and reviewers as its tasks, solvers and scorers, and runs as its logs.

All modules but this one need the extra `inspect`.
"""

from __future__ import annotations

from importlib.util import find_spec

from ..data.errors import InputError


def require_inspect() -> None:
    """Raises InputError where Inspect AI is not installed."""
    if find_spec("inspect_ai") is None:
        raise InputError("logs of Inspect need its package: pip install 'peerassay[inspect]'")
