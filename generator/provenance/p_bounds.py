"""Bounds of p-values, "p < 0.01", held against the p-value of the comparison that the sentence or the row names."""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import NamedTuple

from .derive import Scope
from .logged import BASELINE
from .numbers import Printed
from .passages import PaperPassage
from .pools import Pools
from .scopes import in_words, scopes_of
from .spreads import Candidate

HOLDS = {"<": operator.lt, "≤": operator.le, ">": operator.gt, "≥": operator.ge}


class PBound(NamedTuple):
    """Whether a bound holds of a p-value of what is named, `of` which; `nearest` is the one that comes nearest."""

    holds: bool
    of: str
    nearest: Candidate


def p_bound(number: Printed, passage: PaperPassage, pools: Pools) -> PBound | None:
    """What the p-values say of a bound; None for any other number, and where no comparison with one is named.

    It is enough that it holds of one of them: raw or corrected, and of one data set or of all where none is named.
    """
    named = pools.names.named(passage.names)
    if number.role != "p" or number.relation not in HOLDS or not named.runs - {BASELINE}:
        return None
    known = scopes_of(number, passage, pools.names)
    scope = replace(known.named, runs=named.runs - {BASELINE})
    scopes = _scopes(scope, pools, whole=known.overall, placed=bool(named.datasets))
    own = [c for one in scopes for c in pools.own_p_values(one, corrected=False)]
    if not own:
        return None
    holds = any(HOLDS[number.relation](c.value, number.value) for c in own)
    return PBound(holds, in_words(scope), min(own, key=lambda c: abs(c.value - number.value)))


def _scopes(scope: Scope, pools: Pools, *, whole: bool, placed: bool) -> list[Scope]:
    """Those in which a p-value may be meant: on the data sets named, over all, or either where nothing says which."""
    over_all = replace(scope, datasets=None)
    if whole or placed:
        return [over_all if whole else scope]
    return [over_all, replace(scope, datasets=frozenset(pools.results.datasets))]
