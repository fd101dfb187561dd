"""What people had to do with a paper, a sentence each: for its notice and for the page of its run."""

from __future__ import annotations

from pathlib import Path

from ..presentation.numbers import counted
from .decisions import Decision, Decisions
from .human_reviews.record import HumanReview, HumanReviews


def disclosure(folder: Path) -> tuple[str, ...]:
    """Who decided what, and whose reviews it was revised by; none where no person had a part in it."""
    reviews = HumanReviews.read(folder)
    answered = [one for one in reviews.made if one.round]
    return (
        *(_of_decision(decision) for decision in Decisions.read(folder).made),
        *(_of_review(one, changed=reviews.rounds[one.round - 1].changed) for one in answered),
    )


def _of_decision(decision: Decision) -> str:
    who = decision.by or "A person"
    what = f"the {decision.what}"
    if decision.deed == "guided":
        seen = f" ({counted(decision.seen, 'setting')} seen before count too)" if decision.seen else ""
        return f"{who} had {what} made again, with a note to the model{seen}."
    changed = f" ({'; '.join(decision.changes)})" if decision.changes and decision.what == "plan" else ""
    edited = f" after changing it by hand{changed}" if decision.changes else ""
    return f"{who} {decision.deed} {what}{edited}{', with a note to the model' if decision.note else ''}."


def _of_review(one: HumanReview, *, changed: bool | None) -> str:
    said = f"{one.review.overall:g} on a scale of {one.scale[0]:g} to {one.scale[1]:g}, {one.review.decision}"
    came = "this version was revised after it" if changed else "the program found nothing in it that it could act on"
    return f"{one.by}, a person, reviewed an earlier version ({said}); {came}."
