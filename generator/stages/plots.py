"""The figures: drawn by the workspace's plot.py, looked at for text that is cut off, and copied to the paper."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...data.errors import InputError
from ...data.files import make_folder, read_text, write_atomic
from ..drawn import DrawnFigures, faults_of
from ..figures import relabel
from ..lab import Lab, failure_of
from ..metrics import primary_metric
from ..nodes import Node
from ..project import Project, StageFailed
from ..sandbox.guard import links_outside
from ..tree_choice import drawn_nodes

TRIES = 3
"""Times that plot.py is mended."""
IMAGES = (".png", ".pdf", ".jpg", ".jpeg")
WATCHER = Path(__file__).parents[1].joinpath("figure_watch.py").read_text(encoding="utf-8")
NOTES = "figure_watch.json"


@dataclass(frozen=True)
class Drawing:
    """What one run of plot.py has drawn: its code, the images by name, and text that is cut off, by image."""

    code: str
    images: Mapping[str, bytes]
    cut_off: Mapping[str, tuple[str, ...]]

    @property
    def hashes(self) -> dict[str, str]:
        """The SHA-256 of each image."""
        return {name: hashlib.sha256(content).hexdigest() for name, content in self.images.items()}


async def plot(project: Project) -> str:
    """The figures; what they are is in drawn.json, and their hashes in figures.json. Copies go to the paper.

    A script that fails or cuts off text goes back to the scientist; the last drawing that worked counts.
    """
    lab = project.lab
    nodes = drawn_nodes(lab.journal(), primary_metric(lab))
    made: Drawing | None = None
    problem = ""
    for _ in range(TRIES):
        if not await project.scientist.draw(lab, nodes, problem):
            break
        drawing, problem = await draw(lab)
        made = drawing or made
        if not problem:
            break
        lab.tell(f"plot.py: {problem.splitlines()[0]}")
    if made is None:
        raise StageFailed(f"no figures: {problem or 'plot.py was not edited'}")
    own = await as_template(lab, nodes, made)
    put_back(lab, made)
    return keep(lab, made, own)


def keep(lab: Lab, made: Drawing, as_template: tuple[str, ...]) -> str:
    """Copy what was drawn to the paper and put it on record; returns that in a line."""
    make_folder(lab.latex)
    for name, content in made.images.items():
        write_atomic(lab.latex / name, content)
    DrawnFigures(hashes=made.hashes, as_template=as_template, cut_off=dict(made.cut_off)).write(lab.folder)
    cut = sum(map(len, made.cut_off.values()))
    return f"{len(made.images)} figures" + (f"; {cut} texts are cut off" if cut else "")


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
