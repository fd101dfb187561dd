"""In which order the values that a number may stand for are tried, and how far each kind is trusted.

Narrow scopes come before wide ones. Where the sentence says run, data set and metric without doubt, only what that one
cell gives is tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from .cues import Cues, cues_of
from .derive import Scope
from .logged import Cell
from .numbers import Printed
from .passages import PaperPassage
from .pools import Pools
from .reading import is_comparison, is_level
from .scopes import Scopes, whole
from .spreads import Candidate

LIMIT = 0.05
OWN_LIMIT = 0.25
DERIVED = ("comparisons", "aggregates", "of_seeds", "overall_comparisons", "further_comparisons", "every_comparison")
"""Methods of `Derivations` in the order in which they are tried."""
OVERALL = ("aggregates", "overall_comparisons")
"""Those that come first where a text speaks of an average."""
VALUES = ("aggregates", "of_seeds")
"""Those that give values, and no comparisons."""
CORRECTED = re.compile(r"\bcorrected|\badjusted|\bHolm|\bBonferroni", re.IGNORECASE)
FEW_P = 2
"""p-values of one comparison, raw and corrected, which count however small they are."""

STANDARD_ERROR = re.compile(r"standard errors?|std\.? ?err|\bs\.?e\.?m?\b", re.IGNORECASE)
SPREADS = re.compile(
    rf"{STANDARD_ERROR.pattern}|standard deviation|\bstd|\bs\.?d\.|confidence|\bCIs?\b|interval", re.IGNORECASE
)

Traced = Literal["logged", "derived", "statistic", "setting", "count"]


class Tier(NamedTuple):
    """Candidates that are tried together, and the share of chance matches up to which they count."""

    kind: Traced
    candidates: Iterable[Candidate]
    limit: float
    derived: bool = False


def tiers_of(pools: Pools, number: Printed, passage: PaperPassage, known: Scopes, *, setup: bool) -> Iterator[Tier]:
    """What is tried for a number with these scopes; `setup` says that it may be any setting."""
    if number.role == "p":
        corrected = any(CORRECTED.search(text) for text in (passage.text, passage.names, *passage.around))
        own = pools.own_p_values(known.named, corrected=corrected)
        yield Tier("statistic", own, 1.0 if len(own) <= FEW_P else OWN_LIMIT)
        if known.overall and own:
            return
        for scope, limit in zip(known.tried[:2], (OWN_LIMIT, LIMIT), strict=False):
            yield Tier("statistic", pools.statistics(scope, p_values=True), limit)
        return
    cues = cues_of(number, passage, pools.names, bound=known.bound)
    if not cues.measured:
        yield Tier("setting", pools.settings(passage, everything=setup), 1.0)
    if known.bound:
        yield from _bound_tiers(pools, number, passage, known.kept, cues)
        return
    values = [name for name in VALUES if not cues.changes and (cues.seeds or name != "of_seeds")]
    derived = [name for name in DERIVED if name in values or name not in VALUES]
    overall = cues.overall and len(pools.results.datasets) > 1
    derived = ["averages", "overall_comparisons"] if overall else derived
    for index, scope in enumerate(known.tried):
        first, named = index == 0, whole(scope)
        compares = number.percent or number.times or is_comparison(number, passage)
        if not cues.changes and not overall:
            limit = 1.0 if first and named else OWN_LIMIT if first else LIMIT
            yield Tier("logged", pools.of("logged_means", scope), limit)
        if cues.averages and first and scope.runs and scope.metrics:
            yield Tier("derived", pools.of("averages", scope), OWN_LIMIT, derived=True)
        if compares and first and named and not overall:
            yield Tier("derived", pools.of("comparisons", scope), OWN_LIMIT, derived=True)
        known_of = pools.statistics(scope, p_values=False, bounds=not cues.measured)
        yield Tier("statistic", [c for c in known_of if not overall or not pools.is_of_dataset(c)], LIMIT)
        if cues.seeds and not compares:
            yield Tier("logged", pools.of("logged_rest", scope), LIMIT)
        for name in [*sorted(derived, key=lambda name: cues.averages and name not in OVERALL), *cues.further]:
            yield Tier("derived", pools.of(name, scope), LIMIT, derived=True)
        if cues.seeds and compares and not cues.changes:
            yield Tier("logged", pools.of("logged_rest", scope), LIMIT)


def _bound_tiers(pools: Pools, number: Printed, passage: PaperPassage, scope: Scope, cues: Cues) -> Iterator[Tier]:
    """For a number of which the sentence says run, data set and metric: what that one cell gives.

    Comparisons count where the number is printed as one, seeds and spreads where the text speaks of them.
    """
    compares = number.percent or number.times or is_comparison(number, passage)
    compares = compares and (number.percent or number.times or not is_level(number, passage))
    yield Tier("logged", pools.of("logged_means", scope), 1.0)
    if compares:
        yield Tier("derived", pools.of("comparisons", scope), OWN_LIMIT, derived=True)
    interval = "intervals" in cues.further
    yield Tier("statistic", pools.statistics(scope, p_values=False, bounds=interval, differences=compares), LIMIT)
    if cues.seeds:
        yield Tier("logged", pools.of("logged_rest", scope), LIMIT)
        yield Tier("derived", pools.of("of_seeds", scope), LIMIT, derived=True)
    for name in (*(("further_comparisons", "every_comparison") if compares else ()), *cues.further):
        yield Tier("derived", pools.of(name, scope), LIMIT, derived=True)


def spread_tiers(
    pools: Pools, passage: PaperPassage, scope: Scope, cells_before: Sequence[tuple[Cell, ...]]
) -> Iterator[Tier]:
    """What may stand behind ±: the spread of the very value in front of it; of any in scope where that has none."""
    own = [c for cells in cells_before for c in pools.derivations.spreads_of(*cells)]
    yield Tier("logged", [c for c in own if c.usual], 1.0)
    told = next((found[0] for text in (passage.names, *passage.around) if (found := SPREADS.search(text))), "")
    if not STANDARD_ERROR.search(told):
        yield Tier("derived", own, 1.0 if told else OWN_LIMIT)
    yield Tier("statistic", pools.statistics(scope, p_values=False, bounds=False, differences=False), LIMIT)
    if not cells_before:
        cells = [x.cell for x in pools.derivations.means if scope.holds(x)]
        spreads = [c for cell in cells for c in pools.derivations.spreads_of(cell)]
        if whole(scope):
            yield Tier("logged", [c for c in spreads if c.usual], 1.0)
        yield Tier("logged", spreads, LIMIT)
