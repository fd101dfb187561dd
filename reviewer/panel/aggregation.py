"""How the members' reviews become one, and when a panel has heard enough of them.

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

from ..forms.form import Form


def mean_review(form: Form, answers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The mean of several parsed answers: an ensemble's review.

    Scores are averaged and never rounded, so that they may lie between the values that the form allows. A flag is
    raised where at least half of the members raise it; the decision is the word of more than half, else reject.
    Texts and lists are not merged: they are those of the member whose overall is nearest to the mean, the first of
    equally near ones.

    Raises ValueError without answers.
    """
    if not answers:
        raise ValueError("no answers to average")
    count = len(answers)
    scores = {f.name: fsum(a[f.name] for a in answers) / count for f in form.fields if f.kind == "score"}
    spokesman = min(answers, key=lambda answer: abs(answer[form.overall] - scores[form.overall]))
    flags = {f.name: 2 * sum(a[f.name] for a in answers) >= count for f in form.fields if f.kind == "flag"}
    accepting = sum(answer["decision"] == "accept" for answer in answers)
    decided = {**scores, **flags, "decision": "accept" if 2 * accepting > count else "reject"}
    return {field.name: decided.get(field.name, spokesman[field.name]) for field in form.fields}


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
