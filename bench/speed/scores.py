"""How long the metrics of a score run and of the generators' board take, against plain loops over NumPy and SciPy.

python bench/speed/scores.py

Twelve groups of 50 papers (four configurations on three templates), 10,000 draws. The loops draw with
`Generator.choice` once per draw, and fit each draw's strengths with `scipy.optimize.minimize`; they run on 200 draws
and their times are scaled, as the columns say.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from peerassay.bench.scores.groups import compare_configurations
from peerassay.statistics.estimate import mean_estimate, median_estimate
from peerassay.statistics.pairwise import PRIOR, IdeaScores, bradley_terry, pairwise_wins
from scipy.optimize import minimize

TEMPLATES, CONFIGURATIONS, PAPERS, DRAWS, LOOPED = 3, 4, 50, 10_000, 200


def main() -> None:
    """Print seconds of each job, ours and the loop's, and their ratio."""
    rng = np.random.default_rng(0)
    scores = {
        f"template {t}": {
            f"configuration {c}": np.round(4 + 0.2 * c + rng.normal(size=PAPERS)) for c in range(CONFIGURATIONS)
        }
        for t in range(TEMPLATES)
    }
    groups = [values for by_configuration in scores.values() for values in by_configuration.values()]
    tries = [
        IdeaScores(template, name, {str(i): float(v) for i, v in enumerate(values)})
        for template, by_configuration in scores.items()
        for name, values in by_configuration.items()
    ]
    wins = pairwise_wins(tries, DRAWS)
    listed = {template: {name: v.tolist() for name, v in given.items()} for template, given in scores.items()}
    jobs: list[tuple[str, Callable[[], object], Callable[[], object]]] = [
        ("means and medians", lambda: _estimates(groups), lambda: _looped_estimates(groups, rng)),
        ("permutation tests", lambda: compare_configurations(listed), lambda: _looped_tests(groups, rng)),
        ("Bradley-Terry", lambda: bradley_terry(wins.draws), lambda: [_fitted(w) for w in wins.draws[:LOOPED]]),
    ]
    print(f"{len(groups)} groups of {PAPERS}, {DRAWS} draws; the loop ran {LOOPED}, scaled by {DRAWS // LOOPED}\n")
    print(f"{'job':20}{'ours, s':>9}{'loop, s':>9}{'ratio':>8}")
    for name, ours, loop in jobs:
        own, looped = _seconds(ours), _seconds(loop) * DRAWS / LOOPED
        print(f"{name:20}{own:9.3f}{looped:9.1f}{looped / own:8.0f}")


def _estimates(groups: list[np.ndarray]) -> None:
    for values in groups:
        mean_estimate(values)
        median_estimate(values)


def _looped_estimates(groups: list[np.ndarray], rng: np.random.Generator) -> None:
    for values in groups:
        for _ in range(LOOPED):
            drawn = rng.choice(values, len(values))
            np.mean(drawn)
            np.median(drawn)


def _looped_tests(groups: list[np.ndarray], rng: np.random.Generator) -> None:
    """As many tests and bootstraps of a difference as `compare_configurations` makes, the stratified ones included."""
    pairs = CONFIGURATIONS * (CONFIGURATIONS - 1) // 2
    for _ in range(2 * TEMPLATES * pairs):
        a, b = groups[0], groups[1]
        both = np.concatenate([a, b])
        for _ in range(LOOPED):
            shuffled = rng.permutation(both)
            for one, other in (
                (shuffled[: len(a)], shuffled[len(a) :]),
                (rng.choice(a, len(a)), rng.choice(b, len(b))),
            ):
                float(one.mean() - other.mean())


def _fitted(wins: np.ndarray) -> np.ndarray:
    """The same strengths by a general optimiser."""

    def loss(s: np.ndarray) -> float:
        return float((wins * np.logaddexp(0, s[None, :] - s[:, None])).sum() + PRIOR * _alone(s))

    found = minimize(loss, np.zeros(len(wins))).x
    return found - found.mean()


def _alone(s: np.ndarray) -> float:
    return float((np.logaddexp(0, s) + np.logaddexp(0, -s)).sum())


def _seconds(job: Callable[[], object]) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
