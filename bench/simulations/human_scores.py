"""How often the intervals of a judge's agreement with humans, and of prediction-powered means, hold the truth.

python bench/simulations/human_scores.py [REPEATS]; exit 1 where one covers too seldom, or a powered one is wider.

Humans give whole points from 1 to 10, two to a paper, the judge half points; both see the paper's quality with noise.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
from peerassay.statistics.correlation import pearson_estimate, spearman_estimate
from peerassay.statistics.estimate import Estimate
from peerassay.statistics.prediction_powered import powered_estimate

LEAST, LEAST_POWERED = 0.935, 0.925
"""With 2,000 repeats the standard error of a coverage is .005."""


@dataclass(frozen=True)
class JudgedWorld:
    """Papers with human scores, a judge whose normal score correlates by `skill` with quality, further papers."""

    papers: int
    skill: float
    further: int = 0

    def draw(self, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Mean human scores and the judge's, (n,) each."""
        quality = rng.normal(size=n)
        seen = 0.6 * quality[:, None] + 0.8 * rng.normal(size=(n, 2))
        humans = np.clip(np.round(4.5 + 1.5 * seen), 1, 10).mean(axis=1)
        judge = self.skill * quality + np.sqrt(1 - self.skill**2) * rng.normal(size=n)
        return humans, np.clip(np.round(2 * (5 + 1.2 * judge)) / 2, 1, 10)


def holds(estimate: Estimate, truth: float) -> bool:
    """Whether the interval holds the truth; where there is none, all is in it."""
    return estimate.low is None or estimate.high is None or estimate.low <= truth <= estimate.high


def agreement_coverage(world: JudgedWorld, repeats: int, seed: int = 0) -> tuple[float, float]:
    """Shares of simulations whose interval holds the truth: Pearson's, Spearman's."""
    rng = np.random.default_rng(seed)
    humans, judge = world.draw(400_000, rng)
    truths = np.corrcoef(humans, judge)[0, 1], spearman_estimate(humans, judge).value or 0.0
    drawn = [world.draw(world.papers, rng) for _ in range(repeats)]
    found = [(holds(pearson_estimate(*both), truths[0]), holds(spearman_estimate(*both), truths[1])) for both in drawn]
    pearson, spearman = np.mean(found, axis=0)
    return float(pearson), float(spearman)


def powered_coverage(world: JudgedWorld, repeats: int, seed: int = 0) -> tuple[float, float, float, float]:
    """Coverage of the powered interval and of the labels' own; the mean ratio of widths, and the largest."""
    rng = np.random.default_rng(seed)
    truth = float(world.draw(400_000, rng)[0].mean())
    found = []
    for _ in range(repeats):
        humans, judge = world.draw(world.papers + world.further, rng)
        n = world.papers
        both = powered_estimate(humans[:n], judge[:n], judge[n:])
        widths = [(e.high or 0.0) - (e.low or 0.0) for e in (both.powered, both.labels_only)]
        found.append((holds(both.powered, truth), holds(both.labels_only, truth), widths[0] / widths[1]))
    powered, alone, ratio = np.mean(found, axis=0)
    return float(powered), float(alone), float(ratio), max(row[2] for row in found)


def main(repeats: int) -> int:
    """Print coverage by world; 1 where it is too low or a powered interval is wider."""
    wrong = False
    print(f"{'papers':>6} {'skill':>5} | Pearson Spearman")
    for world in (JudgedWorld(n, skill) for n in (10, 15, 30, 100) for skill in (0.0, 0.5, 0.9)):
        pearson, spearman = agreement_coverage(world, repeats)
        wrong |= min(pearson, spearman) < LEAST
        print(f"{world.papers:>6} {world.skill:>5} | {pearson:7.3f} {spearman:8.3f}")
    print(f"{'labels':>6} {'skill':>5} {'further':>7} | powered labels alone, ratio of widths: mean, largest")
    for world in (JudgedWorld(n, skill, k * n) for n in (10, 20, 50) for k in (1, 10) for skill in (0.0, 0.5, 0.9)):
        powered, alone, ratio, largest = powered_coverage(world, repeats)
        wrong |= powered < LEAST_POWERED or largest > 1 + 1e-12
        print(
            f"{world.papers:>6} {world.skill:>5} {world.further:>7} | {powered:7.3f} {alone:12.3f} {ratio:15.3f} "
            f"{largest:8.3f}"
        )
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
