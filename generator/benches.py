"""Benches: a workspace for one experiment, so that several can be worked on at once and none sees another's results.

RUN/benches/run_3/ has the template's files, the baseline's results, and the code that the experiment starts from.
Figures that show some of the runs are drawn at a bench too, where plot.py finds no others.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import replace

from .lab import Lab
from .nodes import BASELINE


def at_bench(lab: Lab, run: str) -> Lab:
    """The lab at the bench of a run."""
    return replace(lab, place=f"benches/{run}", _guard=None)


def set_up(lab: Lab, run: str, code: str) -> Lab:
    """A lab at a bench of its own for a run, with the code of the run `code`."""
    bench = at_bench(lab, run)
    shutil.rmtree(bench.workspace, ignore_errors=True)
    lab.template.copy_to(bench.workspace)
    shutil.rmtree(bench.workspace / BASELINE, ignore_errors=True)
    shutil.copytree(lab.workspace / BASELINE, bench.workspace / BASELINE)
    bench.restore_code(code)
    return bench


def with_runs(lab: Lab, name: str, runs: Iterable[str]) -> Lab:
    """A lab at a bench that has the results of these runs and of no others, with the baseline's code."""
    bench = set_up(lab, name, BASELINE)
    for run in runs:
        shutil.rmtree(bench.workspace / run, ignore_errors=True)
        shutil.copytree(lab.workspace / run, bench.workspace / run)
    return bench


def bring_home(lab: Lab, bench: Lab, run: str) -> None:
    """Take the results of the run from its bench to the lab's workspace; there are none where it failed."""
    home = lab.workspace / run
    shutil.rmtree(home, ignore_errors=True)
    if (bench.workspace / run).is_dir():
        (bench.workspace / run).rename(home)


def clear(bench: Lab) -> None:
    """Remove a bench."""
    shutil.rmtree(bench.workspace, ignore_errors=True)
