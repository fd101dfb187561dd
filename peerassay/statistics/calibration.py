"""From scores to decisions and to probabilities of acceptance, fitted on papers other than those judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict, FiniteFloat

from .arrays import Floats
from .intervals import wilson
from .metrics import BINS, bin_of

RIDGE = 1e-9
"""Weight of the slope's square in the loss of a logistic regression: a score that is constant gets a slope of 0."""
STEPS = 100
ROUNDING = 1e-10
"""A step of Newton's method that changes nothing any more; there the loss is level to its last digits."""


@dataclass(frozen=True)
class ReliabilityBin:
    """A bin of the reliability diagram: papers with a predicted probability in a range."""

    low: float
    high: float
    n: int
    predicted: float
    """The mean of the predictions."""
    accepted: float
    accepted_low: float
    accepted_high: float
    """Share accepted, with its Wilson 95% interval."""


def reliability_bins(y_true: ArrayLike, y_prob: ArrayLike) -> tuple[ReliabilityBin, ...]:
    """The bins of `expected_calibration_error` that hold papers (Murphy & Winkler 1977), the lowest first.

    `y_true` is (n,) of 0 and 1, `y_prob` (n,) in [0, 1].
    """
    accepted, p = np.asarray(y_true, dtype=bool), np.asarray(y_prob, dtype=np.float64)
    in_bin = bin_of(p)
    found: list[ReliabilityBin] = []
    for number in np.unique(in_bin):
        inside = in_bin == number
        k, n = int(accepted[inside].sum()), int(inside.sum())
        (low,), (high,) = wilson([k], [n])
        found.append(
            ReliabilityBin(
                low=float(number / BINS),
                high=float((number + 1) / BINS),
                n=n,
                predicted=float(p[inside].mean()),
                accepted=k / n,
                accepted_low=float(low),
                accepted_high=float(high),
            )
        )
    return tuple(found)


class Predictor(Protocol):
    """Whatever maps scores (n,) to decisions or probabilities (n,)."""

    def predict(self, y_score: ArrayLike) -> Floats:
        """The decisions (0, 1) or probabilities of the scores."""
        ...


class ThresholdRule(BaseModel):
    """Accept from a score on."""

    model_config = ConfigDict(frozen=True)

    threshold: FiniteFloat

    @classmethod
    def fit(cls, y_true: ArrayLike, y_score: ArrayLike) -> Self:
        """The rule of `best_threshold`."""
        return cls(threshold=best_threshold(y_true, y_score))

    def predict(self, y_score: ArrayLike) -> Floats:
        """1.0 for scores at or above the threshold, else 0.0; (n,)."""
        return (_scores(y_score) >= self.threshold).astype(np.float64)


class PlattCalibrator(BaseModel):
    """P(accept) = 1 / (1 + exp(-(slope * score + intercept))), the score clipped to the range seen in fitting."""

    model_config = ConfigDict(frozen=True)

    slope: FiniteFloat
    intercept: FiniteFloat
    low: FiniteFloat
    high: FiniteFloat

    @classmethod
    def fit(cls, y_true: ArrayLike, y_score: ArrayLike) -> Self:
        """Logistic regression on Platt's (1999) smoothed labels, so that separable scores stay finite.

        `y_true` is (n,) of 0 and 1. Infinite scores (failed reviews, which say nothing of the paper) are left out.

        Raises ValueError for wrong shapes, labels or NaN, a single class, or no finite score.
        """
        y, s = _finite(y_true, y_score)
        centre, spread = float(s.mean()), float(s.std()) or 1.0
        target = np.where(y == 1, (y.sum() + 1) / (y.sum() + 2), 1 / ((1 - y).sum() + 2))
        standard, intercept = _logistic((s - centre) / spread, target)
        slope = standard / spread
        return cls(slope=slope, intercept=intercept - slope * centre, low=float(s.min()), high=float(s.max()))

    def predict(self, y_score: ArrayLike) -> Floats:
        """Probability of acceptance, (n,) in (0, 1)."""
        return 1 / (1 + np.exp(-(self.slope * np.clip(_scores(y_score), self.low, self.high) + self.intercept)))


