"""Pairwise comparisons: who wins against whom, and strengths from that (Bradley & Terry 1952), for all draws alike."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arrays import Floats

SHARED = 5
"""Ideas that two configurations need in common to be compared on these alone."""
PRIOR = 0.5
"""Wins and losses that each configuration has, beside its own, against an average player of strength 0."""
STEPS = 200
LONGEST = 1.0
"""A step that the algorithm may make in any log-strength: far from the maximum Newton's would overshoot."""
CLOSE = 1e-9


@dataclass(frozen=True)
class IdeaScores:
    """What one configuration made of its ideas on one template."""

    template: str
    configuration: str
    scores: Mapping[str, float | None]
    """By the idea's name; None: no paper, or none that could be reviewed."""
    unlisted: int = 0
    """Ideas tried of which nothing is known but that they have no score."""

    @property
    def tried(self) -> int:
        """Ideas, failed ones included."""
        return len(self.scores) + self.unlisted

    def values(self, names: Sequence[str] | None = None) -> Floats:
        """The scores (n,) of these ideas, or of all tried; -inf for one without a score."""
        found = [self.scores[name] for name in (self.scores if names is None else names)]
        found += [None] * (self.unlisted if names is None else 0)
        return np.array([-np.inf if score is None else score for score in found])


@dataclass(frozen=True)
class PairwiseWins:
    """All comparisons of k configurations."""

    configurations: tuple[str, ...]
    wins: Floats
    """(k, k): of the row's against the column's, ties half to either."""
    draws: Floats
    """(draws, k, k): the same with ideas weighted anew in each draw, as many comparisons in all."""
    matched: NDArray[np.int64]
    """(k, k): comparisons on the same ideas."""
    unmatched: NDArray[np.int64]
    """(k, k): comparisons on the same template only."""

    @property
    def met(self) -> NDArray[np.int64]:
        """(k, k): comparisons of two configurations."""
        return self.matched + self.unmatched


def pairwise_wins(tries: Sequence[IdeaScores], draws: int, seed: int = 0) -> PairwiseWins:
    """Compare every two configurations on each template that both have tried.

    Where they have `SHARED` or more ideas in common, by name, and all ideas of both are known, each of these is one
    comparison. Otherwise each idea of one is compared with each of the other, and all of that counts as many
    comparisons as the smaller number of ideas. An idea without a score loses to one that has a score, and ties with
    another without.

    The draws are those of the Bayesian bootstrap over ideas (Rubin 1981): an idea's weight is exponential, the same for
    all configurations that tried it, so that what they share stays paired, and that few ideas are never all left out.
    Each draw also has a win and a loss of such a weight for every two configurations on a template (a uniform prior):
    without them a single win would be certain in all draws.
    """
    names = tuple(sorted({t.configuration for t in tries}))
    k = len(names)
    matched, unmatched = np.zeros((k, k), dtype=np.int64), np.zeros((k, k), dtype=np.int64)
    wins, drawn = np.zeros((k, k)), np.zeros((draws, k, k))
    for template in sorted({t.template for t in tries}):
        here = sorted((t for t in tries if t.template == template), key=lambda t: t.configuration)
        weights = _Weights(template, draws, seed)
        for a, b in combinations(here, 2):
            i, j = names.index(a.configuration), names.index(b.configuration)
            shared = sorted(set(a.scores) & set(b.scores))
            if len(shared) >= SHARED and not a.unlisted and not b.unlisted:
                n, table = matched, len(shared)
                share, shares, weight = _on_the_same(a, b, shared, weights)
            else:
                n, table = unmatched, min(a.tried, b.tried)
                share, shares, weight = _all_against_all(a, b, weights)
            won, lost = weights.prior(a, b)
            shares = np.clip((weight * shares + won) / (weight + won + lost), 0, 1)
            n[i, j] += table
            n[j, i] += table
            wins[i, j] += table * share
            wins[j, i] += table * (1 - share)
            drawn[:, i, j] += table * shares
            drawn[:, j, i] += table * (1 - shares)
    return PairwiseWins(names, wins, drawn, matched, unmatched)


class _Weights:
    """The weights (draws, n) of ideas on one template; an idea has the same ones wherever it comes up."""

    def __init__(self, template: str, draws: int, seed: int) -> None:
        self._of: dict[str, Floats] = {}
        self._template, self._draws, self._seed = template, draws, seed

    def of(self, tries: IdeaScores, names: Sequence[str] | None = None) -> Floats:
        """Those of the ideas in `Tries.values` of the same arguments."""
        units = [f"idea {name}" for name in (tries.scores if names is None else names)]
        if names is None:
            units += [f"unlisted {number} of {tries.configuration}" for number in range(tries.unlisted)]
        return np.stack([self._unit(unit) for unit in units], axis=1)

    def prior(self, a: IdeaScores, b: IdeaScores) -> tuple[Floats, Floats]:
        """Those (draws,) of a win of `a` against `b` and of a loss."""
        won, lost = (f"{one.configuration} beats {other.configuration}" for one, other in ((a, b), (b, a)))
        return self._unit(won), self._unit(lost)

    def _unit(self, unit: str) -> Floats:
        if unit not in self._of:
            digest = hashlib.sha256(f"{self._seed}\0{self._template}\0{unit}".encode()).digest()
            rng = np.random.default_rng(int.from_bytes(digest[:8], "big"))
            self._of[unit] = rng.standard_exponential(self._draws)
        return self._of[unit]


