r"""Which files are papers: what the user names, and in folders what looks like one.

A folder is searched to the bottom. PDF files are papers unless a LaTeX source beside or above them names them: then
they are figures. LaTeX files are papers where they have \documentclass and \begin{document} and no other file puts them
in. A paper that lies there as .pdf and .tex under one name is taken as PDF, which is what reviewers read. Word,
Markdown and text files are taken where their folder has neither: beside a paper they are notes, reviews or read-me
files. Files called logs, notes, chats, reviews or templates never are papers, and neither are PDF files with a figure
alone.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable
from pathlib import Path

from ..errors import InputError, unknown_path
from .pdf.one_thread import one_thread
from .source import MOST_BYTES
from .tex.inputs import asked_files
from .tex.verbatim import without_comments

FORMATS = (".pdf", ".tex", ".ltx", ".docx", ".md", ".markdown", ".txt", ".text")
WANTED = f"a paper ({', '.join(FORMATS)}), a folder of papers, a pattern such as 'papers/*.pdf', or an arXiv number"
NOTES = re.compile(
    r"(?:readme|license|licence|changelog|contributing|requirements|cmakelists)\b"
    r"|(?:.*[-_. ])?(?:notes?|logs?|reviews?|aider|chats?|history|conversation|transcript|ideas|todo|prompts?|template"
    r"|std(?:out|err)|output|feedback|rebuttal|config|claude|agents|memory|review_text|journal)"
    r"(?:[-_. ]?(?:\d+|improved|final|history|llm|raw|v\d+|text))*\.\w+$",
    re.IGNORECASE,
)
PART = re.compile(r"\\documentclass\s*(?:\[[^\]]*\])?\s*\{(?:subfiles|standalone|beamer)\}")
HEADINGS = re.compile(r"\b(?:abstract|introduction|references|bibliography|conclusions?)\b", re.IGNORECASE)
MOST_LETTERS = 1000
"""Letters that a figure's labels have at most; a page of a paper has 2000 and more."""
MOST_LETTERS_A_PAGE = 150
"""The same of each page, where plots stand on several."""


def find_papers(patterns: Iterable[str]) -> list[Path]:
    """The files, sorted and each once; a file that is named itself is taken whatever it is.

    Raises InputError where a name leads to nothing.
    """
    found: set[Path] = set()
    for pattern in patterns:
        path = Path(pattern)
        if path.is_dir():
            inside = papers_in(path)
            if not inside:
                raise InputError(f"{path}: no papers in this folder ({', '.join(FORMATS)})")
            found.update(inside)
        elif path.exists():
            found.add(path)
        else:
            found.update(_matches(pattern))
    if not found:
        raise InputError("no papers named; give files, folders or patterns such as 'papers/*.pdf'")
    return sorted(found)


def _matches(pattern: str) -> list[Path]:
    path = Path(pattern)
    if not glob.has_magic(pattern):
        raise unknown_path("file", path, WANTED)
    matched = [Path(name) for name in glob.glob(pattern, recursive=True)]  # noqa: PTH207 (absolute patterns)
    files = [name for name in matched if name.is_file() and name.suffix.lower() in FORMATS]
    files += [paper for folder in matched if folder.is_dir() for paper in papers_in(folder)]
    if not files:
        raise InputError(f"{pattern}: no file of this pattern ({', '.join(FORMATS)})")
    return files


def papers_in(folder: Path) -> list[Path]:
    """The papers in a folder and below it, hidden folders left out."""
    return papers_and_figures(folder)[0]


def papers_and_figures(folder: Path) -> tuple[list[Path], list[Path]]:
    """The papers in a folder and below it, and the PDF files that hold a figure alone, see `is_lone_figure`."""
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in FORMATS
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    sources = {path: _source(path) for path in files if path.suffix.lower() in (".tex", ".ltx")}
    mains = _mains(sources)
    all_pdfs = [path for path in files if path.suffix.lower() == ".pdf" and not _is_included(path, sources, mains)]
    compiled = {path.with_suffix("") for path in mains}
    figures = [path for path in all_pdfs if path.with_suffix("") not in compiled and is_lone_figure(path)]
    pdfs = [path for path in all_pdfs if path not in figures]
    names = {path.with_suffix("") for path in pdfs}
    papers = pdfs + [path for path in mains if path.with_suffix("") not in names]
    taken = {path.parent for path in papers}
    plain = [p for p in files if p not in sources and p.suffix.lower() != ".pdf" and p.parent not in taken]
    return sorted([*papers, *(path for path in plain if not NOTES.match(path.name))]), figures


def _source(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return without_comments(stream.read(MOST_BYTES // 10).decode("utf-8", "replace"))
    except OSError:
        return ""


def _mains(sources: dict[Path, str]) -> list[Path]:
    """The sources that are whole documents and stand in no other one."""
    put_in = {
        (path.parent / name).with_suffix("").resolve() for path, text in sources.items() for name in asked_files(text)
    }
    return [
        path
        for path, text in sources.items()
        if "\\documentclass" in text
        and "\\begin{document}" in text
        and not PART.search(text)
        and path.with_suffix("").resolve() not in put_in
    ]


def _is_included(path: Path, sources: dict[Path, str], mains: list[Path]) -> bool:
    """Whether a LaTeX source in the file's folder or above it names the PDF, which is not the source's own output."""
    if path.with_suffix("") in {main.with_suffix("") for main in mains}:
        return False
    named = re.compile(
        r"\\(?:includegraphics|includepdf|input)[^{}]*\{[^{}]*\b" + re.escape(path.stem) + r"(?:\.pdf)?\s*\}"
    )
    return any(source.parent in (path.parent, *path.parents) and named.search(text) for source, text in sources.items())


@one_thread
def is_lone_figure(path: Path) -> bool:
    """Whether the PDF is one page without the text of a paper, or several with a plot on each.

    A file that cannot be read is none, and neither are scanned pages, which have no text at all.
    """
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(path) as document:
            pages = len(document)
            text = "\n".join(document[i].get_textpage().get_text_bounded() for i in range(min(pages, 5)))
    except (pypdfium2.PdfiumError, OSError):
        return False
    letters = sum(sign.isalpha() for sign in text)
    if HEADINGS.search(text):
        return False
    return letters < MOST_LETTERS if pages == 1 else 0 < letters < MOST_LETTERS_A_PAGE * min(pages, 5)
