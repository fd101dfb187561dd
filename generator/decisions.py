"""What people decide on the way of an idea: where a run waits for them, what they said, what the paper tells.

RUN/idea_01/decisions.json has what each was shown and decided. A decision holds for the stage as it was then: once the
stage is done again, somebody is asked again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field

from ..data.files import read_json, validated, write_json
from .state import STAGES, State

WAITS_AFTER = {"idea": "novelty", "experiments": "experiments", "draft": "writeup"}
"""What can be asked about, and the stage that it then waits after."""
BY_HAND = {"idea": "idea.json", "draft": "draft.json"}
"""What a person may change by hand before approving it."""
FILE = "decisions.json"
Deed = Literal["approved", "rejected", "guided"]


class Decision(BaseModel):
    """One decision of a person."""

    what: str
    deed: Deed
    of: str = Field(description="when the stage had ended that it was about")
    note: str = Field(default="", description="told to the model from then on")
    by: str = Field(default="", description="who decided, as they call themselves")
    edited: bool = Field(default=False, description="what was approved had been changed by hand")
    subject: str = Field(default="", description="what the note was said of")


class Decisions(BaseModel):
    """decisions.json."""

    shown: dict[str, str] = Field(default_factory=dict, description="SHA-256 of what a person may change, as it was")
    made: tuple[Decision, ...] = ()

    @classmethod
    def read(cls, folder: Path) -> Decisions:
        """Those of an idea's folder, none where there are none."""
        path = folder / FILE
        return validated(cls, read_json(path), str(path)) if path.exists() else cls()

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


def show(folder: Path, what: str) -> None:
    """Remember what is about to be decided on, so that changes by hand are known."""
    if what in BY_HAND:
        decisions = Decisions.read(folder)
        decisions.shown[what] = digest(folder / BY_HAND[what])
        decisions.write(folder)


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def guidance(folder: Path) -> list[str]:
    """What people have said so far, for the model."""
    noted = (decision for decision in Decisions.read(folder).made if decision.note)
    return [f"On the {d.what}{f' ({d.subject})' if d.subject else ''}: {d.note}" for d in noted]


def disclosure(folder: Path) -> tuple[str, ...]:
    """Who decided what, a sentence each, for the paper's notice; none where nobody was asked."""
    return tuple(_in_words(decision) for decision in Decisions.read(folder).made)


def _in_words(decision: Decision) -> str:
    who = decision.by or "A person"
    what = f"the {decision.what}"
    if decision.deed == "guided":
        return f"{who} had {what} made again, with a note to the model."
    edited = " after changing it by hand" if decision.edited else ""
    return f"{who} {decision.deed} {what}{edited}{', with a note to the model' if decision.note else ''}."
