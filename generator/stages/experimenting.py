"""Experiments and plots."""

from __future__ import annotations

import hashlib
import shutil
import sys

from ...data.errors import InputError
from ...data.files import make_folder, write_json
from ..lab import failure_of
from ..nodes import BASELINE
from ..project import Project, StageFailed
from ..sandbox.guard import links_outside
from ..search import find_search

PLOT_TRIES = 3
IMAGES = (".png", ".pdf", ".jpg", ".jpeg")


async def experiment(project: Project) -> str:
    """The experiments, by the search strategy; a search that was stopped goes on from its journal."""
    lab = project.lab
    if not lab.journal_path.exists():
        lab.set_up()
    await find_search(project.settings.search).explore(lab, project.scientist)
    nodes = [node for node in lab.journal().nodes if node.run != BASELINE]
    worked = [node for node in nodes if node.status == "ok"]
    if not worked:
        reasons = "; ".join(f"{node.label}: {node.reason.splitlines()[0]}" for node in nodes) or "none was proposed"
        raise StageFailed(f"no experiment ran to its end ({reasons})")
    marked = sum(bool(node.violations) for node in nodes)
    return f"{len(worked)} of {len(nodes)} experiments ran" + (
        f"; {marked} changed protected files and are marked" if marked else ""
    )


async def plot(project: Project) -> str:
    """The figures, made by the workspace's plot.py, with their hashes in figures.json; copies go to the paper."""
    lab = project.lab
    nodes = lab.journal().finished
    for image in _images(project):
        (lab.workspace / image).unlink()
    problem = ""
    for _ in range(PLOT_TRIES):
        if not await project.scientist.draw(lab, nodes, problem):
            break
        outcome = await lab.execute([sys.executable, "plot.py"], lab.settings.plot_seconds, "plot.log")
        lab.put_right()
        if outcome.status == "ok" and _images(project):
            break
        problem = failure_of(outcome) if outcome.status != "ok" else "plot.py wrote no figure"
    images = _images(project)
    if not images:
        raise StageFailed(f"no figures: {problem or 'plot.py was not edited'}")
    make_folder(lab.latex)
    hashes = {}
    for image in images:
        shutil.copyfile(lab.workspace / image, lab.latex / image)
        hashes[image] = hashlib.sha256((lab.latex / image).read_bytes()).hexdigest()
    write_json(project.folder / "figures.json", hashes)
    return f"{len(images)} figures"


def _images(project: Project) -> list[str]:
    """The images in the workspace itself, by name. Raises InputError for a link that leads out of it."""
    outside = links_outside(project.lab.workspace)
    if outside:
        raise InputError(f"{project.lab.workspace / outside[0]}: an experiment left a link that leads out; remove it")
    found = (path for path in project.lab.workspace.iterdir() if path.suffix.lower() in IMAGES and path.is_file())
    return sorted(path.name for path in found)
