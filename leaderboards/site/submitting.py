"""How to submit, from a file of texts."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from ...data.files import read_text
from .links import HERE


@dataclass(frozen=True)
class Step:
    """A command, and what it does."""

    text: str
    command: str


@dataclass(frozen=True)
class Chapter:
    """Words, steps or points under one heading."""

    id: str
    title: str
    text: str = ""
    steps: tuple[Step, ...] = ()
    points: tuple[str, ...] = ()


def submitting() -> list[Chapter]:
    """The chapters of the page."""
    written = tomllib.loads(read_text(HERE / "submitting.toml"))["chapter"]
    return [
        Chapter(
            chapter["id"],
            chapter["title"],
            chapter.get("text", ""),
            tuple(Step(step["text"], step["command"].strip()) for step in chapter.get("steps", [])),
            tuple(chapter.get("points", [])),
        )
        for chapter in written
    ]
