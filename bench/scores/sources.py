"""What the user names, told by what it is: score runs, runs of the scientist, earlier reviews, papers."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...data.errors import InputError, unknown
from ...data.papers.find import FORMATS, papers_in
from .earlier import TABLES, jsonl_entries, score_run_entries, table_entries
from .entries import Entry, Found, Origin, new_idea
from .layout import name_papers, whole_path
from .scientist_runs import run_entries, runs_below


def find_entries(named: Sequence[str], *, reviewed_by: str | None = None) -> Found:
    """All ideas in what is named: files, folders or patterns. `reviewed_by` signs tables that nobody has signed.

    Raises InputError for what is not there or holds nothing to score, and where `reviewed_by` is the name of nobody.
    """
    found = Found()
    single: list[Path] = []
    for path in _existing(named):
        if path.is_dir():
            found += _in_folder(path, reviewed_by)
        elif path.suffix in TABLES:
            found += table_entries(path, reviewed_by)
        elif path.name == "reviews.jsonl" and (path.parent / "score.json").is_file():
            found += score_run_entries(path.parent)
        elif path.suffix == ".jsonl":
            found += jsonl_entries(path, reviewed_by)
        elif path.suffix.lower() in FORMATS:
            single.append(path)
        else:
            raise InputError(f"{path}: neither a paper ({', '.join(FORMATS)}) nor reviews (.csv, .tsv, .jsonl)")
    if single:
        found += _papers(Path(os.path.commonpath([whole_path(path.parent) for path in single])), single)
    if not found.entries:
        raise InputError("; ".join(found.notes) or "nothing named; give folders of papers, runs or reviews")
    if reviewed_by and all(e.reviewer is None or e.reviewer.name != reviewed_by for e in found.entries):
        raise InputError(f"--reviewed-by {reviewed_by}: the reviews here are signed, none by that name; leave it out")
    return found


def _existing(named: Sequence[str]) -> Iterator[Path]:
    for name in named:
        path = Path(name)
        if path.exists():
            yield path
        elif glob.has_magic(name):
            matched = sorted(glob.glob(name, recursive=True))  # noqa: PTH207 (absolute patterns)
            if not matched:
                raise InputError(f"{name}: nothing of this pattern")
            yield from map(Path, matched)
        else:
            beside = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
            raise unknown("file or folder", path.name, beside, hint=f"in {path.parent}")


def _in_folder(folder: Path, reviewed_by: str | None) -> Found:
    if (folder / "score.json").is_file():
        return score_run_entries(folder)
    if (folder / "state.json").is_file() and (folder.parent / "scientist.json").is_file():
        raise InputError(f"{folder}: one idea of a run; name the run, {folder.parent}, so that no idea is passed over")
    runs = list(runs_below(folder))
    if runs:
        return sum(map(run_entries, runs), Found())
    if (folder / "run.json").is_file() and (folder / "reviews.jsonl").is_file():
        return jsonl_entries(folder / "reviews.jsonl", reviewed_by)
    papers = [path for path in papers_in(folder) if not _of_a_run(path, folder)]
    if papers:
        return _papers(folder, papers)
    reviews = [path for path in sorted(folder.rglob("*")) if path.suffix in TABLES or path.name == "reviews.jsonl"]
    tables = [path for path in reviews if not _of_a_run(path, folder)]
    if tables:
        readers = ((jsonl_entries if path.suffix == ".jsonl" else table_entries, path) for path in tables)
        return sum((read(path, reviewed_by) for read, path in readers), Found())
    raise InputError(
        f"{folder}: nothing to score: no run of the scientist, no papers ({', '.join(FORMATS)}), no reviews (.csv)"
    )


def _of_a_run(path: Path, folder: Path) -> bool:
    """Whether a file below the folder is what a benchmark or a score run has written."""
    inner = [parent for parent in path.parents if parent != folder and parent.is_relative_to(folder)]
    return any((parent / record).is_file() for parent in inner for record in ("run.json", "score.json"))


def _papers(base: Path, papers: Sequence[Path]) -> Found:
    named, notes = name_papers(base, papers)
    origin = Origin(guessed=True)
    entries = tuple(
        Entry(new_idea(one.template, one.configuration, one.name, paper=str(one.path)), one.path, origin)
        for one in named
    )
    return Found(entries, tuple(notes))
