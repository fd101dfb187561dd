"""Counts in words held against the logged means: "three of the five runs improve the loss", "better on all data sets".

Runs are counted that are above or below the baseline, or the run that is named behind a word of comparison; data sets
are counted on which the run that the sentence names is. The sentence names one measure; where runs are counted and no
data set is named, the count has to hold on one of them or over all. "Over five seeds" and "across six data sets" are
held against how many there are.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from .direction import (
    EXPLAINED,
    HEDGED,
    WORDS,
    Claim,
    Contradicted,
    direction_of,
    held_against_means,
    is_reference,
    without,
)
from .logged import BASELINE, Cell, LoggedResults
from .names import Names
from .number_words import WHOLE, value_of
from .passages import PaperPassage

NUMBER = rf"{WHOLE}|\d{{1,2}}"
RUNS = (
    r"runs?|variants?|settings?|models?|methods?|configurations?|modifications?|alternatives?|approaches|experiments?"
)
DATASETS = r"data\s?-?sets?|tasks?|benchmarks?|problems?"
COUNT = re.compile(
    rf"\b(?:(?P<bound>at\s+least|at\s+most|only|more\s+than|fewer\s+than)\s+)?"
    rf"(?:(?P<all>all|both|each|every)|(?P<none>none|no|neither)|(?P<most>most)|(?P<half>half)|(?P<n>{NUMBER}))"
    rf"(?:\s+(?:out\s+)?of)?(?:\s+(?:the|our|these|those))?(?:\s+(?P<m>{NUMBER}))?"
    rf"(?:\s+(?:other|remaining|tested|trained|modified|proposed|new|different))?\s+(?:(?P<runs>{RUNS})|(?P<datasets>{DATASETS}))\b",
    re.IGNORECASE,
)
ON = re.compile(r"\b(?:on|in|for|across|over)\s+\Z", re.IGNORECASE)
MADE = re.compile(
    rf"\b(?:over|across|(?:averag|repeat|train|run|ran)\w*\b[^.;:,]{{0,30}}\b(?:with|using|for|on))\s+(?:the\s+)?(?P<n>{NUMBER})\s+(?:(?:random|independent|different|training)\s+)?"
    rf"(?:(?P<seeds>seeds)|(?P<datasets>data\s?-?sets))\b(?!\s+(?:of|out))",
    re.IGNORECASE,
)


class Counted(NamedTuple):
    """How many are said to be above or below, of how many; `bound` is what a word in front says."""

    word: re.Match[str]
    all: bool
    said: float
    of: float

    def holds(self, count: int, whole: int) -> bool:
        """Whether so many of all are so many as are said."""
        if self.all:
            return count == whole
        word, bound = self.word, (self.word["bound"] or "").lower()
        if word["most"] or word["half"]:
            return 2 * count > whole if word["most"] else whole // 2 <= count <= (whole + 1) // 2
        if bound == "at most" or bound == "fewer than":
            return count <= self.said - (bound == "fewer than")
        exact = word["none"] or bound == "only" or re.search(r"\bof\b", word[0])
        if bound in ("at least", "more than") or not exact:
            return count >= self.said + (bound == "more than")
        return count == self.said


def wrong_counts(
    passages: Iterable[PaperPassage], results: LoggedResults, better: Mapping[str, str]
) -> tuple[list[Contradicted], int]:
    """The counts that the means contradict, and how many could be checked."""

    def claims(passage: PaperPassage, names: Names, means: Mapping[Cell, float]) -> Iterable[Claim]:
        for word, outcome in [*_numbers_made(passage, results), *_claims(passage, names, results, means, better)]:
            yield word[0], word.start(), outcome

    return held_against_means(passages, results, claims)


REPEATED = re.compile(
    rf"\b(?:repeat\w*|r[au]n)\s+(?:\w+\s+){{0,3}}?(?P<n>{NUMBER})\s+(?P<seeds>times)\b(?!\s+(?:as|more|faster|longer))",
    re.IGNORECASE,
)


def _numbers_made(passage: PaperPassage, results: LoggedResults) -> Iterable[tuple[re.Match[str], str]]:
    """ "Over five seeds" where there are three, "across six data sets" where there are four."""
    found = [*MADE.finditer(passage.text), *REPEATED.finditer(passage.text)]
    for word in found if not HEDGED.search(passage.text) else ():
        said = value_of(word["n"])
        if word["seeds"] and results.seeds and not passage.text[word.start("n")].isdigit():
            there = " or ".join(map(str, sorted(results.seeds)))
            yield word, "" if said in results.seeds else f"the results have {there} seeds"
        elif word.re is MADE and word["datasets"] and results.datasets:
            yield word, "" if said <= len(results.datasets) else f"the results have {len(results.datasets)} data sets"


def _claims(
    passage: PaperPassage,
    names: Names,
    results: LoggedResults,
    means: Mapping[Cell, float],
    better: Mapping[str, str],
) -> Iterable[tuple[re.Match[str], str]]:
    text = passage.text
    places = names.run_places(text)
    plain = EXPLAINED.sub(lambda found: " " * len(found[0]), without(names.masked(text), places))
    counts, metrics = list(COUNT.finditer(plain)), names.sure_metrics(text)
    if len(counts) != 1 or len(metrics) != 1:
        return
    word, (metric,) = counts[0], metrics
    rest = plain[: word.start()] + " " * len(word[0]) + plain[word.end() :]
    ways = {direction_of(found, metric, better) for found in WORDS.finditer(rest)}
    references = {p.name for p in places if is_reference(text, p)}
    subjects = {p.name for p in places} - references
    if HEDGED.search(rest) or len(ways) != 1 or not ways <= {1, -1} or len(references) > 1:
        return
    (way,), reference = ways, next(iter(references), BASELINE)
    said = Counted(
        word, bool(word["all"]), value_of(word["n"]) if word["n"] else 0.0, value_of(word["m"]) if word["m"] else 0.0
    )
    if word["runs"] and not subjects:
        outcome = _of_runs(said, way, metric, reference, names.named(text).datasets, results, means)
    elif word["datasets"] and len(subjects) == 1 and ON.search(plain[: word.start()]):
        outcome = _of_datasets(said, way, metric, (min(subjects), reference), results, means)
    else:
        return
    if outcome is not None:
        yield word, outcome


def _of_runs(
    said: Counted,
    way: int,
    metric: str,
    reference: str,
    datasets: Iterable[str],
    results: LoggedResults,
    means: Mapping[Cell, float],
) -> str | None:
    """Why a count of runs is wrong; empty where it is right, None where it cannot be told."""
    others = [run for run in results.runs if run != reference]
    if said.of and said.of not in (len(others), len(others) + 1):
        return None
    if said.word["all"] and said.word["all"].lower() == "both" and len(others) != 2:
        return None
    counts: list[str] = []
    for dataset in [
        *(sorted(datasets) or [*(results.datasets or [""]), *(["over all"] if len(results.datasets) > 1 else [])])
    ]:
        own = {run: _mean(run, dataset, metric, results, means) for run in (reference, *others)}
        if any(value is None for value in own.values()):
            continue
        count = sum(way * (own[run] or 0.0) > way * (own[reference] or 0.0) for run in others)
        if said.holds(count, len(others)):
            return ""
        counts.append(f"{count} of {len(others)} in {metric} {dataset}".strip())
    return "; ".join(counts[:3]) or None


def _of_datasets(
    said: Counted, way: int, metric: str, pair: tuple[str, str], results: LoggedResults, means: Mapping[Cell, float]
) -> str | None:
    """The same of a count of data sets."""
    cells = [(means.get((pair[0], d, metric)), means.get((pair[1], d, metric))) for d in results.datasets]
    known = [(own, other) for own, other in cells if own is not None and other is not None]
    if (
        len(known) < 2
        or pair[0] == pair[1]
        or (said.word["all"] and said.word["all"].lower() == "both" and len(known) != 2)
    ):
        return None
    count = sum(way * own > way * other for own, other in known)
    if said.of and said.of != len(known):
        return f"the results have {len(known)} data sets" if said.of > len(known) else None
    return "" if said.holds(count, len(known)) else f"{count} of {len(known)} in {metric}, {pair[0]} and {pair[1]}"


def _mean(run: str, dataset: str, metric: str, results: LoggedResults, means: Mapping[Cell, float]) -> float | None:
    if dataset != "over all":
        return means.get((run, dataset, metric))
    values = [means[run, d, metric] for d in results.datasets if (run, d, metric) in means]
    return statistics.fmean(values) if len(values) == len(results.datasets) else None
