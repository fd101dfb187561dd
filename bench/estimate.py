"""A figure with its interval and the number of papers that it stands on."""

from __future__ import annotations

import math
from typing import Self

from numpy.typing import ArrayLike
from pydantic import BaseModel

from .bootstrap import percentile_interval


class Estimate(BaseModel):
    """A figure, its 95% interval over bootstrap draws of papers, and on how many papers it stands. None: undefined."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int

    @classmethod
    def of(cls, value: float, draws: ArrayLike, n: int) -> Self:
        """The value on the sample of n papers, with the percentile interval of its bootstrap draws, (draws,)."""
        low, high = percentile_interval(draws)
        return cls(value=finite(value), low=finite(low), high=finite(high), n=n)


def finite(value: float) -> float | None:
    """The value, None where it is NaN or infinite."""
    return float(value) if math.isfinite(value) else None
