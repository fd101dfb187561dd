"""A search for any sign that is borne by papers of one decision far more often than by those of the other.

Every sign of `signs` that enough papers bear is screened on the papers to fit on; what is much purer there than the
base rate is thinned to signs of different papers, and confirmed on the papers to test on, with Holm's correction over
all that were tried there. Under decisions without any sign, at most one hunt in twenty finds something.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...data.dataset import Dataset
from ...reviewer.scrub import Scrubbed
from ...statistics import metrics
from ...statistics.arrays import Bools, Floats
from ...statistics.multiple_testing import holm
from ...statistics.rating_matched import matched_metrics
from ..load_outcomes import humans_of
from ..outcomes import Humans
from ..resampled import Bootstrap
from .alphabet import Keys
from .records import Sign, SignSearch
from .signs import Family, Places, families

MOST_SHOWN = 20
AROUND = 32
"""Characters of an example on either side of the sign."""
BESIDE = 12
"""Characters on either side within which a cut counts as beside a sign."""
Indices = NDArray[np.intp]
ENOUGH = 100
"""Papers that a search needs, and a calibration split to be fitted on."""
FEWEST_PAPERS = 20
"""Papers, of either part, that must bear a sign."""
FEWEST_FITTED = 8
SCREEN_ODDS, CONFIRM_ODDS = 4.0, 3.0
"""How many times likelier a paper of one decision must be to bear the sign, on the papers to fit on and to test on."""
SCREEN_P = 1e-3
MOST_SCREENED = 2000
SAME_PAPERS = 0.6
"""Share of the rarer sign's papers that bear the other too, from which on the two are one."""


@dataclass(frozen=True)
class Signs:
    """Which of n texts bear which of m signs."""

    families: Sequence[Family]
    family: Indices
    """(m,) into `families`."""
    keys: Keys
    """(m,)"""
    bearers: Any
    """(n, m) sparse, 1 where a text bears the sign."""


@dataclass(frozen=True)
class FoundSign:
    """A confirmed sign: its column in `Signs`, its side, and the corrected p-value of the papers to test on."""

    column: int
    accepted: bool
    p_holm: float


def read_signs(
    texts: Sequence[str], counts: Floats, fit: Bools, progress: Callable[[str], None] = lambda _: None
) -> Signs:
    """The signs that are borne by FEWEST_PAPERS of the texts, FEWEST_FITTED of those to fit on (fit is (n,)).

    `counts` are the texts' surface counts, (n, counts).
    """
    from scipy.sparse import csc_array, hstack

    kinds = families([text for text, chosen in zip(texts, fit, strict=True) if chosen], counts[fit])
    keys, columns, family = [], [], []
    for number, kind in enumerate(kinds):
        progress(f"hunting for signs: {kind.name} ({number + 1} of {len(kinds)})")
        borne = [np.unique(kind.places(text)[0]) for text in texts]
        fitted = np.concatenate([found for found, chosen in zip(borne, fit, strict=True) if chosen])
        known, times = np.unique(fitted, return_counts=True)
        known = known[times >= FEWEST_FITTED]
        rows = [np.flatnonzero(np.isin(known, found, assume_unique=True)) for found in borne]
        indptr = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
        ones = np.ones(indptr[-1], dtype=np.int8)
        bearers = csc_array((ones, np.concatenate(rows), indptr), shape=(len(known), len(texts))).T.tocsc()
        enough = np.diff(bearers.indptr) >= FEWEST_PAPERS
        columns.append(bearers[:, enough])
        keys.append(known[enough])
        family.append(np.full(int(enough.sum()), number))
    return Signs(kinds, np.concatenate(family), np.concatenate(keys), hstack(columns, format="csc"))


