"""From what is kept of a submission to a judgement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ..records import Judgement
from .openreview_notes import Ruling, Submission, listed, parsed
from .openreview_venues import Venue


class ExclusionError(Exception):
    """A paper that is left out; the message is the reason, counted in `card.excluded`."""


def judge(submissions: Iterable[Submission], venue: Venue) -> tuple[list[Judgement], Counter[str]]:
    """The judgements of the decided papers, and the papers left out, counted by reason.

    "Submitted to ICLR 2025" is read as rejected. Before the decisions that wording means nothing, so that judgements
    without a single accepted paper are no judgements: the venue has not decided.
    """
    judgements: list[Judgement] = []
    excluded: Counter[str] = Counter()
    for submission in submissions:
        try:
            judgements.append(_judgement(submission, venue))
        except ExclusionError as reason:
            excluded[str(reason)] += 1
    return judgements, excluded


def _judgement(submission: Submission, venue: Venue) -> Judgement:
    if submission.status in ("withdrawn", "desk rejected"):
        raise ExclusionError(submission.status)
    if not all(reply.belongs for reply in submission.replies):
        raise ExclusionError("replies belong to another paper")
    decision, tier = _ruling(submission)
    reviews = [r for r in submission.replies if r.kind == "review" and r.rating is not None]
    ratings = tuple(r.rating for r in reviews if r.rating is not None)
    if venue.scale and not set(ratings) <= set(venue.scale):
        raise ExclusionError("ratings off the year's scale")
    if not submission.title and not submission.abstract:
        raise ExclusionError("no title and no abstract")
    confidences = tuple(r.confidence for r in reviews if r.confidence is not None)
    return Judgement(
        paper_id=submission.id,
        decision=decision,
        tier=tier,
        ratings=ratings,
        confidences=confidences if len(confidences) == len(ratings) else (),
        split="test",
        group=None,
    )


def _ruling(submission: Submission) -> Ruling:
    """The decision by the decision notes, else by the venue's status and wording.

    Raises ExclusionError where there is none or where the sources contradict one another.
    """
    notes = [ruling for r in submission.replies if r.kind == "decision" and (ruling := parsed(r.verdict))]
    venue = listed(submission)
    known = [*notes, venue] if venue else notes
    if not known:
        wording = submission.venue.lower()
        raise ExclusionError(
            "withdrawn" if "withdraw" in wording else "desk rejected" if "desk" in wording else "no decision"
        )
    if len({decision for decision, _ in known}) > 1:
        raise ExclusionError("decision note and venue disagree")
    return next((ruling for ruling in known if ruling[1]), known[0])
