"""From nothing to results: the idea, its novelty, the experiments."""

from __future__ import annotations

from contextlib import suppress

from pydantic import ValidationError

from ...data.files import write_json
from ..ideas import Archive, Idea, duplicate_of, piece_of
from ..more_seeds import look_again
from ..nodes import BASELINE
from ..plan import in_words
from ..project import Project, StageFailed
from ..search import find_search
from ..search_steps import begin
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
        idea = await project.scientist.propose(project.lab, project.earlier)
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


async def plan(project: Project) -> str:
    """The plan of what will be compared with the baseline, which runs for it; no experiment has begun."""
    choosing = find_search(project.settings.search).chooses
    _, made = await begin(project.lab, project.scientist, choosing=choosing)
    return in_words(made)


async def experiment(project: Project) -> str:
    """The experiments, by the search strategy; a search that was stopped goes on from its journal."""
    lab = project.lab
    await find_search(project.settings.search).explore(lab, project.scientist)
    await look_again(lab)
    nodes = [node for node in lab.journal().nodes if node.run != BASELINE]
    worked = [node for node in nodes if node.status == "ok"]
    if not worked:
        reasons = "; ".join(f"{node.label}: {node.reason.splitlines()[0]}" for node in nodes) or "none was proposed"
        raise StageFailed(f"no experiment ran to its end ({reasons})")
    marked = sum(bool(node.violations) for node in nodes)
    return f"{len(worked)} of {len(nodes)} experiments ran" + (
        f"; {marked} changed protected files and are marked" if marked else ""
    )
