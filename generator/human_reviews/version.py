"""Which version of which paper a person reviews: known by the content of its PDF."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from ...data.errors import InputError, printable
from ...data.files import read_validated
from ..latex.document import Draft
from ..state import State
from .record import STAGE


@dataclass(frozen=True)
class PaperVersion:
    """A paper as it is now; `paper` is the name of the idea's folder."""

    folder: str
    paper: str
    title: str
    sha256: str


def version_of(folder: Path) -> PaperVersion:
    """The paper of an idea's folder. Raises InputError where there is none, or it is still being made."""
    state, pdf, path = State.read(folder), folder / "paper.pdf", folder / "draft.json"
    if state.next not in (None, STAGE) or not pdf.is_file():
        goes_on = f"the next stage is {state.next}; `peerassay scientist resume {folder.parent}` goes on"
        why = goes_on if state.next else "it has no paper.pdf"
        raise InputError(f"{folder}: there is no finished paper to review ({why})")
    draft = read_validated(Draft, path)
    return PaperVersion(str(folder), folder.name, printable(draft.title), hashlib.sha256(pdf.read_bytes()).hexdigest())
