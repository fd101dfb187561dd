"""The files in which the texts of a table's papers lie: ID.pdf, .tex, .md or .txt, in a folder and those below it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import InputError

KINDS = (".txt", ".md", ".tex", ".pdf")
"""Endings of papers' files, the one that is preferred first."""


def files_by_id(folder: Path) -> dict[str, list[Path]]:
    """The papers' files by their names without the endings, the kind that is preferred first."""
    found: dict[str, list[Path]] = {}
    for kind in KINDS:
        for file in sorted(folder.rglob(f"*{kind}")):
            found.setdefault(file.stem, []).append(file)
    return found


def the_one(files: Sequence[Path]) -> Path:
    """The file of the kind that is preferred. Raises InputError where several folders have one."""
    if len({file.parent for file in files}) > 1:
        raise InputError(f"{files[0]}: stands in another folder too ({files[-1].parent}); which is meant is not told")
    return files[0]


def inside(folder: Path, name: str, place: str) -> Path:
    """The path of a file below the folder. Raises InputError for one elsewhere: tables may come from strangers."""
    try:
        path = (folder / name).resolve()
    except (ValueError, OSError):
        raise InputError(f"{place}: text_file {name!r} is no path") from None
    if not path.is_relative_to(folder.resolve()):
        raise InputError(f"{place}: text_file {name!r} lies outside {folder}; move it beside the table")
    return path


def note_on_hidden(ids: Sequence[str], papers: int) -> list[str]:
    """A note on the papers of which hidden text was left out."""
    some = ", ".join(ids[:5]) + (", ..." if len(ids) > 5 else "")
    return [f"Hidden text was found in {len(ids)} of {papers} papers and left out ({some})."] if ids else []
