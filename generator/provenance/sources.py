"""Where a paper's figures and citations come from.

The files of its figures are held against those that the plot stage made, the works that it cites against its
bibliography and the works that were really fetched.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ...data.errors import InputError
from ...data.files import read_json
from ...data.papers.tex.bibliography import Bibliography, Reference, bibliography_of, from_bibitems, reference_of
from ...data.papers.tex.bibtex import bib_text, problem_lines, read_entries
from ...data.papers.tex.commands import citations
from ...data.papers.tex.document import TexDocument
from ...data.papers.tex.project import is_file
from .records import CitationCheck, CitationStatus, FigureCheck, FigureStatus

INCLUDE = re.compile(
    r"\\include(?:graphics|svg|pdf)\*?\s*(?:\[(?:[^\[\]{}]|\{[^{}]*\})*\])?\s*\{((?:[^{}]|\{[^{}]*\})*)\}"
)
FOLDERS = re.compile(r"\\(?:graphicspath|svgpath)\s*\{((?:\s*\{[^{}]*\})+)\s*\}")
IMAGES = (".pdf", ".png", ".jpg", ".jpeg", ".eps", ".svg")
MANIFEST = "figures.json"
SHORTEST_TITLE = 10
"""Letters and digits from which on a title in an entry's line is no accident."""


def check_figures(document: TexDocument, results: Path) -> list[FigureCheck]:
    """Each file that the paper includes, once, in order.

    `figures.json` in the results folder maps paths to the SHA-256 that the plot stage wrote. Without it every image of
    the results folder outside of the paper's own folder counts as made by a run.

    Raises InputError where the manifest is no object of texts.
    """
    made = _manifest(results / MANIFEST) if (results / MANIFEST).is_file() else None
    known = set(made.values()) if made is not None else _images(results, document.main.parent)
    names = {Path(name).name for name in made or ()}
    found: dict[str, FigureCheck] = {}
    for match in INCLUDE.finditer(document.text, document.start, document.stop):
        name, where = re.sub(r"[{}\"]", "", match[1]).strip(), document.where(match.start())
        path = _find(name, document, where)
        if path is None:
            found.setdefault(name, FigureCheck(path=name, status="missing", where=where))
            continue
        digest = sha256(path)
        status: FigureStatus = "made by a run" if digest in known else "changed" if path.name in names else "unknown"
        found.setdefault(name, FigureCheck(path=name, status=status, sha256=digest, where=where))
    return list(found.values())


def sha256(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal. Raises InputError where it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None


def _manifest(path: Path) -> dict[str, str]:
    manifest = read_json(path)
    if not all(isinstance(digest, str) for digest in manifest.values()):
        raise InputError(f"{path}: expected an object of relative paths and SHA-256 texts")
    return {name: digest.lower() for name, digest in manifest.items()}


def _images(results: Path, paper: Path) -> set[str]:
    """The hashes of the images in the results folder; those beside the paper prove nothing where it lies inside."""
    own = paper.resolve()
    files = [path for path in results.rglob("*") if path.suffix.lower() in IMAGES and path.is_file()]
    root = results.resolve()
    return {sha256(path) for path in files if own == root or not path.resolve().is_relative_to(own)}


def _find(name: str, document: TexDocument, where: str) -> Path | None:
    """The file of a figure, looked for in the paper's folder, that of the file that asks, and the \\graphicspath."""
    folders = [Path(), Path(where.rpartition(":")[0]).parent]
    for match in FOLDERS.finditer(document.text):
        folders += [Path(folder) for folder in re.findall(r"\{([^{}]*)\}", match[1])]
    for folder in folders:
        for ending in ("", *IMAGES):
            path = document.main.parent / folder / f"{name}{ending}"
            if is_file(path):
                return path
    return None


class Fetched(NamedTuple):
    """A work that was fetched; the title, or else the key, may be unknown."""

    key: str
    title: str


def check_citations(
    document: TexDocument, bibliography: Bibliography, fetched: Sequence[Fetched] | None
) -> list[CitationCheck]:
    """Each cited key, once, in order; `fetched` is None where it is unknown what was.

    An entry is of a fetched work where it has the work's title. The key alone is enough only for a work without title:
    a known key over another title is no record.
    """
    found: dict[str, CitationCheck] = {}
    for citation in citations(document.text[: document.stop]):
        for key in citation.keys:
            if key != "*" and key not in found:
                status = _status(key, bibliography.entry(key), fetched)
                found[key] = CitationCheck(key=key, status=status, where=document.where(citation.start))
    return list(found.values())


def bibliography_in(document: TexDocument, bib: Path | None) -> Bibliography:
    """The bibliography: the file given and the paper's own list, else what the paper names, carries or has beside it.

    Raises InputError where the file given cannot be read.
    """
    if bib is None:
        return bibliography_of(document)
    parsed = read_entries(bib_text(bib))
    given = {key: reference_of(entry.fields) for entry in reversed(parsed) for key in entry.keys}
    notes = tuple(f"{bib.name}, {line}" for line in problem_lines(parsed))
    return Bibliography({**given, **from_bibitems(document.body)}, True, notes)


def _status(key: str, entry: Reference | None, fetched: Sequence[Fetched] | None) -> CitationStatus:
    if entry is None:
        return "no entry"
    if fetched is None:
        return "entry"
    line = _letters(entry.line)
    for work in fetched:
        title = _letters(work.title)
        if title in line if len(title) >= SHORTEST_TITLE else work.key == key:
            return "fetched record"
    return "entry without record"


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
