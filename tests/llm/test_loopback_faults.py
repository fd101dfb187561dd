"""Fault plans, as the official SDKs meet them."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import anthropic
import openai
import pytest
from loopback_client import (
    FIELDS,
    SCHEMA,
    chat,
    chat_body,
    chats,
    check_review,
    message,
    paper,
    review,
    with_openai,
)
from peerassay.data.errors import InputError

from tests.loopback import Loopback
from tests.loopback.faults import CONTENT, KINDS, fault_plan


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback(batch_seconds=0.1) as running:
        yield running


STATUS_FAULTS = [
    ("429", openai.RateLimitError, anthropic.RateLimitError, "429"),
    ("500", openai.InternalServerError, anthropic.InternalServerError, "500"),
    ("503", openai.InternalServerError, anthropic.OverloadedError, "529"),
]


@pytest.mark.parametrize(("kind", "for_openai", "for_anthropic", "status"), STATUS_FAULTS)
def test_faults_told_by_a_status(server: Loopback, kind: str, for_openai: Any, for_anthropic: Any, status: str) -> None:
    server.set_faults(f"{kind}:1,retry-after=0.25")
    with pytest.raises(for_openai) as caught:
        chat(server, paper(1))
    if kind == "429":
        assert caught.value.response.headers["retry-after"] == "0.25"
        assert caught.value.response.headers["retry-after-ms"] == "250"
        assert caught.value.code == "rate_limit_exceeded"
    with pytest.raises(for_anthropic):
        message(server, paper(1))
    stats = server.stats()
    assert stats["faults"] == {kind: 2} and stats["by_status"][status] >= 1
    assert stats["calls"] == 0 and stats["tokens"]["output"] == 0


@pytest.mark.parametrize(("kind", "billed"), [("drop-early", False), ("drop", True), ("drop-mid", True)])
def test_faults_of_the_connection(server: Loopback, kind: str, billed: bool) -> None:
    server.set_faults(f"{kind}:1")
    with pytest.raises(openai.APIConnectionError):
        chat(server, paper(1))
    with pytest.raises(anthropic.APIConnectionError):
        message(server, paper(1))
    stats = server.stats()
    assert stats["faults"] == {kind: 2} and stats["by_status"] == {"dropped": 2} and stats["in_flight"] == 0
    assert (stats["calls"], stats["finished"]) == (0, 0) and (stats["tokens"]["output"] > 0) == billed


def test_a_stream_breaks_in_the_middle(server: Loopback) -> None:
    server.set_faults("drop-mid:1")
    got: list[str] = []

    async def work(client: Any) -> None:
        async for chunk in await client.chat.completions.create(**chat_body(paper(1)), stream=True):
            got.append(chunk.choices[0].delta.content or "")

    with pytest.raises(openai.APIConnectionError):
        with_openai(server, work)
    assert len("".join(got)) > 100


def test_slow_answers() -> None:
    with Loopback(latency=0.01, faults="slow:1,slow-seconds=0.3") as server:
        begun = time.perf_counter()
        chat(server, "x", None)
        assert time.perf_counter() - begun >= 0.3
        with pytest.raises(openai.APITimeoutError):
            with_openai(server, lambda c: c.chat.completions.create(**chat_body("y", None)), timeout=0.1)
        deadline = time.monotonic() + 5
        while server.stats()["lost"] == 0:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert server.stats()["calls"] == 1 and server.stats()["faults"] == {"slow": 2}


def spoilt(server: Loopback, kind: str) -> tuple[str, str, Any]:
    """Text, finish reason and the message of an answer with the fault."""
    server.set_faults(f"{kind}:1")
    choice = chat(server, paper(1)).choices[0]
    assert server.stats()["faults"] == {kind: 1}
    return choice.message.content, choice.finish_reason, choice.message


def test_faults_in_what_the_model_says(server: Loopback) -> None:
    text, finish, _ = spoilt(server, "truncated")
    assert finish == "length" and text.startswith("{")
    with pytest.raises(ValueError):
        json.loads(text)
    server.reset()
    text, finish, _ = spoilt(server, "malformed")
    assert finish == "stop" and "{" not in text and len(text) > 1000
    server.reset()
    text, _, _ = spoilt(server, "fenced")
    check_review(json.loads(text.split("```json")[1].split("```")[0]))
    assert not text.startswith("{") and not text.endswith("```")
    server.reset()
    assert json.loads(spoilt(server, "out-of-range")[0])["overall"] > 10
    server.reset()
    assert set(json.loads(spoilt(server, "missing-field")[0])) < set(FIELDS)
    server.reset()
    _, finish, told = spoilt(server, "refusal")
    assert finish == "stop" and told.content is None and "sorry" in told.refusal
    server.reset()
    assert spoilt(server, "filtered")[1] == "content_filter"
    server.reset()
    assert spoilt(server, "empty")[:2] == ("", "stop")


def test_wrong_types_are_a_word_for_a_score_or_a_number_for_a_list(server: Loopback) -> None:
    server.set_faults("wrong-type:1")
    seen = Counter()
    for answer in chats(server, [chat_body(paper(number)) for number in range(12)]):
        fields = json.loads(answer.choices[0].message.content)
        seen["score"] += fields["overall"] == "seven"
        seen["list"] += fields["strengths"] == 7
    assert seen["score"] + seen["list"] == 12 and min(seen.values()) > 0


def test_anthropic_and_responses_tell_refusals_in_their_own_way(server: Loopback) -> None:
    server.set_faults("refusal:1")
    assert message(server, paper(1)).stop_reason == "refusal"
    response = with_openai(server, lambda c: c.responses.create(model="m", input=paper(1)))
    assert response.output[0].content[0].type == "refusal" and "sorry" in response.output[0].content[0].refusal
    server.set_faults("filtered:1")
    response = with_openai(server, lambda c: c.responses.create(model="m", input=paper(1)))
    assert response.incomplete_details.reason == "content_filter"


@pytest.mark.parametrize(("kind", "stop"), [("truncated", "max_tokens"), ("malformed", "end_turn")])
def test_a_tool_call_that_went_wrong(server: Loopback, kind: str, stop: str) -> None:
    server.set_faults(f"{kind}:1")
    tools = [{"name": "review", "input_schema": SCHEMA}]
    answer = message(server, paper(1), tools=tools, tool_choice={"type": "tool", "name": "review"})
    assert answer.stop_reason == stop and getattr(answer.content[0], "input", {}) == {}


def test_free_text_has_no_faults_of_fields(server: Loopback) -> None:
    server.set_faults("missing-field:1")
    assert "Overall:" in chat(server, paper(1), None).choices[0].message.content
    assert server.stats()["faults"] == {}


def test_a_storm_passes_and_a_crowd_is_refused(server: Loopback) -> None:
    chat(server, "the SDK's first call takes longer than the storm", None)
    server.set_faults("storm=0.3")
    with pytest.raises(openai.RateLimitError):
        chat(server, "x", None)
    time.sleep(0.35)
    chat(server, "x", None)
    with Loopback(latency=0.2, faults="max-in-flight=3") as small:
        answers = chats(small, [chat_body(f"{number}", None) for number in range(8)])
        assert sum(isinstance(answer, openai.RateLimitError) for answer in answers) == 5
        assert small.stats()["faults"] == {"max-in-flight": 5}


def test_only_first_spares_second_attempts_and_later_turns(server: Loopback) -> None:
    server.set_faults("empty:1,only-first=true")
    assert chat(server, paper(1)).choices[0].message.content == ""
    check_review(review(server, paper(1)))
    turns = [("user", paper(2)), ("assistant", "?"), ("user", "!")]
    messages = [{"role": role, "content": content} for role, content in turns]
    check_review(review(server, "", messages=messages))


def test_faults_fall_in_the_same_places_after_a_restart() -> None:
    def outcomes(seed: int) -> list[str]:
        with Loopback(faults=f"429:0.3,500:0.2,drop:0.1,seed={seed}") as server:
            bodies = [chat_body(f"paper {number}", None) for number in range(60)]
            return [type(answer).__name__ for answer in chats(server, bodies) + chats(server, bodies)]

    first = outcomes(1)
    assert first == outcomes(1) != outcomes(2)
    counts = Counter(first)
    assert 20 <= counts["RateLimitError"] <= 52 and 10 <= counts["InternalServerError"] <= 40
    assert 2 <= counts["APIConnectionError"] <= 25 and first[:60] != first[60:]


def test_the_sdks_own_retries_get_through(server: Loopback) -> None:
    server.set_faults("429:0.6,retry-after=0.01")

    async def work(client: Any) -> list[Any]:
        return await asyncio.gather(*(client.chat.completions.create(**chat_body(f"{n}", None)) for n in range(20)))

    assert len(with_openai(server, work, max_retries=50)) == 20
    stats = server.stats()
    assert stats["finished"] == 20 and stats["repeated"] == 0 and stats["attempts"] > 30


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ("429:x", "429:x"),
        ("42:0.1", "did you mean"),
        ("429:0.7,500:0.7", "add up to at most 1"),
        ("429:2", "shares"),
        ("storm=-1", "storm"),
        ("max-in-flight=0", "max-in-flight"),
        ("{", "not JSON"),
        ('{"shares": {"x": 1}}', "shares"),
    ],
)
def test_wrong_plans_are_told_in_one_line(server: Loopback, plan: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        server.set_faults(plan)
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_a_plan_in_json_is_the_same_plan() -> None:
    compact = fault_plan("529:0.1, slow:0.2, seed=3, retry-after=1, max-in-flight=4, only-first=true")
    assert compact == fault_plan(compact.model_dump_json(by_alias=True)) == fault_plan(compact.model_dump())
    assert compact.shares == {"503": 0.1, "slow": 0.2} and compact.only_first and compact.max_in_flight == 4
    assert set(KINDS) > CONTENT
