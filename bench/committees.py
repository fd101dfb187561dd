"""What a fresh committee would reach against the venue's decision: a model, since no such committee sat.

Halves of the reviewers measure against each other, not against the venue, and the venue's own reviewers made its
decision. Under the model of `worth` (a rating is quality plus an independent deviation) and with normal distributions,
the correlation of a fresh committee's mean with what the venue decided by follows from ICC(1), ICC(k) and the AUC of
the mean rating for the decision.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..statistics.arrays import Floats
from ..statistics.estimate import Estimate
from ..statistics.metrics import roc_auc_score
from .ceilings import Ratings, intraclass_correlation, mean_estimate, with_sample

SIZES = (1, 2, 4)
TRUTH = "one who knows the true quality"
_GRID = np.append(np.linspace(0, 0.999, 400), 1.0)


def committee_aucs(ratings: Ratings, accepted: ArrayLike, counts: NDArray[np.uint8]) -> dict[str, Estimate]:
    """AUC against the venue's decision of fresh committees of 1, 2 and 4, and of one who knows the true quality.

    `ratings` has two or more human ratings of each of n papers, `accepted` (n,) their decisions, `counts` (draws, n)
    how often each paper is drawn. The venue is taken to accept by its reviewers' mean and further things that have
    nothing to do with quality, as many as the AUC of the mean rating leaves room for.

    NaN, thus an Estimate without a value, where ICC(1) is not above 0.
    """
    weights, y = with_sample(counts), np.asarray(accepted, dtype=bool)
    single, mean = (np.where(icc > 0, icc, np.nan) for icc in intraclass_correlation(ratings, sample_weight=weights).T)
    table = auc_of_correlation(_GRID, float(y.mean()))
    decided = np.interp(roc_auc_score(y, [np.mean(r) for r in ratings], sample_weight=weights), table, _GRID)
    known = np.sqrt(mean) * decided
    reached = {f"committee of {k}": known * np.sqrt(k * single / (1 + (k - 1) * single)) for k in SIZES}
    reached[TRUTH] = known
    return {name: mean_estimate([np.interp(r, _GRID, table)], len(y)) for name, r in reached.items()}


def auc_of_correlation(r: ArrayLike, share: float, points: int = 200) -> Floats:
    """AUC of a score that correlates by r (m,), in [0, 1], with a normal variable whose top `share` are accepted.

    The score is normal too; over midpoints of the quantiles of accepted and of rejected.
    """
    from scipy.special import ndtr, ndtri

    quantiles = (np.arange(points) + 0.5) / points
    accepted, rejected = ndtri(1 - share + share * quantiles), ndtri((1 - share) * quantiles)
    apart = accepted[:, None] - rejected
    with np.errstate(divide="ignore"):
        slopes = np.asarray(r, dtype=np.float64) / np.sqrt(2 * (1 - np.square(r)))
    return np.array([ndtr(slope * apart).mean() for slope in slopes])
