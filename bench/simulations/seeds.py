"""How often the scientist's plan calls a setting different that is none, and how often it finds one that is.

python bench/simulations/seeds.py [REPEATS]

Runs are drawn with the spread over seeds that the baselines of the bundled templates have, and go through the real
plan: looks, conditional power, sign-flip tests over all pairs, Holm's correction. "Null" is the share of simulations in
which anything is resolved though no setting changes anything; exit 1 where it is above .05 by more than chance. Further
columns: the share in which the one setting that moves every dataset by so many standard deviations of a pair's
difference is resolved.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from peerassay.generator.compare import compare_runs
from peerassay.generator.more_seeds import promising
from peerassay.generator.nodes import BASELINE, Journal, Node, Value
from peerassay.generator.plan import AnalysisPlan, planned
from peerassay.generator.template import Metric

METRIC = Metric(name="m", label="Metric", better="lower", primary=True)
EFFECTS = (0.5, 1.0, 1.5, 2.0)
Draw = Callable[[np.random.Generator, int], np.ndarray]


@dataclass(frozen=True)
class World:
    """An idea on a template: mean and standard deviation over seeds by dataset, seeds at first, settings."""

    name: str
    spreads: dict[str, tuple[float, float]]
    seeds: int
    settings: int = 3
    shared: float = 0.0
    """Correlation of two runs under the same seed."""
    noise: Draw = np.random.Generator.standard_normal
    step: float = 0.0
    """Values are multiples of it, 0 for any."""
    most: float = np.inf
    rule: str = "promising"
    """Which settings go on: those that are promising, or `all` that are not resolved."""
    naive: bool = False
    """Whether each look has the whole level, as a warning."""

    def plan(self) -> AnalysisPlan:
        """The plan that the scientist would write."""
        made = planned(dict.fromkeys(self.spreads, self.seeds), ["m"], self.settings, looks=2)
        whole = tuple(look.model_copy(update={"share": 1.0}) for look in made.looks)
        return made.model_copy(update={"looks": whole}) if self.naive else made

    def values(self, rng: np.random.Generator, effect: float, seeds: int) -> list[dict[str, np.ndarray]]:
        """Baseline and settings, each a value per seed by dataset; the first setting is moved by the effect."""
        runs: list[dict[str, np.ndarray]] = [{} for _ in range(self.settings + 1)]
        for dataset, (mean, spread) in self.spreads.items():
            common = self.noise(rng, seeds)
            for number, run in enumerate(runs):
                own = np.sqrt(1 - self.shared) * self.noise(rng, seeds) + np.sqrt(self.shared) * common
                moved = effect * np.sqrt(2 * (1 - self.shared)) * (number == 1)
                value = np.minimum(mean + spread * (own + moved), self.most)
                run[dataset] = np.round(value / self.step) * self.step if self.step else value
        return runs


def resolved(world: World, plan: AnalysisPlan, rng: np.random.Generator, effect: float) -> list[bool]:
    """Which settings are resolved in the end, for one idea."""
    seeds = max(plan.looks[-1].seeds.values())
    values = world.values(rng, effect, seeds)
    first = Journal(nodes=[_node(number, run, world.seeds, 1) for number, run in enumerate(values)])
    if world.rule == "all":
        going_on = {node.run for node in first.nodes}
    else:
        chosen = {node.run for node in promising(first, [METRIC], plan)}
        going_on = chosen | ({BASELINE} if chosen else set())
    nodes = [
        _node(number, run, seeds, 2) if f"run_{number}" in going_on else first.nodes[number]
        for number, run in enumerate(values)
    ]
    found = compare_runs(nodes, [METRIC], plan)
    return [item.effect in ("better", "worse") for item in found.pooled]


def _node(number: int, run: dict[str, np.ndarray], seeds: int, looks: int) -> Node:
    results = {
        dataset: {"m": Value(mean=float(values[:seeds].mean()), seeds=tuple(values[:seeds].tolist()))}
        for dataset, values in run.items()
    }
    return Node(run=f"run_{number}", label=f"setting {number}", status="ok", results=results, looks=looks)


def shares(world: World, repeats: int, seed: int = 0) -> list[float]:
    """The share of ideas with a false finding, and for each effect that in which it is found."""
    plan, rng = world.plan(), np.random.default_rng(seed)
    wrong = np.mean([any(resolved(world, plan, rng, 0.0)) for _ in range(repeats)])
    powers = [np.mean([resolved(world, plan, rng, effect)[0] for _ in range(repeats // 4)]) for effect in EFFECTS]
    return [float(share) for share in (wrong, *powers)]


def _heavy(rng: np.random.Generator, size: int) -> np.ndarray:
    return rng.standard_t(2, size)


def _skewed(rng: np.random.Generator, size: int) -> np.ndarray:
    return rng.exponential(1, size) ** 2


DIFFUSION = World("diffusion, KL", {"circle": (-0.021, 0.010), "fish": (0.061, 0.016), "line": (0.010, 0.015),
                                    "moons": (0.053, 0.019)}, 3)  # fmt: skip
GROKKING = World("grokking, updates", {"x_div_y": (900, 196), "x_minus_y": (1217, 317), "x_plus_y": (433, 57),
                                       "permutation": (1408, 159)}, 3, step=25, most=1500)  # fmt: skip
NANOGPT = World("nanogpt, loss", {"stdlib": (1.831, 0.010)}, 4, settings=2)
WORLDS = (
    DIFFUSION,
    GROKKING,
    NANOGPT,
    replace(DIFFUSION, name="diffusion, 5 settings", settings=5),
    replace(DIFFUSION, name="correlated under a seed", shared=0.6),
    replace(DIFFUSION, name="heavy tails", noise=_heavy),
    replace(DIFFUSION, name="skewed", noise=_skewed),
    replace(DIFFUSION, name="all unresolved go on", rule="all"),
    replace(NANOGPT, name="nanogpt, all unresolved go on", rule="all"),
)
NAIVE = replace(DIFFUSION, name="(naive: .05 at each look)", rule="all", naive=True)


def main() -> None:
    """Print the table; exit 1 where a share of false findings is above .05 by more than chance."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    most = 0.05 + 2 * float(np.sqrt(0.05 * 0.95 / repeats))
    heads = "".join(f"{effect:>7g} sd" for effect in EFFECTS)
    print(f"{'share of ideas':32}{'pairs':>8}{'null':>8}{heads}", flush=True)
    too_high = False
    for world in (*WORLDS, NAIVE):
        wrong, *powers = shares(world, repeats)
        looks = "+".join(str(look.pairs) for look in world.plan().looks)
        print(f"{world.name:32}{looks:>8}{wrong:8.3f}" + "".join(f"{power:10.3f}" for power in powers), flush=True)
        too_high |= wrong > most and not world.naive
    print(f"{repeats} ideas a line, a quarter of that for power; allowed: {most:.3f}")
    sys.exit(too_high)


if __name__ == "__main__":
    main()
