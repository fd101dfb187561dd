"""A printed number and the values that it may stand for: which of them it is, and how easily chance would do the same.

What a number's sentence names narrows the values that it can be (`scopes`); narrow scopes are tried before wide ones.
Where the sentence says run, data set and metric without doubt, and in a table, where the heads of row and column do,
another run's value never matches.

Many logged values have so many differences and ratios that nearly any number is one of them. So each kind of
derivation counts only while, with all that was tried before, at most `LIMIT` of the numbers printed like this one
(same digits, same order of magnitude) would match as well. A number that matches only beyond this is reported, with
the advice to say which run and data set it is of. Derived values need two printed digits. Means logged for what the
sentence names are allowed `OWN_LIMIT`, and always count where run, data set and metric are all named.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from .derive import Scope
from .logged import Cell, Logged, LoggedResults
from .names import Names
from .numbers import Printed, chance_share, find_numbers
from .p_bounds import PBound, p_bound
from .passages import PaperPassage
from .pools import Pools, statistic
from .reading import (
    OF_TIME,
    belongs_to,
    counted,
    in_column,
    is_duration,
    is_other_spread,
    printed_as,
    reason_not_to_check,
    stands_for,
)
from .records import NearestValue
from .scopes import Scopes, in_words, scopes_of, whole
from .spreads import Candidate, compared, sign_of
from .symbols import is_greek, is_result, own_settings, symbol_of
from .tiers import LIMIT, Tier, Traced, spread_tiers, tiers_of

DERIVED_DIGITS = 2

Status = Literal["supported", "unsupported", "exempt"]


@dataclass
class TracedNumber:
    """What became of one number."""

    number: Printed
    passage: PaperPassage
    status: Status
    setup: bool = False
    reason: str = ""
    looked_for: str = ""
    how: str = ""
    kind: Traced = "logged"
    chance: float = 0.0
    cells: list[tuple[Cell, ...]] = field(default_factory=list)
    sign: int = 0
    """Of the logged difference that it prints, later run less earlier; 0 where it is none or could be either."""
    nearest: NearestValue | None = None


class Matcher:
    """Traces the numbers of passages to one results folder."""

    def __init__(self, results: LoggedResults) -> None:
        self.results = results
        self.names = Names(results)
        self.pools = Pools(results, self.names)

    def check(self, passage: PaperPassage) -> list[TracedNumber]:
        """What becomes of each number of a passage, in order."""
        found: list[TracedNumber] = []
        if passage.part == "skipped":
            return found
        for number in map(partial(in_column, passage=passage), find_numbers(passage.text)):
            reason = reason_not_to_check(number, passage, self.names)
            if bounded := p_bound(number, passage, self.pools):
                found.append(self._bound(number, passage, bounded, reason))
            elif reason:
                found.append(TracedNumber(number, passage, "exempt", reason=reason))
            elif (symbol := symbol_of(number, passage)) is not None:
                found.append(self._of_symbol(number, passage, symbol))
            else:
                found.append(self._trace(number, passage, found[-1] if found else None))
        return self._from_neighbours(found)

    def _of_symbol(self, number: Printed, passage: PaperPassage, symbol: str) -> TracedNumber:
        """What becomes of a number that a formula gives a symbol."""
        own = own_settings(symbol, self.results.settings)
        fitting = next((x for x in own if number.gives(x.value)), None)
        if fitting:
            how = f"setting {fitting.name} in {fitting.file}"
            return TracedNumber(number, passage, "supported", self._is_setup(passage), how=how, kind="setting")
        if own:
            why = f"the setting {own[0].name} in {own[0].file} is {own[0].value:g}"
            return TracedNumber(number, passage, "unsupported", reason=why, looked_for=f"settings named {own[0].name}")
        if not is_result(number, passage, self.names):
            return TracedNumber(number, passage, "exempt", reason="value of a symbol")
        known = scopes_of(number, passage, self.names)
        tiers = tiers_of(self.pools, number, passage, known, setup=is_greek(symbol))
        return self._first(number, passage, known, tiers, setup=False, spread=False)

    def _bound(self, number: Printed, passage: PaperPassage, bound: PBound, reason: str) -> TracedNumber:
        """What becomes of "p < 0.01" of a comparison with a p-value; `reason` is why else it would not be checked."""
        if not bound.holds:
            why = f"p {number.relation} {number.text} does not hold of {bound.of}"
            nearest = NearestValue(name=bound.nearest.how, value=float(f"{bound.nearest.value:.6g}"))
            return TracedNumber(number, passage, "unsupported", reason=why, looked_for=bound.of, nearest=nearest)
        if reason:
            return TracedNumber(number, passage, "exempt", reason=reason)
        return TracedNumber(number, passage, "supported", how=f"bound of {bound.nearest.how}", kind="statistic")

    def _trace(self, number: Printed, passage: PaperPassage, before: TracedNumber | None) -> TracedNumber:
        """The origin of one number; `before` is the one in front of it, to which a ± belongs."""
        setup = self._is_setup(passage)
        what = counted(number, passage)
        if what and number.value in self.pools.counts(what):
            return TracedNumber(
                number, passage, "supported", setup, how=f"number of {what}s in the results", kind="count"
            )
        spread = before is not None and belongs_to(number, passage, before.number)
        known = scopes_of(number, passage, self.names)
        if spread and before:
            tiers = spread_tiers(self.pools, passage, known.named, before.cells)
        else:
            tiers = tiers_of(self.pools, number, passage, known, setup=setup)
        return self._first(number, passage, known, tiers, setup, spread=spread)

    def _first(
        self,
        number: Printed,
        passage: PaperPassage,
        known: Scopes,
        tiers: Iterable[Tier],
        setup: bool,
        *,
        spread: bool,
    ) -> TracedNumber:
        """The first tier that has the number and does not let too many others pass."""
        tried: list[float] = []
        vague = ""
        single = number.digits < DERIVED_DIGITS
        pinned = single and (number.percent or number.times or not number.whole) and whole(known.named)
        for tier in tiers:
            if tier.derived and single and not pinned:
                continue
            values = [(value, c) for c in tier.candidates for value in printed_as(c, number, passage)]
            hits = [
                c for value, c in values if stands_for(number, value, c) and not is_other_spread(c, number, passage)
            ]
            if tier.kind == "setting":
                hits = [c for value, c in values if number.gives(value)]
            if tier.kind != "setting" and is_duration(number, passage):
                hits = [c for c in hits if self._is_of_time(c, passage)]
            chance = chance_share(number, [*tried, *(value for value, _ in values)], wide=tier.derived and single)
            if chance > tier.limit:
                vague = vague or (hits[0].how if hits else "")
                continue
            tried += [value for value, _ in values]
            if hits:
                cells = [c.cells for c in hits if c.cells]
                how, sign = hits[0].how, sign_of(hits)
                return TracedNumber(
                    number, passage, "supported", setup, how=how, kind=tier.kind, chance=chance, cells=cells, sign=sign
                )
        nearest = self._nearest(number, passage, known.named, spread=spread)
        reason = self._reason(number, passage, known.named, vague, spread=spread)
        looked_for = f"{len(tried)} values of {in_words(known.named) or 'all runs, data sets and metrics'}"
        return TracedNumber(
            number, passage, "unsupported", setup, reason=reason, looked_for=looked_for, nearest=nearest
        )

    def _is_of_time(self, candidate: Candidate, passage: PaperPassage) -> bool:
        """Whether a value may be a duration: by the name of its measure, or as the sentence names that measure."""
        metrics = {cell[2] for cell in candidate.cells} or self.names.named(candidate.how).metrics
        named = metrics & self.names.named(passage.names).metrics
        return not metrics or bool(named) or any(OF_TIME.search(metric) for metric in metrics)

    def _reason(self, number: Printed, passage: PaperPassage, scope: Scope, vague: str, *, spread: bool) -> str:
        """Why a number does not trace."""
        if vague:
            return f"could be many things, among them: {vague}; name run, data set and metric, or print more digits"
        if spread:
            return "no spread of the value in front of it rounds to it"
        pool = self.pools.derivations.statistics if number.role == "p" else self.pools.derivations.means
        values = ((value, x) for x in pool for value in printed_as(_logged_or_statistic(x), number, passage))
        other = next((x for value, x in values if number.low <= value <= number.high), None)
        if other is None:
            what = "p-value" if number.role == "p" else "value"
            return f"no logged {what} rounds to it, and none of the known derivations gives it"
        if is_duration(number, passage) and not OF_TIME.search(other.metric or other.path):
            return f"is a rounding of {other.name}, which is no time"
        about = in_words(scope)
        return f"is a rounding of {other.name}, but the text speaks of {about or 'something else'}"

    def _is_setup(self, passage: PaperPassage) -> bool:
        """Whether the number may be a setting; not in a table cell that stands under a metric and a run or data set."""
        own = self.names.named(passage.names)
        result = passage.kind in ("cell", "row") and own.metrics and (own.runs or own.datasets)
        return passage.part == "set-up" and not result

    def _nearest(self, number: Printed, passage: PaperPassage, scope: Scope, *, spread: bool) -> NearestValue | None:
        pool: list[Logged] = self.pools.derivations.statistics if number.role == "p" else self.pools.derivations.means
        if spread:
            pool = [x for x in self.pools.derivations.rest if x.kind in ("stderr", "std")]
        inside = [x for x in pool if x.kind == "statistic" or scope.holds(x)] or pool
        shown = [(value, x) for x in inside for value in printed_as(Candidate(x.value, x.name), number, passage)]
        if not shown:
            return None
        value, x = min(shown, key=lambda pair: abs(pair[0] - number.value))
        return NearestValue(name=x.name, value=float(f"{value:.6g}"))

    def _from_neighbours(self, found: list[TracedNumber]) -> list[TracedNumber]:
        """A comparison of two numbers in the same sentence that trace themselves: "from 0.989 to 0.862, by 12.8%"."""
        printed = [f for f in found if f.status == "supported" and f.kind == "logged" and not f.number.percent]
        for index, finding in enumerate(found):
            if finding.status != "unsupported" or len(printed) < 2:
                continue
            pairs = [(a, b) for i, a in enumerate(printed) for b in printed[i + 1 :]]
            candidates = [c for a, b in pairs for c in compared(_as_logged(a), _as_logged(b), "as printed beside it")]
            tier = Tier("derived", candidates, LIMIT, derived=True)
            known = scopes_of(finding.number, finding.passage, self.names)
            again = self._first(finding.number, finding.passage, known, [tier], finding.setup, spread=False)
            found[index] = again if again.status == "supported" else finding
        return found


def _logged_or_statistic(x: Logged) -> Candidate:
    return statistic(x) if x.kind == "statistic" else Candidate(x.value, x.name)


def _as_logged(finding: TracedNumber) -> Logged:
    return Logged(f'"{finding.number.text}"', "", "", "mean", finding.number.value)
