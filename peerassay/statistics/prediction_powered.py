"""Human labels saved by a machine's scores: prediction-powered estimates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, Field

from .agreement import mean_over_repeats
from .arrays import Floats, paired, settling_repeats
from .bootstrap import with_sample
from .draws import Counts
from .estimate import ENOUGH, Estimate, mean_estimate
from .rank_metrics import pearson

FEWEST = 40
LABELLED = 0.25
"""Share of the papers with human labels in the table."""
SPLITS = 200
CONSTANT = "a constant"


def finite_scores(score: Floats) -> Floats:
    """The scores (n,) with failed reviews, which are infinite, at the farthest score that the reviewer gave; else 0."""
    given = score[np.isfinite(score)]
    return np.clip(score, given.min(), given.max()) if given.size else np.zeros_like(score)


def _none(weights: Counts) -> Floats:
    return np.zeros(len(weights))


def _margin(y: Floats, score: Floats, part: NDArray[np.intp], labelled: int) -> float:
    mine, others = part[:labelled], part[labelled:]
    return 1.96 * prediction_powered_mean(y[mine], score[mine], score[others]).se


class PoweredRow(BaseModel):
    """What a machine's scores save in human labels when the mean human rating is wanted."""

    name: str
    floor: bool
    gain: Estimate = Field(description=f"labels that the scores are worth, as a factor, with {LABELLED:.0%} labelled")
    gain_limit: Estimate = Field(description="the same where the papers with scores only are many more")
    margin: float = Field(description="half-width of the 95% interval of the mean rating, mean over random parts")
    margin_labels_only: float


@dataclass(frozen=True)
class PoweredMean:
    """A mean with its standard error, and the weight in [0, 1] or beyond that the scores were given."""

    value: float
    se: float
    weight: float


def prediction_powered_mean(labels: ArrayLike, scores: ArrayLike, unlabelled: ArrayLike) -> PoweredMean:
    """The mean of what `labels` are a random part of, with the help of scores for all.

    `labels` (n,) and `scores` (n,) are of the labelled papers, `unlabelled` (m,) the scores of the others, all finite.
    The scores' weight is the one with the least variance (power tuning), cov(label, score) / ((1 + n/m) var(score)),
    the variance over all n + m papers; 0 for scores that do not vary.

    Raises ValueError for fewer than two labels, no unlabelled paper, or values that are not finite.
    """
    y, f = paired(labels, scores, ("labels", "scores"))
    rest = np.asarray(unlabelled, dtype=np.float64)
    if len(y) < 2 or rest.ndim != 1 or not rest.size:
        raise ValueError("a prediction-powered mean needs two labelled papers and one without a label")
    if not (np.isfinite(y).all() and np.isfinite(f).all() and np.isfinite(rest).all()):
        raise ValueError("labels and scores must be finite: leave out or impute failed reviews first")
    n, m = len(y), len(rest)
    variance = float(np.var(np.concatenate([f, rest]), ddof=1))
    weight = float(np.cov(y, f)[0, 1]) / ((1 + n / m) * variance) if variance > 0 else 0.0
    value = float(y.mean() + weight * (rest.mean() - f.mean()))
    se = float(np.sqrt(np.var(y - weight * f, ddof=1) / n + weight**2 * variance / m))
    return PoweredMean(value, se, weight)


class PoweredEstimate(BaseModel):
    """A mean human score with the help of a machine's scores, beside the one of the labels alone."""

    powered: Estimate = Field(description="n counts the labels")
    labels_only: Estimate
    weight: float = Field(description="that the machine's scores were given; 0: they would have widened the interval")


def powered_estimate(labels: ArrayLike, scores: ArrayLike, unlabelled: ArrayLike) -> PoweredEstimate:
    """The mean of `prediction_powered_mean` with a 95% interval that is never wider than Student's of the labels.

    The arguments are those of `prediction_powered_mean`, and so is what is raised. The weight was fitted on the labels,
    which costs a degree of freedom: the half-width is t(n − 2) se √((n − 1) / (n − 2)). Where that is not narrower than
    Student's of the labels, or below `ENOUGH` labels, the weight is 0.
    """
    from scipy.special import stdtrit

    found = prediction_powered_mean(labels, scores, unlabelled)
    alone = mean_estimate(labels)
    n = alone.n
    if n >= ENOUGH and alone.low is not None and alone.high is not None:
        half = float(stdtrit(n - 2, 0.975)) * found.se * float(np.sqrt((n - 1) / (n - 2)))
        if half < (alone.high - alone.low) / 2:
            powered = Estimate.between(found.value, (found.value - half, found.value + half), n)
            return PoweredEstimate(powered=powered, labels_only=alone, weight=found.weight)
    return PoweredEstimate(powered=alone, labels_only=alone, weight=0.0)


def expected_half_widths(sd: float, correlation: float, reviews: int, further: int) -> tuple[float, float]:
    """Half-widths of the 95% interval of a mean from so many human reviews, of a paper each: alone, and with scores.

    `sd` is that of single reviews, `correlation` theirs with the machine's scores in [-1, 1], `further` the number of
    papers with a machine's score alone. With power tuning the variance is (1 − r² m / (n + m)) sd² / n (Angelopoulos,
    Duchi & Zrnic 2023, arXiv 2311.01453). Raises ValueError below two reviews.
    """
    from scipy.special import stdtrit

    if reviews < 2:
        raise ValueError("a half-width needs two reviews")
    alone = float(stdtrit(reviews - 1, 0.975)) * sd / reviews**0.5
    return alone, alone * (1 - correlation**2 * further / (reviews + further)) ** 0.5


def powered_rows(
    rating: ArrayLike,
    scores: Mapping[str, ArrayLike],
    counts: Counts,
    *,
    splits: int = SPLITS,
    seed: int = 0,
) -> list[PoweredRow]:
    """For each machine, and for a constant, what its scores (n,) would save in human ratings (n,).

    `rating` is NaN where a paper has none; `counts` (draws, n) are for the intervals. Failed reviews count as the
    reviewer's own farthest score. With power tuning n labels and m more scores do what n g labels do alone, g =
    1 / (1 - r^2 m / (n + m)), r being the correlation of score and rating.

    Raises ValueError where fewer than 40 papers have ratings.
    """
    y = np.asarray(rating, dtype=np.float64)
    rated = ~np.isnan(y)
    n = int(rated.sum())
    if n < FEWEST:
        raise ValueError(f"{n} papers have human ratings; {FEWEST} are needed")
    y, weights = y[rated], with_sample(counts[:, rated])
    splits = settling_repeats(splits, n)
    parts = np.random.default_rng(seed).permuted(np.tile(np.arange(n), (splits, 1)), axis=1)
    labelled = round(LABELLED * n)
    alone = float(np.mean([1.96 * np.std(y[part[:labelled]], ddof=1) / np.sqrt(labelled) for part in parts]))
    rows: list[PoweredRow] = []
    for name, score in {**scores, CONSTANT: np.zeros(len(rated))}.items():
        values = finite_scores(np.asarray(score, dtype=np.float64))[rated]
        squared = (
            np.nan_to_num(pearson(y, values, sample_weight=weights)) ** 2 if np.ptp(values) > 0 else _none(weights)
        )
        rows.append(
            PoweredRow(
                name=name,
                floor=name == CONSTANT,
                gain=mean_over_repeats([1 / (1 - squared * (1 - LABELLED))], n),
                gain_limit=mean_over_repeats([1 / (1 - squared)], n),
                margin=float(np.mean([_margin(y, values, part, labelled) for part in parts])),
                margin_labels_only=alone,
            )
        )
    return rows