def confirmed(signs: Signs, accepted: Bools, fit: Bools, test: Bools) -> tuple[list[FoundSign], int]:
    """Signs found on the papers of `fit` and confirmed on those of `test`, and how many were tried there.

    `accepted`, `fit` and `test` are (n,); no paper is in both parts.
    """
    fitted = signs.bearers[fit]
    odds, p_values, sides = _purity(fitted, accepted[fit])
    strong = np.flatnonzero((odds >= SCREEN_ODDS) & (p_values < SCREEN_P))
    strong = strong[np.argsort(p_values[strong], kind="stable")][:MOST_SCREENED]
    tried = strong[_different(fitted[:, strong].toarray().T, sides[strong])]
    if not len(tried):
        return [], 0
    again, p_again, sides_again = _purity(signs.bearers[test][:, tried], accepted[test], sides[tried])
    corrected = holm(p_again.tolist())
    found = [
        FoundSign(int(column), bool(side), p)
        for column, side, same, odd, p in zip(tried, sides[tried], sides_again, again, corrected, strict=True)
        if same == side and odd >= CONFIRM_ODDS and p < 0.05
    ]
    return sorted(found, key=lambda sign: sign.p_holm), len(tried)


def _purity(bearers: Any, accepted: Bools, sides: Bools | None = None) -> tuple[Floats, Floats, Bools]:
    """Of every sign: how many times likelier it is on its side, Fisher's one-sided p (1 where weak), and its side.

    The side is the decision (accept: true) whose papers bear it more often, unless it is given.
    """
    from scipy.stats import hypergeom

    n, positives = len(accepted), int(accepted.sum())
    borne = np.asarray(bearers.sum(axis=0, dtype=np.int64)).ravel()
    by_accepted = np.asarray(bearers[accepted].sum(axis=0, dtype=np.int64)).ravel()
    likelihoods = (by_accepted + 0.5) / (positives + 1) / ((borne - by_accepted + 0.5) / (n - positives + 1))
    side = likelihoods > 1
    odds = np.where(side, likelihoods, 1 / likelihoods)
    tested = np.ones(len(odds), dtype=bool) if sides is not None else odds >= SCREEN_ODDS
    towards = side if sides is None else sides
    p_values = np.ones(len(odds))
    of_side = np.where(towards, by_accepted, borne - by_accepted)[tested]
    cases, which = np.unique(np.stack([of_side, borne[tested], towards[tested]]), axis=1, return_inverse=True)
    totals = np.where(cases[2] == 1, positives, n - positives)
    p_values[tested] = hypergeom.sf(cases[0] - 1, n, totals, cases[1])[which.ravel()]
    return odds, p_values, side


def _different(bearers: NDArray[np.int8], sides: Bools) -> Indices:
    """Which of the signs (m, papers), best first, are borne by other papers than the better ones of their side."""
    dense = bearers.astype(np.float32)
    size = dense.sum(axis=1)
    kept: list[int] = []
    for i in range(len(dense)):
        shared = dense[kept] @ dense[i] / np.minimum(size[kept], size[i])
        if not (shared[sides[kept] == sides[i]] >= SAME_PAPERS).any():
            kept.append(i)
    return np.array(kept, dtype=np.intp)


@dataclass(frozen=True)
class SignSplit:
    """The n papers that signs are searched on."""

    humans: Humans
    fit: Bools
    """(n,) papers to find signs on"""
    test: Bools
    """(n,) papers to confirm them on, none of the others"""
    bootstrap: Bootstrap
    """draws of the papers to confirm on"""

    @classmethod
    def of(cls, dataset: Dataset, humans: Humans, fit: Bools, test: Bools, draws: int) -> SignSplit | str:
        """The split into `fit` and `test` (n,), two halves where these overlap, or why there are too few papers.

        Of papers of one group and decision, which are copies of each other, one is counted.
        """
        if len(humans) < ENOUGH:
            return f"{len(humans)} papers; a hunt for signs needs {ENOUGH}"
        if (fit & test).any():
            fit = _half(humans)
            test = ~fit
        seen: dict[tuple[Any, bool], int] = {}
        named = zip(humans.groups, humans.accepted.tolist(), strict=True)
        first = np.array([seen.setdefault(one, number) == number for number, one in enumerate(named)])
        fit, test = fit & first, test & first
        return cls(humans, fit, test, Bootstrap(part_of(dataset, test), draws))


def _half(humans: Humans, seed: int = 0) -> Bools:
    """Half of the groups of papers, (n,), of groups that begin with an accepted or with a rejected paper alike."""
    first = dict(zip(humans.groups[::-1], humans.accepted[::-1], strict=True))
    names = np.random.default_rng(seed).permutation(sorted(first)).tolist()
    chosen = {name for label in (True, False) for name in [name for name in names if first[name] == label][::2]}
    return np.array([group in chosen for group in humans.groups])


