"""The figures on a model card: agreement with human decisions, with bootstrap intervals."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...statistics.arrays import Floats

DRAWS = 2000


def figures(accepted: NDArray[np.int64], scores: Floats, decided: Floats, probabilities: Floats) -> dict[str, Any]:
    """AUC of the scores, balanced accuracy of the decisions, Brier score of the probabilities; all inputs are (n,).

    Intervals are 95 % percentiles of a bootstrap over papers, class by class (seed 0).
    """
    draws = [_resample(accepted, np.random.default_rng(draw)) for draw in range(DRAWS)]

    def interval(values: list[float]) -> list[float]:
        return [round(float(q), 4) for q in np.quantile(values, (0.025, 0.975))]

    return {
        "papers": len(accepted),
        "accepted": int(accepted.sum()),
        "auc": round(auc(accepted, scores), 4),
        "auc_interval": interval([auc(accepted[d], scores[d]) for d in draws]),
        "balanced_accuracy": round(balanced_accuracy(accepted, decided), 4),
        "balanced_accuracy_interval": interval([balanced_accuracy(accepted[d], decided[d]) for d in draws]),
        "brier": round(float(np.mean((probabilities - accepted) ** 2)), 4),
        "brier_of_base_rate": round(float(accepted.mean() * (1 - accepted.mean())), 4),
    }


def auc(accepted: NDArray[np.int64], scores: Floats) -> float:
    """Share of pairs (accepted, rejected) in which the accepted paper scores higher, ties count half; in [0, 1]."""
    rejected = np.sort(scores[accepted == 0])
    chosen = scores[accepted == 1]
    wins = np.searchsorted(rejected, chosen, "left") + np.searchsorted(rejected, chosen, "right")
    return float(wins.mean() / (2 * len(rejected)))


def balanced_accuracy(accepted: NDArray[np.int64], decided: Floats) -> float:
    """Mean of the shares of accepted and of rejected papers that are decided (0 or 1) like that; in [0, 1]."""
    return float((decided[accepted == 1].mean() + 1 - decided[accepted == 0].mean()) / 2)


def _resample(accepted: NDArray[np.int64], random: np.random.Generator) -> NDArray[np.int64]:
    classes = [np.flatnonzero(accepted == label) for label in (0, 1)]
    return np.concatenate([random.choice(rows, len(rows)) for rows in classes])
