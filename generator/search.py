"""Search strategies over experiments: which code to change next, and what to do with code that fails.

Best-first search over a tree: each experiment starts from the code of the best one so far, by the template's primary
metric, among those that have not been tried too often without gain. When the experiments are used up, the best one is
run once more under other seeds, where the template takes them, so that a lucky run does not stand for a better method.
"""

from __future__ import annotations

from typing import Protocol

from ..data.errors import unknown
from .lab import Lab
from .nodes import BASELINE, Journal
from .scientist import Scientist
from .search_steps import confirm, experiment, next_parent, primary_metric, write_notes


class Search(Protocol):
    """A strategy. The journal is written after each step, so that a search that was stopped goes on from it."""

    async def explore(self, lab: Lab, scientist: Scientist) -> None:
        """Make experiments until there is nothing more to try, or as many as the settings allow."""
        ...


def find_search(name: str) -> Search:
    """One of `SEARCHES`. Raises InputError for another name."""
    if name not in SEARCHES:
        raise unknown("search", name, SEARCHES)
    return SEARCHES[name]()


async def begin(lab: Lab) -> Journal:
    """The journal with the baseline in it, run where it is not yet.

    Experiments cut short by a stop are dropped, and what they did to the workspace is undone.
    """
    journal = lab.journal()
    journal.nodes = [node for node in journal.nodes if node.status != "planned"]
    if journal.find(BASELINE) is None:
        lab.tell("baseline")
        journal.put(await lab.baseline())
        journal.write(lab.journal_path)
        write_notes(lab, journal)
    lab.put_right()
    return journal


class LinearSearch:
    """Up to `runs` experiments in a row; one that fails for good is left behind, its code too."""

    async def explore(self, lab: Lab, scientist: Scientist) -> None:
        """Make the experiments; a stopped search goes on with the next."""
        journal = await begin(lab)
        while not journal.done:
            if len(journal.nodes) - 1 >= lab.settings.runs:
                break
            if await experiment(lab, scientist, journal, journal.finished[-1]) is None:
                break
        journal.done = True
        journal.write(lab.journal_path)


class TreeSearch:
    """Up to `runs` experiments, the last of them the confirmation of the best."""

    async def explore(self, lab: Lab, scientist: Scientist) -> None:
        """Make the experiments; a stopped search goes on from the journal."""
        journal = await begin(lab)
        metric = primary_metric(lab)
        spent: set[str] = set()
        while not journal.done and len(journal.nodes) - 1 < lab.settings.runs - 1:
            parent = next_parent(journal, metric, spent)
            if parent is None:
                break
            if await experiment(lab, scientist, journal, parent) is None:
                spent.add(parent.run)
        if not journal.done:
            await confirm(lab, journal, metric)
        journal.done = True
        journal.write(lab.journal_path)


SEARCHES: dict[str, type[Search]] = {"linear": LinearSearch, "tree": TreeSearch}
"""The strategies by what `--search` calls them."""
