"""The stages of a paper, each a function of the project that can be done again alone."""

from __future__ import annotations

from ..project import Stage
from ..template import Template
from . import given
from .compiling import compile_paper
from .paper import audit, improve, review, write
from .plots import plot
from .research import experiment, have_idea, judge_novelty, plan
from .revision import revise_by_people

ALL: dict[str, Stage] = {
    "idea": have_idea,
    "novelty": judge_novelty,
    "plan": plan,
    "experiments": experiment,
    "plots": plot,
    "writeup": write,
    "compile": compile_paper,
    "audit": audit,
    "review": review,
    "improve": improve,
    "revision": revise_by_people,
}
"""By name, in the order of `state.STAGES`."""

GIVEN: dict[str, Stage] = {
    **ALL,
    "idea": given.take_title,
    "novelty": given.pass_novelty,
    "plan": given.pass_plan,
    "experiments": given.take_runs,
    "plots": given.plot,
    "writeup": given.write,
}
"""Those of a paper on results that somebody else has brought: nothing is run, and what is known is taken over."""


def stages_of(template: Template) -> dict[str, Stage]:
    """The stages that go with a template."""
    return GIVEN if template.given else ALL
