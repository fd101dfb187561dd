"""Asking a person for a review, and taking it: `scientist resume` then improves the paper by it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from ...data.errors import InputError, unknown
from ...reviewer.forms.form import Form, load_form
from ...reviewer.panel.panel import names_a_model
from ...reviewer.run_folder import locked
from ...reviewer.verdict import verdict
from ..batch import ScientistRun, idea_folders, latest_review
from ..decisions import name_of
from ..people import idea_in
from ..run_reviewer import reviewer_now
from ..state import StageState, State
from .blank import blank_form
from .filled import read_filled, review_of
from .record import STAGE, HumanReview, HumanReviews, MachineReview
from .version import version_of

PLAIN = "neurips"
"""What is asked where the run's reviewer fills in no form."""


def ask_for_review(folder: Path, questions: str | None) -> str:
    """An empty form for the paper of an idea's folder. Raises InputError where there is none, or no such form."""
    form = form_for(folder.parent, questions)
    return blank_form(form, version_of(folder), questions or form.name)


def form_for(run: Path, questions: str | None) -> Form:
    """The form of that name; None: the one that the run's reviewer fills in, where it does."""
    spec = ScientistRun.open(run).record.reviewer
    own = getattr(reviewer_now(spec), "form", None) if names_a_model(spec) else None
    if isinstance(own, Form) and questions in (None, own.name):
        return own
    return load_form(questions or PLAIN)


def hand_in(place: Path, path: Path, by: str = "") -> tuple[Path, HumanReview]:
    """Take a filled form for the paper of an idea's folder, or of the idea of a run that it names.

    Returns the idea's folder and the review on record. Raises InputError for a form that cannot be taken: of another
    paper or version, not filled in, off a scale, by nobody, or handed in before.
    """
    filled = read_filled(path)
    folder = _named(place, filled.paper, path)
    form = form_for(folder.parent, filled.form)
    by = name_of(by) or name_of(filled.by)
    if not by:
        raise InputError(f"{path}: who has reviewed? Say it with --by NAME")
    with locked(folder.parent):
        version = version_of(folder)
        if filled.sha256 != version.sha256:
            raise InputError(
                f"{path}: is a review of another version of the paper (sha256 {filled.sha256[:12]}, now "
                f"{version.sha256[:12]}); read the paper as it is now, and ask for a new form"
            )
        review = review_of(filled, form, path).model_copy(update={"reviewer": by})
        reviews = HumanReviews.read(folder)
        if any((one.by, one.sha256) == (by, version.sha256) for one in reviews.made):
            raise InputError(f"{path}: {by} has handed in a review of this version already")
        one = HumanReview(
            by=by,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            sha256=version.sha256,
            form=form.name,
            scale=form.scale,
            review=review,
            machine=_machine(folder),
        )
        reviews.model_copy(update={"made": (*reviews.made, one)}).write(folder)
        state = State.read(folder)
        state.stages[STAGE] = StageState()
        state.write(folder)
    return folder, one


def _named(place: Path, paper: str, path: Path) -> Path:
    if not (place / "state.json").is_file() and len(ideas := [folder.name for folder in idea_folders(place)]) > 1:
        if paper not in ideas:
            raise unknown("paper", paper, ideas, hint=str(path))
        return place / paper
    folder = idea_in(place)
    if folder.name != paper:
        raise InputError(f"{path}: is a review of {paper!r}, and not of {folder.name}")
    return folder


def _machine(folder: Path) -> MachineReview | None:
    """The machine's review of the paper as it is now, with its decision by its own rule."""
    made = latest_review(folder)
    if made is None or made.status != "ok":
        return None
    reviewer = reviewer_now(ScientistRun.open(folder.parent).record.reviewer)
    known = reviewer is not None and reviewer.fingerprint == made.fingerprint
    said = verdict(made, reviewer.traits) if reviewer is not None and known else None
    return MachineReview(
        reviewer=made.reviewer,
        fingerprint=made.fingerprint,
        overall=made.overall,
        scale=reviewer.traits.scale if reviewer is not None and known else None,
        decision=said.decision if said else made.decision,
    )
