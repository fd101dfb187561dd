"""Best-first search over a tree of experiments.

Each experiment starts from the code of the best one so far, by the template's primary metric, among those that have
not been tried too often without gain. When the experiments are used up, the best one is run once more under other
seeds, where the template takes them, so that a lucky run does not stand for a better method.
"""

from __future__ import annotations

from collections import Counter
from statistics import fmean

from ..lab import Lab
from ..nodes import BASELINE, Journal, Node
from ..scientist import Scientist
from ..template import Metric
from .steps import begin, experiment, write_notes

PATIENCE = 2
"""Children that a node gets before another node's turn comes."""
CONFIRMATION = "again"


class Tree:
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


def primary_metric(lab: Lab) -> Metric | None:
    """The template's primary metric; None where it does not say."""
    metrics = lab.template.knobs.metrics if lab.template.knobs else ()
    return next((metric for metric in metrics if metric.primary), metrics[0] if metrics else None)


def merit(node: Node, baseline: Node, metric: Metric | None) -> float:
    """Mean relative gain over the baseline in the metric, over datasets; positive is better, 0 without a metric."""
    if metric is None:
        return 0.0
    gains = []
    for dataset, values in node.results.items():
        before = baseline.results.get(dataset, {}).get(metric.name)
        after = values.get(metric.name)
        if before is not None and after is not None and before.mean:
            gains.append((after.mean - before.mean) / abs(before.mean))
    gain = fmean(gains) if gains else 0.0
    return -gain if metric.better == "lower" else gain


def next_parent(journal: Journal, metric: Metric | None, spent: set[str]) -> Node | None:
    """The best node that is not spent and has fewer than `PATIENCE` children, else the best not spent at all."""
    baseline = journal.find(BASELINE)
    candidates = [node for node in journal.finished if node.run not in spent and not node.label.endswith(CONFIRMATION)]
    if baseline is None or not candidates:
        return None
    children = Counter(node.parent for node in journal.nodes)
    fresh = [node for node in candidates if children[node.run] < PATIENCE]
    return max(fresh or candidates, key=lambda node: merit(node, baseline, metric))


async def confirm(lab: Lab, journal: Journal, metric: Metric | None) -> None:
    """Run the best experiment once more from its own code, under other seeds."""
    baseline = journal.find(BASELINE)
    others = [node for node in journal.finished if node.run != BASELINE and not node.label.endswith(CONFIRMATION)]
    if baseline is None or not others or len(journal.nodes) - 1 >= lab.settings.runs:
        return
    best = max(others, key=lambda node: merit(node, baseline, metric))
    lab.restore_code(best.run)
    run = f"run_{1 + max(int(node.run.removeprefix('run_')) for node in journal.nodes)}"
    label = f"{best.label}, {CONFIRMATION}"
    node = Node(run=run, parent=best.run, label=label, description=f"{best.run} once more, under other seeds.")
    lab.tell(f"{run}: {label}")
    journal.put(await lab.run(node, seed_offset=1000))
    journal.write(lab.journal_path)
    write_notes(lab, journal)
