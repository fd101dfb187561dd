"""What people had to do with a paper, a sentence each: for its notice and for the page of its run.

What they think of it is not said there: a reviewer who reads the paper is to have an opinion of its own.
"""

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
    note = ", with a note to the model" if decision.note and decision.deed == "approved" else ""
    return f"{who} {decision.deed} {what}{edited}{note}."


def _of_review(one: HumanReview, *, changed: bool | None) -> str:
    came = "after which this one was made" if changed else "in which the program found nothing that it could act on"
    return f"{one.by}, a person, reviewed an earlier version, {came}."
