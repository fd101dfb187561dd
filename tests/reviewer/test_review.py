"""The machine side's record, and what counts as a reviewer's answer."""

from __future__ import annotations

import asyncio
import functools
from collections import OrderedDict
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from peerassay.data.records import Paper
from peerassay.reviewer.function_reviewer import FunctionReviewer
from peerassay.reviewer.protocol import PlainReviewer, Reviewer, Traits, adapted, fingerprint_of, paper_key
from peerassay.reviewer.review import Review, Usage, as_review, failed
from pydantic import ValidationError

PAPER = Paper(id="a", text="three little words")


def words(paper: Paper) -> int:
    return len(paper.text.split())


async def words_later(paper: Paper) -> dict[str, Any]:
    await asyncio.sleep(0)
    return {"overall": words(paper), "decision": "accept", "fields": {"Summary": "short"}}


class Later:
    async def __call__(self, paper: Paper) -> int:
        return words(paper)


def ask(function: Any) -> Review:
    return asyncio.run(FunctionReviewer("mine", function).review(PAPER))


def test_a_review_round_trips_as_json() -> None:
    review = Review(
        paper_id="a", overall=6.5, decision="accept", p_accept=0.4, fields={"Strengths": ["ä"]}, usage=Usage(usd=None)
    )
    assert Review.model_validate_json(review.model_dump_json()) == review


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"overall": float("nan")},
        {"overall": float("inf")},
        {"overall": "high"},
        {"decision": "maybe"},
        {"overall": 5, "p_accept": 1.2},
        {"status": "failed"},
    ],
)
def test_a_review_that_says_nothing_or_nonsense_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Review.model_validate({"paper_id": "a", **fields})


def test_a_decision_alone_is_a_review() -> None:
    review = Review(paper_id="a", decision="reject")
    assert (review.status, review.overall) == ("ok", None)


def test_a_failure_keeps_its_reason_in_one_line() -> None:
    review = failed("a", "first\n\n  second\t" + "x" * 900, Usage(calls=2))
    assert review.status == "failed"
    assert review.reason.startswith("first second xxx")
    assert len(review.reason) == 500
    assert review.usage.calls == 2
    assert failed("a", " \n ").reason == "no reason given"


@pytest.mark.parametrize("function", [words, Later(), functools.partial(words), lambda paper: np.float32(words(paper))])
def test_a_score_from_any_callable(function: Any) -> None:
    review = ask(function)
    assert review == Review(paper_id="a", overall=3, usage=Usage(seconds=review.usage.seconds))


def test_a_plain_function_is_timed_unless_it_tells_its_own_seconds() -> None:
    assert ask(words).usage.seconds > 0
    assert ask(lambda _: {"overall": 1, "usage": {"seconds": 7}}).usage.seconds == 7


def test_fields_from_a_coroutine() -> None:
    assert ask(words_later) == Review(paper_id="a", overall=3, decision="accept", fields={"Summary": "short"})


@pytest.mark.parametrize("kind", [dict, OrderedDict, MappingProxyType])
def test_the_paper_s_id_is_ours(kind: Any) -> None:
    assert as_review(kind({"overall": 1, "paper_id": "someone else's"}), "a").paper_id == "a"
    assert as_review(Review(paper_id="x", overall=1), "a") == Review(paper_id="a", overall=1)


@pytest.mark.parametrize("answer", [None, True, "6", [6], float("nan"), {"score": 6}, np.float64("inf")])
def test_an_unusable_answer_is_refused(answer: Any) -> None:
    with pytest.raises(ValueError):
        as_review(answer, "a")


def test_what_a_function_raises_goes_through() -> None:
    def broken(_: Paper) -> float:
        raise RuntimeError("no model")

    with pytest.raises(RuntimeError, match="no model"):
        ask(broken)


