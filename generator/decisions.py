"""What people decide on the way of an idea: where a run waits for them, what they said, what the paper tells.

RUN/idea_01/decisions.json has what each was shown and decided. A decision holds for the stage as it was then: once the
stage is done again, somebody is asked again.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field

from ..data.errors import InputError, printable
from ..data.files import read_validated, whole_characters, write_json
from .state import STAGES, State

WAITS_AFTER = {"idea": "novelty", "plan": "plan", "experiments": "experiments", "draft": "writeup"}
"""What can be asked about, and the stage that it then waits after."""
LONGEST_NAME = 80
FILE = "decisions.json"
Deed = Literal["approved", "rejected", "guided"]


class Decision(BaseModel):
    """One decision of a person."""

    what: str
    deed: Deed
    of: str = Field(description="when the stage had ended that it was about")
    note: str = Field(default="", description="told to the model from then on")
    by: str = Field(default="", description="who decided, as they call themselves")
    changes: tuple[str, ...] = Field(default=(), description="the fields that had been changed by hand")
    seen: int = Field(default=0, ge=0, description="settings whose results were known when the note was made")
    subject: str = Field(default="", description="what the note was said of")


class Decisions(BaseModel):
    """decisions.json."""

    made: tuple[Decision, ...] = ()

    @classmethod
    def read(cls, folder: Path) -> Decisions:
        """Those of an idea's folder, none where there are none."""
        path = folder / FILE
        return read_validated(cls, path) if path.exists() else cls()

    def write(self, folder: Path) -> None:
        """Write it, whole or not at all."""
        write_json(folder / FILE, self.model_dump(mode="json"))


def waiting(folder: Path, asked: Sequence[str], state: State) -> str:
    """What a person is waited for to decide on now; empty where nobody is."""
    made = Decisions.read(folder).made
    for what, stage in WAITS_AFTER.items():
        at = state.stages[stage]
        follows = state.next is not None and STAGES.index(state.next) == STAGES.index(stage) + 1
        if what in asked and at.status == "done" and follows:
            approved = any(d.what == what and d.deed == "approved" and d.of == at.at for d in made)
            return "" if approved else what
    return ""


def name_of(given: str) -> str:
    """A person's name on one line. Raises InputError where nothing of it can be printed, or it is too long."""
    name = printable(whole_characters(given))
    if given.strip() and not name:
        raise InputError("--by: no character of this name can be printed")
    if len(name) > LONGEST_NAME:
        raise InputError(f"--by: a name of {len(name)} characters; {LONGEST_NAME} are the most")
    return name


def guidance(folder: Path) -> list[str]:
    """What people have said so far, for the model."""
    noted = (decision for decision in Decisions.read(folder).made if decision.note)
    return [f"On the {d.what}{f' ({d.subject})' if d.subject else ''}: {d.note}{_same(d)}" for d in noted]


def _same(decision: Decision) -> str:
    return " (What has the same code as one of these runs keeps its results.)" if decision.seen else ""
