"""How often the 95% intervals of AUC and of balanced accuracy hold the truth; exit 1 where they do too rarely.

python bench/simulations/coverage.py [REPEATS]

Scores are normal, shifted by `skill` standard deviations for accepted papers, as they are or on six levels. The truth
of an AUC is known from the shift; that of a balanced accuracy at a cross-fitted threshold is what thresholds reach that
were fitted on nine tenths as many papers, over all papers that there could be.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
from peerassay.statistics.bootstrap import stratified_counts
from peerassay.statistics.calibration import best_threshold
from peerassay.statistics.cross_fitting import cross_fitted_balanced_accuracy
from peerassay.statistics.intervals import auc_interval, balanced_accuracy_interval, spread_interval

LEVELS = np.array([-1.3, -0.6, 0.0, 0.7, 1.5])
DRAWS = 200
LEAST = 0.93


@dataclass(frozen=True)
class CoverageCase:
    """Papers of which a share is accepted, and a reviewer."""

    papers: int
    rate: float
    skill: float
    levels: bool

    @property
    def accepted(self) -> np.ndarray:
        """Decisions (n,)."""
        return np.arange(self.papers) < round(self.papers * self.rate)

    def scores(self, accepted: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Scores (n,) of papers with these decisions."""
        seen = self.skill * (accepted - 0.4) + rng.normal(size=len(accepted))
        return np.digitize(seen, LEVELS).astype(float) if self.levels else seen

    def auc(self) -> float:
        """The area that the reviewer has over all papers."""
        from scipy.special import ndtr

        if not self.levels:
            return float(ndtr(self.skill / np.sqrt(2)))
        ends = np.concatenate([[-np.inf], LEVELS, [np.inf]])
        of_accepted, of_rejected = (np.diff(ndtr(ends - shift)) for shift in (0.6 * self.skill, -0.4 * self.skill))
        below = of_rejected.cumsum() - of_rejected / 2
        return float(of_accepted @ below)

    def fitted_accuracy(self, rng: np.random.Generator, fits: int = 1500) -> float:
        """Balanced accuracy over all papers, the mean over thresholds fitted on nine tenths of so many."""
        from scipy.special import ndtr

        seen = CoverageCase(round(0.9 * self.papers), self.rate, self.skill, self.levels)
        cuts = np.concatenate([[-np.inf], LEVELS])
        reached = []
        for _ in range(fits):
            at = best_threshold(seen.accepted, seen.scores(seen.accepted, rng))
            at = cuts[int(np.ceil(at))] if self.levels else at
            reached.append((1 - ndtr(at - 0.6 * self.skill) + ndtr(at + 0.4 * self.skill)) / 2)
        return float(np.mean(reached))


WORLDS = [
    CoverageCase(papers, rate, skill, levels)
    for papers, rate in ((32, 0.37), (32, 0.25), (100, 0.1), (100, 0.37), (300, 0.37))
    for skill in (0.0, 0.8, 1.6)
    for levels in (True, False)
]


def coverage(world: CoverageCase, repeats: int, seed: int = 0) -> dict[str, float]:
    """Shares of simulations whose interval holds the truth: AUC, BA of a fixed rule, BA at a cross-fitted threshold."""
    from scipy.special import ndtr

    rng = np.random.default_rng(seed)
    y = world.accepted
    counts = stratified_counts(y, DRAWS, seed)
    classes = [int(y.sum()), int((~y).sum())]
    fixed = float((1 - ndtr(0.7 - 0.6 * world.skill) + ndtr(0.7 + 0.4 * world.skill)) / 2)
    truth = {"auc": world.auc(), "fixed": fixed, "fitted": world.fitted_accuracy(rng)}
    held = dict.fromkeys(truth, 0)
    for _ in range(repeats):
        score = world.scores(y, rng)
        accept = score >= (4 if world.levels else 0.7)
        value = float(cross_fitted_balanced_accuracy(y, score, seeds=range(5)))
        drawn = cross_fitted_balanced_accuracy(y, score, sample_weight=counts, seeds=range(1))
        ends = {
            "auc": auc_interval(y, score),
            "fixed": balanced_accuracy_interval([accept[y].sum(), (~accept[~y]).sum()], classes),
            "fitted": spread_interval(value, drawn, min(classes)),
        }
        for name, (low, high) in ends.items():
            held[name] += low <= truth[name] <= high
    return {name: count / repeats for name, count in held.items()}


def least_allowed(repeats: int) -> float:
    """.93, less two standard errors of a share of .95 in so many simulations."""
    return LEAST - 2 * float(np.sqrt(0.95 * 0.05 / repeats))


def main() -> None:
    """Print the table; exit 1 where a share is below .93 by more than chance."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    print(f"{'share that holds the truth':44}{'AUC':>8}{'BA':>8}{'fitted':>8}", flush=True)
    too_low = False
    for world in WORLDS:
        shares = coverage(world, repeats)
        name = f"n={world.papers} rate {world.rate:g} skill {world.skill:g}{' six levels' if world.levels else ''}"
        print(f"{name:44}" + "".join(f"{share:8.3f}" for share in shares.values()), flush=True)
        too_low |= any(share < least_allowed(repeats) for share in shares.values())
    print(f"{repeats} simulations a line; allowed: {least_allowed(repeats):.3f}")
    sys.exit(too_low)


if __name__ == "__main__":
    main()
