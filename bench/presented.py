"""A run as its readers see it: replayed reviewers by short names, rows by their AUC. Files keep names and order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel

from .outcomes import Machine
from .records import ReviewerMetrics
from .summary import RunMetrics

Model = TypeVar("Model", bound=BaseModel)
LONG = 24
"""Characters up to which a name is left as it is."""


def presented(figures: RunMetrics, machines: Sequence[Machine]) -> tuple[RunMetrics, list[Machine]]:
    """The metrics and the machines with short names, reviewers by their AUC, those fitted on these papers last."""
    names = short_names([reviewer.name for reviewer in figures.reviewers])
    renamed = with_names(figures, names)
    ordered = renamed.model_copy(update={"reviewers": sorted(renamed.reviewers, key=_place)})
    return ordered, [replace(m, name=names.get(m.name, m.name)) for m in machines]


def _place(reviewer: ReviewerMetrics) -> tuple[bool, float]:
    auc = reviewer.scores.get("auc")
    return reviewer.in_sample > 0, 2.0 if auc is None or auc.value is None else -auc.value


def short_names(names: Sequence[str]) -> dict[str, str]:
    """A short name for each replay whose name is long: that of its file, without what all such files have in common.

    The first word always stays. No two are the same, nor the same as another name.
    """
    long = [name for name in names if name.startswith("replay:") and len(name) > LONG]
    words = {name: name.removeprefix("replay:").split("_") for name in long}
    head = _shared(list(words.values()))
    tail = _shared([list(reversed(rest[head:])) for rest in words.values()])
    short = {name: "_".join([w[0], *w[max(head, 1) : len(w) - tail if tail else None]]) for name, w in words.items()}
    others = set(names) - set(long)
    unique = len(set(short.values())) == len(short) and not others & set(short.values())
    return short if unique else {name: name.removeprefix("replay:") for name in long}


def _shared(words: Sequence[Sequence[str]]) -> int:
    """How many words all lists begin with."""
    count = 0
    while words and all(count < len(own) and own[count] == words[0][count] for own in words):
        count += 1
    return count


def with_names(model: Model, names: Mapping[str, str]) -> Model:
    """The model with other names wherever they stand in its texts and keys."""
    if not names:
        return model
    return type(model).model_validate(_renamed(model.model_dump(), sorted(names.items(), key=lambda n: -len(n[0]))))


def _renamed(value: Any, names: Sequence[tuple[str, str]]) -> Any:
    if isinstance(value, str):
        for name, short in names:
            value = value.replace(name, short)
        return value
    if isinstance(value, dict):
        return {_renamed(key, names): _renamed(item, names) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_renamed(item, names) for item in value]
    return value
