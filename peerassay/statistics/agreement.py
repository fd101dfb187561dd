"""How well humans agree with one another, with the decisions that they made, and what fresh committees would reach.

Halves of the reviewers measure against each other, not against the venue, and the venue's own reviewers made its
decision. What a fresh committee would reach against the venue's decision is therefore a model: a rating is quality plus
an independent deviation, and all is normal. The correlation of a fresh committee's mean with what the venue decided by
then follows from ICC(1), ICC(k) and the AUC of the mean rating for the decision.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arrays import Floats, Value, binary, over_draws, paired, ratio, settling_repeats
from .bootstrap import chosen_groups, drawn_papers, with_sample
from .draws import Counts, drawn
from .estimate import Estimate
from .metrics import balanced_accuracy_score, roc_auc_score
from .rank_metrics import spearman

SIZES = (1, 2, 4)
TRUTH = "one who knows the true quality"
_GRID = np.append(np.linspace(0, 0.999, 400), 1.0)
Ratings = Sequence[Sequence[float]]


@dataclass(frozen=True)
class HumanHalves:
    """Two reviewers against two others of the same papers."""

    papers: int
    balanced_accuracy: Estimate
    auc: Estimate


@dataclass(frozen=True)
class HumanAgreement:
    """Agreement of single reviewers with one another, and of ratings with the decision that they fed.

    The two AUCs are contaminated: these reviewers helped to decide.
    """

    papers: int
    icc_single: Estimate
    icc_mean: Estimate
    spearman: Estimate
    mean_rating_auc: Estimate
    single_rating_auc: Estimate


def human_halves(
    ratings: Ratings,
    accepted: ArrayLike,
    *,
    groups: Sequence[Hashable] | None = None,
    repeats: int = 50,
    draws: int = 1000,
    seed: int = 0,
) -> HumanHalves:
    """Split four reviewers of each paper at random into two halves, and measure one half against the other.

    `ratings` has the human ratings of each of n papers, in any order; papers with fewer than four are left out.
    `accepted` is (n,), the venue's decisions. Each half accepts as many papers as the venue did among those used,
    those with its highest mean ratings, ties at the cut broken at random: two committees of the same selectivity, as
    in the NeurIPS consistency experiments. Half A's acceptances are the truth; half B's are the decisions (balanced
    accuracy) and its means the scores (AUC). Values are means over `repeats` random splits, fewer of many papers (see
    `settling_repeats`); an interval is that of this mean over bootstrap draws of papers, stratified by decision, with
    the acceptances of a split kept; papers of one of `groups` (n,) are drawn together.

    Raises ValueError where no paper has four ratings, or all or none of those are accepted.
    """
    enough = np.array([len(r) >= 4 for r in ratings])
    if not enough.any():
        raise ValueError("no paper has four ratings, so that there are no halves of 2 and 2")
    chosen, decisions = _select(ratings, accepted, enough)
    if not 0 < decisions.sum() < len(decisions):
        raise ValueError("the papers with four ratings are all accepted or all rejected: no committee to compare with")
    rng = np.random.default_rng(seed)
    weights = with_sample(drawn_papers(decisions, draws, seed, groups=groups and chosen_groups(groups, enough)))
    table = padded(chosen)
    accuracies, areas = [], []
    for _ in range(settling_repeats(repeats, len(chosen))):
        four = in_random_order(table, rng)[:, :4]
        mean_a, mean_b = four[:, :2].mean(axis=1), four[:, 2:].mean(axis=1)
        accept_a, accept_b = (accept_top(mean, int(decisions.sum()), rng) for mean in (mean_a, mean_b))
        accuracies.append(drawn(balanced_accuracy_score, weights, accept_a, accept_b))
        areas.append(drawn(roc_auc_score, weights, accept_a, mean_b))
    return HumanHalves(len(chosen), mean_over_repeats(accuracies, len(chosen)), mean_over_repeats(areas, len(chosen)))


def human_agreement(
    ratings: Ratings,
    accepted: ArrayLike,
    *,
    groups: Sequence[Hashable] | None = None,
    repeats: int = 50,
    draws: int = 1000,
    seed: int = 0,
) -> HumanAgreement:
    """Reliability of ratings, the rank correlation of two reviewers, and the AUC of ratings for the decision.

    `ratings`, `accepted` and `groups` as in `human_halves`; papers with fewer than two ratings are left out. The
    Spearman correlation is that of two reviewers drawn at random per paper, the single rating's AUC that of one, both
    means over `repeats` drawings, fewer of many papers. Intervals are over bootstrap draws of papers, stratified by
    decision.

    Raises ValueError where no paper has two ratings.
    """
    enough = np.array([len(r) >= 2 for r in ratings])
    if not enough.any():
        raise ValueError("no paper has two ratings, so that reviewers cannot be compared")
    chosen, decisions = _select(ratings, accepted, enough)
    rng = np.random.default_rng(seed)
    weights = with_sample(drawn_papers(decisions, draws, seed, groups=groups and chosen_groups(groups, enough)))
    table = padded(chosen)
    correlations, areas = [], []
    for _ in range(settling_repeats(repeats, len(chosen))):
        one, other = in_random_order(table, rng)[:, :2].T
        correlations.append(drawn(spearman, weights, one, other))
        areas.append(drawn(roc_auc_score, weights, decisions, one))
    icc = intraclass_correlation(chosen, sample_weight=weights)
    n = len(chosen)
    return HumanAgreement(
        papers=n,
        icc_single=mean_over_repeats([icc[:, 0]], n),
        icc_mean=mean_over_repeats([icc[:, 1]], n),
        spearman=mean_over_repeats(correlations, n),
        mean_rating_auc=mean_over_repeats(
            [roc_auc_score(decisions, [np.mean(r) for r in chosen], sample_weight=weights)], n
        ),
        single_rating_auc=mean_over_repeats(areas, n),
    )


def intraclass_correlation(ratings: Ratings, *, sample_weight: ArrayLike | None = None) -> Value:
    """ICC(1) and ICC(k) of a one-way random model: reliability of one rating, and of a paper's mean rating.

    Shrout & Fleiss (1979), case 1. Papers may have different numbers of ratings (one at least): the number of ratings
    k is then k0 = (N - sum k_i^2 / N) / (n - 1), N = sum k_i (Donner & Koval 1980), and ICC(k) is (MSB - MSW) / MSB,
    the reliability of a mean of k0. At most 1; negative where papers differ less than chance; NaN where undefined.

    Returns (2,), or (draws, 2) for weights of shape (draws, n).

    Raises ValueError for papers without ratings, or ratings that are not finite.
    """
    if not len(ratings) or not all(len(r) for r in ratings):
        raise ValueError("every paper needs at least one rating")
    everything = np.concatenate([np.asarray(r, dtype=np.float64) for r in ratings])
    if not np.isfinite(everything).all():
        raise ValueError("ratings must be finite")
    k = np.array([len(r) for r in ratings], dtype=np.float64)
    mean = np.array([np.mean(r) for r in ratings]) - everything.mean()
    within = np.array([len(r) * np.var(r) for r in ratings])
    sums = np.stack([np.ones_like(k), k, k**2, k * mean, k * mean**2, within])

    def statistic(w: Floats) -> Floats:
        n, total, squares, first, second, ss_within = sums @ w
        k0 = ratio(total - ratio(squares, total), n - 1)
        ms_between = ratio(second - ratio(first**2, total), n - 1)
        ms_within = ratio(ss_within, total - n)
        excess = ms_between - ms_within
        return np.stack([ratio(excess, ms_between + (k0 - 1) * ms_within), ratio(excess, ms_between)], axis=1)

    return over_draws(statistic, sample_weight, len(k))


def _select(ratings: Ratings, accepted: ArrayLike, enough: NDArray[np.bool_]) -> tuple[Ratings, NDArray[np.bool_]]:
    decisions = binary(paired(accepted, enough, ("accepted", "ratings"))[0], "accepted")
    return [r for r, keep in zip(ratings, enough, strict=True) if keep], decisions[enough]


def mean_over_repeats(values: Sequence[Floats], n: int) -> Estimate:
    """The mean over repeats, with the sample in the first place of each of `values` and the draws behind it."""
    mean = np.mean(values, axis=0)
    return Estimate.of(mean[0], mean[1:], n)


def padded(ratings: Ratings) -> Floats:
    """(n, most) ratings, NaN behind them."""
    table = np.full((len(ratings), max(map(len, ratings))), np.nan)
    for row, values in zip(table, ratings, strict=True):
        row[: len(values)] = values
    return table


def in_random_order(table: Floats, rng: np.random.Generator) -> Floats:
    """`padded` ratings (n, most), each paper's shuffled, NaN behind them: files often hold them sorted."""
    keys = np.where(np.isnan(table), np.inf, rng.random(table.shape))
    return np.take_along_axis(table, keys.argsort(axis=1), axis=1)


