"""What more reviews of a paper, or more papers, would bring."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from pydantic import BaseModel, Field

from ..statistics import metrics
from ..statistics.agreement import intraclass_correlation
from ..statistics.arrays import Bools, Floats
from ..statistics.rank_metrics import spearman
from .outcomes import Humans, Machine

LEAST = 8
"""Papers of either class without which nothing is foretold."""
MORE_REVIEWS = (2, 3, 5, 10)
MORE_PAPERS = (2, 4)


def mean_score_of(values: Iterable[float]) -> float | None:
    """The mean of the finite values; None without any."""
    found = [value for value in values if math.isfinite(value)]
    return float(np.mean(found)) if found else None


class Design(BaseModel):
    """What an evaluation of another size could be expected to show."""

    name: str
    papers: int
    reviews: float = Field(description="reviews per paper; members of a panel as parts of one")
    auc: float | None
    se: float | None = Field(description="standard error of the AUC over papers (Hanley & McNeil 1982)")
    spearman: float | None = Field(description="with the mean human rating")
    usd: float | None


def designs_of(humans: Humans, machine: Machine, scores: Floats, whole: Bools) -> list[Design]:
    """This size and larger ones; none where a class has too few papers, or the scores do not vary within it."""
    accepted, n = humans.accepted[whole], len(humans)
    if min(accepted.sum(), (~accepted).sum()) < LEAST:
        return []
    k = len(scores)
    noise = float(scores.var(axis=0, ddof=1).mean())
    means = scores.mean(axis=0)
    pooled = sum(means[accepted == label].var(ddof=1) * ((accepted == label).sum() - 1) for label in (True, False))
    own = max(float(pooled) / (len(means) - 2) - noise / k, 0.0)
    if own + noise == 0:
        return []
    auc = float(np.mean([metrics.roc_auc_score(accepted, row) for row in scores]))
    rating = humans.rating[whole]
    rated = ~np.isnan(rating)
    rho = mean_score_of(spearman(rating[rated], row[rated]) for row in scores) if rated.any() else None
    reliability = float(intraclass_correlation(list(scores.T))[0])
    members = machine.members

    def design(name: str, reviews: float, papers: int) -> Design:
        """`reviews` per paper, against one now."""
        expected = _auc_of_mean(auc, own, noise, reviews)
        share = reviews / (1 + (reviews - 1) * reliability) if reliability > 0 else 1.0
        usd = machine.usd
        return Design(
            name=name,
            papers=papers,
            reviews=reviews,
            auc=expected,
            se=hanley_mcneil(
                expected, papers * float(humans.accepted.mean()), papers * float((~humans.accepted).mean())
            ),
            spearman=None if rho is None else _of_mean(rho, share),
            usd=None if usd is None else usd * reviews * papers,
        )

    more = [design(f"{times} reviews per paper", times, n) for times in MORE_REVIEWS]
    papers = [design(f"{times} times the papers", 1, times * n) for times in MORE_PAPERS]
    member = [design(f"one more member ({members + 1:g})", (members + 1) / members, n)] if members > 0 else []
    return [design("as it is: one review per paper", 1, n), *member, *more, *papers]


def _auc_of_mean(auc: float, own: float, noise: float, reviews: float) -> float:
    """The AUC of the mean of so many reviews: equal-variance normal scores whose chance shrinks."""
    from scipy.special import ndtr, ndtri

    apart = float(ndtri(min(max(auc, 1e-9), 1 - 1e-9)))
    return float(ndtr(apart * math.sqrt((own + noise) / (own + noise / reviews)))) if own + noise / reviews else auc


def _of_mean(rho: float, share: float) -> float:
    """The rank correlation where the reliability has grown by this ratio, of normal variables (Pearson 1907)."""
    grown = 2 * math.sin(math.pi * rho / 6) * math.sqrt(share)
    return 6 / math.pi * math.asin(min(max(grown, -1.0), 1.0) / 2)


def hanley_mcneil(auc: float, accepted: float, rejected: float) -> float:
    """Standard error of an AUC over so many papers of either class (Hanley & McNeil 1982)."""
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = auc * (1 - auc) + (accepted - 1) * (q1 - auc**2) + (rejected - 1) * (q2 - auc**2)
    return math.sqrt(max(variance, 0.0) / (accepted * rejected))
