"""What the user names, told by what it is: score runs, runs of the scientist, earlier reviews, papers."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...data.errors import InputError, unknown_path
from ...data.papers.find import FORMATS, papers_and_figures
from ...presentation.numbers import counted
from .bundled import bundled_folder, is_bundled
from .earlier import TABLES, jsonl_entries, score_run_entries, table_entries
from .entries import Entry, FoundEntries, Origin, new_idea
from .idea_folders import find_idea_folders, within
from .layout import Named, name_papers, whole_path
from .scientist_runs import run_entries, runs_below

WANTED = (
    f"runs of the scientist, score runs, papers ({', '.join(FORMATS)}) in folders TEMPLATE/CONFIGURATION, "
    f"or earlier reviews (.csv, .tsv, .json, .jsonl)"
)


def find_entries(named: Sequence[str], *, reviewed_by: str | None = None) -> FoundEntries:
    """All ideas in what is named: files, folders or patterns. `reviewed_by` signs tables that nobody has signed.

    Raises InputError for what is not there or holds nothing to score, and where `reviewed_by` is the name of nobody.
    """
    found = FoundEntries()
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
            raise InputError(f"{path}: neither a paper ({', '.join(FORMATS)}) nor reviews (.csv, .tsv, .json, .jsonl)")
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
        if is_bundled(name):
            yield bundled_folder(name)
        elif path.exists():
            yield path
        elif glob.has_magic(name):
            matched = sorted(glob.glob(name, recursive=True))  # noqa: PTH207 (absolute patterns)
            if not matched:
                raise InputError(f"{name}: nothing of this pattern")
            yield from map(Path, matched)
        else:
            raise unknown_path("file or folder", path, WANTED)


def _in_folder(folder: Path, reviewed_by: str | None) -> FoundEntries:
    if (folder / "score.json").is_file():
        return score_run_entries(folder)
    if (folder / "state.json").is_file() and (folder.parent / "scientist.json").is_file():
        raise InputError(f"{folder}: one idea of a run; name the run, {folder.parent}, so that no idea is passed over")
    runs = list(runs_below(folder))
    if runs:
        return sum(map(run_entries, runs), FoundEntries()) + _beside_runs(folder, runs)
    if (folder / "run.json").is_file() and (folder / "reviews.jsonl").is_file():
        return jsonl_entries(folder / "reviews.jsonl", reviewed_by)
    found = _papers_below(folder)
    if found.entries:
        return found
    reviews = [path for path in sorted(folder.rglob("*")) if path.suffix in TABLES or path.name == "reviews.jsonl"]
    tables = [path for path in reviews if not _of_a_run(path, folder)]
    if tables:
        readers = ((jsonl_entries if path.suffix == ".jsonl" else table_entries, path) for path in tables)
        return sum((read(path, reviewed_by) for read, path in readers), FoundEntries())
    raise InputError(
        f"{folder}: nothing to score: no run of the scientist, no papers ({', '.join(FORMATS)}), no reviews (.csv)"
    )


def _of_a_run(path: Path, folder: Path) -> bool:
    """Whether a file below the folder is what a benchmark or a score run has written."""
    inner = [parent for parent in path.parents if parent != folder and parent.is_relative_to(folder)]
    return any((parent / record).is_file() for parent in inner for record in ("run.json", "score.json"))


def _papers_below(folder: Path, runs: Sequence[Path] = ()) -> FoundEntries:
    """The papers in a folder, and the ideas that came to none; what lies in `runs` is left out."""
    papers, pictures = papers_and_figures(folder)
    ideas = [idea for idea in find_idea_folders(folder) if not _apart(idea / "x", folder, runs)]
    texts = (".md", ".markdown", ".txt", ".text") if ideas else ()  # beside folders of ideas they are no papers
    kept = [path for path in papers if not _apart(path, folder, runs) and path.suffix.lower() not in texts]
    found = _papers(folder, kept, ideas)
    figures = [path for path in pictures if not _apart(path, folder, runs)]
    if figures and found.entries:
        note = f"{folder}: {counted(len(figures), 'PDF file')} with a figure alone left out (such as {figures[0].name})"
        found += FoundEntries(notes=(note,))
    return found


def _apart(path: Path, folder: Path, runs: Sequence[Path]) -> bool:
    """Whether a file is of a run, or of the templates that AI scientists begin with."""
    inner = path.relative_to(folder).parts[:-1]
    return _of_a_run(path, folder) or within(path, runs) is not None or "templates" in inner


def _beside_runs(folder: Path, runs: Sequence[Path]) -> FoundEntries:
    """PDF papers that lie beside runs of the scientist; texts there are notes on them."""
    found = _papers_below(folder, runs)
    kept = tuple(e for e in found.entries if not e.idea.finished or e.source.suffix.lower() == ".pdf")
    return FoundEntries(kept, found.notes if kept else ())


def _papers(base: Path, papers: Sequence[Path], ideas: Sequence[Path] = ()) -> FoundEntries:
    named, notes = name_papers(base, papers, ideas)
    unfinished = {(one.template, one.configuration) for one in named if not one.finished}
    origins = {group: Origin("run" if group in unfinished else "papers", guessed=True) for group in _groups(named)}
    entries = (
        Entry(
            new_idea(
                one.template,
                one.configuration,
                one.name,
                paper=str(one.path) if one.finished else None,
                finished=one.finished,
                ended="" if one.finished else "no PDF in its folder",
            ),
            one.path,
            origins[one.template, one.configuration],
        )
        for one in named
    )
    return FoundEntries(tuple(entries), tuple(notes))


def _groups(named: Sequence[Named]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((one.template, one.configuration) for one in named))