def accept_top(means: Floats, count: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """The `count` highest means, ties at the cut in random order."""
    accept = np.zeros(len(means), dtype=bool)
    accept[np.lexsort((rng.random(len(means)), -means))[:count]] = True
    return accept


def committee_aucs(ratings: Ratings, accepted: ArrayLike, counts: Counts) -> dict[str, Estimate]:
    """AUC against the venue's decision of fresh committees of 1, 2 and 4, and of one who knows the true quality.

    `ratings` has two or more human ratings of each of n papers, `accepted` (n,) their decisions, `counts` (draws, n)
    how often each paper is drawn. The venue is taken to accept by its reviewers' mean and further things that have
    nothing to do with quality, as many as the AUC of the mean rating leaves room for.

    NaN, thus an Estimate without a value, where ICC(1) is not above 0.
    """
    weights, y = with_sample(counts), np.asarray(accepted, dtype=bool)
    single, mean = (np.where(icc > 0, icc, np.nan) for icc in intraclass_correlation(ratings, sample_weight=weights).T)
    table = auc_of_correlation(_GRID, float(y.mean()))
    decided = np.interp(roc_auc_score(y, [np.mean(r) for r in ratings], sample_weight=weights), table, _GRID)
    known = np.sqrt(mean) * decided
    reached = {f"committee of {k}": known * np.sqrt(k * single / (1 + (k - 1) * single)) for k in SIZES}
    reached[TRUTH] = known
    return {name: mean_over_repeats([np.interp(r, _GRID, table)], len(y)) for name, r in reached.items()}


def auc_of_correlation(r: ArrayLike, share: float, points: int = 200) -> Floats:
    """AUC of a score that correlates by r (m,), in [0, 1], with a normal variable whose top `share` are accepted.

    The score is normal too; over midpoints of the quantiles of accepted and of rejected.
    """
    from scipy.special import ndtr, ndtri

    quantiles = (np.arange(points) + 0.5) / points
    accepted, rejected = ndtri(1 - share + share * quantiles), ndtri((1 - share) * quantiles)
    apart = accepted[:, None] - rejected
    with np.errstate(divide="ignore"):
        slopes = np.asarray(r, dtype=np.float64) / np.sqrt(2 * (1 - np.square(r)))
    return np.array([ndtr(slope * apart).mean() for slope in slopes])
