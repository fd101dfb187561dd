"""The experiments of an idea as a tree: values against the baseline, what was changed, how the log ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...presentation.cell import NONE, Cell
from ...presentation.numbers import seconds
from ...presentation.table import Table
from ...reviewer.review_view import line, tidy
from ..nodes import BASELINE, Journal, Node, Value
from ..template import Metric
from ..tree_words import gain_in_words
from .code import Diff, difference
from .reading import Reader, Tail

TONES = {"ok": "fine", "failed": "alarm", "planned": "note"}
WORDS = {"ok": "ran", "failed": "failed", "planned": "running"}
MOST_CHANGES = 6


@dataclass(frozen=True)
class Change:
    """The first metric on one dataset: its value, and how far it is from the baseline's; `tone` is fine or alarm."""

    dataset: str
    value: str
    percent: str
    tone: str


@dataclass(frozen=True)
class NodeView:
    """An experiment as it is shown, with those made from its code."""

    run: str
    kind: str
    gain: str
    chosen: bool
    label: str
    description: str
    word: str
    tone: str
    reason: str
    seconds: str
    tries: int
    violations: tuple[str, ...]
    changes: tuple[Change, ...]
    diff: Diff | None
    log: Tail | None
    children: tuple[NodeView, ...]

    @property
    def first_reason(self) -> str:
        """The first line of why it failed."""
        return next(iter(self.reason.splitlines()), "")

    def flat(self) -> Iterator[NodeView]:
        """It and all below it."""
        yield self
        for child in self.children:
            yield from child.flat()


def tree_of(reader: Reader, folder: Path, journal: Journal, metric: Metric | None, running: bool) -> list[NodeView]:
    """The roots: the baseline, and whatever has lost its parent."""
    baseline = journal.find(BASELINE)
    known = {node.run for node in journal.nodes}
    fresh = next((node for node in journal.finished if node.kind == "confirm" and node.parent == BASELINE), None)

    def view(node: Node) -> NodeView:
        cut_off = node.status == "planned" and not running
        parent = folder / "snapshots" / node.parent if node.parent else None
        return NodeView(
            run=node.run,
            kind=node.kind,
            gain=gain_in_words(journal, node, metric),
            chosen=journal.choice is not None and journal.choice.run == node.run,
            label=line(node.label),
            description=line(node.description),
            word="cut off" if cut_off else WORDS[node.status],
            tone=TONES[node.status],
            reason=tidy(node.reason),
            seconds=seconds(node.seconds) if node.seconds else "",
            tries=node.tries,
            violations=tuple(line(violation) for violation in node.violations),
            changes=tuple(_changes(node, fresh if node.kind == "confirm" else baseline, metric)),
            diff=difference(reader, parent, folder / "snapshots" / node.run) if parent else None,
            log=reader.tail(folder / "logs" / f"{node.run}.log"),
            children=tuple(view(child) for child in journal.nodes if child.parent == node.run),
        )

    return [view(node) for node in journal.nodes if node.parent not in known]


def _changes(node: Node, baseline: Node | None, metric: Metric | None) -> Iterator[Change]:
    name = metric.name if metric else next((m for metrics in node.results.values() for m in metrics), "")
    found = [(dataset, metrics[name]) for dataset, metrics in node.results.items() if name in metrics]
    for dataset, value in found[:MOST_CHANGES]:
        before = baseline.results.get(dataset, {}).get(name) if baseline and node is not baseline else None
        change = (value.mean - before.mean) / abs(before.mean) if before and before.mean else None
        yield Change(
            dataset=line(dataset),
            value=f"{value.mean:.{_digits(metric)}}",
            percent="" if change is None else f"{100 * change:+.1f}%".replace("-", "−"),
            tone=_tone(change, metric),
        )


def _tone(change: float | None, metric: Metric | None) -> str:
    if not change or metric is None:
        return ""
    return "fine" if (change < 0) == (metric.better == "lower") else "alarm"


def value_tables(journal: Journal, metrics: Sequence[Metric]) -> list[Table]:
    """A table for each metric, those that the template names first: a row per experiment, a column per dataset."""
    nodes = journal.finished
    described = {metric.name: metric for metric in metrics}
    found = {name for node in nodes for values in node.results.values() for name in values}
    names = [*(name for name in described if name in found), *sorted(found - {*described})]
    return [_table(nodes, name, described.get(name)) for name in names]


def _table(nodes: Sequence[Node], name: str, metric: Metric | None) -> Table:
    datasets = list(dict.fromkeys(d for node in nodes for d, values in node.results.items() if name in values))
    rows = tuple(
        (
            f"{node.run}: {line(node.label)}",
            *(_cell(node.results.get(dataset, {}).get(name), metric) for dataset in datasets),
        )
        for node in nodes
    )
    better = f" ({metric.better} is better)" if metric else ""
    title = line(f"{metric.label if metric else name}{better}")
    return Table(title, ("Experiment", *map(line, datasets)), rows)


def _cell(value: Value | None, metric: Metric | None) -> Cell:
    if value is None:
        return Cell(NONE)
    digits = _digits(metric)
    spread = f" ± {value.stderr:.{digits}}" if value.stderr is not None else ""
    return Cell(f"{value.mean:.{digits}}{spread}", value.mean)


def _digits(metric: Metric | None) -> str:
    return f"{metric.digits}f" if metric else "4g"
