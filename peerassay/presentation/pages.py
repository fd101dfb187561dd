"""Templates of pages, prompts and LaTeX, and pages that are one file: escaped, nothing fetched from anywhere."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .numbers import minus
from .table import Table

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
"""What every page can extend, import and include: base.html.j2, parts.html.j2, style.css."""
LATEX_DELIMITERS = {
    "block_start_string": "<%", "block_end_string": "%>", "variable_start_string": "<<", "variable_end_string": ">>",
    "comment_start_string": "<#", "comment_end_string": "#>",
}  # fmt: skip


JOINERS = "\u200c\u200d"
"""Format characters that emoji and some scripts need."""


def environment(*folders: Path, kind: Literal["html", "text", "latex"]) -> Environment:
    """Jinja over the templates of the folders; a name that is not given is an error.

    In html whatever a page shows is escaped and `quiet`, `minus` is a filter, and `TEMPLATES` can be used; in latex,
    marks are `<% %>` and `<< >>`.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    options: dict[str, Any] = {"trim_blocks": True, "undefined": StrictUndefined}
    if kind == "latex":
        options |= {**LATEX_DELIMITERS, "keep_trailing_newline": True}
    else:
        options |= {"lstrip_blocks": True, "autoescape": kind == "html"}
    if kind == "html":
        options["finalize"] = _quieted
    found = Environment(loader=FileSystemLoader([*folders, *([TEMPLATES] if kind == "html" else [])]), **options)
    if kind == "html":
        found.globals["peerassay"] = version("peerassay")
        found.filters |= {"minus": minus, "quiet": quiet}
    return found


def _quieted(value: Any) -> Any:
    return quiet(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def quiet(text: str) -> str:
    """The text with U+FFFD for characters that steer rather than show: controls, direction overrides, tags.

    Line feeds, tabs and the joiners that emoji and some scripts need stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join("\ufffd" if _steers(c) else c for c in text)


def _steers(character: str) -> bool:
    if character in "\n\t" or character in JOINERS:
        return False
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def render(folder: Path, template: str, **context: Any) -> str:
    """The page that a template of the folder makes; whatever stands in the context is escaped."""
    return environment(folder, kind="html").get_template(template).render(context)


def html(table: Table, classes: Mapping[str, str] | None = None) -> str:
    """The table as HTML; `classes` gives the class of a row by its first cell."""
    parts: Any = environment(kind="html").get_template("parts.html.j2").module
    return str(parts.table(table, classes or {}))


def embedded(drawing: bytes) -> str:
    """An SVG as a data URI for `src`."""
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing).decode()}"
