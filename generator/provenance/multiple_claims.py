"""Multiples in words held against the logged means.

A sentence is checked where it names the run that it speaks of, the one that it is compared with (else the baseline),
and the measure. On the data set that it names the quotient of the means has to come near to what is said; where it
names none, or several, on one of them or over all.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Mapping

from .direction import HEDGED, OVER_DATASETS, Claim, Contradicted, held_against_means, is_reference, way_of, without
from .logged import BASELINE, Cell, LoggedResults
from .multiples import Multiple, multiples
from .names import Names, Place
from .passages import PaperPassage

OF_TIME = re.compile(r"(?:^|_)(?:time|seconds?|latency|duration|wall|clock|runtime)(?:_|\Z)")
SUBJECT = re.compile(r"\b(?:by|with|under|using|when|in)\s+(?:the\s+|our\s+)?\Z", re.IGNORECASE)
"""In front of the run that a sentence speaks of, behind the multiple."""


def wrong_multiples(
    passages: Iterable[PaperPassage], results: LoggedResults, better: Mapping[str, str]
) -> tuple[list[Contradicted], int]:
    """The multiples in words that the means contradict, and how many could be checked."""

    def claims(passage: PaperPassage, names: Names, means: Mapping[Cell, float]) -> Iterable[Claim]:
        places = names.run_places(passage.text)
        plain = without(names.masked(passage.text), places)
        for said in multiples(plain) if places and not HEDGED.search(plain) else ():
            outcome = _outcome(said, passage, places, names, means, better)
            if outcome is not None:
                yield said.word, said.start, outcome

    return held_against_means(passages, results, claims)


def _outcome(
    said: Multiple,
    passage: PaperPassage,
    places: list[Place],
    names: Names,
    means: Mapping[Cell, float],
    better: Mapping[str, str],
) -> str | None:
    """Why the means contradict a multiple; empty where they bear it out, None where they cannot say."""
    text = passage.text
    pair = _pair(said, text, places)
    metrics = _metrics(said, text, names)
    datasets = names.named(text).datasets or frozenset({names.only_dataset} - {""})
    known: list[str] = []
    for metric in sorted(metrics) if pair else ():
        values = _values(pair or ("", ""), metric, means)
        one = len(datasets) == 1 and not OVER_DATASETS.search(names.masked(text))
        values = {d: both for d, both in values.items() if d in datasets} if one else _with_mean(values)
        for dataset, (own, other) in values.items():
            if said.fits(own / other, higher=way_of(metric, better) == "higher"):
                return ""
            known.append(f"{dataset} {metric}: {own:.6g} and {other:.6g}, {own / other:.3g} times".strip())
    return f"{' against '.join(pair)}, {'; '.join(known[:2])}" if pair and known else None


def _pair(said: Multiple, text: str, places: list[Place]) -> tuple[str, str] | None:
    """The run that the sentence speaks of and the one that it is compared with, else the baseline."""
    references = {
        p.name for p in places if is_reference(text, p) or (p.start >= said.end and not SUBJECT.search(text[: p.start]))
    }
    subjects = {p.name for p in places} - references
    if len(subjects) != 1 or len(references) > 1:
        return None
    (subject,) = subjects
    reference = next(iter(references), BASELINE)
    return (subject, reference) if subject != reference else None


def _metrics(said: Multiple, text: str, names: Names) -> frozenset[str]:
    sure = names.sure_metrics(text)
    if said.duration:
        times = frozenset(metric for metric in names.metrics if OF_TIME.search(metric))
        return sure & times or (frozenset() if sure else times)
    if noun := text[slice(*said.noun)].strip():
        return (sure & (names.named(noun).metrics | names.in_labels(noun))) or names.sure_metrics(noun)
    return sure


def _values(pair: tuple[str, str], metric: str, means: Mapping[Cell, float]) -> dict[str, tuple[float, float]]:
    """By data set, what the two runs have; without those where a quotient says nothing."""
    own = {dataset: value for (run, dataset, of), value in means.items() if run == pair[0] and of == metric}
    other = {dataset: value for (run, dataset, of), value in means.items() if run == pair[1] and of == metric}
    return {d: (own[d], other[d]) for d in own if d in other and own[d] >= 0 and other[d] > 0}


def _with_mean(values: dict[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    if len(values) < 2:
        return values
    own, other = (statistics.fmean(side) for side in zip(*values.values(), strict=True))
    return values | {"means over data sets": (own, other)}
