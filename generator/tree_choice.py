"""Which node a tree grows next: stages with a budget each, best-first with a share of exploration, debugging.

Everything follows from the journal, the seed and the number of the node, so that a search that is stopped and goes on
makes the same choices.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from .nodes import BASELINE, Journal, Kind, Node
from .template import Metric

PATIENCE = 2
"""Children that a node gets in a stage before another node's turn comes."""
MOST_DRAWN = 7
"""Runs that a figure shows, the baseline among them."""
EXPLORATION = 0.2
"""Share of tuning that starts from another node than the best."""
DEBUGGING = 0.5
"""Probability that a failed node is mended before the stage goes on."""
STAGES: tuple[Kind, ...] = ("draft", "tune", "ablate")


@dataclass(frozen=True)
class Step:
    """An experiment to be made: the `number`-th of its kind, of at most `of`; of no kind in a search without stages."""

    kind: Kind = ""
    parent: str = BASELINE
    number: int = 1
    of: int = 1


def budgets(runs: int) -> dict[Kind, int]:
    """Nodes by stage, at most: of drafts two fifths, rounded up, of ablations a quarter, rounded down.

    What a stage leaves goes to the next one. Where no draft has worked, all are for drafts.
    """
    drafts, ablations = math.ceil(0.4 * runs), runs // 4
    return {"draft": drafts, "tune": runs - drafts - ablations, "ablate": ablations}


def stage_of(node: Node, nodes: Sequence[Node]) -> Kind:
    """The stage that a node belongs to: its kind, or that of the node which it mends."""
    return _mended(node, nodes)[-1].kind


def _mended(node: Node, nodes: Sequence[Node]) -> list[Node]:
    """The node, the one that it mends, and so on to the first that mends none."""
    found = [node]
    while found[-1].kind == "debug":
        found.append(next(parent for parent in nodes if parent.run == found[-1].parent))
    return found


def counted(nodes: Sequence[Node]) -> int:
    """The nodes that count against the budget: all but the baseline, tries to mend, and confirmations."""
    return sum(node.kind in STAGES for node in nodes)


def next_step(journal: Journal, metric: Metric | None, *, runs: int, seed: int, tries: int) -> Step | None:
    """What to do next, by what the journal shows; None where nothing is left to do.

    A stage that the tree has left is not gone back to.
    """
    grown = [node for node in journal.nodes if node.kind not in ("", "confirm")]
    reached = [STAGES.index(stage_of(node, journal.nodes)) for node in grown]
    steps = (_step_in(journal, stage, metric, runs, seed, tries) for stage in STAGES[max(reached, default=0) :])
    return next((step for step in steps if step is not None), None)


def _step_in(journal: Journal, stage: Kind, metric: Metric | None, runs: int, seed: int, tries: int) -> Step | None:
    """The next step within a stage.

    A failed node is mended by chance, at most `tries` - 1 times, and always where nothing has worked yet and no draft
    is left.
    """
    chance = random.Random(f"{seed} {len(journal.nodes)}")
    failed = _failed(journal, stage, depth=tries - 1)
    own = _own_step(journal, stage, metric, runs, chance)
    if failed and (chance.random() < DEBUGGING or (own is None and not _worked(journal))):
        return described("debug", failed[0].run, journal.nodes, runs=runs, tries=tries)
    return own


def _worked(journal: Journal) -> bool:
    return any(node.kind for node in journal.finished)


def _own_step(journal: Journal, stage: Kind, metric: Metric | None, runs: int, chance: random.Random) -> Step | None:
    if stage in journal.spent or counted(journal.nodes) >= _limit(journal, stage, runs):
        return None
    parent = BASELINE if stage == "draft" else _parent(journal, stage, metric, chance)
    return described(stage, parent, journal.nodes, runs=runs) if parent else None


