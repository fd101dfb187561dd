"""Answers of a given form: read whatever stands around them, asked for once more, given up with the words kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from peerassay.llm.budget import Budget
from peerassay.llm.cache import ReplyCache
from peerassay.llm.ledger import Ledger
from peerassay.llm.loopback.running import Loopback
from peerassay.llm.messages import Message, Part, Reply, Request
from peerassay.llm.model import Books, MeteredModel, Patience
from peerassay.llm.session import ModelName, Session
from peerassay.llm.structured import UnusableAnswer, ask, read_json

SCHEMA = {
    "type": "object",
    "properties": {
        "summary": {"type": "string"},
        "overall": {"type": "number", "description": "A number from 1 to 10."},
    },
    "required": ["summary", "overall"],
    "additionalProperties": False,
}
REQUEST = Request(
    messages=(Message(role="user", parts=(Part(text="A paper. " * 300, shared=True), Part(text="Review it."))),),
    answer=SCHEMA,
    stage="review",
)


def parse(answer: Any) -> float:
    if not isinstance(answer.get("overall"), (int, float)) or not 1 <= answer["overall"] <= 10:
        raise ValueError("overall: not a number from 1 to 10")
    if "summary" not in answer:
        raise ValueError("missing field summary")
    return float(answer["overall"])


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


def connect(server: Loopback, provider: str) -> MeteredModel:
    server.reset()
    url = server.openai_url if provider == "openai" else server.anthropic_url
    books = Books(ReplyCache(), Budget(None), Ledger())
    return Session(books, patience=Patience(3, 5, 5, 0.01, 0.02)).connect(ModelName(provider, "m", url))


def answer_of(model: MeteredModel) -> tuple[float | UnusableAnswer, list[Reply]]:
    replies: list[Reply] = []

    async def run() -> float | UnusableAnswer:
        try:
            return await ask(model, REQUEST, parse, lambda error: f"Again, because {error}.", replies=replies)
        except UnusableAnswer as unusable:
            return unusable
        finally:
            await model.aclose()

    return asyncio.run(run()), replies


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
@pytest.mark.parametrize("fault", ["truncated", "malformed", "wrong-type", "out-of-range", "missing-field", "empty"])
def test_a_bad_answer_is_repaired_once(server: Loopback, provider: str, fault: str) -> None:
    server.set_faults("")
    right, _ = answer_of(connect(server, provider))
    ReplyCache().execute("DELETE FROM replies")
    server.set_faults(f"{fault}:1,only-first=true")
    repaired, replies = answer_of(connect(server, provider))
    assert repaired == right
    assert len(replies) == 2
    assert all(reply.tokens.output >= 0 and reply.tokens.input > 0 for reply in replies)


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
@pytest.mark.parametrize("fault", ["truncated", "malformed", "wrong-type", "out-of-range", "missing-field", "empty"])
def test_a_second_bad_answer_is_given_up_with_the_words_kept(server: Loopback, provider: str, fault: str) -> None:
    server.set_faults(f"{fault}:1")
    failure, replies = answer_of(connect(server, provider))
    assert isinstance(failure, UnusableAnswer)
    assert failure.raw == [reply.text for reply in replies]
    assert len(replies) == 2
    assert str(failure)


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
@pytest.mark.parametrize("fault", ["refusal", "filtered"])
def test_a_refusal_is_not_argued_with(server: Loopback, provider: str, fault: str) -> None:
    server.set_faults(f"{fault}:1")
    failure, replies = answer_of(connect(server, provider))
    assert isinstance(failure, UnusableAnswer)
    assert "refused" in str(failure)
    assert len(replies) == 1


def test_json_among_prose_is_read(server: Loopback) -> None:
    server.set_faults("fenced:1")
    answer, replies = answer_of(connect(server, "openai"))
    assert isinstance(answer, float)
    assert len(replies) == 1


def test_useless_answers_are_not_kept(server: Loopback) -> None:
    """A later try is a new call: otherwise the same useless answer would come from the cache for ever."""
    server.set_faults("malformed:1")
    model = connect(server, "openai")
    failure, _ = answer_of(model)
    assert isinstance(failure, UnusableAnswer)
    server.set_faults("")
    answer, replies = answer_of(model)
    assert isinstance(answer, float)
    assert not replies[0].reused


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ('Here it is:\n```json\n{"a": {"b": [1, 2]}}\n```\nI hope that helps {smile}.', {"a": {"b": [1, 2]}}),
        ('The set {x} first. {"a": 1} and {"b": 2}', {"a": 1}),
    ],
)
def test_the_first_json_object_counts(text: str, value: object) -> None:
    assert read_json(text) == value


@pytest.mark.parametrize(
    ("text", "cut", "words"),
    [("", False, "empty"), ("  \n", False, "empty"), ("[1, 2]", False, "no JSON object"), ('{"a": ', True, "cut off")],
)
def test_what_is_no_object_says_what_it_is(text: str, cut: bool, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_json(text, cut=cut)


@given(st.text(alphabet='{}[]":,x1 \n\\', max_size=200), st.booleans())
def test_reading_raises_nothing_but_value_error(text: str, cut: bool) -> None:
    try:
        assert isinstance(read_json(text, cut=cut), dict)
    except ValueError as error:
        assert str(error)
