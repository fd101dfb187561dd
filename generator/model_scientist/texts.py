"""The prompts beside this file, and the fences around what is data in them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...data.files import read_text
from ...presentation.pages import environment

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).with_name("prompts")


def rendered(prompt: str, **variables: object) -> str:
    """A prompt with its variables. An undefined one is an error of ours."""
    return _templates().get_template(f"{prompt}.j2").render(**variables).strip()


def fenced(text: str, name: str) -> str:
    """The text between two lines that it cannot contain: their code is made from it."""
    word = f"data-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:12]}"
    return f'<{word} name="{name}">\n{text.strip()}\n</{word}>'


def cut(text: str, most: int) -> str:
    """The text, at most so many characters of it, and a word on what is left out."""
    return text if len(text) <= most else f"{text[:most]}\n(cut off: {most} of {len(text)} characters)"


def prompts() -> dict[str, str]:
    """All prompts by file name."""
    return {path.name: read_text(path) for path in sorted(FOLDER.glob("*.j2"))}


@cache
def _templates() -> Environment:
    found = environment(FOLDER, kind="text")
    filters: dict[str, Any] = found.filters
    filters |= {"fenced": fenced, "cut": cut}
    return found