def described(kind: Kind, parent: str, nodes: Sequence[Node], *, runs: int, tries: int = 1) -> Step:
    """The step from a parent, with its place among those of its kind; `nodes` are those before it."""
    if kind == "debug":
        mended = next(node for node in nodes if node.run == parent)
        return Step(kind, parent, 1 + _depth(mended, nodes), max(1, tries - 1))
    number = 1 + sum(node.kind == kind for node in nodes)
    return Step(kind, parent, number, max(budgets(runs)[kind], number))


def _limit(journal: Journal, stage: Kind, runs: int) -> int:
    """The nodes that there may be by the end of a stage."""
    if stage == "draft" and not _worked(journal):
        return runs
    return sum(budgets(runs)[name] for name in STAGES[: STAGES.index(stage) + 1])


def _parent(journal: Journal, stage: Kind, metric: Metric | None, chance: random.Random) -> str:
    """The node to go on from: the best, in tuning at times another one; empty where none has worked."""
    ranked = ranking(journal, metric)
    if stage == "ablate" or len(ranked) < 2:
        return ranked[0].run if ranked else ""
    children = Counter(node.parent for node in journal.nodes if node.kind == stage)
    fresh = [node for node in ranked if children[node.run] < PATIENCE] or ranked
    others = fresh[1:]
    return (chance.choice(others) if others and chance.random() < EXPLORATION else fresh[0]).run


def _failed(journal: Journal, stage: Kind, depth: int) -> list[Node]:
    """The failed nodes of a stage that may still be mended."""
    parents = {node.parent for node in journal.nodes}
    return [
        node
        for node in journal.nodes
        if node.status == "failed"
        and node.run not in parents
        and node.run not in journal.spent
        and stage_of(node, journal.nodes) == stage
        and _depth(node, journal.nodes) < depth
    ]


def _depth(node: Node, nodes: Sequence[Node]) -> int:
    """How often a node was mended already."""
    return len(_mended(node, nodes)) - 1


def ranking(journal: Journal, metric: Metric | None) -> list[Node]:
    """The nodes that may be chosen, the best first, of equal ones the earliest.

    Those that changed protected files may not, nor those without a value that the baseline has.
    """
    baseline = journal.find(BASELINE)
    if baseline is None:
        return []
    sound = [node for node in journal.finished if node.kind in (*STAGES, "debug") and not node.violations]
    valued = [(merit(node, baseline, metric), node) for node in sound]
    return [node for gain, node in sorted(valued, key=lambda found: -found[0]) if math.isfinite(gain)]


def merit(node: Node, baseline: Node, metric: Metric | None) -> float:
    """Mean relative gain over the baseline in the metric, over datasets; positive is better, 0 without a metric.

    Minus infinity where a dataset or the value of a seed is missing that the baseline has: a mean over what is left
    would favour whoever fails where it is hard.
    """
    if metric is None:
        return 0.0
    gains = []
    for dataset, values in baseline.results.items():
        before, after = values.get(metric.name), node.results.get(dataset, {}).get(metric.name)
        if before is None:
            continue
        if after is None or after.seeds.count(None) > before.seeds.count(None):
            return -math.inf
        if before.mean:
            gains.append((after.mean - before.mean) / abs(before.mean))
    gain = fmean(gains) if gains else 0.0
    return -gain if metric.better == "lower" else gain


def confirmed_pair(nodes: Iterable[Node]) -> tuple[Node, Node] | None:
    """The baseline and the chosen setting on the fresh seeds; None where one of them has no results."""
    fresh = [node for node in nodes if node.kind == "confirm" and node.status == "ok"]
    baseline = next((node for node in fresh if node.parent == BASELINE), None)
    best = next((node for node in fresh if node.parent != BASELINE), None)
    return (baseline, best) if baseline and best else None


def drawn_nodes(journal: Journal, metric: Metric | None) -> list[Node]:
    """The runs that figures show: all that worked or, of a tree, the baseline and the best, all on the first seeds."""
    best = {node.run for node in ranking(journal, metric)[: MOST_DRAWN - 1]}
    return [node for node in journal.finished if not node.kind or node.run in best]
