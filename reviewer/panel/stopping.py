"""When a panel has heard enough.

`certain`: no answer that the remaining members could give, from the lowest score of the form to the highest, would
move the mean across the threshold (curtailed sampling). The decision is then that of the whole panel; the mean is that
of the members heard. `likely`: as `certain`, but once two members were heard the others are taken to lie within a point
of those heard. In both, reflection ends with the first round that changes no score and no decision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any, Literal

MARGIN = 1.0
"""Points beyond the scores heard within which `likely` expects the others."""


@dataclass(frozen=True)
class Stopping:
    """The rule for one panel: `threshold` accepts from there on, `low` and `high` are the ends of the scale."""

    rule: Literal["off", "certain", "likely"]
    threshold: float
    low: float
    high: float

    def settled(self, scores: Sequence[float], to_come: int) -> bool:
        """Whether the members to come can no longer change the decision of the mean, (n,) scores heard so far."""
        if self.rule == "off" or not scores:
            return False
        low, high = self._range(scores)
        members = len(scores) + to_come
        heard = fsum(scores)
        return heard + to_come * high < self.threshold * members or heard + to_come * low >= self.threshold * members

    def wave(self, scores: Sequence[float], to_come: int) -> int:
        """How many members to ask at once: the fewest that could settle the decision, all of them without a rule."""
        if self.rule == "off":
            return to_come
        low, high = self._range(scores)
        return next(
            (
                count
                for count in range(1, to_come + 1)
                if self.settled([*scores, *[low] * count], to_come - count)
                or self.settled([*scores, *[high] * count], to_come - count)
            ),
            to_come,
        )

    def nothing_changed(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
        """Whether a round of reflection left every score and the decision as they were."""
        if self.rule == "off":
            return False
        return all(after[name] == value for name, value in before.items() if not isinstance(value, (str, list))) and (
            after["decision"] == before["decision"]
        )

    def _range(self, scores: Sequence[float]) -> tuple[float, float]:
        if self.rule == "likely" and len(scores) >= 2:
            return max(self.low, min(scores) - MARGIN), min(self.high, max(scores) + MARGIN)
        return self.low, self.high
