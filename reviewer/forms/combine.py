"""Several answers to one form as one review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum
from typing import Any

from .form import Form


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
