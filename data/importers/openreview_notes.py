"""From OpenReview's notes, of either API, to what is kept of a submission, and on to a judgement or an exclusion."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ..files import whole_characters
from ..records import NO, YES, Decision, Tier, parse_decision
from .openreview_venues import Venue

Ruling = tuple[Decision, Tier | None]


LEADING_NUMBER = re.compile(r"\s*(-?\d+(?:\.\d+)?)\b")
Kind = Literal["review", "decision"]


class ForumReply(BaseModel):
    """What is kept of a review or a decision note: numbers, wording of the decision, times; no review text."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    id: str
    belongs: bool
    created: int | None = None
    rating: float | None = None
    confidence: float | None = None
    recommendation: bool | None = None
    verdict: str = ""
    fields: tuple[str, ...] = Field(default=(), description="of a review without a rating, decision without a verdict")


class Submission(BaseModel):
    """What is kept of a submission. Times are milliseconds since 1970."""

    model_config = ConfigDict(frozen=True)

    id: str
    title: str = ""
    abstract: str = ""
    venue: str = ""
    status: str = ""
    created: int | None = None
    replies: tuple[ForumReply, ...] = ()

    @property
    def reviewed_from(self) -> int | None:
        """When the first review was posted (without reviews: the decision), None where no reply has a time."""
        for kind in ("review", "decision"):
            times = [r.created for r in self.replies if r.kind == kind and r.created is not None]
            if times:
                return min(times)
        return None

    @property
    def decided_at(self) -> int | None:
        """When the decision was posted, None where that is not known."""
        return min((r.created for r in self.replies if r.kind == "decision" and r.created is not None), default=None)


def value(content: Mapping[str, Any], name: str) -> Any:
    """A content field: bare in API 1, under "value" in API 2; None where it is missing."""
    field = content.get(name)
    return whole_characters(field.get("value") if isinstance(field, Mapping) else field)


def number(field: Any, words: Mapping[str, float] | None = None) -> float | None:
    """The number of a rating: 6, 6.0, "6" or "6: marginally above ..."; None where there is none.

    `words` are the values of ratings that are words, in lower case; one may go on after a colon.
    """
    if isinstance(field, (int, float)) and not isinstance(field, bool):
        return float(field)
    if not isinstance(field, str):
        return None
    found = LEADING_NUMBER.match(field)
    return float(found[1]) if found else (words or {}).get(field.partition(":")[0].strip().lower())


def yes_or_no(field: Any) -> bool | None:
    """The answer to a question of yes or no; None where there is none (the form of early years asked for prose)."""
    word = str(field).strip().lower()
    return True if word in YES else False if word in NO else None


def time_of(note: Mapping[str, Any]) -> int | None:
    """When the note was truly made, in milliseconds since 1970."""
    return note.get("tcdate") or note.get("cdate")


def submission_of(note: Any, venue: Venue) -> Submission:
    """What is kept of a note of `openreview.Note` or `openreview.api.Note` with `details="directReplies"`."""
    content = note.content or {}
    status = venue.statuses.get(value(content, "venueid") or "", "")
    if value(content, "withdrawal"):
        status = "withdrawn"
    replies = (_reply(r, note, venue) for r in (note.details or {}).get("directReplies") or ())
    return Submission(
        id=note.id,
        title=(value(content, "title") or "").strip(),
        abstract=(value(content, "abstract") or "").strip(),
        venue=value(content, "venue") or "",
        status=status,
        created=note.cdate or note.tcdate,
        replies=tuple(sorted((r for r in replies if r), key=lambda r: (r.created or 0, r.id))),
    )


def _reply(reply: Mapping[str, Any], note: Any, venue: Venue) -> ForumReply | None:
    """The reply as a ForumReply, None where it is neither review nor decision."""
    invitations = reply.get("invitations") or [reply.get("invitation") or ""]
    kinds: dict[str, Kind] = {venue.review: "review", venue.decision: "decision"}
    found = next(((end, name) for name in invitations for end in kinds if name.endswith(f"/{end}")), None)
    if found is None:
        return None
    kind, invitation = kinds[found[0]], found[1]
    content = reply.get("content") or {}
    numbered = re.search(rf"/{re.escape(venue.paper)}(\d+)/", invitation)
    said = _said(kind, content, venue)
    return ForumReply(
        kind=kind,
        id=reply.get("id") or "",
        belongs=reply.get("forum") == note.id
        and reply.get("replyto") == note.id
        and (numbered is None or note.number is None or int(numbered[1]) == note.number),
        created=time_of(reply),
        fields=() if said else tuple(sorted(content)),
        **said,
    )


def _said(kind: Kind, content: Mapping[str, Any], venue: Venue) -> dict[str, Any]:
    """What a review or a decision note says in the fields that are known; empty where they are not there."""
    if kind == "decision":
        verdict = value(content, venue.verdict)
        return {"verdict": str(verdict)} if verdict else {}
    said = {
        "rating": number(value(content, venue.rating), venue.words),
        "recommendation": yes_or_no(value(content, venue.recommendation)) if venue.recommendation else None,
    }
    said = {name: found for name, found in said.items() if found is not None}
    return {**said, "confidence": number(value(content, venue.confidence))} if said else {}


def listed(submission: Submission) -> Ruling | None:
    """The decision that the submission's own fields tell, None where they tell none."""
    ruling = parsed(submission.venue)
    if submission.status == "rejected":
        return "reject", "reject"
    if submission.status == "accepted":
        return ruling or ("accept", None)
    if ruling is None and submission.status != "active" and "submitted" in submission.venue.lower():
        return "reject", "reject"
    return ruling


def parsed(wording: str) -> Ruling | None:
    """The ruling that a wording states; None where it states none."""
    try:
        return parse_decision(wording)
    except ValueError:
        return None
