"""What the site explains of its metrics and rules, from a file of texts."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from ...bench.report import GLOSSARY
from ...data.files import read_text
from ...presentation.report import read_glossary
from .links import HERE


@dataclass(frozen=True)
class Explanation:
    """A metric: the anchor of its explanation, what it is, and what must not be read into it."""

    anchor: str
    name: str
    what: str
    not_what: str


@dataclass(frozen=True)
class Chapter:
    """Explanations under one heading."""

    id: str
    title: str
    entries: tuple[Explanation, ...]


def explanations() -> list[Chapter]:
    """What the page that the heads of the tables lead to says of each metric."""
    glossary = dict(read_glossary(GLOSSARY))
    written = tomllib.loads(read_text(HERE / "explanations.toml"))
    return [
        Chapter(
            chapter["id"],
            chapter["title"],
            tuple(
                Explanation(**{name: text.format_map(glossary) for name, text in entry.items()})
                for entry in chapter["entries"]
            ),
        )
        for chapter in written["chapter"]
    ]
