"""Who wins against whom: the ideas of two configurations on one template, compared by the scores of their papers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SHARED = 5
"""Ideas that two configurations need in common to be compared on these alone."""


@dataclass(frozen=True)
class Tries:
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
class Duels:
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


def fight(tries: Sequence[Tries], draws: int, seed: int = 0) -> Duels:
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
    return Duels(names, wins, drawn, matched, unmatched)


class _Weights:
    """The weights (draws, n) of ideas on one template; an idea has the same ones wherever it comes up."""

    def __init__(self, template: str, draws: int, seed: int) -> None:
        self._of: dict[str, Floats] = {}
        self._template, self._draws, self._seed = template, draws, seed

    def of(self, tries: Tries, names: Sequence[str] | None = None) -> Floats:
        """Those of the ideas in `Tries.values` of the same arguments."""
        units = [f"idea {name}" for name in (tries.scores if names is None else names)]
        if names is None:
            units += [f"unlisted {number} of {tries.configuration}" for number in range(tries.unlisted)]
        return np.stack([self._unit(unit) for unit in units], axis=1)

    def prior(self, a: Tries, b: Tries) -> tuple[Floats, Floats]:
        """Those (draws,) of a win of `a` against `b` and of a loss."""
        won, lost = (f"{one.configuration} beats {other.configuration}" for one, other in ((a, b), (b, a)))
        return self._unit(won), self._unit(lost)

    def _unit(self, unit: str) -> Floats:
        if unit not in self._of:
            digest = hashlib.sha256(f"{self._seed}\0{self._template}\0{unit}".encode()).digest()
            rng = np.random.default_rng(int.from_bytes(digest[:8], "big"))
            self._of[unit] = rng.standard_exponential(self._draws)
        return self._of[unit]


def _on_the_same(a: Tries, b: Tries, shared: Sequence[str], weights: _Weights) -> tuple[float, Floats, Floats]:
    """The share of shared ideas that `a` wins, that in each draw, and the weight of the ideas there."""
    won = _won(a.values(shared), b.values(shared))
    weight = weights.of(a, shared)
    total = weight.sum(axis=1)
    return float(won.mean()), weight @ won / total, total


def _all_against_all(a: Tries, b: Tries, weights: _Weights) -> tuple[float, Floats, Floats]:
    """The share of all pairs of ideas that `a` wins, that in each draw, and the weight of the fewer ideas there."""
    won = _won(a.values()[:, None], b.values()[None, :])
    weight_a, weight_b = weights.of(a), weights.of(b)
    total_a, total_b = weight_a.sum(axis=1), weight_b.sum(axis=1)
    drawn = ((weight_a @ won) * weight_b).sum(axis=1)
    return float(won.mean()), drawn / total_a / total_b, total_a if a.tried <= b.tried else total_b


def _won(a: Floats, b: Floats) -> Floats:
    return (a > b) + 0.5 * (a == b)
