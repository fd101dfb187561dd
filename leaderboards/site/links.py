"""Names of pages and anchors, titles of boards: what all pages of the site have in common."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...presentation import pages as presentation
from ..boards import Boards, ReviewerBoard
from ..records import GeneratorResult, ReviewerResult

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
STATIC = (presentation.TEMPLATES / "style.css", *sorted((HERE / "static").iterdir()))
"""Files that the site copies into its folder static/."""

Pages = Mapping[tuple[str, str, str], str]
"""The page of each result, by `page_key`."""


@cache
def environment() -> Environment:
    """Jinja over the site's templates."""
    return presentation.environment(HERE / "templates", kind="html")


def render(template: str, **context: Any) -> str:
    """The page that a template of `templates/` makes; `root` leads from it to the site's first folder."""
    return environment().get_template(template).render(context)


def anchor(*words: str) -> str:
    """An id of a-z, 0-9 and "-" for the words; what is lost of them is made up for by a digest."""
    plain = re.sub(r"[^a-z0-9]+", "-", "-".join(words).lower()).strip("-")[:60]
    if plain == "-".join(words):
        return plain
    return f"{plain}-{hashlib.sha256(chr(0).join(words).encode('utf-8', 'surrogatepass')).hexdigest()[:6]}".lstrip("-")


def page_key(result: ReviewerResult | GeneratorResult) -> tuple[str, str, str]:
    """What tells the results of all boards apart: board, dataset or template, id."""
    return (result.board, result.dataset if isinstance(result, ReviewerResult) else result.template, result.id)


def entry_pages(boards: Boards) -> dict[tuple[str, str, str], str]:
    """A page for each result: entries/ID.html, with a number added where two boards use one ID."""
    results = [e.result for b in boards.reviewers for e in b.entries]
    results += [e.result for b in boards.generators for e in b.entries]
    taken: set[str] = set()
    pages: dict[tuple[str, str, str], str] = {}
    for result in results:
        name, number = result.id, 2
        while name in taken:
            name, number = f"{result.id}-{number}", number + 1
        taken.add(name)
        pages[page_key(result)] = f"entries/{name}.html"
    return pages


def board_anchor(board: ReviewerBoard) -> str:
    """The anchor of a reviewers' board."""
    return anchor(board.dataset.id, board.text)


def board_title(board: ReviewerBoard) -> str:
    """A reviewers' board in a few words."""
    if board.dataset.sealed:
        return f"{board.dataset.name}, sealed forecasts, {board.text} text"
    split = "all papers" if board.dataset.split == "all" else f"{board.dataset.split} split"
    return f"{board.dataset.name}, {split}, {'no' if board.text == 'none' else board.text} text"


def last_parts(path: Path) -> Path:
    """The last three parts of a path, quieted: they tell the file but not whose machine it is on."""
    return Path(*(presentation.quiet(part) for part in path.parts[-3:]))
