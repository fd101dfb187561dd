"""The figures: drawn by the workspace's plot.py, looked at for text that is cut off, and copied to the paper."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...data.errors import InputError
from ...data.files import make_folder, read_text, write_atomic
from .. import benches
from ..drawn import DrawnFigures, faults_of
from ..figures import relabel
from ..lab import Lab, failure_of
from ..metrics import primary_metric
from ..nodes import Node
from ..project import Project, StageFailed
from ..sandbox.guard import links_outside
from ..scientist import Viewer
from ..tree_choice import drawn_nodes
from ..viewing import Finding, Viewing, counted, in_words, same_images, write_viewings

TRIES = 3
"""Times that plot.py is mended."""
IMAGES = (".png", ".pdf", ".jpg", ".jpeg")
WATCHER = Path(__file__).parents[1].joinpath("figure_watch.py").read_text(encoding="utf-8")
NOTES = "figure_watch.json"
SEEN = "the figures were drawn and looked at, and this was found"


@dataclass(frozen=True)
class Drawing:
    """What one run of plot.py has drawn: its code, the images by name, and text that is cut off, by image."""

    code: str
    images: Mapping[str, bytes]
    cut_off: Mapping[str, tuple[str, ...]]

    @property
    def faults(self) -> int:
        """How many texts are cut off."""
        return sum(map(len, self.cut_off.values()))

    @property
    def hashes(self) -> dict[str, str]:
        """The SHA-256 of each image."""
        return {name: hashlib.sha256(content).hexdigest() for name, content in self.images.items()}


async def plot(project: Project) -> str:
    """The figures; what they are is in drawn.json, and their hashes in figures.json. Copies go to the paper.

    A script that fails or cuts off text goes back to the scientist; of the drawings that worked the last one with the
    fewest texts cut off counts.
    """
    lab = project.lab
    nodes = drawn_nodes(lab.journal(), primary_metric(lab))
    all_shown = len(nodes) == len(lab.journal().finished)
    place = lab if all_shown else benches.with_runs(lab, "plots", [node.run for node in nodes])
    at_place = replace(project, lab=place)
    shutil.copyfile(lab.template.folder / "plot.py", place.workspace / "plot.py")
    made, problem = await drawn(at_place, nodes)
    if made is None:
        raise StageFailed(f"no figures: {problem or 'plot.py was not edited'}")
    made, seen = await with_views(at_place, nodes, made)
    own = await as_template(place, nodes, made)
    put_back(lab, made)
    if place is not lab:
        benches.clear(place)
    return keep(lab, made, own) + (f"; {counted(seen).brief}" if seen else "")


def keep(lab: Lab, made: Drawing, as_template: tuple[str, ...]) -> str:
    """Copy what was drawn to the paper and put it on record; returns that in a line."""
    make_folder(lab.latex)
    for name, content in made.images.items():
        write_atomic(lab.latex / name, content)
    DrawnFigures(hashes=made.hashes, as_template=as_template, cut_off=dict(made.cut_off)).write(lab.folder)
    return f"{len(made.images)} figures" + (f"; {made.faults} texts are cut off" if made.faults else "")


async def drawn(project: Project, nodes: Sequence[Node], problem: str = "") -> tuple[Drawing | None, str]:
    """Of several tries the last drawing with the fewest texts cut off, and the problem of the last try."""
    made: Drawing | None = None
    for _ in range(TRIES):
        if not await project.scientist.draw(project.lab, nodes, problem):
            break
        drawing, problem = await draw(project.lab)
        if drawing is not None and (made is None or drawing.faults <= made.faults):
            made = drawing
        if not problem:
            break
        project.lab.tell(f"plot.py: {problem.splitlines()[0]}")
    return made, problem


async def with_views(project: Project, nodes: Sequence[Node], made: Drawing) -> tuple[Drawing, list[Viewing]]:
    """The drawing, looked at and mended as long as that helps, and all viewings, which are on record too.

    A drawing that is no better than the one before it is given up, and nothing more is asked.
    """
    viewer, lab = project.scientist.viewer, project.lab
    if viewer is None:
        return made, []
    seen = [await _viewed(viewer, lab, nodes, made, ())]
    for _ in range(viewer.rounds):
        if not seen[-1].findings:
            break
        redrawn, _ = await drawn(project, nodes, f"{SEEN}\n{in_words(seen[-1].findings)}")
        if redrawn is None or redrawn.hashes == made.hashes:
            break
        again = await _viewed(viewer, lab, nodes, redrawn, seen[-1].findings)
        better = again.weight < seen[-1].weight and not again.failed and redrawn.faults <= made.faults
        if not better:
            lab.tell("plot.py: the figures are no better for it, and stay as they were")
            seen.append(again.model_copy(update={"counts": False}))
            break
        made = redrawn
        seen.append(again)
    write_viewings(lab.folder, "figures", seen)
    return made, seen


async def _viewed(viewer: Viewer, lab: Lab, nodes: Sequence[Node], made: Drawing, before: Sequence[Finding]) -> Viewing:
    viewing = await viewer.figures(lab, nodes, made.images, before)
    viewing = viewing.model_copy(update={"findings": (*same_images(made.images), *viewing.findings)})
    lab.tell(f"figures: {viewing.brief}")
    for finding in viewing.findings:
        lab.tell(f"seen: {finding}")
    return viewing


async def draw(lab: Lab, log: str = "plot.log") -> tuple[Drawing | None, str]:
    """Run the workspace's plot.py: what it has drawn, and what is wrong with that, empty where nothing is."""
    for image in images_in(lab):
        (lab.workspace / image).unlink()
    command = [sys.executable, "-c", WATCHER, "plot.py", NOTES]
    outcome = await lab.execute(command, lab.settings.plot_seconds, log)
    lab.put_right()
    cut_off = _notes(lab.workspace / NOTES)
    names = images_in(lab)
    if outcome.status != "ok":
        return None, failure_of(outcome)
    if not names:
        return None, "plot.py wrote no figure"
    images = {name: (lab.workspace / name).read_bytes() for name in names}
    cut_off = {name: faults for name, faults in cut_off.items() if name in images}
    faults = faults_of(cut_off)
    problem = "\n".join(["text does not fit into its figure", *faults]) if faults else ""
    return Drawing(read_text(lab.workspace / "plot.py"), images, cut_off), problem


