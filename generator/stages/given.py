"""The stages of a paper on results that somebody else has brought: what is known is taken over, nothing is run."""

from __future__ import annotations

from ...data.files import write_json
from ..figures import relabel
from ..given.record import GivenStudy
from ..given.workspace import NOT_RUN, idea_of, take_results
from ..latex.words import count, listed
from ..paper_source import typeset
from ..project import Project, StageFailed
from . import paper, plots

SHARE = "Statistics, figures and text"


async def take_title(project: Project) -> str:
    """The title and the notes that came with the results."""
    idea = idea_of(GivenStudy.read(project.lab.template.folder))
    write_json(project.folder / "idea.json", idea.model_dump(mode="json"))
    project.lab.idea = idea
    return idea.title


async def pass_novelty(project: Project) -> str:
    """Nothing is judged: the experiments have been run."""
    return f"not judged: the results of {project.idea().title!r} are there"


async def pass_plan(project: Project) -> str:
    """Nothing is planned: the paper says that its comparisons were not written down before."""
    return f"none, as the results of {project.idea().title!r} are known"


async def take_runs(project: Project) -> str:
    """The results as runs of the lab."""
    study = GivenStudy.read(project.lab.template.folder)
    journal = take_results(project.lab, study)
    for line in (*study.said, *study.lost):
        project.lab.tell(line)
    return f"{count(len(journal.nodes), 'run')} taken from {study.source}"


async def plot(project: Project) -> str:
    """The figures, by the script that belongs to given results."""
    lab = project.lab
    relabel(lab.workspace / "plot.py", {node.run: node.label for node in lab.journal().nodes})
    made, problem = await plots.draw(lab)
    if made is None:
        raise StageFailed(f"no figures: {problem}")
    return plots.keep(lab, made, tuple(made.images))


async def write(project: Project) -> str:
    """The draft, which says that somebody else has run the experiments."""
    message = await paper.write(project)
    study = GivenStudy.read(project.lab.template.folder)
    draft = project.draft()
    remarks = tuple(dict.fromkeys((*draft.remarks, NOT_RUN, _read_from(study))))
    project.keep_draft(draft.model_copy(update={"share": SHARE, "remarks": remarks}))
    typeset(project.lab, project.draft())
    return message


def _read_from(study: GivenStudy) -> str:
    """Where the results were read, without names of the reader's own folders."""
    names = [name.rpartition("/")[2] for name in study.files]
    shown = listed(list(dict.fromkeys(names))[:3]) if names else "what was given"
    return f"The results were read from {count(len(names), 'file')} ({shown}); their hashes are kept with the paper."
