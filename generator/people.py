"""Deciding on an idea that waits for somebody: approve, reject, or have it made again with a note."""

from __future__ import annotations

from pathlib import Path

from ..data.errors import InputError
from ..data.files import read_json, validated, write_atomic
from ..reviewer.run_folder import locked
from .batch import ScientistRun
from .decisions import BY_HAND, WAITS_AFTER, Decision, Decisions, Deed, digest, waiting
from .ideas import Archive, Idea
from .latex.document import Draft
from .project import redo_from
from .state import STAGES, State

MADE_IN = {"idea": "idea", "experiments": "experiments", "draft": "writeup"}
"""The stage that is done again after a note."""


def waits_for(folder: Path) -> tuple[str, State]:
    """What an idea's folder waits for, and its state.

    Raises InputError where it waits for nobody, with the last decision where there is one.
    """
    state = State.read(folder)
    what = waiting(folder, ScientistRun.open(folder.parent).record.paper.ask, state)
    if what:
        return what, state
    made = Decisions.read(folder).made
    last = f"; {made[-1].by or 'somebody'} has {made[-1].deed} the {made[-1].what}" if made else ""
    raise InputError(f"{folder}: it waits for no decision{last} (next stage: {state.next or 'none'})")


def decide(folder: Path, deed: Deed, *, note: str = "", by: str = "") -> Decision:
    """Decide on what the folder waits for; `scientist resume` goes on from there.

    A note is told to the model from then on; "guided" has the stage done again. One of two that decide at once wins,
    the other gets an InputError, as for a folder that waits for nobody, a run that is under way, a file changed by hand
    that cannot be read, and a note to the offline scientist, which follows none.
    """
    with locked(folder.parent):
        what, state = waits_for(folder)
        if note and state.scientist == "offline":
            raise InputError(f"{folder}: the offline scientist follows no note; approve, edit or reject")
        decisions = Decisions.read(folder)
        decision = Decision(
            what=what,
            deed=deed,
            of=state.stages[WAITS_AFTER[what]].at,
            note=" ".join(note.split()),
            by=by,
            edited=deed == "approved" and changed_by_hand(folder, what),
            subject=_subject(folder) if what == "idea" and deed == "guided" else "",
        )
        Decisions(shown=decisions.shown, made=(*decisions.made, decision)).write(folder)
        if deed == "rejected":
            why = f": {note}" if note else ""
            for later in STAGES[STAGES.index(WAITS_AFTER[what]) + 1 :]:
                state.mark(later, "skipped", f"rejected by a person after {WAITS_AFTER[what]}{why}")
            state.write(folder)
        if deed == "guided":
            _forget(folder, what)
            redo_from(folder, MADE_IN[what])
    return decision


def changed_by_hand(folder: Path, what: str) -> bool:
    """Whether what can be changed was, since it was made. Raises InputError where it cannot be read any more."""
    if what not in BY_HAND:
        return False
    path = folder / BY_HAND[what]
    form = Idea if what == "idea" else Draft
    validated(form, read_json(path), str(path))
    return digest(path) != Decisions.read(folder).shown.get(what)


def editable(folder: Path) -> Path:
    """The file that may be changed by hand now. Raises InputError where there is none."""
    what, _ = waits_for(folder)
    if what not in BY_HAND:
        raise InputError(f"{folder}: the {what} were run, and are not changed by hand; approve, guide or reject them")
    return folder / BY_HAND[what]


def _subject(folder: Path) -> str:
    idea = validated(Idea, read_json(folder / "idea.json"), str(folder / "idea.json"))
    return f"{idea.title}: {idea.experiment}"


def _forget(folder: Path, what: str) -> None:
    """Take an idea that is made again out of the archive: it is no earlier one, and may be mended."""
    if what != "idea":
        return
    archive = Archive(folder.parent / "ideas.jsonl")
    name = validated(Idea, read_json(folder / "idea.json"), "idea.json").name
    kept = [scored for scored in archive.read() if scored.idea.name != name]
    write_atomic(archive.path, "".join(f"{scored.model_dump_json()}\n" for scored in kept))