def test_a_plain_function_does_not_block_the_others() -> None:
    async def both() -> list[Review]:
        gate = asyncio.Event()

        async def opens(_: Paper) -> int:
            gate.set()
            return 1

        def waits(_: Paper) -> int:
            asyncio.run_coroutine_threadsafe(gate.wait(), loop).result(timeout=5)
            return 2

        loop = asyncio.get_running_loop()
        return await asyncio.gather(*(FunctionReviewer("r", f).review(PAPER) for f in (waits, opens)))

    assert [r.overall for r in asyncio.run(both())] == [2, 1]


def test_a_function_reviewer_fits_the_protocol() -> None:
    reviewer = FunctionReviewer("mine", words)
    assert isinstance(reviewer, Reviewer)
    assert not isinstance(words, PlainReviewer)
    assert reviewer.traits == Traits()


def test_fingerprints_follow_name_and_source() -> None:
    def other(paper: Paper) -> int:
        return len(paper.text)

    assert FunctionReviewer("mine", words).fingerprint == FunctionReviewer("mine", words).fingerprint
    found = {FunctionReviewer(n, f).fingerprint for n, f in (("mine", words), ("mine", other), ("his", words))}
    assert len(found) == 3
    assert FunctionReviewer("mine", words, fingerprint="given").fingerprint == "given"
    assert FunctionReviewer("mine", len).fingerprint


def test_fingerprints_are_canonical() -> None:
    assert fingerprint_of(a=1, b="x") == fingerprint_of(b="x", a=1)
    assert fingerprint_of(a=1) != fingerprint_of(a=2)
    assert len(fingerprint_of(a=1)) == 12
    assert len(paper_key("a")) == 8
    assert paper_key("a") != paper_key("b")


def test_traits_default_where_a_reviewer_has_none() -> None:
    class Bare:
        name = "bare"
        fingerprint = "1"
        traits = None

        async def review(self, paper: Paper) -> Review:
            return Review(paper_id=paper.id, overall=1)

    bare = adapted(Bare())
    assert bare.traits == Traits()
    assert (bare.notes, bare.paper_ids, bare.repeated(2), bare.reads_ahead) == ((), None, bare, False)
    assert asyncio.run(bare.review(PAPER)).overall == 1
    asyncio.run(bare.aclose())


def test_what_a_plain_object_has_beyond_the_least_is_used() -> None:
    class Full:
        name = "full"
        fingerprint = "1"
        traits = Traits(kind="mine")
        notes = ("assumed",)
        paper_ids = ("a", "b")

        def __init__(self, number: int = 0) -> None:
            self.number = number
            self.seen: list[str] = []

        async def review(self, paper: Paper) -> Review:
            return Review(paper_id=paper.id, overall=self.number)

        def repeated(self, number: int) -> Full:
            return Full(number)

        def make_ready(self, paper: Paper) -> None:
            self.seen.append(paper.id)

        async def aclose(self) -> None:
            self.seen.append("closed")

    given = Full()
    full = adapted(given)
    assert adapted(full) is full
    assert (full.traits.kind, full.notes, full.paper_ids) == ("mine", ("assumed",), {"a", "b"})
    assert [asyncio.run(r.review(PAPER)).overall for r in (full, full.repeated(3))] == [0, 3]
    assert full.reads_ahead
    full.make_ready(PAPER)
    asyncio.run(full.aclose())
    assert given.seen == ["a", "closed"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"score": 5}, r"neither `overall` nor `decision` \(it has score\); name the score `overall`"),
        ({}, "it has nothing"),
        ({"overall": "high"}, "unusable answer: overall: Input should be a valid number"),
        ({"overall": 5, "decision": "maybe"}, "unusable answer: decision: Input should be"),
    ],
)
def test_an_unusable_answer_is_one_line(answer: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message) as raised:
        as_review(answer, "a")
    assert "\n" not in str(raised.value)


def test_half_an_emoji_in_an_answer_is_replaced() -> None:
    review = as_review({"overall": 5, "fields": {"summary": "cut \ud83d"}}, "a")
    assert Review.model_validate_json(review.model_dump_json()).fields == {"summary": "cut \ufffd"}