def _notes(path: Path) -> dict[str, tuple[str, ...]]:
    """What the watcher has noted; nothing where plot.py has ended without it or written something else there."""
    try:
        noted = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): tuple(map(str, found)) for name, found in noted.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
    finally:
        path.unlink(missing_ok=True)


async def as_template(lab: Lab, nodes: Sequence[Node], made: Drawing) -> tuple[str, ...]:
    """The images that the template's own plot.py draws to the last bit as the edited one does."""
    script = lab.workspace / "plot.py"
    shutil.copyfile(lab.template.folder / "plot.py", script)
    try:
        relabel(script, {node.run: node.label for node in nodes})
    except InputError:
        return tuple(made.images) if read_text(script) == made.code else ()
    if read_text(script) == made.code:
        return tuple(made.images)
    original, _ = await draw(lab, "plot_of_template.log")
    hashes = original.hashes if original else {}
    return tuple(name for name, digest in made.hashes.items() if hashes.get(name) == digest)


def put_back(lab: Lab, made: Drawing) -> None:
    """Let the workspace have this drawing's code and images, and no other image."""
    for image in images_in(lab):
        (lab.workspace / image).unlink()
    write_atomic(lab.workspace / "plot.py", made.code)
    for name, content in made.images.items():
        write_atomic(lab.workspace / name, content)


def images_in(lab: Lab) -> list[str]:
    """The images in the workspace itself, by name. Raises InputError for a link that leads out of it."""
    outside = links_outside(lab.workspace)
    if outside:
        raise InputError(f"{lab.workspace / outside[0]}: an experiment left a link that leads out; remove it")
    found = (path for path in lab.workspace.iterdir() if path.suffix.lower() in IMAGES and path.is_file())
    return sorted(path.name for path in found)
