"""How long the bootstrap of every metric takes: 10,000 draws of 500 papers, one reviewer, against a plain loop.

python bench/speed/bootstrap.py

The loop calls scikit-learn or SciPy once per draw. It runs on 200 draws and its time is scaled to 10,000; the columns
say so. Metrics that neither library has are looped over this project's own function. Sums are by whose function the
loop calls; ours have the making of the draws in them.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import time
import warnings
from collections.abc import Callable

import numpy as np
from peerassay.statistics import metrics, rank_metrics
from peerassay.statistics.bootstrap import percentile_interval, stratified_counts
from scipy import stats
from sklearn import metrics as sk

PAPERS, DRAWS, LOOPED = 500, 10_000, 200
OF_SCIPY = (rank_metrics.spearman, rank_metrics.kendall)


def main() -> None:
    """Print seconds per metric, ours and the loop's, and their ratio."""
    print(f"{PAPERS} papers, {DRAWS} draws; the loop ran {LOOPED} draws, scaled by {DRAWS // LOOPED}\n")
    print(f"{'metric':28}{'ours, s':>9}{'loop, s':>9}{'ratio':>8}  loop over")
    sums = compared(print)
    print()
    for name, (ours, loop) in sums.items():
        print(f"{name:28}{ours:9.3f}{loop:9.1f}{loop / ours:8.0f}")


def compared(tell: Callable[[str], None]) -> dict[str, list[float]]:
    """By whose function the loop calls, seconds of ours and of the loop; `tell` gets a line for each metric."""
    rng = np.random.default_rng(0)
    quality = rng.normal(size=PAPERS)
    y = quality + rng.normal(size=PAPERS) > 0.6
    rating = np.round(5.5 + quality + rng.normal(scale=0.5, size=PAPERS), 1)
    tier = np.where(y, 1 + (quality > 1.2) + (quality > 1.8), 0)
    score = quality + rng.normal(scale=2, size=PAPERS)
    probability = 1 / (1 + np.exp(-score))
    decision = score > 0.5

    jobs: list[tuple[Callable, np.ndarray, np.ndarray, Callable | None]] = [
        (metrics.balanced_accuracy_score, y, decision, sk.balanced_accuracy_score),
        (metrics.accuracy_score, y, decision, sk.accuracy_score),
        (metrics.f1_score, y, decision, sk.f1_score),
        (metrics.matthews_corrcoef, y, decision, sk.matthews_corrcoef),
        (metrics.false_positive_rate, y, decision, lambda a, b: 1 - sk.recall_score(a, b, pos_label=0)),
        (metrics.false_negative_rate, y, decision, lambda a, b: 1 - sk.recall_score(a, b)),
        (metrics.decision_auc, y, decision, sk.roc_auc_score),
        (metrics.roc_auc_score, y, score, sk.roc_auc_score),
        (metrics.average_precision_score, y, score, sk.average_precision_score),
        (metrics.brier_score_loss, y, probability, sk.brier_score_loss),
        (metrics.expected_calibration_error, y, probability, None),
        (rank_metrics.spearman, rating, score, lambda a, b: stats.spearmanr(a, b)[0]),
        (rank_metrics.kendall, rating, score, lambda a, b: stats.kendalltau(a, b)[0]),
        (rank_metrics.pairwise_accuracy, rating, score, None),
        (rank_metrics.tier_concordance, tier, score, None),
        (rank_metrics.mean_absolute_error, rating, score, sk.mean_absolute_error),
    ]
    start = time.perf_counter()
    counts = stratified_counts(y, DRAWS)
    making = time.perf_counter() - start
    sums: dict[str, list[float]] = {}
    rows = [rng.permutation(np.repeat(np.arange(PAPERS), c)) for c in counts[:LOOPED]]
    tell(f"{'draws':28}{making:9.3f}")
    for metric, first, second, reference in jobs:
        start = time.perf_counter()
        percentile_interval(metric(first, second, sample_weight=counts))
        ours = time.perf_counter() - start
        looped = reference or metric
        start = time.perf_counter()
        for row in rows:
            looped(first[row], second[row])
        loop = (time.perf_counter() - start) * DRAWS / LOOPED
        source = "our own function" if reference is None else "SciPy" if metric in OF_SCIPY else "scikit-learn"
        for name in (source, "all"):
            spent = sums.setdefault(name, [making, 0.0])
            spent[:] = spent[0] + ours, spent[1] + loop
        tell(f"{metric.__name__:28}{ours:9.3f}{loop:9.1f}{loop / ours:8.0f}  {source}")
    return sums


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
