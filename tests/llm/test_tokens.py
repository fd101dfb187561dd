"""Token counts without a tokenizer."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from peerassay.data.papers.tokens import estimate_tokens
from peerassay.data.registry import load_dataset
from peerassay.llm.messages import ContentPart, Message, Request
from peerassay.llm.tokens import most_tokens

ANSWER = {"type": "object", "properties": {"Overall": {"type": "integer", "description": "from 1 to 10"}}}


def request(*texts: str, system: str = "", answer: dict[str, object] | None = None) -> Request:
    messages = tuple(Message(role="user", parts=(ContentPart(text=text),)) for text in texts)
    return Request(system=system, messages=messages, answer=answer)


def test_the_estimate_of_known_texts() -> None:
    assert estimate_tokens("") == 0
    assert estimate_tokens("a") == 1
    assert estimate_tokens("a" * 36) == 10
    assert estimate_tokens("a" * 36 + "∑α中") == 13


def test_the_estimate_of_manuscripts_is_between_one_and_two_tokens_a_word() -> None:
    for paper in load_dataset("sample").papers:
        assert 1 < estimate_tokens(paper.text) / len(paper.text.split()) < 2.2


@given(st.text(), st.text())
def test_the_estimate_never_shrinks_when_text_is_added(text: str, more: str) -> None:
    assert estimate_tokens(text) <= estimate_tokens(text + more) <= estimate_tokens(text) + estimate_tokens(more)


@given(st.lists(st.text(), min_size=1, max_size=4), st.text())
def test_the_bound_holds_for_a_tokenizer_of_bytes(texts: list[str], system: str) -> None:
    asked = request(*texts, system=system, answer=ANSWER)
    sent = len("".join([system, *texts]).encode()) + len(json.dumps(ANSWER))
    assert most_tokens(asked) >= sent + 1000
    assert most_tokens(asked) <= sent + 1000 + 100 * len(texts)


def test_every_part_of_a_message_counts() -> None:
    one = Request(messages=(Message(role="user", parts=(ContentPart(text="x" * 50),)),))
    two = Request(
        messages=(Message(role="user", parts=(ContentPart(text="x" * 50, shared=True), ContentPart(text="é" * 10))),)
    )
    assert most_tokens(two) - most_tokens(one) == 20
