"""A paper's file to a Paper, whatever its kind, with hidden text set aside."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from ..errors import InputError
from ..records import Paper
from .front import find_abstract, find_title
from .invisible import LINE_ENDS, HiddenText, clean, invisible_count
from .plain import headings_joined, regular_characters, regular_text
from .sections import count_references, find_sections
from .source import Extracted, Source, decoded, kind_of, read_content, readable_name
from .tokens import estimate_tokens

FEWEST_WORDS = 50


class LoadedPaper(BaseModel):
    """A paper as it was read from a file; what is in `quarantine` is not in the paper's text."""

    model_config = ConfigDict(frozen=True)

    path: str
    paper: Paper
    pages: int | None = Field(default=None, description="of a PDF")
    tokens: int = Field(description="an estimate for the whole text, see `estimate_tokens`")
    references: int = Field(description="entries of the bibliography; for LaTeX those that are cited and found")
    quarantine: tuple[HiddenText, ...] = ()
    notes: tuple[str, ...] = Field(default=(), description="what the reading met with, one line each")


def load_paper(path: Path, paper_id: str = "") -> LoadedPaper:
    """Read a .pdf, .docx, .tex, .md or .txt file; the paper's id is `paper_id` or else the file's stem.

    A file without an ending, or with that of another kind, is read by its content where that is plain.

    Raises InputError for a file that is missing, empty, broken, locked, too large, of another kind or without text.
    """
    content = read_content(path)
    source = kind_of(path, content)
    read = _read(source, path, content)
    text, invisible = clean(read.text)
    if not any(character.isalpha() for character in text):
        raise InputError(f"{path}: no text to be seen; give a file with the paper's text")
    text, notes = _regular(source, text)
    sections = find_sections(text)
    count = invisible_count(read.text)
    paper = Paper(
        id=paper_id or Path(readable_name(path)).stem,
        title=regular_characters(clean(read.title)[0]).strip("*_ ") or find_title(text),
        abstract=find_abstract(text, sections),
        text=text,
        source=source,
        sections=sections,
    )
    return LoadedPaper(
        path=readable_name(path),
        paper=paper,
        pages=len(read.page_texts) or None,
        tokens=estimate_tokens(text),
        references=count_references(text, sections) if read.references is None else read.references,
        quarantine=(*read.quarantine, *invisible),
        notes=(*read.notes, *notes, *([f"{count} invisible characters removed"] if count else [])),
    )


def shortness(text: str) -> str:
    """A warning for a text that is too short to be a paper; empty for others."""
    words = len(re.findall(r"\w+", text))
    return (
        f"only {words} word{'s' * (words != 1)}: no paper, and no verdict on it means anything"
        if words < FEWEST_WORDS
        else ""
    )


def paper_ids(paths: Sequence[Path]) -> list[str]:
    """The files' stems, with as many of their folders in front ("gan-paper") as it takes to tell them apart."""
    paths = [Path(readable_name(path.resolve())) for path in paths]
    bare = Counter(path.with_suffix("") for path in paths)
    parts = []
    for path in paths:
        whole = path.with_suffix("")
        last = f"{path.stem}-{path.suffix[1:]}" if bare[whole] > 1 else path.stem
        parts.append((*whole.parts[1:-1], last))
    names = [part[-1] for part in parts]
    for depth in range(2, max(map(len, parts), default=0) + 1):
        taken = Counter(names)
        names = ["-".join(p[-depth:]) if taken[n] > 1 else n for p, n in zip(parts, names, strict=True)]
    return names


def _regular(source: Source, text: str) -> tuple[str, tuple[str, ...]]:
    """The text of a paper as its sections are looked for, and notes on what was done to it."""
    if source == "tex":
        return text, ()
    text = regular_characters(text)
    if source == "txt":
        return regular_text(text)
    return headings_joined(text) if source == "pdf" else text, ()


def _read(source: Source, path: Path, content: bytes) -> Extracted:
    if source == "pdf":
        from .pdf.document import read_pdf

        return read_pdf(content, str(path))
    if source == "docx":
        from .docx import read_docx

        return read_docx(content, str(path))
    text, notes = decoded(content, str(path))
    if source == "tex":
        from .tex.paper import tex_text

        found = tex_text(path, text)
    elif source == "md":
        from .markdown import read_markdown, with_marked_headings

        found = read_markdown(LINE_ENDS.sub("\n", text))
        found = replace(found, text=with_marked_headings(found.text))
    else:
        found = Extracted(text)
    return replace(found, notes=(*notes, *found.notes))
