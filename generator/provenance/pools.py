"""What values of a results folder a number may stand for, within a scope: logged, computed, settings, counts."""

from __future__ import annotations

from dataclasses import replace

from .derive import Derivations, Scope
from .logged import Logged, LoggedResults
from .names import GENERIC, Mentions, Names, names_all, telling, words_of
from .passages import PaperPassage
from .spreads import Candidate

BOUND_WORDS = {"low", "high", "lower", "upper"}
DIFFERENCE_WORDS = {"difference", "percent"}
P_WORDS = {"p", "pvalue", "pval", "ps"}
CORRECTED_WORDS = {"holm", "corrected", "adjusted", "bonferroni"}


class Pools:
    """The candidates that one results folder has."""

    def __init__(self, results: LoggedResults, names: Names) -> None:
        self.results = results
        self.names = names
        self.derivations = Derivations(results)
        self._cache: dict[tuple[str, Scope], list[Candidate]] = {}
        self._stat_names = [(x, self._of_path(x.path)) for x in self.derivations.statistics]
        taken = {word for name in (*results.metrics, *results.datasets) for word in words_of(name)}
        self._told_apart = {s.name for s in results.settings if _has_own_name(s.name, taken)}

    def _of_path(self, path: str) -> Mentions:
        """What the path of a statistic names; a part that is the name of a metric is that one and no other."""
        metrics = {part.removesuffix("_mean") for part in path.split("/")} & set(self.results.metrics)
        named = self.names.named(path.replace("/", " "))
        return replace(named, metrics=frozenset(metrics)) if metrics else named

    def of(self, name: str, scope: Scope) -> list[Candidate]:
        """What a method of `Derivations` gives."""
        key = (name, scope)
        if key not in self._cache:
            self._cache[key] = list(getattr(self.derivations, name)(scope))
        return self._cache[key]

    def statistics(
        self, scope: Scope, *, p_values: bool, bounds: bool = True, differences: bool = True
    ) -> list[Candidate]:
        """Values of statistics.json whose name contradicts nothing in the scope; ends of intervals where `bounds`."""
        found: list[Candidate] = []
        for x, named in self._stat_names:
            words = set(words_of(x.path))
            if (not bounds and words & BOUND_WORDS) or (not differences and words & DIFFERENCE_WORDS):
                continue
            pairs = ((scope.runs, named.runs), (scope.datasets, named.datasets), (scope.metrics, named.metrics))
            fits = all(not wanted or not has or wanted & has for wanted, has in pairs)
            if fits and bool(P_WORDS & words) == p_values:
                found.append(statistic(x))
        return found

    def is_of_dataset(self, candidate: Candidate) -> bool:
        """Whether a statistic is of one data set."""
        return bool(self.names.named(candidate.how.replace("/", " ")).datasets)

    def own_p_values(self, scope: Scope, *, corrected: bool) -> list[Candidate]:
        """Those of the run and metric that the scope names, on its dataset or, where it names none, over all of them.

        The corrected ones where the text says so and there are such.
        """
        if not scope.runs or not scope.metrics:
            return []
        wanted = scope.datasets or frozenset[str]()
        own = [
            x
            for x, named in self._stat_names
            if P_WORDS & set(words_of(x.path))
            and named.runs & scope.runs
            and named.metrics & scope.metrics
            and (named.datasets & wanted if wanted else not named.datasets)
        ]
        holm = [x for x in own if CORRECTED_WORDS & set(words_of(x.path))] if corrected else []
        return [statistic(x) for x in holm or own]

    def settings(self, passage: PaperPassage, *, everything: bool) -> list[Candidate]:
        """Settings of the experiment: all in the set-up, elsewhere those that the sentence names."""
        words = words_of(self.names.masked(passage.names))
        return [
            Candidate(setting.value, f"setting {setting.name} in {setting.file}")
            for setting in self.results.settings
            if everything or (setting.name in self._told_apart and names_all(setting.name, words))
        ]

    def counts(self, what: str) -> set[float]:
        """How many runs, data sets or seeds there may be said to be."""
        runs, datasets, seeds = len(self.results.runs), len(self.results.datasets), self.results.seeds or {1}
        if what == "dataset":
            return {float(n) for n in range(1, datasets + 1)}
        if what == "seed":
            return {float(n) for n in self.results.seeds}
        base = {runs, runs - 1, *self.results.seeds}
        return {float(n * k) for n in base for k in {1, datasets, *seeds, *(datasets * s for s in seeds)}}


def _has_own_name(setting: str, taken: set[str]) -> bool:
    """Whether a setting's name is more than a letter, and not made of words of the metrics and data sets."""
    return bool({word for word in telling(setting) if len(word) > 1 and word not in GENERIC} - taken)


def statistic(x: Logged) -> Candidate:
    """A value of statistics.json; one whose name says percent is in per cent, differences may be printed unsigned."""
    words = words_of(x.path)
    if "percent" in words:
        return Candidate(x.value / 100, x.name, "share")
    return Candidate(x.value, x.name, "difference" if "difference" in words else "value")
