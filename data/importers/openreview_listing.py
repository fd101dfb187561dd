"""The list of a venue's submissions with what is kept of their replies, page by page, resumably."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field, ValidationError

from ..errors import InputError
from ..files import read_jsonl, repair_last_line, write_json
from ..records import DatasetCard
from .openreview_decisions import GONE
from .openreview_notes import Submission, submission_of
from .openreview_texts import read_kept
from .openreview_venues import Venue, Wanted, venue_of

if TYPE_CHECKING:
    from .openreview_client import OpenReview

Progress = Callable[[int, int, str], None]


class Listing(BaseModel):
    """What is known of a venue's submissions as a whole."""

    venue: Venue
    date: str
    fields: dict[str, str] = Field(default={}, description="named by the user: with others it is listed anew")
    complete: bool = False
    closed: dict[str, int] = {}


def submissions_of(
    server: OpenReview, wanted: Wanted, folder: Path, report: Progress
) -> tuple[Listing, list[Submission]]:
    """All submissions of the venue, from the folder as far as they are there."""
    state, lines = folder / "listing.json", folder / "listing.jsonl"
    listing = read_kept(Listing, state) if state.exists() else None
    if listing is not None and (listing.venue.id, listing.venue.year) != (wanted.group, wanted.year):
        raise InputError(f"{folder}: holds a pull of {listing.venue.title}; choose another name or folder")
    if listing is None or listing.fields != wanted.fields:
        venue = venue_of(wanted, server.group(wanted.group) if wanted.form.api == 2 else None)
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        listing = Listing(venue=venue, date=today, fields=wanted.fields)
        lines.unlink(missing_ok=True)
        write_json(state, listing.model_dump())
    submissions = _read_whole_lines(lines)
    if not listing.complete:
        with lines.open("a", encoding="utf-8") as stream:
            for page in server.pages(listing.venue.submissions, submissions[-1].id if submissions else None):
                new = [submission_of(note, listing.venue) for note in page]
                stream.write("".join(f"{submission.model_dump_json()}\n" for submission in new))
                stream.flush()
                submissions += new
                report(len(submissions), 0, "submissions")
        closed = {reason: server.count(invitation) for reason, invitation in listing.venue.closed.items()}
        listing = listing.model_copy(update={"complete": True, "closed": closed})
        if submissions:
            write_json(state, listing.model_dump())
    if not submissions:
        state.unlink(missing_ok=True)
        venue = listing.venue
        raise InputError(f"{venue.title}: OpenReview shows no submissions ({venue.submissions}) to this login")
    return listing, submissions


def card_of(listing: Listing, submissions: Sequence[Submission], **more: Any) -> DatasetCard:
    """The card of what is made of a listing; `more` are the fields that depend on what was made."""
    venue = listing.venue
    return DatasetCard(
        name=venue.name,
        title=venue.title,
        source=f"OpenReview, API {venue.api}, {venue.submissions}",
        licence="papers: their authors' terms, stated on OpenReview; for research, not for passing on",
        revision=listing.date,
        text_version="latest",
        withdrawn={s.id: s.venue or s.status for s in submissions if s.status in GONE},
        **more,
    )


def _read_whole_lines(path: Path) -> list[Submission]:
    """The submissions in the file, after a line that an interruption left half-written is cut off."""
    if not path.exists():
        return []
    repair_last_line(path)
    try:
        return [Submission.model_validate(line) for _, line in read_jsonl(path)]
    except ValidationError:
        raise InputError(f"{path}: not what a pull writes; remove the folder and pull again") from None
