"""Measuring more than a template does: the baseline is run once more, from code that writes new metrics too."""

from __future__ import annotations

import shutil

from .attempts import attempted, nothing_to_run
from .lab import Lab
from .latex.tables import CellValue, decimals_of
from .metrics import add_metrics, settled_metrics
from .nodes import BASELINE, Journal, Node
from .scientist import CodeChange, Scientist
from .template import Metric, primary_metrics

TRIAL = "run_1"
"""Where the baseline is measured again before it takes the old one's place."""
SAME = 0.01
"""Relative difference up to which a value without a standard error counts as the same."""


async def measure_again(lab: Lab, scientist: Scientist, journal: Journal, old: Node, change: CodeChange) -> None:
    """Run the code in the workspace as the new baseline; `journal.measured` says what came of it.

    `old` is the baseline so far. The new one takes its place, and the new metrics count, where it gives the old values
    and the new ones. Else all is as it was before.
    """
    names = ", ".join(metric.name for metric in change.metrics)
    lab.tell(f"baseline, measured again for {names}")
    node = Node(run=TRIAL, parent=BASELINE, label=change.label, description=f"The baseline; it measures {names} too.")
    node = await attempted(lab, scientist, node, nothing_to_run(lab, old, change))
    problem = node.reason if node.status == "failed" else _difference(lab, old, node, change.metrics)
    if problem:
        shutil.rmtree(lab.workspace / TRIAL, ignore_errors=True)
        lab.restore_code(BASELINE)
        journal.measured = f"{names} could not be added: {problem}"
    else:
        lab.replace_baseline(TRIAL)
        description = f"{old.description.rstrip('.')}, measured for {names} too."
        journal.put(
            old.model_copy(update={"results": node.results, "seconds": node.seconds, "description": description})
        )
        add_metrics(lab, [_with_digits(metric, node) for metric in change.metrics])
        compared = _compared(lab)
        journal.measured = f"{names} added" + ("" if compared else "; no metric is settled, so nothing was compared")
    lab.tell(f"baseline: {journal.measured}")
    journal.write(lab.journal_path)


def _difference(lab: Lab, old: Node, new: Node, added: tuple[Metric, ...]) -> str:
    """What keeps the new baseline from taking the old one's place; empty where nothing does."""
    if new.violations:
        return f"protected files were changed ({'; '.join(new.violations)})"
    primary = _compared(lab)
    for dataset, metrics in old.results.items():
        values = new.results.get(dataset, {})
        if absent := next((metric.name for metric in added if metric.name not in values), None):
            return f"{dataset} has no {absent} among its means"
        for name in (name for name in metrics if name in primary):
            before, after = metrics[name], values.get(name)
            allowed = before.stderr or SAME * abs(before.mean)
            if after is None or abs(after.mean - before.mean) > allowed:
                return f"{dataset} had {name} {before.mean:g}, and now has {after.mean if after else 'none'}"
    return ""


def _compared(lab: Lab) -> list[str]:
    """The metrics that have to come out as before: the primary ones, else the first that is no time."""
    return [metric.name for metric in primary_metrics([m for m in settled_metrics(lab) if not m.timed])]


def _with_digits(metric: Metric, node: Node) -> Metric:
    values = [values[metric.name] for values in node.results.values() if metric.name in values]
    cells = [CellValue(mean=value.mean, stderr=value.stderr) for value in values]
    return metric.model_copy(update={"digits": decimals_of(cells)})
