"""How well decisions, scores and probabilities agree with human decisions.

Every metric is `f(y_true, y_other, *, sample_weight=None)`. `y_true` is (n,), 1 for accept and 0 for reject.
`sample_weight` holds frequency weights: (n,) gives a float, (draws, n) an array (draws,) with the value of every draw,
so that `metric(y, s, sample_weight=stratified_counts(y))` is a bootstrap distribution. A value equals that of the
sample in which every paper is repeated as often as its weight says.

All raise ValueError for wrong shapes, NaN, or labels other than 0 and 1. Where a metric is undefined (a class that it
needs is absent) it is NaN, without a warning.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arrays import Floats, Levels, Value, binary, over_draws, paired, ratio

BINS = 10
"""Of predicted probabilities, of equal width: [0, .1), ..., [.9, 1]."""


def balanced_accuracy_score(y_true: ArrayLike, y_pred: ArrayLike, *, sample_weight: ArrayLike | None = None) -> Value:
    """Mean of the true positive and true negative rate, in [0, 1]; .5 for any constant decision."""

    def statistic(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
        return (ratio(tp, tp + fn) + ratio(tn, tn + fp)) / 2

    return _of_confusion(statistic, y_true, y_pred, sample_weight)


def accuracy_score(y_true: ArrayLike, y_pred: ArrayLike, *, sample_weight: ArrayLike | None = None) -> Value:
    """Share of right decisions, in [0, 1]."""
    return _of_confusion(lambda tp, fp, fn, tn: ratio(tp + tn, tp + fp + fn + tn), y_true, y_pred, sample_weight)


def f1_score(y_true: ArrayLike, y_pred: ArrayLike, *, sample_weight: ArrayLike | None = None) -> Value:
    """Harmonic mean of precision and recall of `accept`, in [0, 1]; 0 where nothing is rightly accepted."""
    return _of_confusion(lambda tp, fp, fn, _tn: ratio(2 * tp, 2 * tp + fp + fn, 0.0), y_true, y_pred, sample_weight)


def matthews_corrcoef(y_true: ArrayLike, y_pred: ArrayLike, *, sample_weight: ArrayLike | None = None) -> Value:
    """Correlation of the two binary variables (Matthews 1975), in [-1, 1]; 0 where either is constant."""

    def statistic(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
        margins = np.sqrt(tp + fp) * np.sqrt(tp + fn) * np.sqrt(tn + fp) * np.sqrt(tn + fn)
        return ratio(tp * tn - fp * fn, margins, 0.0)

    return _of_confusion(statistic, y_true, y_pred, sample_weight)


def false_positive_rate(y_true: ArrayLike, y_pred: ArrayLike, *, sample_weight: ArrayLike | None = None) -> Value:
    """Share of the papers rejected by humans that the decision accepts, in [0, 1]."""
    return _of_confusion(lambda _tp, fp, _fn, tn: ratio(fp, fp + tn), y_true, y_pred, sample_weight)


def false_negative_rate(y_true: ArrayLike, y_pred: ArrayLike, *, sample_weight: ArrayLike | None = None) -> Value:
    """Share of the papers accepted by humans that the decision rejects, in [0, 1]."""
    return _of_confusion(lambda tp, _fp, fn, _tn: ratio(fn, fn + tp), y_true, y_pred, sample_weight)


def decision_auc(y_true: ArrayLike, y_pred: ArrayLike, *, sample_weight: ArrayLike | None = None) -> Value:
    """Area under the ROC curve of yes/no decisions, in [0, 1]: the "AUC" of some published tables.

    A curve of one point has the area (TPR + TNR) / 2, so that this is balanced accuracy under another name. Kept to
    compare with such tables; use `roc_auc_score` on scores for everything else.
    """
    return balanced_accuracy_score(y_true, y_pred, sample_weight=sample_weight)


def roc_auc_score(y_true: ArrayLike, y_score: ArrayLike, *, sample_weight: ArrayLike | None = None) -> Value:
    """Probability that an accepted paper scores above a rejected one, ties counting half, in [0, 1].

    The area under the ROC curve of scores; .5 for constant scores. Scores may be infinite (a failed review imputed as
    the wrong extreme), not NaN.
    """
    accepted, levels = _labels_and_levels(y_true, y_score)

    def statistic(w: Floats) -> Floats:
        positive, negative = levels.cumulative(w * accepted), levels.cumulative(w * ~accepted)
        ordered = (np.diff(positive, axis=0) * (negative[1:] + negative[:-1])).sum(axis=0) / 2
        return ratio(ordered, positive[-1] * negative[-1])

    return over_draws(statistic, sample_weight, len(accepted))


def average_precision_score(y_true: ArrayLike, y_score: ArrayLike, *, sample_weight: ArrayLike | None = None) -> Value:
    """Sum over thresholds of the gain in recall times precision, in (0, 1]; tied scores enter together.

    scikit-learn's step-wise definition, without interpolation. Constant scores give the base rate. NaN without
    accepted papers. Scores may be infinite, not NaN.
    """
    accepted, levels = _labels_and_levels(y_true, y_score)

    def statistic(w: Floats) -> Floats:
        gained = levels.weights(w * accepted)[::-1]
        tp, selected = gained.cumsum(axis=0), levels.weights(w)[::-1].cumsum(axis=0)
        precision = ratio(tp, selected, 0.0)
        return ratio((gained * precision).sum(axis=0), tp[-1])

    return over_draws(statistic, sample_weight, len(accepted))


def roc_tpr(
    y_true: ArrayLike, y_score: ArrayLike, fpr_grid: ArrayLike, *, sample_weight: ArrayLike | None = None
) -> NDArray[np.float64]:
    """True positive rate of the ROC curve at given false positive rates: the vertical band of a bootstrap.

    `fpr_grid` is (m,) in [0, 1]. The curve runs straight between thresholds (tied scores give a slope) and has its
    upper value where it is vertical (Fawcett 2006, vertical averaging).

    Returns (m,), or (draws, m) for a batch; NaN where a class is absent.

    Raises ValueError for a grid outside [0, 1] as well.
    """
    accepted, levels = _labels_and_levels(y_true, y_score)
    grid = np.asarray(fpr_grid, dtype=np.float64)
    if grid.ndim != 1 or not ((grid >= 0) & (grid <= 1)).all():
        raise ValueError("fpr_grid must have shape (m,) and lie in [0, 1]")

    def at_or_above(w: Floats) -> Floats:
        return np.pad(levels.weights(w)[::-1].cumsum(axis=0), ((1, 0), (0, 0))).T

    def statistic(w: Floats) -> Floats:
        tp, fp = at_or_above(w * accepted), at_or_above(w * ~accepted)
        wanted = np.round(np.outer(fp[:, -1], grid), 9)
        after = np.stack([np.searchsorted(*pair, side="right") for pair in zip(fp, wanted, strict=True)])
        left, right = after - 1, np.minimum(after, fp.shape[1] - 1)
        x0, x1 = (np.take_along_axis(fp, i, axis=1) for i in (left, right))
        y0, y1 = (np.take_along_axis(tp, i, axis=1) for i in (left, right))
        height: Floats = y0 + (y1 - y0) * ratio(wanted - x0, x1 - x0, 0.0)
        return np.where(fp[:, -1:] > 0, ratio(height, tp[:, -1:]), np.nan)

    return over_draws(statistic, sample_weight, len(accepted))


def brier_score_loss(y_true: ArrayLike, y_prob: ArrayLike, *, sample_weight: ArrayLike | None = None) -> Value:
    """Mean squared difference of probability and outcome, in [0, 1], 0 is best (Brier 1950).

    Raises ValueError for probabilities outside [0, 1] as well.
    """
    y, p = _outcomes_and_probabilities(y_true, y_prob)
    return over_draws(lambda w: ratio((y - p) ** 2 @ w, w.sum(axis=0)), sample_weight, len(y))


def expected_calibration_error(
    y_true: ArrayLike, y_prob: ArrayLike, *, sample_weight: ArrayLike | None = None
) -> Value:
    """Mean over papers of |observed rate - mean probability| in their bin, in [0, 1], 0 is best.

    Ten bins of equal width, [0, .1), ..., [.9, 1] (Naeini, Cooper & Hauskrecht 2015). It is biased upwards in small
    samples, and so more in a bootstrap draw.

    Raises ValueError for probabilities outside [0, 1] as well.
    """
    y, p = _outcomes_and_probabilities(y_true, y_prob)
    in_bin = bin_of(p) == np.arange(BINS)[:, None]
    return over_draws(lambda w: ratio(np.abs((in_bin * (y - p)) @ w).sum(axis=0), w.sum(axis=0)), sample_weight, len(y))


def bin_of(y_prob: Floats) -> NDArray[np.int_]:
    """The number of the bin, 0 to 9, that each probability (n,) in [0, 1] is in."""
    return np.minimum((y_prob * BINS).astype(int), BINS - 1)


def _of_confusion(
    statistic: Callable[[Floats, Floats, Floats, Floats], Floats],
    y_true: ArrayLike,
    y_pred: ArrayLike,
    sample_weight: ArrayLike | None,
) -> Value:
    """A statistic of the weighted counts (tp, fp, fn, tn), each (block,)."""
    truth, decision = paired(y_true, y_pred, ("y_true", "y_pred"))
    truth, decision = binary(truth, "y_true"), binary(decision, "y_pred")
    cells = np.stack([truth & decision, ~truth & decision, truth & ~decision, ~truth & ~decision]).astype(np.float64)
    return over_draws(lambda w: statistic(*(cells @ w)), sample_weight, len(truth))


def _labels_and_levels(y_true: ArrayLike, y_score: ArrayLike) -> tuple[NDArray[np.bool_], Levels]:
    y, s = paired(y_true, y_score, ("y_true", "y_score"))
    return binary(y, "y_true")[:, None], Levels(s)


def _outcomes_and_probabilities(y_true: ArrayLike, y_prob: ArrayLike) -> tuple[Floats, Floats]:
    y, p = paired(y_true, y_prob, ("y_true", "y_prob"))
    binary(y, "y_true")
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("y_prob must lie in [0, 1]; calibrate scores first")
    return y, p


def matched_balanced_accuracy(
    y_true: ArrayLike, y_score: ArrayLike, *, sample_weight: ArrayLike | None = None
) -> Value:
    """Balanced accuracy where the highest scores are accepted, as many papers as are accepted in `y_true`; in [0, 1].

    Papers that tie at the cut share what is left, each accepted to the same fraction, which is the mean over all ways
    to break the tie. The cut is found anew in every draw, so that the spread of its choice is in a bootstrap. Scores
    may be infinite (a failed review imputed as the wrong extreme), not NaN; .5 for constant scores.

    At this selectivity accuracy, precision, recall and MCC are functions of balanced accuracy: a test of one is a test
    of all. `y_true` (n,), `y_score` (n,), `sample_weight` as in all metrics.

    Raises ValueError for wrong shapes, NaN, or labels other than 0 and 1. NaN where a class is absent.
    """
    y, s = paired(y_true, y_score, ("y_true", "y_score"))
    accepted, levels = binary(y, "y_true")[:, None], Levels(s)

    def statistic(w: Floats) -> Floats:
        accepted_here, all_here = levels.weights(w * accepted), levels.weights(w)
        wanted, total = accepted_here.sum(axis=0), all_here.sum(axis=0)
        above = total - all_here.cumsum(axis=0)
        share = np.clip(ratio(wanted - above, all_here, 0.0), 0, 1)
        true_positive = (accepted_here * share).sum(axis=0)
        rejected = total - wanted
        return (ratio(true_positive, wanted) + 1 - ratio(wanted - true_positive, rejected)) / 2

    return over_draws(statistic, sample_weight, len(y))
