"""What manipulations do to a reviewer's reviews: shifts, flips, order, detection, and its AUC under them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ...statistics.arrays import Bools, Floats
from ...statistics.bootstrap import chosen_groups
from ...statistics.clustered import clustered_mean, clustered_share, group_sums
from ...statistics.estimate import Estimate, auc_estimate
from ...statistics.multiple_testing import holm
from ...statistics.sign_flip import sign_flip_test
from .columns import Column, StressScores
from .decisions import Rule
from .figures import ChangeFigures


def change_figures(scores: StressScores, rule: Rule | None, spread: float | None) -> list[ChangeFigures]:
    """A row for each complete column of a manipulation, tests corrected over all of them."""
    rows = [_row(scores, column, rule, spread) for column in scores.changed if column.there.any()]
    rows += [_nowhere(column) for column in scores.changed if not column.there.any()]
    adjusted = holm([math.nan if row.p is None else row.p for row in rows])
    return [
        row.model_copy(update={"p_holm": None if math.isnan(p) else p}) for row, p in zip(rows, adjusted, strict=True)
    ]


def _row(scores: StressScores, column: Column, rule: Rule | None, spread: float | None) -> ChangeFigures:
    base, there = scores.base(column), column.there
    groups = chosen_groups(scores.groups, there)
    before, after = base.score[there], column.score[there]
    both = np.isfinite(before) & np.isfinite(after)
    shift = clustered_mean((after - before)[both], chosen_groups(groups, both))
    flips, to_accept, decided = _flips(rule, base, column)
    return ChangeFigures(
        name=column.name,
        family=column.family,
        expected=column.expected,
        strength=column.strength,
        papers=int(there.sum()),
        reasons=column.reasons,
        failed=int(column.failed.sum()),
        same=int(column.flags(column.same)[there].sum()),
        shift=shift,
        relative=scaled(shift, 1 / spread if spread else None),
        p=_p_value(before, after, column.failed[there], groups),
        flips=clustered_share(flips[decided], chosen_groups(scores.groups, decided)),
        to_accept=clustered_share(to_accept[decided], chosen_groups(scores.groups, decided)),
        ordered=_ordered(before, after, groups) if column.expected == "lower" else None,
        detected=clustered_share(column.flags(column.found)[there], groups) if column.family == "injection" else None,
        auc=attacked_auc(scores, base, column) if column.expected == "same" else None,
        false_accepts=attacked_accepts(scores, rule, base, column) if column.expected == "same" else None,
    )


def _nowhere(column: Column) -> ChangeFigures:
    none = Estimate(value=None, n=0)
    return ChangeFigures(
        name=column.name, family=column.family, expected=column.expected, strength=column.strength, papers=0,
        reasons=column.reasons, failed=0, same=0, shift=none, relative=none, flips=none, to_accept=none,
    )  # fmt: skip


def scaled(estimate: Estimate, by: float | None) -> Estimate:
    """The estimate in another unit; undefined where there is none."""
    if by is None or estimate.value is None:
        return Estimate(value=None, n=estimate.n)
    ends = {name: None if end is None else end * by for name, end in (("low", estimate.low), ("high", estimate.high))}
    return estimate.model_copy(update={"value": estimate.value * by, **ends})


def _flips(rule: Rule | None, base: Column, column: Column) -> tuple[Floats, Floats, Bools]:
    """(n,) each: whether the decision changes, whether it becomes to accept, and of which papers that is known.

    A changed paper of which the review failed is a change.
    """
    if rule is None:
        return np.zeros(len(base.marks)), np.zeros(len(base.marks)), np.zeros(len(base.marks), dtype=bool)
    before, after = rule.accepts(base), rule.accepts(column)
    changed, accepted = (before != after).astype(float), ((before == 0) & (after == 1)).astype(float)
    return changed, accepted, np.asarray(column.there & np.isfinite(before))


def _ordered(before: Floats, after: Floats, groups: Sequence[object]) -> Estimate:
    """Of papers with a score before; a changed one without is ordered wrongly."""
    known = np.isfinite(before)
    with np.errstate(invalid="ignore"):
        right = np.where(after < before, 1.0, np.where(after == before, 0.5, 0.0))
    return clustered_share(right[known], chosen_groups(groups, known))


def _p_value(before: Floats, after: Floats, failed: Bools, groups: Sequence[object]) -> float | None:
    """Of changes by group; a paper whose changed review failed counts as moved as far as any."""
    moved = after - before
    largest = float(np.nanmax(np.abs(moved), initial=0.0)) if np.isfinite(moved).any() else 0.0
    moved = np.where(failed & np.isnan(moved), -max(largest, 1.0), moved)
    known = np.isfinite(moved)
    if not known.any():
        return None
    return sign_flip_test([group_sums(moved[known], chosen_groups(groups, known)).tolist()]).p_value


def attacked_auc(scores: StressScores, base: Column, column: Column) -> Estimate | None:
    """The AUC with rejected papers in this form, or as the base where there is none, and accepted ones as the base.

    It is over the papers that the base has. A review without a score counts as wrong, as in a bench. None without
    scores, or decisions of both kinds.
    """
    before, after = imputed(scores, base), imputed(scores, column)
    if before is None or after is None:
        return None
    return mixed_auc(scores, before, np.where(column.there, after, before), base.there)


def imputed(scores: StressScores, column: Column) -> Floats | None:
    """(n,) scores, the wrong answer where there is none; None where no paper has a score."""
    score = column.score
    if not np.isfinite(score).any() and not np.isfinite(scores.intact.score).any():
        return None
    return np.where(np.isnan(score), np.where(scores.accepted == 1, -np.inf, np.inf), score)


def mixed_auc(
    scores: StressScores, accepted_ones: Floats, rejected_ones: Floats, chosen: Bools | bool = True
) -> Estimate | None:
    """The AUC with the scores (n,) of the one for accepted papers, of the other for rejected ones, of those chosen."""
    accepted = scores.accepted
    known = np.isfinite(accepted) & chosen
    if len({*accepted[known].tolist()}) < 2:
        return None
    score = np.where(accepted == 1, accepted_ones, rejected_ones)
    return auc_estimate(accepted[known], score[known], groups=chosen_groups(scores.groups, known))


def attacked_accepts(scores: StressScores, rule: Rule | None, base: Column, column: Column) -> Estimate | None:
    """The share of rejected papers accepted in this form, or as the base where there is none; failures count as.

    It is over the papers that the base has.
    """
    if rule is None:
        return None
    accepts = np.where(column.there, rule.accepts(column), rule.accepts(base))
    return rejected_share(scores, np.where(base.there, np.where(np.isnan(accepts), 1.0, accepts), np.nan))


def rejected_share(scores: StressScores, accepts: Floats) -> Estimate | None:
    """The share of rejected papers that are accepted; None without any that is known."""
    known = (scores.accepted == 0) & np.isfinite(accepts)
    return clustered_share(accepts[known], chosen_groups(scores.groups, known)) if known.any() else None


def worst_case(scores: StressScores, rule: Rule | None) -> tuple[Estimate | None, Estimate | None]:
    """AUC and false accepts where each rejected paper is under that change which helps it most.

    Of changes that should not matter, at any strength; the change of the score is added to the intact paper's, so that
    files and texts are on one footing.
    """
    columns = [c for c in scores.changed if c.expected == "same" and c.there.any()]
    if not columns or rule is None:
        return None, None
    gains = np.array([c.score - scores.base(c).score for c in columns])
    intact = imputed(scores, scores.intact)
    best = np.max(np.where(np.isnan(gains), 0.0, gains), axis=0, initial=0.0)
    accepts = np.array([rule.accepts(scores.intact), *(rule.accepts(c) for c in columns)])
    any_of_them = np.max(np.nan_to_num(accepts, nan=0.0), axis=0)
    return (
        None if intact is None else mixed_auc(scores, intact, intact + best),
        rejected_share(scores, np.where(np.isnan(accepts[0]), 1.0, any_of_them)),
    )