class IsotonicCalibrator(BaseModel):
    """P(accept) as a non-decreasing, piecewise linear function of the score, constant beyond its ends."""

    model_config = ConfigDict(frozen=True)

    scores: tuple[FiniteFloat, ...]
    probabilities: tuple[FiniteFloat, ...]

    @classmethod
    def fit(cls, y_true: ArrayLike, y_score: ArrayLike) -> Self:
        """Isotonic regression of the labels on the scores (Zadrozny & Elkan 2002).

        `y_true` is (n,) of 0 and 1. Infinite scores (failed reviews, which say nothing of the paper) are left out. It
        can reach 0 and 1, and wants some hundred papers.

        Raises ValueError for wrong shapes, labels or NaN, a single class, or no finite score.
        """
        from sklearn.isotonic import IsotonicRegression

        y, s = _finite(y_true, y_score)
        model = IsotonicRegression().fit(s, y)
        return cls(scores=tuple(model.X_thresholds_.tolist()), probabilities=tuple(model.y_thresholds_.tolist()))

    def predict(self, y_score: ArrayLike) -> Floats:
        """Probability of acceptance, (n,) in [0, 1]."""
        s = np.clip(_scores(y_score), self.scores[0], self.scores[-1])
        return np.interp(s, self.scores, self.probabilities)


def best_threshold(y_true: ArrayLike, y_score: ArrayLike) -> float:
    """The threshold t for which "accept where score >= t" has the highest balanced accuracy.

    `y_true` and `y_score` are (n,). A threshold stands midway between two adjacent finite scores, or on the lowest one
    (accept all); of equally good ones the lowest is taken. Infinite scores (failed reviews) count in the balanced
    accuracy, and no threshold stands beside them.

    On the papers that it was fitted on it flatters: use `cross_fit`, or other papers.

    Raises ValueError for wrong shapes, labels or NaN, a single class, or no finite score.
    """
    y, s = labels_and_scores(y_true, y_score)
    finite = np.unique(s[np.isfinite(s)])
    middle = finite[:-1] / 2 + finite[1:] / 2
    thresholds = np.concatenate([finite[:1], np.where(middle > finite[:-1], middle, finite[1:])])
    accepted, rejected = np.sort(s[y == 1]), np.sort(s[y == 0])
    true_positives = len(accepted) - np.searchsorted(accepted, thresholds)
    false_positives = len(rejected) - np.searchsorted(rejected, thresholds)
    return float(thresholds[np.argmax(true_positives * len(rejected) - false_positives * len(accepted))])


def _logistic(x: Floats, target: Floats) -> tuple[float, float]:
    """Slope and intercept of the logistic regression of targets in (0, 1) on standardised x, both (n,).

    Newton's method, its steps halved where the loss would grow. scikit-learn finds the same, and is long in loading.
    """
    from scipy.special import expit

    design = np.stack([x, np.ones_like(x)])
    ridge = np.diag([RIDGE, 0.0])

    def loss(found: Floats) -> float:
        logit = found @ design
        return float(np.sum(np.logaddexp(0, logit) - target * logit) + found @ ridge @ found / 2)

    found, lost = np.zeros(2), loss(np.zeros(2))
    for _ in range(STEPS):
        p = expit(found @ design)
        step = np.linalg.solve((design * p * (1 - p)) @ design.T + ridge, design @ (p - target) + ridge @ found)
        while (shorter := loss(found - step)) > lost and np.abs(step).max() > ROUNDING:
            step /= 2
        found, lost = found - step, shorter
        if np.abs(step).max() <= ROUNDING:
            break
    return float(found[0]), float(found[1])


def _finite(y_true: ArrayLike, y_score: ArrayLike) -> tuple[Floats, Floats]:
    """Labels and scores of the papers whose scores are finite."""
    y, s = labels_and_scores(y_true, y_score)
    finite = np.isfinite(s)
    return y[finite], s[finite]


def labels_and_scores(y_true: ArrayLike, y_score: ArrayLike) -> tuple[Floats, Floats]:
    """Labels and scores, infinite ones included."""
    y, s = np.asarray(y_true, dtype=np.float64), _scores(y_score)
    if y.shape != s.shape:
        raise ValueError(f"y_true and y_score must have the same shape (n,), not {y.shape} and {s.shape}")
    if set(np.unique(y)) != {0.0, 1.0}:
        raise ValueError("y_true must hold 0 (reject) and 1 (accept), both of them and nothing else")
    if not np.isfinite(s).any():
        raise ValueError("y_score holds no finite score to fit on")
    return y, s


def _scores(y_score: ArrayLike) -> Floats:
    s = np.asarray(y_score, dtype=np.float64)
    if s.ndim != 1:
        raise ValueError(f"y_score must have shape (n,), not {s.shape}")
    if np.isnan(s).any():
        raise ValueError("y_score holds NaN: impute or leave out papers without a score first")
    return s
