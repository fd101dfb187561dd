"""Search strategies over experiments: which code to change next, and what to do with code that fails.

Best-first search over a tree: each experiment starts from the code of the best one so far, by the template's primary
metric, among those that have not been tried too often without gain. When the experiments are used up, the best one is
run once more under other seeds, where the template takes them, so that a lucky run does not stand for a better method.
"""

from __future__ import annotations

from typing import Protocol

from ..data.errors import unknown
from .lab import Lab
from .metrics import primary_metric
from .nodes import BASELINE, Journal
from .plan import AnalysisPlan
from .scientist import Scientist
from .search_steps import confirm, experiment, next_parent, write_notes
from .seeds import declare
from .template import SEED_OFFSET


class Search(Protocol):
    """A strategy. The journal is written after each step, so that a search that was stopped goes on from it."""

    def experiments(self, lab: Lab) -> int:
        """The most experiments that it will make, repetitions of one not counted."""
        ...

    async def explore(self, lab: Lab, scientist: Scientist) -> None:
        """Make experiments until there is nothing more to try, or as many as the settings allow."""
        ...


def find_search(name: str) -> Search:
    """One of `SEARCHES`. Raises InputError for another name."""
    if name not in SEARCHES:
        raise unknown("search", name, SEARCHES)
    return SEARCHES[name]()


async def begin(lab: Lab, scientist: Scientist, experiments: int) -> tuple[Journal, AnalysisPlan]:
    """The journal with the baseline in it, run where it is not yet; then the metrics are settled, and the plan written.

    The plan is for so many experiments. Experiments cut short by a stop are dropped, and what they did to the workspace
    is undone.
    """
    if not lab.journal_path.exists():
        lab.set_up()
    journal = lab.journal()
    journal.nodes = [node for node in journal.nodes if node.status != "planned"]
    if journal.find(BASELINE) is None:
        lab.tell("baseline")
        journal.put(await lab.baseline())
        journal.write(lab.journal_path)
        write_notes(lab, journal)
        if not any(len(value.seeds) > 1 for values in journal.nodes[0].results.values() for value in values.values()):
            lab.tell("each run gives one value for a metric: no test is possible, and no difference will be resolved")
    lab.put_right()
    await scientist.settle_metrics(lab)
    return journal, declare(lab, journal.finished[0], experiments)


class LinearSearch:
    """Up to `runs` experiments in a row, or as many as the plan has; one that fails for good is left behind."""

    def experiments(self, lab: Lab) -> int:
        """All that the settings allow."""
        return lab.settings.runs

    async def explore(self, lab: Lab, scientist: Scientist) -> None:
        """Make the experiments; a stopped search goes on with the next."""
        journal, plan = await begin(lab, scientist, self.experiments(lab))
        while not journal.done:
            if len(journal.nodes) - 1 >= min(lab.settings.runs, plan.comparisons):
                break
            if await experiment(lab, scientist, journal, journal.finished[-1]) is None:
                break
        journal.done = True
        journal.write(lab.journal_path)


class TreeSearch:
    """Up to `runs` experiments, the last of them the confirmation of the best.

    There is none where a single run is allowed, or where the template takes no other seeds: the same code would only
    give the same numbers again.
    """

    def experiments(self, lab: Lab) -> int:
        """All that the settings allow but the confirmation."""
        return lab.settings.runs - _confirms(lab)

    async def explore(self, lab: Lab, scientist: Scientist) -> None:
        """Make the experiments; a stopped search goes on from the journal."""
        confirming = _confirms(lab)
        journal, plan = await begin(lab, scientist, self.experiments(lab))
        most = min(self.experiments(lab), plan.comparisons)
        metric = primary_metric(lab)
        if not confirming:
            lab.tell(f"the best run is not confirmed: {_why(lab)}")
        spent: set[str] = set()
        while not journal.done and len(journal.nodes) - 1 < most:
            parent = next_parent(journal, metric, spent)
            if parent is None:
                break
            if await experiment(lab, scientist, journal, parent) is None:
                spent.add(parent.run)
        if confirming and not journal.done:
            await confirm(lab, journal, metric)
        journal.done = True
        journal.write(lab.journal_path)


def _confirms(lab: Lab) -> bool:
    return lab.settings.runs > 1 and lab.template.takes_seeds


def _why(lab: Lab) -> str:
    if not lab.template.takes_seeds:
        return f"template {lab.template.name} takes no other seeds (its code does not read {SEED_OFFSET})"
    return "one run is allowed, and it is the experiment"


SEARCHES: dict[str, type[Search]] = {"linear": LinearSearch, "tree": TreeSearch}
"""The strategies by what `--search` calls them."""
