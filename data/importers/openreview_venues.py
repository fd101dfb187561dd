"""Where a venue keeps submissions, reviews and decisions on OpenReview: what is known of it, and its group says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from ..errors import InputError, unknown
from ..venues import KnownVenue, ReviewForm, Shown, Status, find_venue, known_venues, split_name

JOURNAL = "under_review_venue_id"
"""A field that the groups of journals have, and no conference."""


class Venue(BaseModel):
    """A venue in one year: invitation names, field names and what a `venueid` means. A journal's year may be None."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    year: int | None
    id: str
    api: int
    rolling: bool = False
    submissions: str
    closed: dict[str, str] = {}
    paper: str
    review: str
    rating: str
    confidence: str
    recommendation: str = ""
    decision: str
    verdict: str
    words: dict[str, float] = {}
    scale: tuple[float, ...] = ()
    statuses: dict[str, Status] = {}
    shown: Shown = "all"
    note: str = ""
    verified: bool = True
    sources: tuple[str, ...] = ()

    @property
    def notes(self) -> list[str]:
        """What to know of the venue, and that its names and scale are not verified where they are not."""
        notes = [self.note] if self.note else []
        if not self.verified:
            where = ", ".join(self.sources)
            notes.append(
                f"Not verified: names of invitations and fields and rating scale of {self.title} are as far as known "
                f"({where})."
            )
        return notes


class Wanted(BaseModel):
    """A venue to pull, before its group was asked: the dataset's name, the form, and names given by the user."""

    model_config = ConfigDict(frozen=True)

    name: str
    known: KnownVenue
    form: ReviewForm
    year: int | None
    group: str
    fields: dict[str, str] = {}


FIELDS = ("rating", "confidence", "decision", "review", "submissions", "verdict")
"""What a user may name where a layout is not the one known."""


def wanted_venue(name: str, group: str | None = None, fields: Mapping[str, str] | None = None) -> Wanted:
    """The venue of a dataset's name such as `neurips2023` or `tmlr`, or that of an OpenReview group.

    `fields` maps some of `FIELDS` to the names that they have there.

    Raises InputError for a name that is none of a venue's (with near matches), a year of which nothing is known, a
    venue whose reviews are not public, and a field that is none.
    """
    for field, named in (fields or {}).items():
        if field not in FIELDS:
            raise unknown("field", field, FIELDS)
        if not named and field != "rating":
            raise InputError(f"--field {field}=: say what it is called there; only rating may be empty (no ratings)")
    if group is not None:
        return _of_group(name, group.strip("/"), dict(fields or {}))
    parts = split_name(name)
    if parts is None:
        raise InputError(
            f"cannot pull {name!r}: expected VENUE and YEAR, such as iclr2024 (venues: {', '.join(known_venues())}), "
            "any name with --venue GROUP, or hf:OWNER/NAME"
        )
    short, year = find_venue(parts[0]), parts[1]
    known = known_venues()[short]
    if year is None and not known.rolling:
        raise InputError(f"cannot pull {name!r}: name the year too, such as {short}{known.forms[-1].years[1]}")
    form = known.form(known.forms[-1].years[1] if year is None else year)
    if form.refused:
        raise InputError(f"{known.title} {year}: {form.refused} ({form.sources[0]})")
    own = (form.group or known.group).format(year=year)
    return Wanted(name=name, known=known, form=form, year=year, group=own, fields=dict(fields or {}))


def _of_group(name: str, group: str, fields: dict[str, str]) -> Wanted:
    """The venue of a group: one that is known, else one whose group has to say all."""
    found = re.search(r"(?:^|/)(\d{4})(?:/|$)", group)
    year = int(found[1]) if found else None
    for known in known_venues().values():
        spans = [form for form in known.forms if year is None or form.years[0] <= year <= form.years[1]]
        for form in spans:
            own = (form.group or known.group).format(year=year)
            if group.lower() == own.lower():
                return Wanted(name=name, known=known, form=form, year=year, group=own, fields=fields)
    sources = (f"https://openreview.net/group?id={group}",)
    form = ReviewForm(years=(year or 0, year or 0), verified=False, sources=sources)
    known = KnownVenue(title=group, group=group, forms=(form,))
    return Wanted(name=name, known=known, form=form, year=year, group=group, fields=fields)