def _on_the_same(
    a: IdeaScores, b: IdeaScores, shared: Sequence[str], weights: _Weights
) -> tuple[float, Floats, Floats]:
    """The share of shared ideas that `a` wins, that in each draw, and the weight of the ideas there."""
    won = _won(a.values(shared), b.values(shared))
    weight = weights.of(a, shared)
    total = weight.sum(axis=1)
    return float(won.mean()), weight @ won / total, total


def _all_against_all(a: IdeaScores, b: IdeaScores, weights: _Weights) -> tuple[float, Floats, Floats]:
    """The share of all pairs of ideas that `a` wins, that in each draw, and the weight of the fewer ideas there."""
    won = _won(a.values()[:, None], b.values()[None, :])
    weight_a, weight_b = weights.of(a), weights.of(b)
    total_a, total_b = weight_a.sum(axis=1), weight_b.sum(axis=1)
    drawn = ((weight_a @ won) * weight_b).sum(axis=1)
    return float(won.mean()), drawn / total_a / total_b, total_a if a.tried <= b.tried else total_b


def _won(a: Floats, b: Floats) -> Floats:
    return (a > b) + 0.5 * (a == b)


def bradley_terry(wins: ArrayLike, *, prior: float = PRIOR) -> Floats:
    """Log-strengths of k players, the mean of each draw being 0.

    `wins` is (..., k, k): how often the row's player won against the column's, ties half to either. P(i beats j) is
    1 / (1 + exp(s_j - s_i)). The log-likelihood is concave (Hunter 2004), and its maximum is found by Newton's steps:
    for thousands of draws some hundred times faster than Hunter's minorisation, with the same result.

    The likelihood alone has no maximum where somebody never loses or never wins. So everyone also has `prior` wins and
    as many losses against a player of strength 0: undefeated ones stay finite, and all are drawn a little together.
    Players who met nobody have strength 0 before centring.

    Returns (..., k). Raises ValueError for another shape, negative or infinite wins, or prior <= 0.
    """
    w = np.asarray(wins, dtype=np.float64)
    if w.ndim < 2 or w.shape[-1] != w.shape[-2]:
        raise ValueError(f"wins must be (..., k, k), not {w.shape}")
    if not np.isfinite(w).all() or (w < 0).any() or prior <= 0:
        raise ValueError("wins must be finite and not negative, and prior above 0")
    k = w.shape[-1]
    flat = w.reshape(-1, k, k) * (1 - np.eye(k))
    return _maximum(flat, prior).reshape(*w.shape[:-2], k)


def _maximum(wins: Floats, prior: float) -> Floats:
    met = wins + wins.transpose(0, 2, 1)
    won = wins.sum(axis=2) + prior
    found = np.zeros(won.shape)
    moving = np.arange(len(wins))
    for _ in range(STEPS):
        step = _newton_step(found[moving], won[moving], met[moving], prior)
        found[moving] += np.clip(step, -LONGEST, LONGEST)
        moving = moving[np.abs(step).max(axis=1, initial=0.0) > CLOSE]
        if not len(moving):
            break
    return found - found.mean(axis=1, keepdims=True)


def _newton_step(s: Floats, won: Floats, met: Floats, prior: float) -> Floats:
    """From the log-strengths (n, k) towards the maximum: the slope over the curvature of the log-likelihood."""
    beats = 1 / (1 + np.exp(s[:, None, :] - s[:, :, None]))
    average = 1 / (1 + np.exp(-s))
    slope = won - (met * beats).sum(axis=2) - 2 * prior * average
    curvature = -met * beats * (1 - beats)
    own = 2 * prior * average * (1 - average) - curvature.sum(axis=2)
    curvature += own[:, :, None] * np.eye(s.shape[1])
    return np.linalg.solve(curvature, slope[:, :, None])[:, :, 0]


def components(met: ArrayLike) -> list[list[int]]:
    """Groups of players that are linked by comparisons, `met` being (k, k), above 0 where two were compared.

    Strengths of players in different groups cannot be compared.
    """
    from scipy.sparse.csgraph import connected_components

    count, label = connected_components(np.asarray(met) > 0, directed=False)
    return [np.flatnonzero(label == number).tolist() for number in range(count)]
