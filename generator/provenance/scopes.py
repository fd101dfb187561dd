"""Which runs, data sets and metrics a number may be of: scopes from narrow to wide.

What a sentence names narrows the values that its numbers can be; what it leaves open is taken from the sentences before
it, from the caption, or from the heading, first with all of that, then with less. What the sentence itself says of a
number without doubt (`referents`) is kept in all scopes: its run, the only data set, the only metric. In a table the
heads of row and column are kept, and where these and the caption name one cell it is as sure as in a sentence.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from .derive import Scope
from .names import Mentions, Names
from .numbers import Printed, find_numbers
from .passages import PaperPassage
from .reading import COMPARES
from .referents import attributed, of_the_only_run, stands_with

DIFFERENCE = re.compile(
    r"\b(?:by|difference|gap|margin|increase|decrease|reduction|change|gain|drop|interval|bounds?)"
    r"(?:\s+of)?\s+(?:about\s+|only\s+)?\Z|\[[^\]]*\Z",
    re.IGNORECASE,
)
OVER_DATASETS = re.compile(
    r"\baverag\w*|\bup to\b|\bas (?:much|little) as\b|\bat (?:most|least)\b|\boverall\b|\bacross\b|\btotal\b"
    r"|\b(?:all|both|over) (?:\w+ )?(?:data ?sets|tasks|problems)",
    re.IGNORECASE,
)
TEST_OVER_DATASETS = re.compile(
    r"\bpairs? of data ?sets? and seeds?|\b(?:all|both|over|across) (?:\w+ ){0,2}(?:data ?sets|tasks|problems)",
    re.IGNORECASE,
)
NOTHING = Scope()
FEW = 3


class Scopes(NamedTuple):
    """The scopes in which a number is looked for, and what of them the sentence itself is sure of."""

    tried: list[Scope]
    kept: Scope
    overall: bool = False
    """Whether the number is the p-value of a test over all data sets."""

    @property
    def named(self) -> Scope:
        """The narrowest."""
        return self.tried[0]

    @property
    def bound(self) -> bool:
        """Whether the sentence itself says run, data set and metric of the number."""
        return whole(self.kept)


def whole(scope: Scope) -> bool:
    """Whether run, data set and metric are all named."""
    return None not in (scope.runs, scope.datasets, scope.metrics)


def in_words(scope: Scope) -> str:
    """What a scope names: "run_1, dino, kl_divergence"; of more than a few names the number."""
    facets = {"runs": scope.runs, "data sets": scope.datasets, "metrics": scope.metrics}
    shown = {what: sorted(names) for what, names in facets.items() if names}
    return ", ".join("/".join(n) if len(n) <= FEW else f"{len(n)} {what}" for what, n in shown.items())


def scopes_of(number: Printed, passage: PaperPassage, names: Names) -> Scopes:
    """The scopes of one number of a passage."""
    own = names.named(passage.names)
    runs, datasets, metrics = own.runs, own.datasets, own.metrics
    for text in passage.around:
        further = names.named(text)
        runs, datasets, metrics = runs or further.runs, datasets or further.datasets, metrics or further.metrics
    overall = number.role == "p" and _is_of_all_datasets(number, passage.text, names)
    all_named = Scope(runs or None, None if overall else datasets or None, metrics or None)
    scopes = [all_named, Scope(own.runs or None, own.datasets or None, own.metrics or None)]
    kept = NOTHING
    if passage.kind == "cell" and not own.metrics and _has_metric_of_caption(passage, names):
        scopes[1] = replace(scopes[1], metrics=all_named.metrics)
    if passage.kind not in ("cell", "row", "formula"):
        scopes += [Scope(all_named.runs, None, all_named.metrics), Scope(None, all_named.datasets, all_named.metrics),
                   Scope(None, None, all_named.metrics), NOTHING]  # fmt: skip
        kept = _kept(number, passage.text, own, names)
    elif passage.kind == "cell" and not any(COMPARES.search(text) for text in (passage.names, *passage.around[:1])):
        single = all(facet is not None and len(facet) == 1 for facet in (runs, datasets, metrics))
        kept = all_named if single else NOTHING
    kept = replace(kept, datasets=None) if overall else kept
    narrowed = [replace(scope, **{k: v for k, v in vars(kept).items() if v is not None}) for scope in scopes]
    return Scopes(list(dict.fromkeys(narrowed)), kept, overall)


def _has_metric_of_caption(passage: PaperPassage, names: Names) -> bool:
    """Whether a cell, whose column is called by nothing but runs and data sets, is of the one metric of the caption."""
    column = passage.names.rpartition("|")[2]
    return len(names.sure_metrics("".join(passage.around[:1]))) == 1 and not names.says_more(column)


def _kept(number: Printed, text: str, own: Mentions, names: Names) -> Scope:
    """What the sentence says of this number without doubt."""
    numbers = [n for n in find_numbers(text) if n.role == "value" and not _is_other(n, text, names)]
    places = names.run_places(text)
    masked = names.masked(text)
    of_run = attributed(masked, numbers, places)
    run = of_run.get(number.start)
    if run is None and len(own.runs) == 1 and {place.name for place in places} == own.runs:
        run = places[0].name if of_the_only_run(masked, number, numbers, places, of_run) else None
    placed = names.dataset_places(text)
    every = [n for n in find_numbers(text) if n.role == "value" and not names.within_label(text, n.start, n.end)]
    dataset = attributed(masked, every, placed).get(number.start) if len(own.datasets) > 1 else None
    if len(own.datasets) == 1 and not OVER_DATASETS.search(masked):
        dataset = next(iter(own.datasets)) if not placed or stands_with(masked, number, numbers, placed) else None
    if names.only_dataset:
        dataset = names.only_dataset
    metrics = names.sure_metrics(text)
    return Scope(
        frozenset({run}) if run else None,
        frozenset({dataset}) if dataset else None,
        metrics if len(metrics) == 1 else None,
    )


def _is_of_all_datasets(number: Printed, text: str, names: Names) -> bool:
    """Whether the words in front of the number speak of a test over all data sets, and then of none of them."""
    before = text[: number.start]
    tested = [found.end() for found in TEST_OVER_DATASETS.finditer(before)]
    return bool(tested) and not any(place.start >= tested[-1] for place in names.dataset_places(before))


def _is_other(number: Printed, text: str, names: Names) -> bool:
    """Whether a number is part of a name, or a difference or an interval rather than a value."""
    differs = number.text[:1] == "+" or DIFFERENCE.search(text[: number.start]) is not None
    return differs or names.within_label(text, number.start, number.end)
