"""How long what is left will take, by what was done so far."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from .nodes import BASELINE, Journal

UNCOUNTED = ("debug", "confirm")


def time_in_words(seconds: float) -> str:
    """A time as one says it: "40 s", "12 min", "2.5 h"."""
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 99.5 * 60 else f"{seconds / 3600:.1f} h"


def runs_left(journal: Journal, most: int, at_once: int = 1) -> str:
    """How many experiments may still come, those in work counted, and their time by the runs so far.

    What mends a failed experiment is none of its own, nor is a run on fresh seeds.
    """
    made = [n for n in journal.nodes if n.run != BASELINE and n.status != "planned" and n.kind not in UNCOUNTED]
    left = most - len(made)
    times = [node.seconds for node in journal.nodes if node.seconds]
    guess = f", about {time_in_words(left * fmean(times) / min(at_once, max(left, 1)))}" if times else ""
    return f"at most {left} left{guess}"


def ideas_left(seconds: Sequence[float], ideas: int, parallel: int) -> str:
    """How many ideas are through and how long the others take, by the seconds of those; empty where none is left."""
    left = ideas - len(seconds)
    if left <= 0 or not seconds:
        return ""
    guess = time_in_words(left * fmean(seconds) / min(parallel, left))
    return f"{len(seconds)} of {ideas} ideas are through, about {guess} left"