def part_of(dataset: Dataset, chosen: Bools) -> Humans:
    """The human side of the chosen (n,) papers. Raises InputError where all have the same decision."""
    return humans_of([j for j, inside in zip(dataset.judgements, chosen, strict=True) if inside])


def search_signs(
    texts: Sequence[str],
    counts: Floats,
    split: SignSplit,
    *,
    scrubbed: Sequence[Scrubbed] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> SignSearch:
    """Search for signs in the n texts.

    `counts` are the texts' surface counts (n, counts). `scrubbed` says what was cut where, if anything was.
    """
    signs = read_signs(texts, counts, split.fit, progress)
    found, tried = confirmed(signs, split.humans.accepted, split.fit, split.test)
    shown = [_sign(signs, one, texts, split, scrubbed) for one in found[:MOST_SHOWN]]
    return SignSearch(searched=len(signs.keys), tried=tried, signs=shown)


def _sign(signs: Signs, found: FoundSign, texts: Sequence[str], split: SignSplit, scrubbed: Sequence[Scrubbed]) -> Sign:
    humans, fit, test = split.humans, split.fit, split.test
    family, key = signs.families[signs.family[found.column]], signs.keys[found.column]
    borne = signs.bearers[:, [found.column]].toarray().ravel() == 1
    typical = np.flatnonzero(borne & (humans.accepted == found.accepted))
    spans = {paper: _span(family.places(texts[paper]), key) for paper in typical.tolist()}
    paper = int(typical[0])
    start, end = spans[paper]
    decision = borne[test] if found.accepted else ~borne[test]
    y, rating = humans.accepted[test], humans.rating[test]
    matched = matched_metrics(y, decision, rating, split.bootstrap.counts)
    return Sign(
        family=family.name,
        pattern=family.pattern(int(key), texts[paper][start:end]),
        example=_example(texts[paper], start, end),
        paper=humans.ids[paper],
        accepted=found.accepted,
        papers=int(borne.sum()),
        fitted=int((borne & fit).sum()),
        fitted_accepted=int((borne & fit & humans.accepted).sum()),
        tested=int((borne & test).sum()),
        tested_accepted=int((borne & test & humans.accepted).sum()),
        balanced_accuracy=split.bootstrap.estimate(metrics.balanced_accuracy_score, y, decision),
        matched=matched,
        p_holm=found.p_holm,
        beside_cut=_cuts(spans, scrubbed) if scrubbed else "",
        verdict="leak" if matched.auc is None or matched.above_chance else "suspect",
    )


def _span(places: Places, key: np.uint64) -> tuple[int, int]:
    """Where a sign stands first."""
    keys, starts, ends = places
    first = int(np.flatnonzero(keys == key)[0])
    return int(starts[first]), int(ends[first])


def _example(text: str, start: int, end: int) -> str:
    """The sign with what stands around it; of a count, which stands nowhere, nothing."""
    if start == end:
        return ""
    return "↵".join(" ".join(line.split()) for line in text[max(start - AROUND, 0) : end + AROUND].split("\n"))


def _cuts(spans: dict[int, tuple[int, int]], scrubbed: Sequence[Scrubbed]) -> str:
    """The rule that most often cut beside a sign, and in how many of its papers; empty where most have no cut there."""
    rules = [_cut(scrubbed[paper], *span) for paper, span in spans.items()]
    found = Counter(rule for rule in rules if rule)
    if found.total() <= len(rules) / 2:
        return ""
    rule, count = found.most_common(1)[0]
    return f"{rule} ({count} of {len(rules)})"


def _cut(scrubbed: Scrubbed, start: int, end: int) -> str:
    """The rule that cut beside the characters start to end of a scrubbed text; empty where the original is the same."""
    text, original = scrubbed.text, scrubbed.original
    before = text[max(start - BESIDE, 0) : start]
    if start == end or "".join(text[max(start - BESIDE, 0) : end + BESIDE].split()) in "".join(original.split()):
        return ""
    at = original.find(before)
    near = [cut for cut in scrubbed.removed if at <= cut.start <= at + len(before) + (end - start) + BESIDE]
    return near[0].rule if at >= 0 and near else ""
