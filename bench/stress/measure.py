"""All figures of one reviewer from its stored scores; nothing else is asked."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ...data.records import DatasetCard, Judgement
from ...statistics.bootstrap import chosen_groups
from ...statistics.clustered import clustered_mean, clustered_share, clustered_slope
from .attacks import attack_figures, defence_figures
from .changes import change_figures, imputed, mixed_auc, worst_case
from .columns import StressScores
from .decisions import rule_of
from .figures import RatedFigures, StressFigures
from .profile import prevalence_figures, repeat_figures, scale_figures


def stress_figures(scores: StressScores) -> StressFigures:
    """The figures that follow from stored scores."""
    rule, intact = rule_of(scores), scores.intact
    known = intact.score[np.isfinite(intact.score)]
    spread = float(known.std(ddof=1)) if len(known) > 1 and np.ptp(known) > 0 else None
    worst_auc, worst_accepts = worst_case(scores, rule)
    whole, accepted = imputed(scores, intact), scores.accepted
    return StressFigures(
        name=scores.name,
        n=len(scores.papers),
        failed=int(intact.failed.sum()),
        accepted=int(np.nansum(accepted)) if np.isfinite(accepted).any() else None,
        rule=rule.words if rule else "",
        spread=spread,
        auc=None if whole is None else mixed_auc(scores, whole, whole),
        changes=change_figures(scores, rule, spread),
        worst_auc=worst_auc,
        worst_accepts=worst_accepts,
        false_alarms=clustered_share(intact.flags(intact.found), scores.groups),
        attacks=attack_figures(scores, rule),
        defences=defence_figures(scores),
        repeats=repeat_figures(scores, rule),
        scale=scale_figures(scores),
        prevalence=prevalence_figures(scores, rule),
    )


def rated_figures(
    scores: StressScores, words: Sequence[int], judgements: Sequence[Judgement], card: DatasetCard
) -> RatedFigures:
    """Length bias and inflation, which need lengths and human ratings; memory and age are left to the caller.

    `words` and `judgements` are of the papers, in their order; the latter may be none.
    """
    score, length = scores.intact.score, np.log2(np.maximum(np.array(words, dtype=float), 1))
    ratings = np.array([math.nan if j.mean_rating is None else j.mean_rating for j in judgements])
    accepted = np.array([float(j.accepted) for j in judgements])
    known, given, held = np.isfinite(score), [], "nothing"
    if len(ratings) and np.isfinite(ratings).sum() > len(ratings) / 2:
        known, held = known & np.isfinite(ratings), "mean human rating"
        given = [ratings[known]]
    elif len(accepted):
        given, held = [accepted[known]], "human decision"
    groups = chosen_groups(scores.groups, known)
    found = RatedFigures(length_given=held)
    if known.sum() > 3:
        found.length = clustered_slope(score[known], length[known], given, groups)
    scale, human = scores.traits.scale, card.scale
    if not len(ratings) or not np.isfinite(ratings).any():
        found.inflation_missing = "there are no human ratings"
    elif scale is None or not human or tuple(scale) != (human[0], human[-1]):
        ends = f"{human[0]:g} to {human[-1]:g}" if human else "not known"
        found.inflation_missing = f"its scores are not on the scale of the human ratings ({ends})"
    else:
        both = np.isfinite(score) & np.isfinite(ratings)
        found.inflation = clustered_mean((score - ratings)[both], chosen_groups(scores.groups, both))
    return found
