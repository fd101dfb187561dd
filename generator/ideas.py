"""Ideas: what a scientist means to try, and the archive that keeps them from being tried twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from ..data.files import read_jsonl, validated, write_atomic

ALIKE = 0.85
"""Share of equal words from which on two ideas are one."""
PHRASE = 5
"""Words in a row that are taken from somewhere."""


class Idea(BaseModel):
    """One idea. Reads AI-Scientist's keys (`Name`, `Title`, ...) as well as its own."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,79}$", validation_alias=AliasChoices("name", "Name"), description="short"
    )
    title: str = Field(min_length=1, validation_alias=AliasChoices("title", "Title"))
    experiment: str = Field(min_length=1, validation_alias=AliasChoices("experiment", "Experiment"))
    interestingness: float | None = Field(
        default=None, ge=1, le=10, validation_alias=AliasChoices("interestingness", "Interestingness")
    )
    feasibility: float | None = Field(
        default=None, ge=1, le=10, validation_alias=AliasChoices("feasibility", "Feasibility")
    )
    novelty: float | None = Field(default=None, ge=1, le=10, validation_alias=AliasChoices("novelty", "Novelty"))
    details: dict[str, Any] = Field(default_factory=dict, description="what else its scientist needs to know of it")


class Scored(BaseModel):
    """An idea of the archive with what became of it."""

    idea: Idea
    paper_score: float | None = Field(default=None, description="the reviewer's overall of the paper made of it")


def same_idea(one: Idea, other: Idea) -> bool:
    """Whether two ideas are near-duplicates: the same name, or nearly the same words."""
    if one.name == other.name:
        return True
    a, b = (re.findall(r"\w+", f"{idea.title} {idea.experiment}".lower()) for idea in (one, other))
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def piece_of(idea: Idea, other: Idea) -> bool:
    """Whether nearly all of the idea's experiment stands in the other's, in that order."""
    a, b = (re.findall(r"\w+", one.experiment.lower()) for one in (idea, other))
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    return len(a) >= PHRASE and sum(block.size for block in blocks if block.size >= PHRASE) >= ALIKE * len(a)


def duplicate_of(idea: Idea, earlier: Sequence[Idea]) -> Idea | None:
    """The earlier idea that this one repeats, None where it is new."""
    return next((other for other in earlier if same_idea(idea, other)), None)


class Archive:
    """Ideas in a file of JSON lines: each is on disk before the next is thought of."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> list[Scored]:
        """All ideas, in order. Raises InputError for a line that is none."""
        if not self.path.exists():
            return []
        lines = read_jsonl(self.path, torn_tail=True)
        return [validated(Scored, line, f"{self.path}:{number}") for number, line in lines]

    def replace(self, name: str, idea: Idea | None) -> None:
        """Put another idea in the place of the one of that name, or take it out."""
        kept = [scored if scored.idea.name != name else Scored(idea=idea) if idea else None for scored in self.read()]
        write_atomic(self.path, "".join(f"{scored.model_dump_json()}\n" for scored in kept if scored))

    def add(self, idea: Idea) -> None:
        """Append an idea."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as stream:
            stream.write(Scored(idea=idea).model_dump_json().encode() + b"\n")
