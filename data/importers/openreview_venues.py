"""Where each year of ICLR keeps its submissions, reviews and decisions on OpenReview."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from ..errors import InputError

FIRST_YEAR = 2017
LAST_YEAR_OF_API_1 = 2023

TEN_POINTS = tuple(float(value) for value in range(1, 11))
SIX_POINTS = (1.0, 3.0, 5.0, 6.0, 8.0, 10.0)
SCALES = {
    2017: TEN_POINTS,
    2018: TEN_POINTS,
    2019: TEN_POINTS,
    2020: (1.0, 3.0, 6.0, 8.0),
    2021: TEN_POINTS,
    2022: SIX_POINTS,
    2023: SIX_POINTS,
    2024: SIX_POINTS,
    2025: SIX_POINTS,
    2026: (0.0, 2.0, 4.0, 6.0, 8.0, 10.0),
}
"""The values a rating can take, by year; a year that is not here takes its scale from the ratings found."""


class Venue(BaseModel):
    """One year of the conference: invitation names, field names and, for API 2, what a `venueid` means."""

    model_config = ConfigDict(frozen=True)

    year: int
    id: str
    api: int
    submissions: str
    closed: dict[str, str] = {}
    paper: str = "Paper"
    review: str = "Official_Review"
    rating: str = "rating"
    decision: str = "Decision"
    verdict: str = "decision"
    statuses: dict[str, str] = {}

    @property
    def scale(self) -> tuple[float, ...]:
        """The values a rating can take, ascending; empty where unknown."""
        return SCALES.get(self.year, ())


def check_year(year: int) -> None:
    """Raises InputError for a year whose decisions and ratings OpenReview does not hold."""
    if year < FIRST_YEAR:
        raise InputError(
            f"ICLR {year}: OpenReview holds no ratings and decisions that can be compared; "
            f"choose {FIRST_YEAR} or a later year"
        )


def api_2_id(year: int) -> str:
    """The id of the venue and of its group, for 2024 and later."""
    return f"ICLR.cc/{year}/Conference"


def venue_of_api_1(year: int) -> Venue:
    """The venue of a year up to 2023. `closed` names the listings of papers that left the process."""
    if year == 2017:
        return Venue(
            year=year,
            id="ICLR.cc/2017/conference",
            api=1,
            submissions="ICLR.cc/2017/conference/-/submission",
            paper="paper",
            review="official/review",
            decision="acceptance",
        )
    venue = f"ICLR.cc/{year}/Conference"
    return Venue(
        year=year,
        id=venue,
        api=1,
        submissions=f"{venue}/-/Blind_Submission",
        closed={
            "withdrawn": f"{venue}/-/Withdrawn_Submission",
            "desk rejected": f"{venue}/-/Desk_Rejected_Submission",
        },
        rating="recommendation" if year >= 2022 else "rating",
        decision={2018: "Acceptance_Decision", 2019: "Meta_Review"}.get(year, "Decision"),
        verdict="recommendation" if year == 2019 else "decision",
    )


def venue_of_api_2(year: int, content: Mapping[str, Any]) -> Venue:
    """The venue of 2024 or later, from the content of its group (`{name: {"value": ...}}`)."""
    venue = api_2_id(year)

    def named(name: str, default: str) -> str:
        field = content.get(name)
        return str(field["value"]) if isinstance(field, Mapping) and field.get("value") else default

    paper = named("submission_name", "Submission")
    return Venue(
        year=year,
        id=venue,
        api=2,
        submissions=f"{venue}/-/{paper}",
        paper=paper,
        review=named("review_name", "Official_Review"),
        rating=named("review_rating", "rating"),
        decision=named("decision_name", "Decision"),
        verdict=named("decision_field_name", "decision"),
        statuses={
            venue: "accepted",
            named("submission_venue_id", f"{venue}/{paper}"): "active",
            named("rejected_venue_id", f"{venue}/Rejected_{paper}"): "rejected",
            named("withdrawn_venue_id", f"{venue}/Withdrawn_{paper}"): "withdrawn",
            named("desk_rejected_venue_id", f"{venue}/Desk_Rejected_{paper}"): "desk rejected",
        },
    )
