"""How often a tree search calls what it has chosen better though nothing is, by which seeds it is tested.

python bench/simulations/trees.py [REPEATS]

Trees of twelve runs grow by the real choices of a tree search, and go through the real plan and tests. Each run differs
from the baseline by noise of its own for each seed; one that is made from another keeps that one's noise and adds half
as much, as a tuned setting fits the seeds that it is tuned on. No setting changes anything on seeds that come after.
Printed is the share of trees in which something is called better: by a test of the chosen run alone on the seeds that
chose, by the tests of all runs there after Holm's correction, and by the test on fresh seeds, which is the plan's; exit
1 where that is above .05 by more than chance. The last columns: how often the fresh seeds find a first draft that moves
every dataset by so many standard deviations of a pair's difference.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from peerassay.generator.compare import compare_runs
from peerassay.generator.evidence import Evidence
from peerassay.generator.nodes import BASELINE, Journal, Node, Value
from peerassay.generator.plan import planned_search
from peerassay.generator.template import Metric
from peerassay.generator.tree_choice import next_step, ranking
from scipy.stats import binom

METRIC = Metric(name="m", label="Metric", better="higher", primary=True)
RUNS, EFFECTS = 12, (0.5, 1.0, 2.0)
LEVEL, CHANCE = 0.05, 0.001
KEPT = 0.5
"""Standard deviations of the noise that a run adds to its parent's."""


@dataclass(frozen=True)
class World:
    """Datasets, and the seeds that each run has at first."""

    datasets: int
    seeds: int


def tree(world: World, rng: np.random.Generator, effect: float) -> tuple[bool, bool, bool]:
    """Whether a tree is called better by the chosen run alone, by all runs corrected, and by fresh seeds."""
    counts = {f"d{number}": world.seeds for number in range(world.datasets)}
    plan = planned_search(counts, ["m"], RUNS, others=True, number=True)
    shape = (world.datasets, world.seeds)
    base, moved = 10 + rng.standard_normal(shape), {BASELINE: np.zeros(shape)}
    journal = Journal(nodes=[_node(0, "", "", base)])
    while (step := next_step(journal, METRIC, runs=RUNS, seed=int(rng.integers(1 << 30)), tries=1)) is not None:
        number = len(journal.nodes)
        own = rng.standard_normal(shape) * (1.0 if step.kind == "draft" else KEPT)
        moved[f"run_{number}"] = moved[step.parent] + own + effect * (number == 1)
        journal.put(_node(number, step.kind, step.parent, base + moved[f"run_{number}"]))
    best = ranking(journal, METRIC)[0]
    first = compare_runs(journal.nodes, [METRIC], plan)
    alone = next(item for item in first.pooled if item.run == best.run)
    true = effect * _from_first(journal, best)
    fresh = rng.standard_normal((2, world.datasets, max(plan.confirmation.seeds.values()) if plan.confirmation else 1))
    again = [_node(90, "confirm", BASELINE, 10 + fresh[0]),
             _node(91, "confirm", best.run, 10 + fresh[0] + fresh[1] + true)]  # fmt: skip
    decided = Evidence.of([*journal.nodes, *again], [METRIC], plan).comparisons
    return (
        alone.p is not None and alone.p <= LEVEL and alone.statistic > 0,
        any(item.effect == "better" for item in first.pooled),
        any(item.effect == "better" for item in decided.pooled),
    )


def _from_first(journal: Journal, node: Node) -> bool:
    """Whether a node comes from the first draft."""
    while node.parent != BASELINE:
        node = journal.find(node.parent) or node
    return node.run == "run_1"


def _node(number: int, kind: str, parent: str, values: np.ndarray) -> Node:
    results = {
        f"d{place}": {"m": Value(mean=float(seeds.mean()), seeds=tuple(seeds.tolist()))}
        for place, seeds in enumerate(values)
    }
    found = {"run": f"run_{number}", "kind": kind, "parent": parent, "label": f"n{number}", "status": "ok"}
    return Node.model_validate({**found, "results": results})


def shares(world: World, repeats: int) -> Sequence[float]:
    """The three shares without an effect, then that of the fresh seeds with each effect."""
    rng = np.random.default_rng(0)
    nothing = np.mean([tree(world, rng, 0.0) for _ in range(repeats)], axis=0)
    powers = [np.mean([tree(world, rng, effect)[2] for _ in range(repeats // 4)]) for effect in EFFECTS]
    return [float(share) for share in (*nothing, *powers)]


def main() -> int:
    """Print a row for each world."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    most = float(binom.isf(CHANCE, repeats, LEVEL)) / repeats
    print(f"{'datasets x seeds':20}  alone  all, Holm  fresh  " + "  ".join(f"{effect:g} sd" for effect in EFFECTS))
    wrong = False
    for world in (World(4, 3), World(2, 5)):
        alone, corrected, fresh, *powers = shares(world, repeats)
        wrong |= fresh > most
        found = "  ".join(f"{power:5.2f}" for power in powers)
        print(f"{f'{world.datasets} x {world.seeds}':20}  {alone:5.3f}  {corrected:9.3f}  {fresh:5.3f}  {found}")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
