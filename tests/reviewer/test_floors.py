"""Floors: figures by hand, and nothing random about the random ones."""

from __future__ import annotations

import asyncio

import pytest
from peerassay.data.errors import InputError
from peerassay.data.records import Paper
from peerassay.reviewer.floors import FloorReviewer, make_floor, uniform
from peerassay.reviewer.protocol import Reviewer
from peerassay.reviewer.review import Review

PAPERS = [Paper(id=f"p{n}", text="word " * (n + 1)) for n in range(2000)]
KINDS = ("always-reject", "always-accept", "random", "base-rate", "length", "header")


def answers(reviewer: FloorReviewer, papers: list[Paper] = PAPERS) -> list[Review]:
    async def ask() -> list[Review]:
        return [await reviewer.review(paper) for paper in papers]

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("kind", "score", "decision"), [("always-reject", 0, "reject"), ("always-accept", 1, "accept")]
)
def test_constant_floors(kind: str, score: float, decision: str) -> None:
    for paper, review in zip(PAPERS[:5], answers(make_floor(kind), PAPERS[:5]), strict=True):
        assert review == Review(paper_id=paper.id, overall=score, p_accept=score, decision=decision)


def test_length_counts_words_and_decides_nothing() -> None:
    review = answers(make_floor("length"), [Paper(id="a", text="# One\n\ntwo  three\tfour\n")])[0]
    assert (review.overall, review.decision) == (5, None)


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("# T\n\nAnonymous authors\nPaper under double-blind review\n", False),
        ("# T\n\nANONYMOUS AUTHOR\n", False),
        ("# T\n\nunder Double Blind review\n", False),
        ("Under review as a conference paper\n", False),
        ("# T\n\nAnna Author, University of Somewhere\n", True),
        ("x" * 2979 + " anonymous authors", False),
        ("x" * 2990 + " anonymous authors", True),
        ("", True),
    ],
)
def test_header_reads_the_first_3000_characters(text: str, accepted: bool) -> None:
    review = answers(make_floor("header"), [Paper(id="a", text=text)])[0]
    assert (review.overall, review.decision) == ((1, "accept") if accepted else (0, "reject"))


def test_random_is_a_fair_coin_and_decides_as_it_scores() -> None:
    found = answers(make_floor("random"))
    assert sum(r.decision == "accept" for r in found) == pytest.approx(1000, abs=90)
    assert all(r.overall is not None and (r.overall >= 0.5) == (r.decision == "accept") for r in found)
    assert len({r.overall for r in found}) == len(PAPERS)


def test_base_rate_accepts_at_its_rate() -> None:
    found = answers(make_floor("base-rate", rate=0.1))
    assert sum(r.decision == "accept" for r in found) == pytest.approx(200, abs=55)
    assert {(r.overall, r.p_accept) for r in found} == {(0.1, 0.1)}
    assert {r.decision for r in answers(make_floor("base-rate", rate=0), PAPERS[:50])} == {"reject"}
    assert {r.decision for r in answers(make_floor("base-rate", rate=1), PAPERS[:50])} == {"accept"}


@pytest.mark.parametrize("kind", KINDS)
def test_floors_are_deterministic_reviewers(kind: str) -> None:
    first, second = make_floor(kind), make_floor(kind)
    assert isinstance(first, Reviewer)
    assert (first.name, first.traits.kind) == (f"floor:{kind}", "floor")
    assert first.fingerprint == second.fingerprint
    assert answers(first, PAPERS[:50]) == answers(second, PAPERS[:50][::-1])[::-1]


def test_another_seed_is_another_coin() -> None:
    zero, one = make_floor("random"), make_floor("random", seed=1)
    assert zero.fingerprint != one.fingerprint
    agreed = sum(a.decision == b.decision for a, b in zip(answers(zero), answers(one), strict=True))
    assert agreed == pytest.approx(1000, abs=90)


def test_fingerprints_tell_what_matters_and_nothing_else() -> None:
    assert len({make_floor(kind).fingerprint for kind in KINDS}) == len(KINDS)
    assert make_floor("base-rate", rate=0.3).fingerprint != make_floor("base-rate", rate=0.4).fingerprint
    assert make_floor("length", rate=0.3, seed=4).fingerprint == make_floor("length").fingerprint


def test_uniform_is_fixed_for_good() -> None:
    assert uniform("paper", 0) == pytest.approx(0.8654409752587253)
    assert all(0 <= uniform(p.id, 3) < 1 for p in PAPERS)


def test_an_unknown_floor_has_near_matches() -> None:
    with pytest.raises(InputError, match="unknown floor 'allways-reject'; did you mean always-reject"):
        make_floor("allways-reject")
