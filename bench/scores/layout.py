"""Template, configuration and idea of papers, by the names of their folders.

    PATH/TEMPLATE/CONFIGURATION/.../idea.pdf
    PATH/CONFIGURATION/idea.pdf                 the template is called like PATH
    PATH/idea.pdf                               the configuration is called like PATH, the template "all"
    .../IDEA/paper.pdf                          a folder of its own for each idea, at any depth
    PATH/TEMPLATE/20240801_120000_IDEA/...      AI-Scientist's results; the configuration is called like PATH
    PATH/TEMPLATE/CONFIGURATION/IDEA/...        an idea's folder of another kind, see `idea_folders`

An idea's folder has at most one paper, its last PDF; none means tried, not finished. A folder called like one of
AI-Scientist's first templates is a template wherever it stands.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .idea_folders import dated_idea, last_paper, within

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
    finished: bool = True
    """Whether there is a paper; where not, `path` is the idea's folder."""


@dataclass(frozen=True)
class _Place:
    path: Path
    levels: tuple[str, ...]
    """Folders between the base and the idea."""
    folder: str
    """The idea's own folder, empty where it has none."""
    idea: str
    dated: bool = False
    finished: bool = True


def name_papers(base: Path, papers: Sequence[Path], ideas: Sequence[Path] = ()) -> tuple[list[Named], list[str]]:
    """What the papers below `base` are, in order, and what is left out, one line each.

    `ideas` are folders of one idea each: of the papers in one the last counts, and one without stays as not finished.
    """
    root = whole_path(base)
    folders = _idea_folders(root, papers, ideas)
    while root in folders or dated_idea(root.name) or _alone(root, papers):
        root = root.parent
    companions = Counter(whole_path(path).parent for path in papers)
    places: list[_Place] = []
    left = 0
    for path in papers:
        real = whole_path(path)
        idea = within(real, folders)
        if idea is None:
            places.append(_place(path, real, root, companions[real.parent]))
        elif path == last_paper(idea, folders[idea]):
            places.append(_idea_place(idea, path, root))
        else:
            left += path.suffix.lower() == ".pdf"
    places += [_idea_place(idea, None, root) for idea, there in folders.items() if last_paper(idea, there) is None]
    named = [_named(place, root) for place in places]
    notes = [f"{base}: {left} earlier versions of papers are left out, the last is scored"] if left else []
    return _told_apart(named, places), notes


def _idea_folders(root: Path, papers: Sequence[Path], ideas: Sequence[Path]) -> dict[Path, list[Path]]:
    """The PDF files by the folder of the idea that they are of; also folders that papers' paths name as one's."""
    known = [whole_path(idea) for idea in ideas]
    found: dict[Path, list[Path]] = {idea: [] for idea in known}
    for path in papers:
        real = whole_path(path)
        above = [parent for parent in reversed(real.parents) if parent.is_relative_to(root)]
        idea = within(real, known) or next((parent for parent in above if dated_idea(parent.name)), None)
        if idea is not None:
            found.setdefault(idea, []).extend([path] if path.suffix.lower() == ".pdf" else [])
    return found


def whole_path(path: Path) -> Path:
    """The path from the root on, links in it as they are: a paper counts where it is put."""
    return Path(os.path.normpath(path.absolute()))


def _alone(root: Path, papers: Sequence[Path]) -> bool:
    """Whether the only paper lies in the folder that is named, and is called after nothing."""
    return len(papers) == 1 and whole_path(papers[0]).parent == root and papers[0].stem.lower() in PLAIN


def _place(path: Path, real: Path, root: Path, companions: int) -> _Place:
    folders = real.relative_to(root).parent.parts
    while folders and folders[-1].lower() in INNER:
        folders = folders[:-1]
    plain = real.stem.lower() in PLAIN
    if folders and companions == 1 and (plain or real.stem == folders[-1]):
        return _Place(path, folders[:-1], folders[-1], folders[-1])
    return _Place(path, folders, "", folders[-1] if plain and folders else real.stem)


def _idea_place(folder: Path, paper: Path | None, root: Path) -> _Place:
    levels = folder.relative_to(root).parts
    dated = dated_idea(folder.name)
    return _Place(paper or folder, levels[:-1], levels[-1], dated or levels[-1], bool(dated), paper is not None)


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
    return Named(place.path, template, configuration, place.idea, place.finished)


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
            one = replace(one, name="-".join(parts) or one.name)
        apart.append(one)
    return apart
