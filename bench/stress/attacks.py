"""What an attacker reaches, and what defences cost on clean papers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...statistics.bootstrap import chosen_groups
from ...statistics.clustered import clustered_mean, clustered_share
from ...statistics.estimate import Estimate
from .changes import imputed, mixed_auc, rejected_share, scaled
from .columns import Column, StressScores
from .decisions import Rule
from .figures import AttackFigures, DefenceFigures
from .forms import RAW
from .records import ATTACK, DEFENCE


def attack_figures(scores: StressScores, rule: Rule | None) -> list[AttackFigures]:
    """A row for each attack."""
    by_name: dict[str, list[Column]] = {}
    for column in scores.named(ATTACK):
        by_name.setdefault(column.name, []).append(column)
    rows = [_attack(scores, name, rounds, rule) for name, rounds in by_name.items()]
    return [row for row in rows if row is not None]


def _attack(scores: StressScores, name: str, rounds: Sequence[Column], rule: Rule | None) -> AttackFigures | None:
    """The best of the intact paper and of all rounds, by the score that the attacker sees."""
    intact = imputed(scores, scores.intact)
    if rule is None or intact is None:
        return None
    made = np.array([column.there for column in rounds])
    seen = np.array([scores.intact.score, *(column.score for column in rounds)])
    chosen = np.argmax(np.where(np.isnan(seen), -np.inf, seen), axis=0)
    papers = np.arange(len(intact))
    best = np.where(np.isnan(seen[chosen, papers]), intact, seen[chosen, papers])
    decided = np.array([rule.accepts(scores.intact), *(rule.accepts(column) for column in rounds)])
    attacked = made.any(axis=0)
    groups = chosen_groups(scores.groups, attacked)
    tried = clustered_mean(made.sum(axis=0)[attacked].astype(float), groups)
    before, after = mixed_auc(scores, intact, intact), mixed_auc(scores, intact, best)
    accepts_before = rejected_share(scores, _wrong(decided[0]))
    accepts = rejected_share(scores, _wrong(decided[chosen, papers]))
    if before is None or after is None or accepts is None or accepts_before is None:
        return None
    return AttackFigures(
        name=name,
        papers=int(attacked.sum()),
        rounds=tried,
        usd=_price(scores, rounds, tried, int(made.sum())),
        gain=clustered_mean((best - scores.intact.score)[attacked], groups),
        auc_before=before,
        auc=after,
        accepts_before=accepts_before,
        accepts=accepts,
    )


def _price(scores: StressScores, rounds: Sequence[Column], tried: Estimate, made: int) -> Estimate | None:
    """Per paper: reviews of all rounds, and the writing of their texts. None: unknown."""
    written = [column.usd for column in rounds]
    if scores.usd_per_review is None or None in written or not made:
        return None
    return scaled(tried, scores.usd_per_review + sum(usd or 0.0 for usd in written) / made)


def _wrong(accepts: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(accepts), 1.0, accepts)


def defence_figures(scores: StressScores) -> list[DefenceFigures]:
    """A row for each defence that the papers were also read without, or with."""
    return [_defence(scores, column) for column in scores.named(DEFENCE) if column.complete]


def _defence(scores: StressScores, column: Column) -> DefenceFigures:
    """Scrubbing is what intact papers have; the removal of injections is what they have not."""
    off = column.name == RAW
    with_it, without = (scores.intact, column) if off else (column, scores.intact)
    moved = with_it.score - without.score
    known = np.isfinite(moved)
    aucs = [imputed(scores, side) for side in (with_it, without)]
    return DefenceFigures(
        name="scrubbing" if off else column.name.removeprefix(DEFENCE),
        with_it="with it" if off else "without it",
        changed=clustered_share(~column.flags(column.same), scores.groups),
        shift=clustered_mean(moved[known], chosen_groups(scores.groups, known)),
        auc_with=None if aucs[0] is None else mixed_auc(scores, aucs[0], aucs[0]),
        auc_without=None if aucs[1] is None else mixed_auc(scores, aucs[1], aucs[1]),
    )
