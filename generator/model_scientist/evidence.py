"""What the runs have shown, in words and as tables and figures: all that the paper may take numbers from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...data.files import write_json
from ...presentation.latex import escape
from ..comparisons import RunComparison, RunComparisons, compare_runs
from ..editors.protocol import diff_of, read_files
from ..lab import Lab
from ..latex import tables
from ..nodes import BASELINE, Node
from ..offline.study import repeats
from ..offline.tables import comparisons
from ..results import Value
from ..template import Metric

MOST_DIFF = 6000
"""Characters of one run's changes that are shown."""
WHOLE, OTHERS = "tab:results", "tab:secondary"


@dataclass(frozen=True)
class Evidence:
    """The finished runs, how the code of each differs from the baseline's, and how they compare with it.

    `confirmation` compares repetitions under other seeds, which no family of tests counts.
    """

    nodes: tuple[Node, ...]
    failed: tuple[Node, ...]
    metrics: tuple[Metric, ...]
    diffs: dict[str, str]
    compared: RunComparisons
    confirmation: RunComparisons

    @classmethod
    def of(cls, lab: Lab, metrics: Sequence[Metric]) -> Evidence:
        """The evidence of a lab, judged by these metrics; statistics.json is written on the way."""
        nodes = lab.journal().nodes
        finished = tuple(node for node in nodes if node.status == "ok")
        evidence = cls(
            nodes=finished,
            failed=tuple(node for node in nodes if node.status == "failed"),
            metrics=tuple(metrics),
            diffs={node.run: _diff(lab, node) for node in finished if node.run != BASELINE},
            compared=compare_runs([node for node in finished if not repeats(node)], metrics),
            confirmation=compare_runs([node for node in finished if node.run == BASELINE or repeats(node)], metrics),
        )
        values = {**evidence.compared.named_values(), **evidence.confirmation.named_values()}
        write_json(lab.folder / "statistics.json", values)
        return evidence

    @property
    def primary(self) -> list[Metric]:
        """The metrics that the paper is judged by."""
        return [metric for metric in self.metrics if metric.primary] or list(self.metrics[:1])

    @property
    def tests(self) -> list[str]:
        """Every comparison with the baseline in a line."""
        return [_test_in_words(item) for item in (*self.compared.items, *self.confirmation.items)]

    def tables(self) -> dict[str, str]:
        """The tables by their labels: primary metrics, each primary metric compared, the other metrics."""
        other = [metric for metric in self.metrics if metric not in self.primary]
        made: dict[str, str] = {}
        for label, metrics, what in ((WHOLE, self.primary, "Results"), (OTHERS, other, "Further measures")):
            if self._written(metrics):
                caption = f"{what} by setting and dataset: mean $\\pm$ standard error over seeds."
                columns = [
                    tables.Metric(name=m.name, title=m.label, better=m.better, decimals=m.digits) for m in metrics
                ]
                made[label] = tables.results_table(
                    [_row(node) for node in self.nodes], columns, caption=caption, label=label
                )
        for metric in self.primary:
            items = [item for item in self.compared.of(metric=metric.name) if item.p is not None]
            if items:
                label = f"tab:compared-{metric.name.replace('_', '-')}"
                made[label] = comparisons(items, metric, label)
        return made

    def _written(self, metrics: Sequence[Metric]) -> bool:
        names = {metric.name for metric in metrics}
        return any(name in names for node in self.nodes for values in node.results.values() for name in values)


def _diff(lab: Lab, node: Node) -> str:
    """How the run's code differs from the baseline's."""
    mine, theirs = lab.snapshot(node.run), lab.snapshot(BASELINE)
    names = sorted({Path(path.name) for folder in (mine, theirs) for path in folder.glob("*.py")})
    return diff_of(read_files(theirs, names), read_files(mine, names), MOST_DIFF)


def _row(node: Node) -> tables.Row:
    values = {
        dataset: {name: _cell(value) for name, value in metrics.items()} for dataset, metrics in node.results.items()
    }
    return tables.Row(label=node.label, values=values)


def _cell(value: Value) -> tables.Value:
    seeds = len(value.seeds) or None
    return tables.Value(mean=value.mean, stderr=value.stderr if seeds != 1 else None, seeds=seeds)


def runs_in_words(nodes: Sequence[Node]) -> str:
    """All runs with label, description, and results or the reason why there are none."""
    return "\n\n".join("\n".join(_run_in_words(node)) for node in nodes)


def _run_in_words(node: Node) -> Iterator[str]:
    yield f'{node.run} "{node.label}"{f", made from {node.parent}" if node.parent else ""}: {node.description}'
    if node.status == "failed":
        yield f"  failed after {node.tries} tries, no results: {node.reason}"
    for dataset, metrics in node.results.items():
        for name, value in metrics.items():
            yield f'  {node.run} "{node.label}" | {dataset} | {name} = {_value_in_words(value)}'
    for violation in node.violations:
        yield f"  this run changed a protected file, so that its results do not count: {violation}"


def _value_in_words(value: Value) -> str:
    spread = f" +- {value.stderr:.3g}" if value.stderr is not None else ""
    seeds = len(value.seeds)
    return f"{value.mean:.6g}{spread}" + (f" ({seeds} seed{'s' * (seeds != 1)})" if seeds else "")


def _test_in_words(item: RunComparison) -> str:
    place = f'{item.run} "{item.label}" against run_0 | {item.dataset} | {item.metric.name}'
    change = f" ({item.percent:+.3g}%)" if item.percent is not None else ""
    told = f"{place}: difference {item.difference:+.4g}{change}"
    if item.low is None or item.high is None or item.p is None or item.p_holm is None:
        return f"{told}; not tested: {item.reason}"
    return (
        f"{told}, 95% interval [{item.low:.4g}, {item.high:.4g}], p = {item.p:.3g}, "
        f"after Holm's correction {item.p_holm:.3g}: {item.effect}"
    )


def plain_caption(image: str) -> str:
    """What there is to say of an image whose caption nobody has written, as LaTeX."""
    return escape(f"The plot of {Path(image).stem.replace('_', ' ')}, for all settings.")
