"""What a paper of the offline scientist is about: the knob, the runs, and what the tests resolve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from ...data.errors import InputError
from ...data.files import read_json
from ...presentation.latex import escape
from ..comparisons import RunComparison, RunComparisons, compare_runs
from ..lab import Lab
from ..latex.words import inside, listed
from ..nodes import BASELINE, Node
from ..search import CONFIRMATION
from ..template import Knob, Knobs, Metric, Template

Outcome = Literal["better", "worse", "mixed", "nothing", "untested"]


@dataclass(frozen=True)
class Study:
    """One knob, varied. `nodes` have results, the baseline first; `failed` have none.

    `confirmation` compares the runs of a variant under other seeds, which no family of tests counts.
    """

    template: Template
    knobs: Knobs
    knob: Knob
    nodes: tuple[Node, ...]
    failed: tuple[Node, ...]
    comparisons: RunComparisons
    confirmation: RunComparisons
    background: dict[str, Any]
    preset: str

    @classmethod
    def of(cls, lab: Lab) -> Study:
        """The study of a lab's idea. Raises InputError where the idea is none of the template's knobs."""
        knobs = knobs_of(lab.template)
        nodes = lab.journal().nodes
        path = lab.template.folder / "latex" / "background.json"
        return cls(
            template=lab.template,
            knobs=knobs,
            knob=knob_of(lab),
            nodes=tuple(node for node in nodes if node.status == "ok"),
            failed=tuple(node for node in nodes if node.status == "failed"),
            comparisons=compare_runs([node for node in nodes if not repeats(node)], knobs.metrics),
            confirmation=compare_runs([node for node in nodes if node.run == BASELINE or repeats(node)], knobs.metrics),
            background=read_json(path) if path.is_file() else {},
            preset=lab.settings.preset or default_preset(),
        )

    @cached_property
    def variants(self) -> tuple[Node, ...]:
        """The runs but for the baseline and repetitions."""
        return tuple(node for node in self.nodes if node.run != BASELINE and not repeats(node))

    @cached_property
    def datasets(self) -> tuple[str, ...]:
        """The datasets of the baseline, in the order of its results."""
        return tuple(self.nodes[0].results)

    @cached_property
    def primary(self) -> tuple[Metric, ...]:
        """The metrics that the study is judged by."""
        chosen = tuple(metric for metric in self.knobs.metrics if metric.primary)
        return chosen or self.knobs.metrics[:1]

    @cached_property
    def secondary(self) -> tuple[Metric, ...]:
        """The other metrics that the runs have written."""
        written = {name for values in self.nodes[0].results.values() for name in values}
        return tuple(metric for metric in self.knobs.metrics if metric not in self.primary and metric.name in written)

    @cached_property
    def tests(self) -> list[RunComparison]:
        """The comparisons in the primary metrics."""
        names = {metric.name for metric in self.primary}
        return [item for item in self.comparisons.items if item.metric.name in names]

    @cached_property
    def resolved(self) -> list[RunComparison]:
        """Those of them in which a difference was resolved."""
        return [item for item in self.tests if item.effect in ("better", "worse")]

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


def repeats(node: Node) -> bool:
    """Whether a run repeats another one under other seeds, as the tree search does in the end."""
    return node.label.endswith(f", {CONFIRMATION}")


def knobs_of(template: Template) -> Knobs:
    """What may be varied. Raises InputError for a template that does not say."""
    if template.knobs is None:
        raise InputError(
            f"template {template.name} has no knobs.json, which the offline scientist needs; "
            f"use -m anthropic/MODEL or openai/MODEL"
        )
    return template.knobs


def knob_of(lab: Lab) -> Knob:
    """The knob that the lab's idea varies. Raises InputError where it varies none."""
    name = lab.idea.details.get("knob") if lab.idea else None
    found = next((knob for knob in knobs_of(lab.template).knobs if knob.name == name), None)
    if found is None:
        raise InputError(f"{lab.folder}: idea.json names no knob of template {lab.template.name} (details.knob)")
    return found


def default_preset() -> str:
    """The preset that the bundled templates take by themselves: `paper` where PyTorch finds CUDA, else `cpu`."""
    try:
        import torch
    except ImportError:
        return "cpu"
    return "paper" if torch.cuda.is_available() else "cpu"


def metric_name(metric: Metric) -> str:
    """The metric inside a sentence, without its unit, as LaTeX."""
    return escape(inside(metric.label.partition(" (")[0]))


def opening(labels: Sequence[str]) -> str:
    """Labels at the start of a sentence, behind "Setting" where they cannot begin one themselves."""
    names = listed([named(label) for label in labels])
    return names if labels[0][:1].isupper() else f"Setting{'s' if len(labels) > 1 else ''} {names}"


def named(label: str) -> str:
    """A setting's label inside a sentence, as LaTeX."""
    return rf"\textit{{{escape(label)}}}"
