"""Search strategies over experiments: which code to change next, and what to do with code that fails."""

from __future__ import annotations

from typing import Protocol

from ..data.errors import unknown
from .clock import Clock
from .lab import Lab
from .scientist import Scientist
from .search_steps import begin, experiment
from .tree_search import TreeSearch


class Search(Protocol):
    """A strategy. The journal is written after each step, so that a search that was stopped goes on from it."""

    chooses: bool
    """Whether it goes on from the better experiments, and so chooses by their results."""

    async def explore(self, lab: Lab, scientist: Scientist) -> None:
        """Make experiments until there is nothing more to try, or as many as the settings allow."""
        ...


def find_search(name: str) -> Search:
    """One of `SEARCHES`. Raises InputError for another name."""
    if name not in SEARCHES:
        raise unknown("search", name, SEARCHES)
    return SEARCHES[name]()


class LinearSearch:
    """Up to `runs` experiments in a row, or as many as the plan has; one that fails for good is left behind."""

    chooses = False

    async def explore(self, lab: Lab, scientist: Scientist) -> None:
        """Make the experiments; a stopped search goes on with the next."""
        journal, plan = await begin(lab, scientist)
        clock = Clock(journal.seconds, lab.settings.search_seconds)
        while not journal.done:
            if len(journal.nodes) - 1 >= min(lab.settings.runs, plan.comparisons) or clock.ended(lab):
                break
            if await experiment(lab, scientist, journal, journal.finished[-1], clock) is None:
                break
        journal.done = True
        journal.write(lab.journal_path)


SEARCHES: dict[str, type[Search]] = {"linear": LinearSearch, "tree": TreeSearch}
"""The strategies by what `--search` calls them."""
