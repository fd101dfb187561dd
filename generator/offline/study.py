"""What a paper of the offline scientist is about: a knob of the template, the edits that vary it, what came of it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from ...data.errors import InputError
from ...data.files import read_json, read_text, write_atomic
from ...presentation.latex import escape
from ..comparisons import PooledComparison, RunComparison
from ..evidence import Evidence
from ..lab import Lab
from ..latex.words import listed
from ..nodes import BASELINE, Node
from ..plan import AnalysisPlan, read_plan, undeclared
from ..search_steps import repeats
from ..template import Edit, Knob, Knobs, Metric, Template, Variant

Outcome = Literal["better", "worse", "mixed", "nothing", "untested"]
LINE = 88
"""Characters that fit a line of a listing."""
MOST_LINES = 26


@dataclass(frozen=True)
class Study(Evidence):
    """One knob, varied, and the evidence of its runs."""

    template: Template
    knobs: Knobs
    knob: Knob
    background: dict[str, Any]
    preset: str

    @classmethod
    def of_lab(cls, lab: Lab) -> Study:
        """The study of a lab's idea. Raises InputError where the idea is none of the template's knobs."""
        knobs = knobs_of(lab.template)
        path = lab.template.folder / "latex" / "background.json"
        return cls(
            **vars(Evidence.of(lab.journal().nodes, knobs.metrics, read_plan(lab.folder))),
            template=lab.template,
            knobs=knobs,
            knob=knob_of(lab),
            background=read_json(path) if path.is_file() else {},
            preset=lab.settings.preset or default_preset(lab.template),
        )

    @cached_property
    def variants(self) -> tuple[Node, ...]:
        """The runs but for the baseline and repetitions."""
        return tuple(node for node in self.nodes if node.run != BASELINE and not repeats(node))

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


def default_preset(template: Template) -> str:
    """The preset that a bundled template takes by itself: `paper`, if it has that and CUDA is found; else `cpu`."""
    if "paper" not in template.presets():
        return "cpu"
    try:
        import torch
    except ImportError:
        return "cpu"
    return "paper" if torch.cuda.is_available() else "cpu"


def opening(labels: Sequence[str]) -> str:
    """Labels at the start of a sentence, behind "Setting" where they cannot begin one themselves."""
    names = listed([named(label) for label in labels])
    return names if labels[0][:1].isupper() else f"Setting{'s' if len(labels) > 1 else ''} {names}"


def named(label: str) -> str:
    """A setting's label inside a sentence, as LaTeX."""
    return rf"\textit{{{escape(label)}}}"


def apply_edits(folder: Path, edits: Sequence[Edit]) -> None:
    """Make the replacements, all or none.

    Raises InputError where a text does not stand in its file exactly once, or a file lies outside the folder.
    """
    contents: dict[Path, str] = {}
    for edit in edits:
        path = folder / edit.file
        if not path.resolve().is_relative_to(folder.resolve()):
            raise InputError(f"knobs.json: {edit.file} leads out of the template's folder; name a file in it")
        text = contents[path] if path in contents else read_text(path)
        found = text.count(edit.search)
        if found != 1:
            times = "does not occur" if not found else f"occurs {found} times"
            raise InputError(f"{path}: {edit.search[:60]!r} {times}; knobs.json has to name a text that occurs once")
        contents[path] = text.replace(edit.search, edit.replace)
    for path, text in contents.items():
        write_atomic(path, text)


def listing(variants: Sequence[Variant]) -> str:
    """The changed lines as a LaTeX listing: those of the baseline behind "-", those of each variant behind "+".

    Lines that all variants replace are shown once. What is beyond `MOST_LINES` is left out, and that is said.
    """
    changes = [_changed(variant.edits) for variant in variants]
    removed = changes[0][0]
    shared = all(before == removed for before, _ in changes)
    lines = ["# Baseline", *_marked("-", removed)] if shared else []
    for variant, (before, after) in zip(variants, changes, strict=True):
        lines += [f"# {variant.label}", *([] if shared else _marked("-", before)), *_marked("+", after)]
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], "# ... (the rest is in the code that is kept with the runs)"]
    body = "\n".join(lines).replace(r"\end{verbatim}", r"\end {verbatim}")
    return "\\begingroup\\footnotesize\n\\begin{verbatim}\n" + body + "\n\\end{verbatim}\n\\endgroup"


def _changed(edits: Sequence[Edit]) -> tuple[list[str], list[str]]:
    """The lines that the edits take out, and those that they put in."""
    before: list[str] = []
    after: list[str] = []
    for edit in edits:
        old, new = edit.search.split("\n"), edit.replace.split("\n")
        for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if tag != "equal":
                before += old[a:b]
                after += new[c:d]
    return before, after


def _marked(mark: str, lines: Sequence[str]) -> list[str]:
    """The lines behind the mark, without their common indent, long ones broken."""
    shown = textwrap.dedent("\n".join(lines)).split("\n") if lines else []
    marked: list[str] = []
    for line in shown:
        pieces = textwrap.wrap(line, LINE, subsequent_indent=" " * 8, drop_whitespace=False) or [""]
        marked += [f"{mark} {pieces[0]}", *(f"  {piece}" for piece in pieces[1:])]
    return marked
