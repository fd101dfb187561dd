"""Reviews of the same papers made again: how much a reviewer's scores vary by chance, and what more of them would buy.

The score of a review is taken as the paper's own score plus chance: variance components of the one-way random-effects
model (Shrout & Fleiss 1979, case 1), papers with a score in every repeat. Of the mean of k reviews chance keeps the
k-th part of its variance; a correlation with anything outside grows by the root of the reliability's ratio (Spearman
1904), and the AUC as for normal scores of equal spread in both classes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
from pydantic import BaseModel, Field

from ..statistics import metrics
from ..statistics.arrays import Bools, Floats
from ..statistics.bootstrap import stratified_counts
from ..statistics.estimate import Estimate, finite
from ..statistics.rank_metrics import spearman
from .outcomes import Humans, Machine
from .run import Run

LEAST = 8
"""Papers of either class without which nothing is foretold."""
MORE_REVIEWS = (2, 3, 5, 10)
MORE_PAPERS = (2, 4)


class Design(BaseModel):
    """What an evaluation of another size could be expected to show."""

    name: str
    papers: int
    reviews: float = Field(description="reviews per paper; members of a panel as parts of one")
    auc: float | None
    se: float | None = Field(description="standard error of the AUC over papers (Hanley & McNeil 1982)")
    spearman: float | None = Field(description="with the mean human rating")
    usd: float | None


class RepeatRow(BaseModel):
    """How a reviewer agrees with itself."""

    reviewer: str
    repeats: int
    n: int = Field(description="papers with a score in every repeat")
    failed: list[int] = Field(description="failed reviews of each repeat")
    sd: Estimate = Field(description="standard deviation of a paper's score from run to run, in points")
    reliability: Estimate = Field(description="share of the scores' variance that is the papers', ICC(1)")
    same_decision: Estimate | None = Field(description="share of pairs of repeats with the same own decision")
    spearman: float | None = Field(description="mean rank correlation of two repeats")
    aucs: list[float | None] = Field(description="of each repeat, failures counted as wrong")
    auc_of_mean: Estimate = Field(description="of the mean over the repeats that have a score")
    designs: list[Design] = Field(default_factory=list)


def repeat_rows(run: Run, humans: Humans, machines: Sequence[Machine], *, draws: int, seed: int = 0) -> list[RepeatRow]:
    """A row for each reviewer with scores that reviewed all papers more than once."""
    counts = stratified_counts(humans.accepted, draws, seed)
    rows: list[RepeatRow] = []
    repeats = run.repeats()
    fingerprints = {entry.name: entry.fingerprint for entry in run.record.reviewers}
    for machine in machines:
        told = [
            [there.get((machine.name, fingerprints[machine.name], paper)) for paper in humans.ids]
            for _, there in sorted(repeats.items())
        ]
        found = [[review for review in row if review is not None] for row in told]
        whole = [row for row in found if len(row) == len(humans)]
        if len(whole) > 1 and machine.score is not None:
            scores = np.array([[np.nan if v.overall is None else v.overall for v in row] for row in whole], dtype=float)
            words = np.array([[_word(v.decision) for v in row] for row in whole])
            rows.append(_row(humans, machine, scores, words, counts))
    return rows


def _word(decision: str | None) -> float:
    return np.nan if decision is None else float(decision == "accept")


def _row(humans: Humans, machine: Machine, scores: Floats, words: Floats, counts: np.ndarray) -> RepeatRow:
    """`scores` and `words` are (repeats, n), NaN where a review failed or has none; `counts` (draws, n)."""
    repeats = len(scores)
    whole = np.asarray(np.isfinite(scores).all(axis=0), dtype=np.bool_)
    weights = counts[:, whole].astype(float)
    within = scores[:, whole].var(axis=0, ddof=1)
    means, once, n = scores[:, whole].mean(axis=0), np.ones((1, int(whole.sum()))), int(whole.sum())
    sd = _root_mean(within, once)[0], _root_mean(within, weights)
    reliability = _reliability(means, within, repeats, once)[0], _reliability(means, within, repeats, weights)
    wrong = np.where(humans.accepted, -np.inf, np.inf)
    imputed = np.where(np.isnan(scores), wrong, scores)
    mean = np.array(
        [np.nanmean(column) if not np.isnan(column).all() else w for column, w in zip(scores.T, wrong, strict=True)]
    )
    return RepeatRow(
        reviewer=machine.name,
        repeats=repeats,
        n=n,
        failed=np.isnan(scores).sum(axis=1).tolist(),
        sd=Estimate.of(*sd, n),
        reliability=Estimate.of(*reliability, n),
        same_decision=_same(words, counts),
        spearman=_mean_of(spearman(a[whole], b[whole]) for a, b in combinations(scores, 2)),
        aucs=[finite(metrics.roc_auc_score(humans.accepted, row)) for row in imputed],
        auc_of_mean=Estimate.of(
            metrics.roc_auc_score(humans.accepted, mean),
            metrics.roc_auc_score(humans.accepted, mean, sample_weight=counts),
            len(humans),
        ),
        designs=_designs(humans, machine, scores[:, whole], whole),
    )


def _root_mean(within: Floats, weights: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.sqrt(weights @ within / weights.sum(axis=1))


def _reliability(means: Floats, within: Floats, k: int, w: Floats) -> Floats:
    """ICC(1) of each draw, (draws,), from the papers' means and their variances within, both (n,); `w` (draws, n)."""
    total = w.sum(axis=1)
    centre = w @ means / np.maximum(total, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        between = k * (w @ means**2 - total * centre**2) / (total - 1)
        noise = w @ within / total
        return (between - noise) / (between + (k - 1) * noise)


def _same(words: Floats, counts: np.ndarray) -> Estimate | None:
    """Share of pairs of repeats that say the same of a paper; None where fewer than two repeats have a word."""
    pairs = list(combinations(words, 2))
    both = np.array([~np.isnan(a) & ~np.isnan(b) for a, b in pairs])
    told = both.sum(axis=0)
    if not told.any():
        return None
    same = np.array([(a == b) for a, b in pairs]).sum(axis=0)
    return Estimate.of(same.sum() / told.sum(), (counts @ same) / np.maximum(counts @ told, 1), int((told > 0).sum()))


def _mean_of(values: Iterable[float]) -> float | None:
    found = [value for value in values if math.isfinite(value)]
    return float(np.mean(found)) if found else None


def _designs(humans: Humans, machine: Machine, scores: Floats, whole: Bools) -> list[Design]:
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
    rho = _mean_of(spearman(rating[rated], row[rated]) for row in scores) if rated.any() else None
    reliability = float(_reliability(means, scores.var(axis=0, ddof=1), k, np.ones((1, len(means))))[0])
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
