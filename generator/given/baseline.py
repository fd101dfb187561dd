"""Which run the others are compared with, and in what order runs come."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...data.errors import InputError, unknown
from ..nodes import BASELINE
from .observations import Observations

BASELINE_NAME = re.compile(r"(?<![a-z])(?:baseline|default|control|vanilla|reference|placebo)(?![a-z])", re.I)
FEW = 10


def with_baseline_first(found: Observations, asked: str) -> list[str]:
    """The runs, the baseline first: the one asked for, `run_0`, or the only one whose name says so.

    Raises InputError for an unknown run, and where no run or more than one is called a baseline.
    """
    runs = found.runs
    if asked:
        named = [run for run in runs if asked in (run, found.labels.get(run))]
        if not named:
            raise unknown("run", asked, runs)
        first = named[0]
    elif len(runs) == 1 or BASELINE in runs:
        first = BASELINE if BASELINE in runs else runs[0]
    else:
        first = _called_so(runs, found)
        found.said.append(f"the others are compared with {first!r}, by its name (--baseline names another)")
    return [first, *(run for run in runs if run != first)]


def _called_so(runs: Sequence[str], found: Observations) -> str:
    named = [run for run in runs if BASELINE_NAME.search(f"{run} {found.labels.get(run, '')}")]
    exact = [run for run in named if BASELINE_NAME.fullmatch(run)]
    chosen = exact if len(exact) == 1 else named
    if len(chosen) != 1:
        what = "more than one run is called a baseline" if chosen else "no run is called a baseline"
        shown = ", ".join((chosen or list(runs))[:FEW]) + (", ..." if len(chosen or runs) > FEW else "")
        raise InputError(f"{what} ({shown}); name the one to compare with: --baseline NAME")
    return chosen[0]
