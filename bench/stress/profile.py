"""What a reviewer is like on papers as they are: repeats, use of its scale, how much it accepts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from ...statistics.arrays import Bools, Floats
from ...statistics.bootstrap import chosen_groups, stratified_counts, with_sample
from ...statistics.clustered import clustered_mean, clustered_share
from ...statistics.estimate import Estimate
from .changes import rejected_share
from .columns import Column, StressScores
from .decisions import Rule
from .figures import PrevalenceFigures, RepeatFigures, ScaleFigures

DRAWS = 2000
MOST_POINTS = 25
"""A scale of more whole points is taken in tenths."""


def repeat_figures(scores: StressScores, rule: Rule | None) -> RepeatFigures | None:
    """None where papers were reviewed once."""
    columns = scores.repeats
    if len(columns) < 2:
        return None
    table = np.array([column.score for column in columns])
    whole = np.isfinite(table).all(axis=0)
    groups = chosen_groups(scores.groups, whole)
    within = table[:, whole].var(axis=0, ddof=1)
    agreement, compared = _agreement(columns, rule)
    return RepeatFigures(
        repeats=len(columns),
        sd=_root(clustered_mean(within, groups, within=(0.0, np.inf))),
        agreement=clustered_share(agreement[compared], chosen_groups(scores.groups, compared)),
        drift=clustered_mean((table[-1] - table[0])[whole], groups),
    )


def _root(variance: Estimate) -> Estimate:
    ends = {name: None if end is None else max(end, 0.0) ** 0.5
            for name, end in (("value", variance.value), ("low", variance.low), ("high", variance.high))}  # fmt: skip
    return variance.model_copy(update=ends)


def _agreement(columns: Sequence[Column], rule: Rule | None) -> tuple[Floats, Bools]:
    """(n,) the share of pairs of repeats that decide the same, and where any pair decides."""
    if rule is None:
        return np.zeros(len(columns[0].marks)), np.zeros(len(columns[0].marks), dtype=bool)
    decided = [rule.accepts(column) for column in columns]
    pairs = list(combinations(decided, 2))
    both = np.array([np.isfinite(a) & np.isfinite(b) for a, b in pairs])
    same = np.array([a == b for a, b in pairs])
    return same.sum(axis=0) / np.maximum(both.sum(axis=0), 1), np.asarray(both.any(axis=0))


def scale_figures(scores: StressScores) -> ScaleFigures | None:
    """None without scores."""
    score = scores.intact.score
    known = np.isfinite(score)
    found, groups = score[known], chosen_groups(scores.groups, known)
    if not len(found):
        return None
    scale = scores.traits.scale
    low, high = scale or (float(found.min()), float(found.max()))
    whole = scale is not None and high - low <= MOST_POINTS and float(high - low).is_integer()
    points = round(high - low) + 1 if whole else 10
    place = (found - low) / (high - low) if high > low else np.zeros(len(found))
    bins = np.minimum(np.round(place * (points - 1)) if whole else np.floor(place * points), points - 1).astype(int)
    counts = stratified_counts(np.zeros(len(found)), DRAWS, groups=groups)
    entropy = _entropy(bins, points, np.asarray(with_sample(counts), dtype=np.float64))
    share = Estimate(value=None, n=len(found))
    if scale is not None:
        drawn = [_spread(np.repeat(place, row)) for row in counts[:500]]
        share = Estimate.of(_spread(place), drawn, len(found))
    return ScaleFigures(
        share=share, entropy=Estimate.of(float(entropy[0]), entropy[1:], len(found)), points=points,
        known=scale is not None,
    )  # fmt: skip


def _spread(place: Floats) -> float:
    low, high = np.quantile(place, [0.05, 0.95])
    return float(high - low)


def _entropy(bins: np.ndarray, points: int, weights: Floats) -> Floats:
    """(draws,): Shannon's entropy of the points' shares over its highest value."""
    share = np.stack([weights[:, bins == point].sum(axis=1) for point in range(points)], axis=1)
    share = share / share.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return -np.nansum(np.where(share > 0, share * np.log(share), 0.0), axis=1) / np.log(points)


def prevalence_figures(scores: StressScores, rule: Rule | None) -> PrevalenceFigures | None:
    """None without decisions of both kinds, or a rule."""
    accepted = scores.accepted
    if rule is None or not ((accepted == 0).any() and (accepted == 1).any()):
        return None
    decided = rule.accepts(scores.intact)
    known = np.isfinite(accepted) & np.isfinite(decided)
    truth, said, groups = accepted[known], decided[known], chosen_groups(scores.groups, known)
    if len({*truth.tolist()}) < 2:
        return None
    weight = len(truth) / 2 / np.where(truth == 1, (truth == 1).sum(), (truth == 0).sum())
    balanced = clustered_mean(weight * said, groups, within=(0.0, 1.0))
    if not 0 < said.mean() < 1:
        balanced = clustered_share(said, groups)
    false_accepts = rejected_share(scores, decided)
    assert false_accepts is not None
    return PrevalenceFigures(
        humans=float(truth.mean()), natural=clustered_share(said, groups), balanced=balanced,
        false_accepts=false_accepts,
    )  # fmt: skip
