"""What failed reviews do to the AUC: counted as wrong, left out, and decided by a coin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from ..statistics.arrays import Bools, Floats
from ..statistics.estimate import Estimate, too_few
from ..statistics.metrics import roc_auc_score
from .ceilings import with_sample


class OutageRow(BaseModel):
    """The AUC of a reviewer with failed reviews under three treatments of them."""

    name: str
    failed: int
    wrong: Estimate = Field(description="a failed review loses every pair: the AUC of all tables")
    coin: Estimate = Field(description="a coin decides each pair with a failed review")
    complete: Estimate = Field(description="papers with a failed review left out, as most published tables do")


def outage_row(name: str, accepted: Bools, score: Floats, counts: NDArray[np.uint8]) -> OutageRow:
    """The three treatments of the scores (n,) that are infinite, `counts` (draws, n) being how often a paper is drawn.

    Raises ValueError where no paper of a class has a score.
    """
    told = np.isfinite(score)
    if len(set(accepted[told].tolist())) < 2:
        raise ValueError(f"{name}: no {'accepted' if not accepted[told].any() else 'rejected'} paper has a score")
    weights = with_sample(counts)
    complete = roc_auc_score(accepted[told], score[told], sample_weight=weights[:, told])
    decided = _pairs(weights[:, told], accepted[told]) / _pairs(weights, accepted)
    treatments = {
        "wrong": complete * decided,
        "coin": complete * decided + (1 - decided) / 2,
        "complete": complete,
    }
    n = {"complete": int(told.sum())}
    found = {kind: Estimate.of(v[0], v[1:], n.get(kind, len(score))) for kind, v in treatments.items()}
    if too_few(accepted[told]):
        found = {kind: estimate.without_interval() for kind, estimate in found.items()}
    return OutageRow(name=name, failed=int((~told).sum()), **found)


def _pairs(weights: NDArray[np.uint8], accepted: Bools) -> Floats:
    """How many pairs of an accepted and a rejected paper each draw has, (draws,)."""
    return (weights @ accepted.astype(np.float64)) * (weights @ (~accepted).astype(np.float64))
