"""Scores among papers of equal mean rating: what is left of an AUC when the humans' own judgement is held fixed.

A reading of quality orders accepted above rejected papers because the humans rated them higher; among papers with the
same mean rating it has little left to tell. A leak of the outcome (a header, a line that only a camera-ready has) keeps
its power there. So has a score that reads what the ratings do not hold, such as an area chair's reasons: the figure is
evidence beside an AUC, not a proof.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from pydantic import BaseModel, Field

from .arrays import Floats, Levels, Value, binary, midranks, over_draws, paired, ratio
from .draws import Counts, drawn
from .estimate import Estimate

STEP = 0.01
"""Mean ratings are equal when they round to the same hundredth: means of up to nine whole ratings are then equal only
where they are the same number. Quarter points would match more papers (300 instead of 275 of the 500 of ICLR 2022), but
the mean rating itself still orders the papers within a quarter point (AUC .562, p .034), so that a perfect reading of
quality would pass for a leak; a score's own figure hardly differs (GPT-4o 1-shot .619 instead of .620)."""
FEWEST = 8
"""Accepted and rejected papers among the matched ones below which no figure is given."""


class Matched(BaseModel):
    """A score's AUC among papers of equal mean rating."""

    auc: Estimate | None = Field(default=None, description="n: papers that have one of the other decision to match")
    pairs: int = Field(default=0, description="accepted against rejected papers of equal mean rating")
    p_value: float | None = Field(default=None, description="two-sided, of no order within ratings")
    reason: str = Field(default="", description="why there is no figure")

    @property
    def above_chance(self) -> bool:
        """Whether the score orders papers of equal rating as the decisions do, beyond chance at .05."""
        return self.p_value is not None and self.p_value < 0.05 and self.better

    @property
    def better(self) -> bool:
        """Whether the value is above .5."""
        return self.auc is not None and (self.auc.value or 0.0) > 0.5


def rating_matched_auc(
    y_true: ArrayLike,
    y_score: ArrayLike,
    rating: ArrayLike,
    *,
    step: float = STEP,
    sample_weight: ArrayLike | None = None,
) -> Value:
    """Probability that an accepted paper scores above a rejected one of equal mean rating, ties half, in [0, 1].

    All arrays are (n,). `rating` is the mean human rating, rounded to multiples of `step`; papers with NaN there are
    left out. Every pair within a rating counts once: the sum of the Mann-Whitney statistics over their numbers of
    pairs. Weights and draws as in `metrics`; NaN where no rating has both decisions.

    Raises ValueError for wrong shapes, labels other than 0 and 1, NaN scores or a step that is not positive.
    """
    accepted, score, bins = _matchable(y_true, y_score, rating, step)
    rated = bins >= 0
    order = np.lexsort((score, bins))
    levels = Levels(_runs(bins[order], score[order]).astype(np.float64))
    level_bin = bins[order][np.flatnonzero(np.diff(levels.of_paper, prepend=-1))]
    start_of_level = np.searchsorted(level_bin, level_bin, side="left")
    end_of_level = np.searchsorted(level_bin, level_bin, side="right")
    positive, counted = accepted[order][:, None], rated[order][:, None]

    def statistic(w: Floats) -> Floats:
        won = np.diff(levels.cumulative(w * (positive & counted)), axis=0)
        lost = levels.cumulative(w * (~positive & counted))
        below = (lost[:-1] + lost[1:]) / 2 - lost[start_of_level]
        facing = lost[end_of_level] - lost[start_of_level]
        return ratio((won * below).sum(axis=0), (won * facing).sum(axis=0))

    return over_draws(lambda w: statistic(w[order]), sample_weight, len(accepted))


def stratified_rank_test(
    y_true: ArrayLike, y_score: ArrayLike, rating: ArrayLike, *, step: float = STEP
) -> tuple[float, int, int, int]:
    """Test whether scores order accepted against rejected papers of equal mean rating at all.

    The Wilcoxon rank-sum test stratified by rating with equal weights for all pairs (van Elteren 1960), normal
    approximation with the variance for ties; decisions are exchangeable within a rating under the null hypothesis.

    Returns the two-sided p-value (1 where scores are tied throughout), the number of pairs, and how many accepted and
    rejected papers have one of the other decision at their rating.

    Raises ValueError as `rating_matched_auc` does.
    """
    from scipy.special import ndtr

    accepted, score, bins = _matchable(y_true, y_score, rating, step)
    excess = variance = 0.0
    pairs = positives = negatives = 0
    for level in np.unique(bins[bins >= 0]):
        inside = bins == level
        n, m = int(inside.sum()), int(accepted[inside].sum())
        if not 0 < m < n:
            continue
        ranks = midranks(score[inside])
        excess += float(ranks[accepted[inside]].sum()) - m * (n + 1) / 2
        variance += m * (n - m) * float(np.var(ranks, ddof=1)) / n
        pairs, positives, negatives = pairs + m * (n - m), positives + m, negatives + n - m
    p_value = 1.0 if variance == 0 else float(2 * ndtr(-abs(excess) / math.sqrt(variance)))
    return p_value, pairs, positives, negatives


def matched_metrics(y_true: ArrayLike, y_score: ArrayLike, rating: ArrayLike, counts: Counts) -> Matched:
    """The rating-matched AUC with its bootstrap interval and p-value, or the reason why there is none.

    `counts` is (draws, n), how often each paper is drawn. Raises ValueError as `rating_matched_auc` does.
    """
    rating = np.asarray(rating, dtype=np.float64)
    if np.isnan(rating).all():
        return Matched(reason="no ratings")
    p_value, pairs, accepted, rejected = stratified_rank_test(y_true, y_score, rating)
    if min(accepted, rejected) < FEWEST:
        found = f"{accepted} accepted and {rejected} rejected papers share a mean rating"
        return Matched(pairs=pairs, reason=f"too few to match: {found}; {FEWEST} of each are needed")
    value = rating_matched_auc(y_true, y_score, rating)
    draws = drawn(rating_matched_auc, counts, y_true, y_score, rating)
    return Matched(auc=Estimate.of(value, draws, accepted + rejected), pairs=pairs, p_value=p_value)


def _matchable(
    y_true: ArrayLike, y_score: ArrayLike, rating: ArrayLike, step: float
) -> tuple[np.ndarray, Floats, np.ndarray]:
    """Decisions, scores, and the number of each paper's rating, -1 where it has none."""
    y, score = paired(y_true, y_score, ("y_true", "y_score"))
    mean = np.asarray(rating, dtype=np.float64)
    if mean.shape != y.shape:
        raise ValueError(f"rating must have one value per paper, shape {y.shape}, not {mean.shape}")
    if not step > 0:
        raise ValueError(f"step must be positive, not {step}")
    rated = np.isfinite(mean)
    bins = np.full(len(y), -1)
    bins[rated] = np.unique(np.round(mean[rated] / step), return_inverse=True)[1]
    return binary(y, "y_true"), score, bins


def _runs(bins: np.ndarray, score: Floats) -> np.ndarray:
    """The number of the run of equal (rating, score) that each of the sorted papers is in."""
    new = (np.diff(bins, prepend=bins[0]) != 0) | np.concatenate([[False], score[1:] != score[:-1]])
    return new.cumsum()
