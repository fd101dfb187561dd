"""What a paper of the offline scientist is about: a knob of the template, varied, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...data.errors import InputError
from ...data.files import read_json
from ..evidence import Evidence
from ..lab import Lab
from ..plan import read_plan
from ..short_names import with_short_names
from ..template import Knob, Knobs, Template
from .study import Study
from .tree import Settings


@dataclass(frozen=True, kw_only=True)
class KnobStudy(Study):
    """One knob, varied, and the evidence of its runs."""

    template: Template
    knobs: Knobs
    knob: Knob
    background: dict[str, Any]
    preset: str
    settings: Settings
    full: dict[str, str]
    """The full names of runs that have short ones."""

    @classmethod
    def of_lab(cls, lab: Lab) -> KnobStudy:
        """The study of a lab's idea. Raises InputError where the idea is none of the template's knobs."""
        knobs, journal = knobs_of(lab.template), lab.journal()
        nodes, full = with_short_names(journal.nodes, lab.folder)
        path = lab.template.folder / "latex" / "background.json"
        return cls(
            **vars(Evidence.of(nodes, knobs.metrics, read_plan(lab.folder), journal.choice)),
            template=lab.template,
            knobs=knobs,
            knob=knob_of(lab),
            background=read_json(path) if path.is_file() else {},
            preset=lab.settings.preset or default_preset(lab.template),
            settings=Settings(knobs, knob_of(lab), lab.template.code(), lab.seed),
            full=full,
        )


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
