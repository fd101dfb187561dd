"""From what is kept of a submission to a judgement."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence

from ..errors import InputError
from ..records import Judgement
from .openreview_notes import Ruling, Submission, listed, parsed
from .openreview_venues import Venue
from .ratings import note_on_confidences

GONE = ("withdrawn", "desk rejected", "retracted")
"""Statuses of papers that their authors or the venue took out."""


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


def first_decision(submissions: Iterable[Submission]) -> str:
    """The day (UTC) on which the first of their decisions was posted; empty where OpenReview shows no time.

    What was sealed before it, or a model that was made before it, cannot know any of them.
    """
    times = [submission.decided_at for submission in submissions if submission.decided_at is not None]
    return datetime.datetime.fromtimestamp(min(times) / 1000, datetime.UTC).date().isoformat() if times else ""


def _judgement(submission: Submission, venue: Venue) -> Judgement:
    if submission.status in GONE:
        raise ExclusionError(submission.status)
    if venue.rolling and venue.year and submission.created and year_of(submission.created) != venue.year:
        raise ExclusionError("submitted in another year")
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
        recommendations=tuple(r.recommendation for r in submission.replies if r.recommendation is not None),
        confidences=confidences if len(confidences) == len(ratings) else (),
        split="test",
        group=None,
    )


def notes_on_reviews(submissions: Sequence[Submission], judgements: Sequence[Judgement], venue: Venue) -> list[str]:
    """Notes on reviews whose rating cannot be read, and on confidences that were left out; both in one order."""
    reviews = [[r for r in s.replies if r.kind == "review"] for s in submissions]
    silent = sum(r.rating is None for of in reviews for r in of) if venue.rating else 0
    notes = []
    if silent and any(judgement.ratings for judgement in judgements):
        notes.append(
            f"{silent} of {sum(map(len, reviews))} reviews have no rating that can be read ({venue.rating}) and do not "
            "count."
        )
    unmatched = [
        judgement.paper_id
        for judgement, of in zip(judgements, reviews, strict=True)
        if judgement.ratings and not judgement.confidences and any(r.confidence is not None for r in of)
    ]
    return [*notes, *note_on_confidences(unmatched)]


def year_of(created: int) -> int:
    """The year of a time in milliseconds since 1970."""
    return datetime.datetime.fromtimestamp(created / 1000, datetime.UTC).year


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


def check_layout(submissions: Sequence[Submission], venue: Venue) -> None:
    """Refuse a layout that has changed: reviews, or decision notes, none of which has the field that is known.

    Raises InputError that names the field, and those that are there.
    """
    for kind, field, option in (
        ("review", venue.rating or venue.recommendation, "rating"),
        ("decision", venue.verdict, "verdict"),
    ):
        replies = [r for s in submissions for r in s.replies if r.kind == kind]
        if not field or not replies or not all(r.fields for r in replies):
            continue
        there = Counter(name for r in replies for name in r.fields)
        names = ", ".join(name for name, _ in there.most_common(12))
        raise InputError(
            f"{venue.title}: none of {len(replies)} {kind} notes has a {option} in the field {field!r}: the layout has "
            f"changed, or is another (fields there: {names}); name it, as in --field {option}=NAME"
            f"{' (or --field rating= for a dataset without ratings)' if option == 'rating' else ''}"
        )


def sample_of(judgements: Sequence[Judgement], venue: Venue) -> str:
    """Why the papers that are shown are no fair sample of all that were decided, with counts; empty where they are.

    Raises InputError where rejected papers are not shown at all.
    """
    rejected = sum(not judgement.accepted for judgement in judgements)
    accepted = len(judgements) - rejected
    if judgements and not rejected:
        why = "rejected ones only where the authors agreed" if venue.shown == "opt-in" else "accepted ones only"
        raise InputError(
            f"{venue.title}: all {accepted} papers shown to this login are accepted; it publishes {why}. Agreement "
            f"needs both decisions: choose a venue that shows rejected papers, such as iclr2024 or tmlr"
        )
    if venue.shown == "all":
        return ""
    return (
        f"Biased sample: {venue.title} shows {accepted} papers as accepted and {rejected} as rejected, the latter only "
        f"where the authors agreed. The base rate of {accepted / len(judgements):.3f} is that of what is shown, not of "
        "the venue, and rejected papers whose authors agreed need not be like the others."
    )
