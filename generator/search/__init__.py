"""Search strategies over experiments: which code to change next, and what to do with code that fails."""

from __future__ import annotations

from typing import Protocol

from ...data.errors import unknown
from ..lab import Lab
from ..scientist import Scientist
from .linear import Linear
from .tree import Tree


class Search(Protocol):
    """A strategy. The journal is written after each step, so that a search that was stopped goes on from it."""

    async def explore(self, lab: Lab, scientist: Scientist) -> None:
        """Make experiments until there is nothing more to try, or as many as the settings allow."""
        ...


def find_search(name: str) -> Search:
    """`linear` or `tree`. Raises InputError for another name."""
    found: dict[str, type[Search]] = {"linear": Linear, "tree": Tree}
    if name not in found:
        raise unknown("search", name, found)
    return found[name]()