def venue_of(wanted: Wanted, content: Mapping[str, Any] | None = None) -> Venue:
    """The venue, from what is known and, in API 2, the content of its group (`{name: {"value": ...}}`).

    Raises InputError where the group says nothing and nothing is known.
    """
    form, known = wanted.form, wanted.known
    content = content or {}
    if not form.verified and known.title == wanted.group:
        form, known = _by_its_group(wanted, content)
    names = _names(form, content) | wanted.fields
    listing = names["submissions"]
    return Venue(
        name=wanted.name,
        title=known.title if wanted.year is None or known.title == wanted.group else f"{known.title} {wanted.year}",
        year=wanted.year,
        id=wanted.group,
        api=form.api,
        rolling=known.rolling,
        submissions=listing if "/-/" in listing else f"{wanted.group}/-/{listing}",
        closed={
            status: f"{wanted.group}/-/{name}_Submission"
            for status, name in (("withdrawn", "Withdrawn"), ("desk rejected", "Desk_Rejected"))
            if form.closed
        },
        paper=form.paper or ("Paper" if form.api == 1 else listing.rpartition("/")[2]),
        review=names["review"],
        rating=names["rating"],
        confidence=names["confidence"],
        recommendation=form.recommendation,
        decision=names["decision"],
        verdict=names["verdict"],
        words=form.words,
        scale=form.values,
        statuses=_statuses(form, wanted.group, listing, content),
        shown=form.shown,
        note=form.note,
        verified=form.verified,
        sources=form.sources,
    )


def _by_its_group(wanted: Wanted, content: Mapping[str, Any]) -> tuple[ReviewForm, KnownVenue]:
    """The form of a venue of which nothing is known but its group: a journal has that of TMLR."""
    if _stated(content, "submission_name") or wanted.fields.get("submissions"):
        return wanted.form, wanted.known
    if not _stated(content, JOURNAL):
        raise InputError(
            f"{wanted.group}: its group has no field submission_name, so it is no venue of OpenReview's API 2, or one "
            f"whose layout is another; name its list of papers, as in --field submissions=Submission "
            f"(known by name: {', '.join(known_venues())})"
        )
    journal = known_venues()["tmlr"]
    form = journal.forms[-1].model_copy(update={"verified": False, "sources": wanted.form.sources})
    return form, wanted.known.model_copy(update={"rolling": True})


def _stated(content: Mapping[str, Any], name: str) -> str:
    field = content.get(name)
    return str(field["value"]) if isinstance(field, Mapping) and field.get("value") else ""


STATED = {
    "submissions": "submission_name",
    "review": "review_name",
    "rating": "review_rating",
    "confidence": "review_confidence",
    "decision": "decision_name",
    "verdict": "decision_field_name",
}
"""Our names, and the fields of a group that state what they are there."""


def _names(form: ReviewForm, content: Mapping[str, Any]) -> dict[str, str]:
    """Names of invitations and fields: what the group states, unless that is OpenReview's default, else the form's."""
    names: dict[str, str] = form.model_dump(include={*STATED})
    for name, field in STATED.items():
        stated = _stated(content, field)
        if stated not in ("", ReviewForm.model_fields[name].default):
            names[name] = stated
    names["submissions"] = names["submissions"] or ("Submission" if form.api == 2 else "Blind_Submission")
    return names


def _statuses(form: ReviewForm, group: str, listing: str, content: Mapping[str, Any]) -> dict[str, Status]:
    """What a `venueid` means; in API 1 nothing, since rejected papers have that of accepted ones there."""
    if form.api == 1:
        return {}
    if form.statuses:
        return {f"{group}/{end}".rstrip("/"): status for end, status in form.statuses.items()}
    name = listing.rpartition("/")[2]
    return {
        group: "accepted",
        _stated(content, "submission_venue_id") or f"{group}/{name}": "active",
        _stated(content, "rejected_venue_id") or f"{group}/Rejected_{name}": "rejected",
        _stated(content, "withdrawn_venue_id") or f"{group}/Withdrawn_{name}": "withdrawn",
        _stated(content, "desk_rejected_venue_id") or f"{group}/Desk_Rejected_{name}": "desk rejected",
    }
