"""Steps that every search shares: one experiment, which node is better, which is built upon, confirmation."""

from __future__ import annotations

from collections import Counter
from statistics import fmean

from .attempts import attempted, next_run, unchanged
from .lab import Lab
from .nodes import BASELINE, Journal, Node
from .plan import fix_plan
from .progress import runs_left
from .remeasure import measure_again
from .scientist import Scientist
from .seeds import runs_allowed
from .template import Metric

PATIENCE = 2
"""Children that a node gets before another node's turn comes."""

CONFIRMATION = "again"


async def experiment(lab: Lab, scientist: Scientist, journal: Journal, parent: Node) -> Node | None:
    """One experiment from the parent's code, mended as often as allowed; None where there is nothing to try from it.

    A change that leaves the code as it was is none: it fails without being run, and may be made once more. Where the
    scientist wants more measured first, the baseline is run anew and it is asked again.
    """
    run = next_run(journal)
    lab.restore_code(parent.run)
    change = await scientist.change(lab, journal.nodes, parent)
    if change is not None and change.metrics:
        await measure_again(lab, scientist, journal, parent, change)
        write_notes(lab, journal)
        parent = journal.find(parent.run) or parent
        change = await scientist.change(lab, journal.nodes, parent)
    if change is None:
        return None
    parent = journal.find(change.parent or parent.run) or parent
    node = Node(run=run, parent=parent.run, label=change.label, description=change.description)
    fix_plan(lab.folder)
    journal.put(node)
    journal.write(lab.journal_path)
    lab.tell(f"{run}: {change.label} ({runs_left(journal, runs_allowed(lab))})")
    problem = (change.problem or "the change left the code as it was") if unchanged(lab, parent) else ""
    node = await attempted(lab, scientist, node, problem)
    journal.put(node)
    journal.write(lab.journal_path)
    write_notes(lab, journal)
    return node


def repeats(node: Node) -> bool:
    """Whether a run repeats another one under other seeds, as the tree search does in the end."""
    return node.label.endswith(f", {CONFIRMATION}")


def write_notes(lab: Lab, journal: Journal) -> None:
    """notes.txt: what was run and what came of it, for whoever writes the paper."""
    lines = []
    for node in journal.nodes:
        lines += [f"## {node.run}: {node.label}", node.description]
        if node.status == "failed":
            lines.append(f"Failed after {node.tries} tries: {node.reason}")
        for dataset, metrics in node.results.items():
            shown = ", ".join(f"{name} {value.mean:.6g}" for name, value in metrics.items())
            lines.append(f"{dataset}: {shown}")
        lines += [f"Violation: {violation}" for violation in node.violations] + [""]
    lab.notes.write_text("\n".join(lines), encoding="utf-8")


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
    run = next_run(journal)
    label = f"{best.label}, {CONFIRMATION}"
    node = Node(run=run, parent=best.run, label=label, description=f"{best.run} once more, under other seeds.")
    lab.tell(f"{run}: {label}")
    journal.put(await lab.run(node, seed_offset=1000))
    journal.write(lab.journal_path)
    write_notes(lab, journal)
