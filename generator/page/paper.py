"""The paper as it is now: its figures with captions, its pages, what is wrong with it, its audit and its reviews."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...data.files import read_json, read_text, read_validated
from ...data.papers.tex.commands import command_argument
from ...reviewer.review import Review
from ...reviewer.review_view import line
from ..latex.document import Draft
from ..literature.latex_text import MATH_CHARACTERS, from_latex
from .pictures import UnreadableImage, page_pictures, picture
from .reading import Reader

FIGURE = re.compile(r"\\begin\{figure\*?\}.*?\\end\{figure\*?\}", re.DOTALL)
FORMULA = re.compile(r"(?<!\\)\$([^$]*)(?<!\\)\$")
MOST_FIGURES = 24
MOST_PAGES = 12
MOST_BYTES = 40_000_000


@dataclass(frozen=True)
class FigureView:
    """A figure: `source` is a data URI, empty where it cannot be shown and `wrong` says why."""

    name: str
    path: str
    source: str
    caption: str
    placed: bool
    wrong: str = ""


def figures_of(reader: Reader, folder: Path) -> tuple[list[FigureView], int]:
    """The figures that the plots stage has made, with their captions in the paper; and how many are left out."""
    names = sorted(reader.attempt(lambda: read_json(folder / "figures.json")) or {}) if _there(folder) else []
    source = folder / "latex" / "paper.tex"
    text = (reader.attempt(lambda: read_text(source)) or "") if source.is_file() else ""
    environments = FIGURE.findall(text)
    shown = [_figure(reader, folder / "latex" / name, environments) for name in names[:MOST_FIGURES]]
    return shown, max(0, len(names) - MOST_FIGURES)


def _there(folder: Path) -> bool:
    return (folder / "figures.json").is_file()


def _figure(reader: Reader, path: Path, environments: list[str]) -> FigureView:
    shown = re.compile(rf"(?<![\w.-]){re.escape(path.name)}\s*\}}")
    around = next((found for found in environments if shown.search(found)), None)
    caption = command_argument(around, "caption") if around else None
    view = FigureView(line(path.name), reader.name(path), "", _text_of(caption or ""), around is not None)
    if not reader.within(path, MOST_BYTES):
        return FigureView(**{**vars(view), "wrong": "the file is not there, or too large to show"})
    try:
        return FigureView(**{**vars(view), "source": picture(path)})
    except UnreadableImage as error:
        return FigureView(**{**vars(view), "wrong": line(str(error))})


def pages_of(reader: Reader, folder: Path) -> tuple[str, ...]:
    """The first pages of the paper, small."""
    pdf = folder / "paper.pdf"
    try:
        return page_pictures(pdf, MOST_PAGES) if reader.within(pdf, MOST_BYTES) else ()
    except UnreadableImage as error:
        reader.unread.append(line(str(error)))
        return ()


def abstract_of(reader: Reader, folder: Path) -> str:
    """The paper's abstract as text, empty where there is no draft."""
    path = folder / "draft.json"
    draft = reader.attempt(lambda: read_validated(Draft, path)) if path.is_file() else None
    return _text_of(draft.abstract) if draft else ""


def _text_of(latex: str) -> str:
    """The LaTeX as a line of text; formulas of plain signs and numbers without their dollars."""
    return line(from_latex(FORMULA.sub(_formula, latex)))


def _formula(found: re.Match[str]) -> str:
    known = re.sub(r"\\([A-Za-z]+)", lambda name: MATH_CHARACTERS.get(name[1], name[0]), found[1])
    if re.search(r"\\[A-Za-z]|[\^_{}]", known):
        return found[0]
    return re.sub(r"(?<![\w.)])-(?=[\d.])", "−", known)


def compiled_problems(reader: Reader, folder: Path) -> list[str]:
    """What the compiler and the checks still complain of, a line each."""
    path = folder / "compile.json"
    said = reader.attempt(lambda: read_json(path)) if path.is_file() else None
    return [line(text) for text in _messages(said or {})]


def _messages(said: dict[str, Any]) -> Iterator[str]:
    for problem in said.get("problems") or ():
        if isinstance(problem, dict):
            place = ":".join(str(problem[key]) for key in ("file", "line") if problem.get(key))
            yield f"{place}: {problem.get('message')}" if place else str(problem.get("message"))


def reviews_of(reader: Reader, folder: Path) -> list[Review]:
    """All reviews of the paper by the machine, the first one first."""
    later = sorted(folder.glob("review_*.json"), key=lambda path: (len(path.name), path.name))
    paths = [path for path in (folder / "review.json", *later) if path.is_file()]
    read = [reader.attempt(lambda path=path: read_validated(Review, path)) for path in paths]
    return [review for review in read if review is not None]


def settings_of(details: dict[str, Any]) -> list[tuple[str, str]]:
    """What else an idea says of itself, as names and short texts."""
    return [(line(name), line(_text(value))[:600]) for name, value in details.items()]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
