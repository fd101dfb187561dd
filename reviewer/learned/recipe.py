"""What every way of training needs of a dataset, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...data.dataset import Dataset
from ...data.records import Judgement, Paper
from ...statistics.arrays import Floats
from ..protocol import paper_key
from .artefact import Model
from .scale import ScoreScale

FOLDS = 10
Ints = NDArray[np.int64]
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Fit:
    """A model fitted on calibration papers, and what its card says of it."""

    held_out: Floats
    """(n,) raw scores of the calibration papers, each by a model that was fitted, in all its parts, without it."""
    model: Callable[[ScoreScale], Model]
    """The model fitted on all of them, given what raw scores mean."""
    features: dict[str, Any]
    training: dict[str, Any]
    data: list[dict[str, Any]] = field(default_factory=list)
    """Other datasets that had a part in it."""
    keys: dict[str, str] = field(default_factory=dict)
    """By other dataset, the `paper_key` of each paper, joined by blanks."""


def folds(accepted: Ints, groups: NDArray[Any], seed: int) -> list[tuple[Ints, Ints]]:
    """Rows to fit on and rows held out: stratified by label (n,), no group (n,) on both sides."""
    from sklearn.model_selection import StratifiedGroupKFold

    classes = [len(np.unique(groups[accepted == label])) for label in (0, 1)]
    splitter = StratifiedGroupKFold(min(FOLDS, *classes), shuffle=True, random_state=seed)
    return list(splitter.split(accepted, accepted, groups))


def labels_of(judgements: Sequence[Judgement]) -> Ints:
    """1 for accepted papers, else 0; (n,)."""
    return np.array([int(j.accepted) for j in judgements], dtype=np.int64)


def groups_of(judgements: Sequence[Judgement]) -> NDArray[Any]:
    """The group of each paper, its own where it has none; (n,)."""
    return np.array([j.group or f"\0{j.paper_id}" for j in judgements])


def standard_scores(values: Floats) -> Floats:
    """The values (n,) in standard deviations from their mean."""
    return (values - values.mean()) / (values.std() or 1.0)


def keys_of(papers: Sequence[Paper]) -> str:
    """The `paper_key` of each paper, joined by blanks."""
    return " ".join(sorted(paper_key(paper.id) for paper in papers))


def described(
    dataset: Dataset, split: str, left_out: dict[str, int] | None = None, used: int | None = None
) -> dict[str, Any]:
    """What the card says of a dataset; `used` papers of it where not all were."""
    return {
        "dataset": dataset.card.name,
        "hash": dataset.card.hash,
        "split": split,
        "papers": len(dataset) if used is None else used,
        "left_out": {reason: n for reason, n in (left_out or {}).items() if n},
    }
