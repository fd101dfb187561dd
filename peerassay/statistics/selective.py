"""Deciding only a part of the papers: risk against coverage, abstention at a promised risk, and the lowest share.

El-Yaniv & Wiener (2010) for risk-coverage curves; Geifman & El-Yaniv (2017) for selection at a guaranteed risk.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Bools, Floats, binary, paired, ratio
from .cross_fitting import deal_folds
from .estimate import Estimate
from .intervals import wilson

COVERAGES = (1.0, 0.75, 0.5, 0.25, 0.1)
LEVEL = 0.95
CUTS = 20
"""Cuts that are looked at, at equal steps of coverage; a promise holds for all of them together."""


@dataclass(frozen=True)
class RiskCoverage:
    """What share of the decisions is wrong when only the surest ones are made."""

    coverages: tuple[float, ...]
    risks: tuple[Estimate, ...]
    """At each coverage, the share of wrong decisions among those made."""
    area: Estimate
    """The mean risk over all coverages; constant confidence has the risk at full coverage."""


def risk_coverage(
    wrong: ArrayLike, confidence: ArrayLike, counts: ArrayLike, *, coverages: Sequence[float] = COVERAGES
) -> RiskCoverage:
    """Risk at some coverages, and its mean over all.

    `wrong` (n,) of 0 and 1, `confidence` (n,), higher is surer; `counts` (draws, n), how often a paper is drawn. Papers
    of equal confidence are decided in part, as if in random order. Intervals hold decisions and confidences as given.

    Raises ValueError for wrong shapes.
    """
    w, c = paired(wrong, confidence, ("wrong", "confidence"))
    errors = binary(w, "wrong").astype(np.float64)
    level = np.unique(-c, return_inverse=True)[1]
    weights = np.concatenate([np.ones((1, len(w))), np.asarray(counts, dtype=np.float64)])
    papers = _by_level(weights, level)
    failures = _by_level(weights * errors, level)
    curves = [_risk_at(papers, failures, share) for share in coverages]
    grid = np.linspace(1 / len(w), 1, min(len(w), 100))
    area = np.mean([_risk_at(papers, failures, share) for share in grid], axis=0)
    n = len(w)
    return RiskCoverage(
        tuple(coverages),
        tuple(Estimate.of(float(curve[0]), curve[1:], n) for curve in curves),
        Estimate.of(float(area[0]), area[1:], n),
    )


def _by_level(weights: Floats, level: np.ndarray) -> Floats:
    """Sums of the weights (draws, n) up to each level of confidence, (draws, levels + 1) from 0 on."""
    sums = np.zeros((len(weights), level.max() + 2))
    for number in range(level.max() + 1):
        sums[:, number + 1] = weights[:, level == number].sum(axis=1)
    return sums.cumsum(axis=1)


def _risk_at(papers: Floats, failures: Floats, share: float) -> Floats:
    """The risk of each draw when this share of its papers is decided, those of the last level in part."""
    wanted = share * papers[:, -1]
    last = (papers < wanted[:, None] - 1e-9).sum(axis=1)
    rows = np.arange(len(papers))
    before, inside = papers[rows, last - 1], papers[rows, last] - papers[rows, last - 1]
    part = ratio(wanted - before, inside)
    wrong = failures[rows, last - 1] + part * (failures[rows, last] - failures[rows, last - 1])
    return ratio(wrong, wanted)


@dataclass(frozen=True)
class Abstention:
    """Deciding only where the risk is promised to stay below a bound, tried on papers that chose no cut."""

    bound: float
    coverage: Estimate
    risk: Estimate | None
    """Share of wrong decisions among those made; None where none is made."""

    @property
    def kept(self) -> bool | None:
        """Whether the realised risk stays at the bound or below; None where nothing is decided."""
        return None if self.risk is None or self.risk.value is None else self.risk.value <= self.bound


def abstain(
    y_true: ArrayLike,
    wrong: ArrayLike,
    confidence: ArrayLike,
    bound: float,
    *,
    groups: Sequence[str | None] | None = None,
    folds: int = 10,
    seed: int = 0,
) -> Abstention:
    """Decide where the confidence reaches a cut at which the risk stays below `bound`, and see what came of it.

    The cut of a fold is the lowest at which, on the other folds, Clopper & Pearson's (1934) 95% upper limit of the risk
    is at most `bound`, corrected for the number of cuts that are looked at; where there is none, nothing is decided.
    `y_true` (n,) deals the folds; `wrong`, `confidence` (n,) as in `risk_coverage`; papers of one of `groups` stay on
    one side. Intervals are Wilson's.

    Raises ValueError for wrong shapes, or a bound outside (0, 1).
    """
    if not 0 < bound < 1:
        raise ValueError(f"the bound must lie between 0 and 1, not {bound}")
    w, c = paired(wrong, confidence, ("wrong", "confidence"))
    errors = binary(w, "wrong")
    fold_of_paper = deal_folds(binary(np.asarray(y_true), "y_true").astype(int), groups, folds, seed)
    decided = np.zeros(len(w), dtype=bool)
    for fold in range(fold_of_paper.max() + 1):
        outside = fold_of_paper != fold
        decided[~outside] = c[~outside] >= _cut(errors[outside], c[outside], bound)
    many, failures = int(decided.sum()), int(errors[decided].sum())
    return Abstention(bound, _share(many, len(w)), _share(failures, many) if many else None)


def _cut(errors: Bools, confidence: Floats, bound: float) -> float:
    from scipy.stats import beta

    best = math.inf
    for cut in np.unique(np.quantile(confidence, np.linspace(0, 1, CUTS, endpoint=False)))[::-1]:
        made = confidence >= cut
        many, failures = int(made.sum()), int(errors[made].sum())
        limit = 1.0 if failures == many else float(beta.ppf(1 - (1 - LEVEL) / CUTS, failures + 1, many - failures))
        if limit <= bound:
            best = float(cut)
    return best


@dataclass(frozen=True)
class Lowest:
    """What turning away the lowest-scored share of the papers costs."""

    share: float
    turned_away: float
    """Papers, n times the share."""
    false: Estimate
    """Share of all accepted papers that are turned away."""
    accepted: Estimate
    """Share of accepted papers among those turned away."""


def lowest(y_true: ArrayLike, y_score: ArrayLike, share: float) -> Lowest:
    """False rejections when the papers with the lowest scores are turned away unread.

    `y_true` (n,) of 0 and 1, `y_score` (n,); papers that tie at the cut are turned away in part, as if by lot.
    Intervals are Wilson's, of the expected counts.

    Raises ValueError for wrong shapes, or a share outside (0, 1).
    """
    if not 0 < share < 1:
        raise ValueError(f"the share must lie between 0 and 1, not {share}")
    y, s = paired(y_true, y_score, ("y_true", "y_score"))
    accepted = binary(y, "y_true")
    wanted = share * len(s)
    cut = np.sort(s)[math.ceil(wanted) - 1]
    below, at = s < cut, s == cut
    weight = below + at * (wanted - below.sum()) / at.sum()
    lost = float((weight * accepted).sum())
    return Lowest(share, wanted, _share(lost, int(accepted.sum())), _share(lost, wanted))


def _share(k: float, n: float) -> Estimate:
    low, high = wilson([k], [n])
    return Estimate(value=k / n, low=float(low[0]), high=float(high[0]), n=round(n))
