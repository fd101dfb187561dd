"""The runs of a paper that is written by rules, and what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Literal

from ...presentation.latex import escape
from ..comparisons import PooledComparison, RunComparison
from ..evidence import Evidence
from ..latex.words import listed
from ..nodes import BASELINE, Node
from ..plan import AnalysisPlan, undeclared
from ..template import Metric

Outcome = Literal["better", "worse", "mixed", "nothing", "untested"]


class Study(Evidence):
    """The evidence of runs against a baseline."""

    @cached_property
    def variants(self) -> tuple[Node, ...]:
        """The runs but for the baseline and those on fresh seeds."""
        return tuple(node for node in self.nodes if node.run != BASELINE and node.kind != "confirm")

    @cached_property
    def tested(self) -> tuple[Node, ...]:
        """The runs that the deciding tests are of: all variants, or what a search has confirmed."""
        return (self.confirmed,) if self.confirmed else self.variants

    @cached_property
    def secondary(self) -> tuple[Metric, ...]:
        """The other metrics that the runs have written."""
        written = {name for values in self.nodes[0].results.values() for name in values}
        return tuple(metric for metric in self.metrics if not metric.primary and metric.name in written)

    @cached_property
    def tests(self) -> list[PooledComparison]:
        """The comparisons in the primary metrics over all pairs of dataset and seed, which decide."""
        return [item for item in self.comparisons.pooled if item.metric.primary]

    @cached_property
    def resolved(self) -> list[PooledComparison]:
        """Those of them in which a difference was resolved."""
        return [item for item in self.tests if item.effect in ("better", "worse")]

    @cached_property
    def by_dataset(self) -> list[RunComparison]:
        """The comparisons in the primary metrics on single datasets."""
        return self.comparisons.of(primary=True)

    @cached_property
    def plan(self) -> AnalysisPlan:
        """How the runs were to be compared, written down before them or made up from them."""
        return self.comparisons.plan or undeclared(self.nodes, self.metrics)

    @cached_property
    def outcome(self) -> Outcome:
        """What came out in the primary metrics."""
        effects = {item.effect for item in self.tests}
        if effects <= {"not tested"}:
            return "untested"
        found = effects & {"better", "worse"}
        return "mixed" if len(found) == 2 else "better" if "better" in found else "worse" if found else "nothing"

    @property
    def seeds(self) -> tuple[int, ...]:
        """The different numbers of seeds, at least one."""
        return tuple(n for n in self.comparisons.seeds if n) or (1,)


def opening(labels: Sequence[str]) -> str:
    """Labels at the start of a sentence, behind "Setting" where they cannot begin one themselves."""
    names = listed([named(label) for label in labels])
    return names if labels[0][:1].isupper() else f"Setting{'s' if len(labels) > 1 else ''} {names}"


def named(label: str) -> str:
    """A setting's label inside a sentence, as LaTeX."""
    return rf"\textit{{{escape(label)}}}"
