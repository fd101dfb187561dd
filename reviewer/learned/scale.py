"""What a fitted model's raw score means: a chance of acceptance, a place among known papers, a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...statistics.arrays import Floats
from ...statistics.calibration import PlattCalibrator

Array = NDArray[Any]
PERCENT = np.arange(101.0)


@dataclass(frozen=True)
class ScoreScale:
    """Fitted on the raw scores of calibration papers, each by a model that was fitted without the paper.

    `platt` is (slope, intercept) of Platt's logistic. `base_rate`, (), is the share of accepted papers, from which on
    P(accept) is a decision to accept: for calibrated probabilities that is the threshold of highest balanced accuracy,
    and it varies less from sample to sample than the one that does best on the sample. `known` are the 101 percentiles
    of the raw scores, ascending.
    """

    platt: Array
    base_rate: Array
    known: Array

    @classmethod
    def fit(cls, y_true: ArrayLike, y_score: ArrayLike) -> Self:
        """The scale for labels 0/1 (n,) and raw scores (n,), rounded to what any machine gives alike.

        Raises ValueError for wrong shapes, NaN, or labels of one class.
        """
        platt = PlattCalibrator.fit(y_true, y_score)
        return cls(
            platt=np.round([platt.slope, platt.intercept], 4),
            base_rate=np.round(np.asarray(y_true, dtype=np.float64).mean(), 4),
            known=np.round(np.percentile(np.asarray(y_score, dtype=np.float64), PERCENT), 4),
        )

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Self:
        """The scale in an artefact's arrays. Raises KeyError for a missing one, ValueError for a wrong shape."""
        scale = cls(*(arrays[name] for name in ("platt", "base_rate", "known")))
        if (scale.platt.shape, scale.base_rate.shape, scale.known.shape) != ((2,), (), PERCENT.shape):
            raise ValueError("the arrays of the scale have other shapes")
        return scale

    @property
    def informed(self) -> bool:
        """Whether higher raw scores mean more acceptances."""
        return float(self.platt[0]) > 0

    def probabilities(self, y_score: ArrayLike) -> Floats:
        """P(accept) of raw scores (n,); strictly increasing in them, beyond those seen in fitting too."""
        return 1 / (1 + np.exp(-(self.platt[0] * np.asarray(y_score, dtype=np.float64) + self.platt[1])))

    def predict(self, y_score: ArrayLike) -> Floats:
        """1.0 to accept, else 0.0; (n,)."""
        return (self.probabilities(y_score) >= self.base_rate).astype(np.float64)

    def percentile(self, score: float) -> float:
        """Which percentage of the known papers have a lower raw score, in [0, 100]."""
        return float(np.interp(score, self.known, PERCENT))
