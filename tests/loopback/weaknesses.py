"""A steady reviewer with planted weaknesses: what a paper is worth to it, in points of a scale of 1 to 10.

Its noise comes from the paper's first line, so that a changed text keeps it. Evidence counts: each comparison
with a baseline is worth something, up to `ENOUGH`. Weaknesses by name, each 0 for none:

    length    points per doubling of the words, beyond a thousand
    blind     1: it does not see whether there are baselines
    drift     points for each earlier look at the same text
    jitter    points of spread from look to look
    praise    points for each superlative, up to `ENOUGH_PRAISE`
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from statistics import NormalDist

from .calls import digest, fraction
from .rewriter import PRAISE

LOWEST, WIDTH = 4.0, 1.5
"""Where the noise of papers lies, in points: from the lowest, so wide."""
COMPARISON = "compare with a baseline"
ENOUGH, BASELINES = 6, 2.0
"""Comparisons with baselines that are enough, and what these are worth in points."""
NAMES = ("length", "blind", "drift", "jitter", "praise")
ENOUGH_PRAISE = 3


class SteadyReviewer:
    """Points of a paper; it counts how often it has looked at each text."""

    def __init__(self, weaknesses: Mapping[str, float]) -> None:
        strangers = set(weaknesses) - set(NAMES)
        if strangers:
            raise ValueError(f"no such weakness: {', '.join(sorted(strangers))}; known: {', '.join(NAMES)}")
        self.weak = {name: weaknesses.get(name, 0.0) for name in NAMES}
        self.looks: Counter[bytes] = Counter()

    def quality(self, paper: str, sample: str) -> float:
        """In [0, 1], of the next look at this text."""
        key = digest(paper)
        points = points_of(paper, self.weak) + self.weak["drift"] * self.looks[key]
        if self.weak["jitter"]:
            chance = min(max(fraction("look", key, sample, self.looks[key]), 1e-9), 1 - 1e-9)
            points += self.weak["jitter"] * NormalDist().inv_cdf(chance)
        self.looks[key] += 1
        return min(max((points - 1) / 9, 0.0), 1.0)


def points_of(paper: str, weak: Mapping[str, float]) -> float:
    """What a text is worth at its first look, without chance."""
    title = next((line.strip() for line in paper.split("\n") if line.strip()), "")
    points = LOWEST + WIDTH * fraction("title", title)
    seen = ENOUGH if weak.get("blind") else min(paper.count(COMPARISON), ENOUGH)
    points += BASELINES * seen / ENOUGH
    points += weak.get("praise", 0.0) * min(sum(paper.count(word) for word in PRAISE), ENOUGH_PRAISE)
    return points + weak.get("length", 0.0) * math.log2(max(len(paper.split()), 1) / 1000)
