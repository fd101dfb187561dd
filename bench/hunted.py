"""What a hunt found: each sign with an example, its figures on the tested papers, and the cut beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..reviewer.scrub import Scrubbed
from ..statistics import metrics
from ..statistics.arrays import Bools, Floats
from .audit_records import Hunt, Sign
from .evaluate import Bootstrap
from .hunt import Found, Signs, read_signs, search
from .matched import matched_figures
from .outcomes import Humans
from .signs import Places

MOST_SHOWN = 20
AROUND = 32
"""Characters of an example on either side of the sign."""
BESIDE = 12
"""Characters on either side within which a cut counts as beside a sign."""


@dataclass(frozen=True)
class Ground:
    """The n papers that signs are hunted on."""

    humans: Humans
    fit: Bools
    """(n,) papers to find signs on"""
    test: Bools
    """(n,) papers to confirm them on, none of the others"""
    bootstrap: Bootstrap
    """draws of the papers to confirm on"""


def hunt(
    texts: Sequence[str],
    counts: Floats,
    ground: Ground,
    *,
    scrubbed: Sequence[Scrubbed] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> Hunt:
    """Hunt for signs in the n texts.

    `counts` are the texts' surface counts (n, counts). `scrubbed` says what was cut where, if anything was.
    """
    signs = read_signs(texts, counts, ground.fit, progress)
    found, tried = search(signs, ground.humans.accepted, ground.fit, ground.test)
    shown = [_sign(signs, one, texts, ground, scrubbed) for one in found[:MOST_SHOWN]]
    return Hunt(searched=len(signs.keys), tried=tried, signs=shown)


def _sign(signs: Signs, found: Found, texts: Sequence[str], ground: Ground, scrubbed: Sequence[Scrubbed]) -> Sign:
    humans, fit, test = ground.humans, ground.fit, ground.test
    family, key = signs.families[signs.family[found.column]], signs.keys[found.column]
    borne = signs.bearers[:, [found.column]].toarray().ravel() == 1
    typical = np.flatnonzero(borne & (humans.accepted == found.accepted))
    spans = {paper: _span(family.places(texts[paper]), key) for paper in typical.tolist()}
    paper = int(typical[0])
    start, end = spans[paper]
    decision = borne[test] if found.accepted else ~borne[test]
    y, rating = humans.accepted[test], humans.rating[test]
    matched = matched_figures(y, decision, rating, ground.bootstrap.counts)
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
        balanced_accuracy=ground.bootstrap.estimate(metrics.balanced_accuracy_score, y, decision),
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
