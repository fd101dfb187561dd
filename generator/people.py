"""Deciding on an idea that waits for somebody: approve, reject, change by hand, or have it made again with a note."""

from __future__ import annotations

import os
from pathlib import Path

from ..data.errors import InputError
from ..data.files import read_text, read_validated, whole_characters, write_atomic
from ..reviewer.run_folder import locked
from .batch import ScientistRun, idea_folders
from .by_hand import BY_HAND, SHOWN, changes, check_by_hand
from .decisions import WAITS_AFTER, Decision, Decisions, Deed, name_of, waiting
from .ideas import Archive, Idea
from .kept_runs import FOLDER as KEPT
from .kept_runs import KeptRuns
from .metrics import FILE as MEASURES
from .nodes import BASELINE, Journal, Node
from .plan import count_seen, settings_in
from .project import redo_from
from .seeds import takes_number
from .state import STAGES, State
from .template import load_template

MADE_IN = {"idea": "idea", "plan": "plan", "experiments": "experiments", "draft": "writeup"}
"""The stage that is done again after a note."""


def idea_in(path: Path) -> Path:
    """The idea's folder that is meant: itself, or the only one of a run. Raises InputError where it is not clear."""
    path = path if path.name not in ("", "..") else path.resolve()
    if (path / "state.json").is_file():
        return path
    begun = [folder for folder in idea_folders(path) if (folder / "state.json").is_file()] if path.is_dir() else []
    if len(begun) == 1:
        return begun[0]
    if begun:
        raise InputError(f"{path}: has {len(begun)} ideas; name one of them, such as {begun[0]}")
    raise InputError(f"{path}: no idea that was begun is there; name a folder such as runs/.../idea_01")


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
    that cannot be taken over, and a note that nobody follows.
    """
    by, note = name_of(by), " ".join(whole_characters(note).split())
    with locked(folder.parent):
        what, state = waits_for(folder)
        _check_note(folder, what, deed, note, state)
        decision = Decision(
            what=what,
            deed=deed,
            of=state.stages[WAITS_AFTER[what]].at,
            note=note,
            by=by,
            changes=changes(folder, what) if deed == "approved" else (),
            subject=_subject(folder, what) if deed == "guided" else "",
            seen=settings_in(runs_seen(folder)) if deed == "guided" and what == "experiments" else 0,
        )
        Decisions(made=(*Decisions.read(folder).made, decision)).write(folder)
        if deed == "approved" and what == "idea" and decision.changes:
            _archive(folder).replace(_idea(folder / SHOWN / BY_HAND[what]).name, _idea(folder / BY_HAND[what]))
        if deed == "rejected":
            _skip_the_rest(folder, what, note, state)
        if deed == "guided":
            _let_be_made_again(folder, what)
    return decision


def _skip_the_rest(folder: Path, what: str, note: str, state: State) -> None:
    why = f": {note}" if note else ""
    for later in STAGES[STAGES.index(WAITS_AFTER[what]) + 1 :]:
        state.mark(later, "skipped", f"rejected by a person after {WAITS_AFTER[what]}{why}")
    state.write(folder)


def _let_be_made_again(folder: Path, what: str) -> None:
    """Take an idea out of the archive, or keep the results of experiments, which count; the stage is done again."""
    if what == "idea":
        _archive(folder).replace(_idea(folder / BY_HAND[what]).name, None)
    if what == "experiments":
        KeptRuns(folder).keep(Journal.read(folder / "experiments.json").nodes)
        template = load_template(ScientistRun.open(folder.parent).record.template)
        count_seen(folder, runs_seen(folder), number=takes_number(template))
    redo_from(folder, MADE_IN[what], keep=[KEPT])


def _check_note(folder: Path, what: str, deed: Deed, note: str, state: State) -> None:
    """Raises InputError where a note is missing, or would change nothing."""
    if deed == "guided" and not note:
        raise InputError(f"{folder}: --note says nothing; say what is to be made otherwise")
    if note and state.scientist == "offline":
        raise InputError(f"{folder}: the offline scientist follows no note; approve, edit or reject")
    if deed == "guided" and what == "plan" and not (folder / MEASURES).exists():
        raise InputError(
            f"{folder}: the plan follows from template and settings by rules, which a note does not change; edit it"
        )


def editable(folder: Path) -> Path:
    """The file that may be changed by hand now. Raises InputError where there is none."""
    what, _ = waits_for(folder)
    if what not in BY_HAND:
        raise InputError(
            f"{folder}: the {what} were run, and are not changed by hand, nor is their plan any more, since their "
            "results are known; approve, guide or reject them"
        )
    return folder / BY_HAND[what]


def take_over(path: Path, before: str, after: str) -> tuple[str, ...]:
    """Put a text that was made of `before` in an editor in its place; returns what is changed against what was made.

    Raises InputError where the file was changed or decided on meanwhile, or the text cannot be used. It is kept then,
    in a file that the message names.
    """
    own = path.with_name(f"{path.stem}.not_taken.{os.getpid()}.json")
    write_atomic(own, after)
    try:
        with locked(path.parent.parent):
            what, _ = waits_for(path.parent)
            if path.name != BY_HAND.get(what):
                raise InputError(f"{path}: was decided on meanwhile")
            if read_text(path) != before:
                raise InputError(f"{path}: somebody has changed it meanwhile")
            check_by_hand(path.parent, what, own)
            own.replace(path)
            return changes(path.parent, what)
    except InputError as problem:
        raise InputError(f"{problem}; nothing was changed, and your text is in {own}") from None


def _archive(folder: Path) -> Archive:
    return Archive(folder.parent / "ideas.jsonl")


def _idea(path: Path) -> Idea:
    return read_validated(Idea, path)


def runs_seen(folder: Path) -> list[Node]:
    """The experiments that no earlier note has had counted."""
    nodes = Journal.read(folder / "experiments.json").nodes
    return [node for node in nodes if node.run != BASELINE and not node.taken]


def _subject(folder: Path, what: str) -> str:
    """What a note is said of, in a line; empty where the folder still has it."""
    if what == "idea":
        idea = _idea(folder / "idea.json")
        return f"{idea.title}: {idea.experiment}"
    if what == "experiments":
        nodes = Journal.read(folder / "experiments.json").nodes
        return "; ".join(f"{node.run}: {node.label}" for node in nodes if node.run != BASELINE)
    return ""
