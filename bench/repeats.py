"""Reviews of the same papers made again: how much a reviewer's scores vary by chance, and what more of them would buy.

The score of a review is taken as the paper's own score plus chance: variance components of the one-way random-effects
model (Shrout & Fleiss 1979, case 1), papers with a score in every repeat. Of the mean of k reviews chance keeps the
k-th part of its variance; a correlation with anything outside grows by the root of the reliability's ratio (Spearman
1904), and the AUC as for normal scores of equal spread in both classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from pydantic import BaseModel, Field

from ..statistics import metrics
from ..statistics.agreement import intraclass_correlation
from ..statistics.arrays import Floats, over_draws, ratio
from ..statistics.bootstrap import drawn_papers, with_sample
from ..statistics.draws import Counts, drawn
from ..statistics.estimate import Estimate, finite
from ..statistics.rank_metrics import spearman
from .answers import DECISION, Column, columns_of
from .outcomes import Humans, Machine
from .repeat_designs import Design, designs_of, mean_score_of
from .run import Run

WORDS = np.array([np.nan if word is None else float(word == "accept") for word in DECISION])
"""1 for accept, 0 for reject, NaN for neither, by their numbers."""


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
    signatures = {entry.name: (entry.name, entry.fingerprint) for entry in run.record.reviewers}
    columns = columns_of(run.all_reviews(), {*signatures.values()}, humans.ids, Column)
    repeats = sorted({repeat for repeat, _ in columns})
    if not any(repeats):
        return []
    counts = drawn_papers(humans.accepted, draws, seed)
    rows: list[RepeatRow] = []
    for machine in machines:
        found = (columns.get((repeat, signatures[machine.name])) for repeat in repeats)
        whole = [column for column in found if column is not None and column.whole]
        if len(whole) > 1 and machine.score is not None:
            scores = np.array([column.numbers[:, 0] for column in whole])
            words = np.array([WORDS[column.words[:, 1]] for column in whole])
            rows.append(_row(humans, machine, scores, words, counts))
    return rows


def _row(humans: Humans, machine: Machine, scores: Floats, words: Floats, counts: Counts) -> RepeatRow:
    """`scores` and `words` are (repeats, n), NaN where a review failed or has none; `counts` (draws, n)."""
    repeats = len(scores)
    whole = np.asarray(np.isfinite(scores).all(axis=0), dtype=np.bool_)
    weights = with_sample(counts[:, whole])
    within = scores[:, whole].var(axis=0, ddof=1)
    n = int(whole.sum())
    nowhere = np.full(len(weights), np.nan)
    sd = over_draws(lambda w: np.sqrt(ratio(within @ w, w.sum(axis=0))), weights, n) if n else nowhere
    reliability = intraclass_correlation([*scores[:, whole].T], sample_weight=weights)[:, 0] if n else nowhere
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
        sd=Estimate.of(sd[0], sd[1:], n),
        reliability=Estimate.of(reliability[0], reliability[1:], n),
        same_decision=_same(words, counts),
        spearman=mean_score_of(spearman(a[whole], b[whole]) for a, b in combinations(scores, 2)),
        aucs=[finite(metrics.roc_auc_score(humans.accepted, row)) for row in imputed],
        auc_of_mean=Estimate.of(
            metrics.roc_auc_score(humans.accepted, mean),
            drawn(metrics.roc_auc_score, counts, humans.accepted, mean),
            len(humans),
        ),
        designs=designs_of(humans, machine, scores[:, whole], whole),
    )


def _same(words: Floats, counts: Counts) -> Estimate | None:
    """Share of pairs of repeats that say the same of a paper; None where fewer than two repeats have a word."""
    pairs = list(combinations(words, 2))
    both = np.array([~np.isnan(a) & ~np.isnan(b) for a, b in pairs])
    compared = both.sum(axis=0)
    if not compared.any():
        return None
    same = np.array([(a == b) for a, b in pairs]).sum(axis=0)
    draws = over_draws(lambda w: (same @ w) / np.maximum(compared @ w, 1), counts, len(same))
    return Estimate.of(same.sum() / compared.sum(), draws, int((compared > 0).sum()))
