"""Idea and novelty."""

from __future__ import annotations

from contextlib import suppress

from pydantic import ValidationError

from ...data.files import write_json
from ..ideas import Archive, Idea, duplicate_of, piece_of
from ..project import Project, StageFailed
from ..template import Template

TRIES = 5
"""Ideas that repeat an earlier one before we stop asking."""


async def have_idea(project: Project) -> str:
    """The idea: the one that is there already, or a new one that repeats none of the earlier ones."""
    if not (project.folder / "idea.json").exists():
        idea = await new_idea(project)
        write_json(project.folder / "idea.json", idea.model_dump(mode="json"))
        Archive(project.folder.parent / "ideas.jsonl").add(idea)
    project.lab.idea = project.idea()
    return project.lab.idea.title


async def new_idea(project: Project) -> Idea:
    """An idea of the scientist's that repeats none of the earlier ones, nor an example that it was shown.

    Raises StageFailed where it has none.
    """
    known = [scored.idea for scored in project.earlier]
    shown = examples_of(project.lab.template) if project.scientist.sees_examples else []
    for _ in range(TRIES):
        idea = await project.scientist.propose(project.lab.template, project.earlier)
        if idea is None:
            raise StageFailed(f"{project.scientist.name} has no further idea for {project.lab.template.name}")
        twin = duplicate_of(idea, [*known, *shown]) or next((seed for seed in shown if piece_of(idea, seed)), None)
        if twin is None:
            return idea
        project.lab.tell(f"idea {idea.name} repeats {twin.name}: dropped")
    raise StageFailed(f"{TRIES} ideas in a row repeated earlier ones or the template's examples")


def examples_of(template: Template) -> list[Idea]:
    """The template's seed ideas; those that are no whole ideas are left out."""
    examples: list[Idea] = []
    for seed in template.seed_ideas:
        with suppress(ValidationError):
            examples.append(Idea.model_validate(seed))
    return examples


async def judge_novelty(project: Project) -> str:
    """The verdict with the nearest work; what was found is kept as citable."""
    verdict = await project.scientist.judge(project.idea(), project.literature)
    write_json(project.folder / "novelty.json", verdict.model_dump(mode="json"))
    project.lab.add_works(verdict.nearest)
    return f"{'new' if verdict.novel else 'not new'}: {verdict.reason}"
