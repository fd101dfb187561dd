"""Template, configuration and idea of papers, by the names of their folders.

    PATH/TEMPLATE/CONFIGURATION/.../idea.pdf
    PATH/CONFIGURATION/idea.pdf                 the template is called like PATH
    PATH/idea.pdf                               the configuration is called like PATH, the template "all"
    .../IDEA/paper.pdf                          a folder of its own for each idea, at any depth
    PATH/TEMPLATE/20240801_120000_IDEA/...      AI-Scientist's results; the configuration is called like PATH

A folder called like one of AI-Scientist's first templates is a template wherever it stands.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

DATED = re.compile(r"\d{8}[_-]\d{6}_(?P<idea>.+)")
"""AI-Scientist's folder of an idea."""
ATTEMPT = re.compile(r"_attempt_\d+$")
PLAIN = {"paper", "main", "template", "manuscript", "article", "submission", "draft", "ms"}
"""Files whose name says nothing: their folder's does."""
INNER = {"latex", "tex", "pdf", "paper", "src"}
"""Folders whose name says nothing: the one above does."""
TEMPLATES = {"diffusion", "2d_diffusion", "nanogpt", "nanogpt_lite", "grokking"}


@dataclass(frozen=True)
class Named:
    """A paper's file with what its path makes of it."""

    path: Path
    template: str
    configuration: str
    name: str


@dataclass(frozen=True)
class _Place:
    path: Path
    levels: tuple[str, ...]
    """Folders between the base and the idea."""
    folder: str
    """The idea's own folder, empty where it has none."""
    idea: str
    dated: bool = False


def name_papers(base: Path, papers: Sequence[Path]) -> tuple[list[Named], list[str]]:
    """What the papers below `base` are, in order, and what is left out, one line each."""
    root = whole_path(base)
    files = {path: whole_path(path) for path in papers}
    while DATED.fullmatch(root.name) or (len(files) == 1 and _alone(root, next(iter(files.values())))):
        root = root.parent
    companions = Counter(path.parent for path in files.values())
    places = [_place(path, real, root, companions[real.parent]) for path, real in files.items()]
    kept = _one_each(places)
    named = [_named(place, root) for place in kept]
    left = len(places) - len(kept)
    notes = [f"{base}: {left} earlier versions of papers are left out, the last is scored"] if left else []
    return _told_apart(named, kept), notes


def whole_path(path: Path) -> Path:
    """The path from the root on, links in it as they are: a paper counts where it is put."""
    return Path(os.path.normpath(path.absolute()))


def _alone(root: Path, file: Path) -> bool:
    """Whether the only paper lies in the folder that is named, and is called after nothing."""
    return file.parent == root and file.stem.lower() in PLAIN


def _place(path: Path, real: Path, root: Path, companions: int) -> _Place:
    folders = real.relative_to(root).parent.parts
    for depth, folder in enumerate(folders):
        dated = DATED.fullmatch(folder)
        if dated:
            return _Place(path, folders[:depth], folder, ATTEMPT.sub("", dated["idea"]), dated=True)
    while folders and folders[-1].lower() in INNER:
        folders = folders[:-1]
    plain = real.stem.lower() in PLAIN
    if folders and companions == 1 and (plain or real.stem == folders[-1]):
        return _Place(path, folders[:-1], folders[-1], folders[-1])
    return _Place(path, folders, "", folders[-1] if plain and folders else real.stem)


def _one_each(places: Iterable[_Place]) -> list[_Place]:
    """Of several papers in a folder of AI-Scientist's, the last: improved, else named after the idea, else any."""
    best: dict[tuple[tuple[str, ...], str, Path | None], _Place] = {}
    for place in places:
        key = (place.levels, place.folder, None if place.dated else place.path)
        if key not in best or _version(place) > _version(best[key]):
            best[key] = place
    return list(best.values())


def _version(place: _Place) -> tuple[bool, bool, bool]:
    stem = place.path.stem
    return stem.endswith("_improved"), stem == place.idea, place.path.parent.name == place.folder


def _named(place: _Place, root: Path) -> Named:
    levels = place.levels
    base = root.name or "papers"
    if len(levels) >= 2:
        first, second = levels[:2]
        swap = _is_template(second) and not _is_template(first)
        template, configuration = (second, first) if swap else (first, second)
    elif len(levels) == 1:
        is_template = _is_template(levels[0]) or place.dated
        template, configuration = (levels[0], base) if is_template else (base, levels[0])
    elif _is_template(base) or place.dated:
        template, configuration = base, root.parent.name or "papers"
    else:
        template, configuration = "all", base
    return Named(place.path, template, configuration, place.idea)


def _is_template(folder: str) -> bool:
    return folder.lower() in TEMPLATES


def _told_apart(named: Sequence[Named], places: Sequence[_Place]) -> list[Named]:
    """Names that repeat within a group get their folders in front."""
    taken = Counter((n.template, n.configuration, n.name) for n in named)
    apart = []
    for one, place in zip(named, places, strict=True):
        if taken[one.template, one.configuration, one.name] > 1:
            above = [place.folder] if place.dated else [*place.levels[2:], *([place.folder] if place.folder else [])]
            parts = above if place.dated else [*above, *([one.name] if one.name not in above else [])]
            one = Named(one.path, one.template, one.configuration, "-".join(parts) or one.name)
        apart.append(one)
    return apart
