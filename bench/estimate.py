"""A figure with its interval and the number of papers that it stands on."""

from __future__ import annotations

import math
from typing import Self

from numpy.typing import ArrayLike
from pydantic import BaseModel, Field

from .bootstrap import percentile_interval

PAPERS = 32
"""Papers below which there is no interval: no method that was tried covers there."""


class Estimate(BaseModel):
    """A figure, its 95% interval, and on how many papers it stands. None: undefined."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int
    few: bool = Field(default=False, description="too few papers for an interval, see `intervals.too_few`")

    @classmethod
    def between(cls, value: float, ends: tuple[float, float], n: int) -> Self:
        """The value on the sample of n papers with the ends of its interval."""
        return cls(value=finite(value), low=finite(ends[0]), high=finite(ends[1]), n=n)

    @classmethod
    def of(cls, value: float, draws: ArrayLike, n: int) -> Self:
        """The value on the sample of n papers, with the percentile interval of its bootstrap draws, (draws,).

        None below `PAPERS` papers.
        """
        if n < PAPERS:
            return cls(value=finite(value), n=n, few=True)
        return cls.between(value, percentile_interval(draws), n)

    def without_interval(self) -> Self:
        """The value alone, marked as one of too few papers."""
        return self.model_copy(update={"low": None, "high": None, "few": True})


def finite(value: float) -> float | None:
    """The value, None where it is NaN or infinite."""
    return float(value) if math.isfinite(value) else None
