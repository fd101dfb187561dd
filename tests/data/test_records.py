"""The human side's records, the wording of decisions, and the error that a user can mend."""

from __future__ import annotations

import math

import pytest
from peerassay.data.errors import InputError, unknown
from peerassay.data.records import DatasetCard, Judgement, Paper, parse_decision
from pydantic import ValidationError


@pytest.mark.parametrize(
    ("wording", "decision", "tier"),
    [
        ("Accept (Poster)", "accept", "poster"),
        ("Accept (Spotlight)", "accept", "spotlight"),
        ("Accept (Oral)", "accept", "oral"),
        ("ACCEPT (TALK)", "accept", "oral"),
        ("Accept: notable-top-5%", "accept", "oral"),
        ("Accept: notable-top-25%", "accept", "spotlight"),
        ("Accept: poster", "accept", "poster"),
        ("  accept ", "accept", None),
        ("1", "accept", None),
        ("True", "accept", None),
        ("0", "reject", "reject"),
        ("no", "reject", "reject"),
        ("Reject", "reject", "reject"),
        ("Not accepted", "reject", "reject"),
        ("Invite to Workshop Track", "reject", "reject"),
        ("Cannot be accepted", "reject", "reject"),
        ("Do not accept", "reject", "reject"),
        ("Not perfect, no major issues, accept", "accept", None),
        ("5: marginally below the acceptance threshold", "reject", "reject"),
        ("6: marginally above the acceptance threshold", "accept", None),
        ("Weak Accept", "accept", None),
        ("Strong reject", "reject", "reject"),
        ("not_accepted", "reject", "reject"),
        ("Fails to reach the bar for acceptance", "reject", "reject"),
        ("Does not meet the threshold for acceptance", "reject", "reject"),
        ("Accept without further revisions", "accept", None),
    ],
)
def test_decision_wordings(wording: str, decision: str, tier: str | None) -> None:
    assert parse_decision(wording) == (decision, tier)


@pytest.mark.parametrize(
    "wording",
    [
        *("did not get accepted", "never accepted", "no acceptance", "Not ready for acceptance", "Acceptance denied"),
        *("accept: no", "Accept = 0", "accepted: False", "Accepted? No", "no poster", "oral: no", "un-accepted"),
        *(
            "almost accepted",
            "unable to accept",
            "Accept is not recommended",
            "no longer accepted",
            "acceptance pending",
        ),
        *("not rejected", "cannot be rejected", "They didn't reject"),
    ],
)
def test_wording_that_leaves_a_doubt_is_no_decision(wording: str) -> None:
    with pytest.raises(ValueError):
        parse_decision(wording)


@pytest.mark.parametrize(
    "wording", ["", "Withdrawn", "Withdrawn after acceptance", "Desk Rejected", "None", "pending", "Temporal models"]
)
def test_wording_that_is_no_decision_on_the_paper(wording: str) -> None:
    with pytest.raises(ValueError):
        parse_decision(wording)


def test_mean_rating_and_accepted() -> None:
    rated = Judgement(paper_id="a", decision="accept", ratings=(3, 6, 6))
    assert rated.mean_rating == 5
    assert rated.accepted
    silent = Judgement(paper_id="b", decision="reject")
    assert silent.mean_rating is None
    assert not silent.accepted
    assert silent.split == "test"


def test_base_rate() -> None:
    assert DatasetCard(name="d", papers=8, accepted=2).base_rate == 0.25
    assert math.isnan(DatasetCard(name="d").base_rate)


def test_records_are_frozen_and_need_an_id() -> None:
    paper = Paper(id="a", text="words")
    with pytest.raises(ValidationError):
        paper.text = "other words"
    with pytest.raises(ValidationError):
        Paper(id="", text="words")
    with pytest.raises(ValidationError):
        Judgement.model_validate({"paper_id": "a", "decision": "maybe"})


def test_unknown_names_near_matches_or_all() -> None:
    near = unknown("dataset", "iclr2202", ["iclr2022", "sample", "neurips"], hint="looked here")
    assert isinstance(near, InputError)
    assert str(near) == "unknown dataset 'iclr2202'; did you mean iclr2022? (looked here)"
    assert str(unknown("dataset", "zzz", ["sample", "iclr2022"])) == "unknown dataset 'zzz'; known: iclr2022, sample"
    assert str(unknown("dataset", "zzz", [])).endswith("known: none")
