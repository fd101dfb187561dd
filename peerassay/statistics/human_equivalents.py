"""What a machine's scores are worth: in human reviewers, and in human labels saved.

Worth in reviewers, a model: a rating is the paper's quality plus the reviewer's own deviation, independent between
reviewers, and the reviewers of a paper are a random draw. ICC(1) = r is then the reliability of one rating, and the
mean of k reviewers correlates with quality by sqrt(k r / (1 + (k - 1) r)) (Spearman 1910, Brown 1910). A machine's
score correlates with quality by c / sqrt(ICC(k)), c being its correlation with the mean rating (Spearman 1904,
correction for attenuation). The two are equal at k = l^2 (1 - r) / (r (1 - l^2)), l being the latter.

Prediction-powered means have human labels for a part of the papers, a machine's scores for all: Angelopoulos, Duchi &
Zrnic (2023), arXiv 2311.01453 (PPI++), for a mean. The estimate is right whatever the scores are worth, and its tuning
ignores scores that are worth nothing; what scores can do is to make it as narrow as more human labels would.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike
from pydantic import BaseModel, Field

from .agreement import Ratings, intraclass_correlation, mean_over_repeats
from .arrays import Floats, ratio
from .bootstrap import with_sample
from .draws import Counts
from .estimate import Estimate
from .prediction_powered import finite_scores
from .rank_metrics import pearson

FEWEST_WITH_TWO = 20
"""Papers with two ratings, below which there is no figure."""
MOST = 20.0
"""Humans beyond which their number cannot be told: stands for anything above."""


class WorthRow(BaseModel):
    """What a reviewer is worth."""

    name: str
    humans: Estimate = Field(description=f"number of human reviewers, 0 to {MOST:g}; {MOST:g} stands for more")
    latent: Estimate = Field(description="correlation of its score with the papers' quality; above 1 by chance")


def worth_in_humans(ratings: Ratings, scores: Mapping[str, ArrayLike], counts: Counts) -> list[WorthRow]:
    """The worth of each machine's scores in human reviewers.

    `ratings` has the human ratings of each of n papers, those with fewer than two are left out; `scores` the (n,)
    scores of each machine, infinite for a failed review, which counts as its own farthest score on that side; `counts`
    (draws, n) how often each paper is drawn. Scores that do not vary are left out.

    Raises ValueError where fewer than 20 papers have two ratings, or papers differ no more than chance (ICC(1) <= 0).
    """
    enough = np.array([len(r) >= 2 for r in ratings])
    n = int(enough.sum())
    if n < FEWEST_WITH_TWO:
        raise ValueError(f"{n} papers have two human ratings or more; {FEWEST_WITH_TWO} are needed")
    chosen = [r for r, keep in zip(ratings, enough, strict=True) if keep]
    weights = with_sample(counts[:, enough])
    single, mean = intraclass_correlation(chosen, sample_weight=weights).T
    if not single[0] > 0:
        raise ValueError("the ratings of a paper agree no more than those of different papers (ICC(1) is not above 0)")
    single, mean = (np.where(value > 0, value, np.nan) for value in (single, mean))
    rating = np.array([np.mean(r) for r in chosen], dtype=np.float64)
    rows: list[WorthRow] = []
    for name, score in scores.items():
        values = finite_scores(np.asarray(score, dtype=np.float64))[enough]
        if np.ptp(values) > 0:
            latent = pearson(rating, values, sample_weight=weights) / np.sqrt(mean)
            humans = mean_over_repeats([equivalent_humans(latent, single)], n)
            rows.append(WorthRow(name=name, humans=humans, latent=mean_over_repeats([latent], n)))
    return rows


def equivalent_humans(latent: ArrayLike, icc_single: ArrayLike) -> Floats:
    """How many reviewers' mean correlates with quality by `latent`, when one rating has the reliability `icc_single`.

    In [0, 20]: 0 for correlations below 0, 20 for any number above, also for correlations of 1 and more.
    """
    squared = np.clip(np.asarray(latent, dtype=np.float64), 0.0, 1.0) ** 2
    reliability = np.asarray(icc_single, dtype=np.float64)
    return np.minimum(ratio(squared * (1 - reliability), reliability * (1 - squared), np.inf), MOST)
