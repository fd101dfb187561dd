"""The files of a paper's figures, held against those that the plot stage made."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from ...data.errors import InputError
from ...data.files import read_json
from ...data.papers.tex.document import TexDocument
from ...data.papers.tex.project import is_file
from .records import FigureCheck, FigureStatus

INCLUDE = re.compile(
    r"\\include(?:graphics|svg|pdf)\*?\s*(?:\[(?:[^\[\]{}]|\{[^{}]*\})*\])?\s*\{((?:[^{}]|\{[^{}]*\})*)\}"
)
FOLDERS = re.compile(r"\\(?:graphicspath|svgpath)\s*\{((?:\s*\{[^{}]*\})+)\s*\}")
IMAGES = (".pdf", ".png", ".jpg", ".jpeg", ".eps", ".svg")
MANIFEST = "figures.json"


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
