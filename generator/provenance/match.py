"""A printed number and the values that it may stand for: which of them it is, and how easily chance would do the same.

What a number's sentence names (run, data set, metric) narrows the values that it can be; what the sentence leaves
open is taken from the sentences before it, from the caption, or from the heading. Narrow scopes are tried before wide
ones. In a table the heads of row and column are binding: a cell never matches another run's value.

Many logged values have so many differences and ratios that nearly any number is one of them. So each kind of
derivation counts only while, with all that was tried before, at most `LIMIT` of the numbers printed like this one
(same digits, same order of magnitude) would match as well. A number that matches only beyond this is reported, with
the advice to say which run and data set it is of. Derived values need two printed digits. Means logged for what the
sentence names are allowed `OWN_LIMIT`, and always count where run, data set and metric are all named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, NamedTuple

from .derive import Derivations, Scope
from .logged import Cell, Logged, LoggedResults
from .names import GENERIC, Names, names_all, telling, words_of
from .numbers import Printed, chance_share, find_numbers
from .passages import PaperPassage
from .reading import belongs_to, counted, in_column, is_comparison, printed_as, reason_not_to_check, stands_for
from .records import NearestValue
from .spreads import Candidate, compared

LIMIT = 0.05
OWN_LIMIT = 0.25
DERIVED_DIGITS = 2
DERIVED = ("comparisons", "aggregates", "overall_comparisons", "further_comparisons", "every_comparison")
"""Methods of `Derivations` in the order in which they are tried."""
CUED = {
    "sums": re.compile(r"\btotal|\bsum\b|\bsummed\b|altogether", re.IGNORECASE),
    "intervals": re.compile(r"interval|\bCIs?\b|confidence|\bbounds?\b|\bbetween\b|\[[^\]]*,", re.IGNORECASE),
}
"""Further ones that are tried only where the text, or its caption, speaks of such."""
OVERALL = ("aggregates", "overall_comparisons")
"""Those that come first where a text speaks of an average."""
AVERAGES = re.compile(
    r"\baverag\w*|\bmeans?\b|\boverall\b|\bacross\b|\btotal\b|\ball (?:\w+ )?(?:data ?sets|tasks)", re.I
)
OTHER_SPREAD = re.compile(r"standard deviation|\bstd|\bs\.?d\.|confidence|\bCIs?\b|interval", re.IGNORECASE)
P_WORDS = {"p", "pvalue", "pval", "ps"}

Traced = Literal["logged", "derived", "statistic", "setting", "count"]
Status = Literal["supported", "unsupported", "exempt"]


@dataclass
class TracedNumber:
    """What became of one number."""

    number: Printed
    passage: PaperPassage
    status: Status
    setup: bool = False
    reason: str = ""
    how: str = ""
    kind: Traced = "logged"
    chance: float = 0.0
    cells: list[tuple[Cell, ...]] = field(default_factory=list)
    nearest: NearestValue | None = None


class _Tier(NamedTuple):
    """Candidates that are tried together, and the share of chance matches up to which they count."""

    kind: Traced
    candidates: Iterable[Candidate]
    limit: float
    derived: bool = False


class Matcher:
    """Traces the numbers of passages to one results folder."""

    def __init__(self, results: LoggedResults) -> None:
        self.results = results
        self.names = Names(results)
        self.derivations = Derivations(results)
        self._cache: dict[tuple[str, Scope], list[Candidate]] = {}
        self._stat_names = [(x, self.names.named(x.path.replace("/", " "))) for x in self.derivations.statistics]

    def check(self, passage: PaperPassage) -> list[TracedNumber]:
        """What becomes of each number of a passage, in order."""
        found: list[TracedNumber] = []
        if passage.part == "skipped":
            return found
        for number in map(partial(in_column, passage=passage), find_numbers(passage.text)):
            reason = reason_not_to_check(number, passage, self.names)
            if reason:
                found.append(TracedNumber(number, passage, "exempt", reason=reason))
            else:
                found.append(self._trace(number, passage, found[-1] if found else None))
        return self._from_neighbours(found)

    def _trace(self, number: Printed, passage: PaperPassage, before: TracedNumber | None) -> TracedNumber:
        """The origin of one number; `before` is the one in front of it, to which a ± belongs."""
        setup = self._is_setup(passage)
        what = counted(number, passage)
        if what and number.value in self._counts(what):
            return TracedNumber(
                number, passage, "supported", setup, how=f"number of {what}s in the results", kind="count"
            )
        spread = before is not None and belongs_to(number, passage, before.number)
        tiers = self._spread_tiers(passage, before) if spread and before else self._tiers(number, passage, setup)
        return self._first(number, passage, tiers, setup, spread=spread)

    def _first(
        self, number: Printed, passage: PaperPassage, tiers: Iterable[_Tier], setup: bool, *, spread: bool
    ) -> TracedNumber:
        """The first tier that has the number and does not let too many others pass."""
        tried: list[float] = []
        vague = ""
        single = number.digits < DERIVED_DIGITS
        pinned = single and not number.whole and _whole(self._scopes(passage)[0])
        for tier in tiers:
            if tier.derived and single and not pinned:
                continue
            values = [(value, c) for c in tier.candidates for value in printed_as(c, number, passage)]
            hits = [c for value, c in values if stands_for(number, value, c)]
            chance = chance_share(number, [*tried, *(value for value, _ in values)], wide=tier.derived and single)
            if chance > tier.limit:
                vague = vague or (hits[0].how if hits else "")
                continue
            tried += [value for value, _ in values]
            if hits:
                cells = [c.cells for c in hits if c.cells]
                how = hits[0].how
                return TracedNumber(
                    number, passage, "supported", setup, how=how, kind=tier.kind, chance=chance, cells=cells
                )
        reason = "no logged value rounds to it, and none of the known derivations gives it"
        if vague:
            reason = f"could be many things, among them: {vague}; name run, data set and metric, or print more digits"
        nearest = self._nearest(number, passage, spread=spread)
        return TracedNumber(number, passage, "unsupported", setup, reason=reason, nearest=nearest)

    def _tiers(self, number: Printed, passage: PaperPassage, setup: bool) -> Iterator[_Tier]:
        scopes = self._scopes(passage)
        if number.role == "p":
            for scope, limit in zip(scopes[:2], (OWN_LIMIT, LIMIT), strict=False):
                yield _Tier("statistic", self._statistics(scope, p_values=True), limit)
            return
        yield _Tier("setting", self._settings(passage, everything=setup), 1.0)
        averages = AVERAGES.search(passage.names) is not None
        texts = (passage.text, passage.names, *passage.around)
        cued = [name for name, cue in CUED.items() if any(cue.search(text) for text in texts)]
        for index, scope in enumerate(scopes):
            first, named = index == 0, _whole(scope)
            compares = number.percent or number.times or is_comparison(number, passage)
            yield _Tier(
                "logged", self._of("logged_means", scope), 1.0 if first and named else OWN_LIMIT if first else LIMIT
            )
            if averages and first and scope.runs and scope.metrics:
                yield _Tier("derived", self._of("averages", scope), OWN_LIMIT, derived=True)
            if compares and first and named:
                yield _Tier("derived", self._of("comparisons", scope), OWN_LIMIT, derived=True)
            yield _Tier("statistic", self._statistics(scope, p_values=False), LIMIT)
            if not compares:
                yield _Tier("logged", self._of("logged_rest", scope), LIMIT)
            for name in [*sorted(DERIVED, key=lambda name: averages and name not in OVERALL), *cued]:
                yield _Tier("derived", self._of(name, scope), LIMIT, derived=True)
            if compares:
                yield _Tier("logged", self._of("logged_rest", scope), LIMIT)

    def _spread_tiers(self, passage: PaperPassage, before: TracedNumber) -> Iterator[_Tier]:
        """What may stand behind ±: the spread of the very value in front of it; of any in scope where that has none."""
        own = [c for cells in before.cells for c in self.derivations.spreads_of(*cells)]
        yield _Tier("logged", [c for c in own if c.usual], 1.0)
        told = any(OTHER_SPREAD.search(text) for text in (passage.names, *passage.around))
        yield _Tier("derived", own, 1.0 if told else OWN_LIMIT)
        scope = self._scopes(passage)[0]
        yield _Tier("statistic", self._statistics(scope, p_values=False), LIMIT)
        if not before.cells:
            cells = [x.cell for x in self.derivations.means if scope.holds(x)]
            spreads = [c for cell in cells for c in self.derivations.spreads_of(cell)]
            if _whole(scope):
                yield _Tier("logged", [c for c in spreads if c.usual], 1.0)
            yield _Tier("logged", spreads, LIMIT)

    def _of(self, name: str, scope: Scope) -> list[Candidate]:
        key = (name, scope)
        if key not in self._cache:
            self._cache[key] = list(getattr(self.derivations, name)(scope))
        return self._cache[key]

    def _scopes(self, passage: PaperPassage) -> list[Scope]:
        """From narrow to wide. Heads of a table's row and column are kept in all of them."""
        own = self.names.named(passage.names)
        facets = [own.runs, own.datasets, own.metrics]
        for text in passage.around:
            further = self.names.named(text)
            facets = [f or g for f, g in zip(facets, (further.runs, further.datasets, further.metrics), strict=True)]
        named = Scope(*(facet or None for facet in facets))
        scopes = [named, Scope(own.runs or None, own.datasets or None, own.metrics or None)]
        if passage.kind not in ("cell", "row"):
            runs, datasets, metrics = (facet or None for facet in facets)
            scopes += [Scope(runs, None, metrics), Scope(None, datasets, metrics), Scope(None, None, metrics), Scope()]
        return list(dict.fromkeys(scopes))

    def _statistics(self, scope: Scope, *, p_values: bool) -> list[Candidate]:
        """Values of statistics.json whose name contradicts nothing in the scope."""
        found: list[Candidate] = []
        for x, named in self._stat_names:
            pairs = ((scope.runs, named.runs), (scope.datasets, named.datasets), (scope.metrics, named.metrics))
            fits = all(not wanted or not has or wanted & has for wanted, has in pairs)
            if fits and bool(P_WORDS & set(words_of(x.path))) == p_values:
                found.append(_statistic(x))
        return found

    def _settings(self, passage: PaperPassage, *, everything: bool) -> list[Candidate]:
        """Settings of the experiment: all in the set-up, elsewhere those that the sentence names."""
        words = words_of(passage.names)
        return [
            Candidate(setting.value, f"setting {setting.name} in {setting.file}")
            for setting in self.results.settings
            if everything or (self._has_own_name(setting.name) and names_all(setting.name, words))
        ]

    def _has_own_name(self, name: str) -> bool:
        """Whether a setting's name is more than a letter, and not made of words of the metrics."""
        words = {word for word in telling(name) if len(word) > 1 and word not in GENERIC}
        return bool(words - {word for metric in self.results.metrics for word in words_of(metric)})

    def _counts(self, what: str) -> set[float]:
        runs, datasets, seeds = len(self.results.runs), len(self.results.datasets), self.results.seeds or {1}
        if what == "dataset":
            return {float(n) for n in range(1, datasets + 1)}
        if what == "seed":
            return {float(n) for n in self.results.seeds}
        base = {runs, runs - 1, *self.results.seeds}
        return {float(n * k) for n in base for k in {1, datasets, *seeds, *(datasets * s for s in seeds)}}

    def _is_setup(self, passage: PaperPassage) -> bool:
        """Whether the number may be a setting; not in a table cell that stands under a metric and a run or data set."""
        own = self.names.named(passage.names)
        result = passage.kind in ("cell", "row") and own.metrics and (own.runs or own.datasets)
        return passage.part == "set-up" and not result

    def _nearest(self, number: Printed, passage: PaperPassage, *, spread: bool) -> NearestValue | None:
        scope = self._scopes(passage)[0]
        pool: list[Logged] = self.derivations.statistics if number.role == "p" else self.derivations.means
        if spread:
            pool = [x for x in self.derivations.rest if x.kind in ("stderr", "std")]
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
            tier = _Tier("derived", candidates, LIMIT, derived=True)
            again = self._first(finding.number, finding.passage, [tier], finding.setup, spread=False)
            found[index] = again if again.status == "supported" else finding
        return found


def _statistic(x: Logged) -> Candidate:
    """A value of statistics.json; one whose name says percent is in per cent, differences may be printed unsigned."""
    words = words_of(x.path)
    if "percent" in words:
        return Candidate(x.value / 100, x.name, "share")
    return Candidate(x.value, x.name, "difference" if "difference" in words else "value")


def _whole(scope: Scope) -> bool:
    """Whether run, data set and metric are all named."""
    return None not in (scope.runs, scope.datasets, scope.metrics)


def _as_logged(finding: TracedNumber) -> Logged:
    return Logged(f'"{finding.number.text}"', "", "", "mean", finding.number.value)
