"""Contexts that do not hold a request: refused, cut without a word, or full in the middle of the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from loopback_client import SCHEMA, paper
from peerassay.llm.budget import Budget
from peerassay.llm.cache import ReplyCache
from peerassay.llm.errors import CallFailed
from peerassay.llm.ledger import Ledger
from peerassay.llm.messages import ContentPart, Message, Reply, Request, Tokens
from peerassay.llm.model import MeteredModel, Metering, RetryPolicy
from peerassay.llm.model_name import ModelName
from peerassay.llm.session import Session
from peerassay.llm.structured import UnusableAnswer, ask
from peerassay.llm.tokens import too_long, unread

from tests.loopback.running import Loopback

REFUSALS = [
    "request (9031 tokens) exceeds the available context size (8192 tokens), try increasing it",
    "the request exceeds the available context size. try increasing the context size or enable context shift",
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9031 tokens.",
    "This model's maximum context length is 4096 tokens. However, you requested 9000 tokens (5000 in the messages, "
    "4000 in the completion). Please reduce the length of the messages or completion.",
    "'max_tokens' or 'max_completion_tokens' is too large: 4096. This model's maximum context length is 4096 tokens "
    "and your request has 3000 input tokens (4096 > 4096 - 3000).",
    "prompt is too long: 208310 tokens > 200000 maximum",
    "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
    "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
    "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length "
    "of only 4096 tokens, which is not enough.",
    "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens",
    "input length exceeds the context length",
    "Input is too long for requested model.",
    "Please reduce the length of the prompt: the context window of this model is 16384 tokens",
]
OTHERS = [
    "Invalid schema for response_format 'answer'",
    "max_tokens is too large: 99999. This model supports at most 16384 completion tokens",
    "Unsupported value: 'temperature' does not support 0.1 with this model.",
    "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 60000.",
    "System role not supported",
    "Your input was flagged by moderation",
]


@pytest.mark.parametrize("words", REFUSALS)
def test_a_refusal_for_length_is_known(words: str) -> None:
    assert too_long(words)


@pytest.mark.parametrize("words", OTHERS)
def test_other_refusals_are_none_for_length(words: str) -> None:
    assert not too_long(words)


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


def connect(server: Loopback, provider: str, faults: str) -> MeteredModel:
    server.reset()
    server.set_faults(faults)
    url = server.openai_url if provider == "openai" else server.anthropic_url
    metering = Metering(ReplyCache(), Budget(None), Ledger())
    return Session(metering, retry=RetryPolicy(3, 5, 5, 0.01, 0.02)).connect(ModelName(provider, "m", url))


def request(words: int = 3000, max_tokens: int = 2000) -> Request:
    text = paper(words=words)
    return Request(
        messages=(Message(role="user", parts=(ContentPart(text=text),)),), answer=SCHEMA, max_tokens=max_tokens
    )


def asked(model: MeteredModel, wanted: Request) -> tuple[Any, list[Reply]]:
    replies: list[Reply] = []

    async def run() -> Any:
        try:
            return await ask(model, wanted, lambda answer: answer["overall"], lambda problem: problem, replies=replies)
        except CallFailed as failure:
            return failure
        finally:
            await model.aclose()

    return asyncio.run(run()), replies


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_prompt_beyond_the_context_is_refused_once_with_what_to_do(server: Loopback, provider: str) -> None:
    failure, replies = asked(connect(server, provider, "context=2048"), request())
    assert isinstance(failure, CallFailed)
    assert failure.kind == "request"
    assert "exceeds the available context size (2048 tokens)" in str(failure)
    assert "?max_paper_tokens" in str(failure)
    assert not replies
    assert server.stats()["attempts"] == 1


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_prompt_cut_without_a_word_is_no_review(server: Loopback, provider: str) -> None:
    failure, replies = asked(connect(server, provider, "context=4096,context-cut=true"), request(words=6000))
    assert isinstance(failure, CallFailed)
    assert "has read 2,048 tokens" in str(failure)
    assert "without a word" in str(failure)
    assert not replies
    again, _ = asked(connect(server, provider, ""), request(words=6000))
    assert isinstance(again, (int, float)), "the answer to a part is not kept"


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_context_that_holds_all_is_no_matter(server: Loopback, provider: str) -> None:
    score, _ = asked(connect(server, provider, "context=16000,context-cut=true"), request())
    assert isinstance(score, (int, float))


def test_an_answer_that_fills_the_context_tells_that_and_the_second_refusal(server: Loopback) -> None:
    wanted = request()
    size = -(-len(wanted.messages[0].text) // 4)
    failure, replies = asked(connect(server, "openai", f"context={size + 20}"), wanted)
    assert isinstance(failure, UnusableAnswer)
    assert len(replies) == 1
    assert str(failure).startswith("the answer was cut off after 20 tokens; answer more briefly; asked again: 400 ")
    assert "allowed were 2000" in str(failure)
    assert failure.raw == [replies[0].text]


def test_an_answer_that_reaches_its_own_limit_tells_that(server: Loopback) -> None:
    failure, replies = asked(connect(server, "openai", ""), request(max_tokens=20))
    assert isinstance(failure, UnusableAnswer)
    assert len(replies) == 2
    assert "cut off at the limit of 20 tokens" in str(failure)
    assert "?max_tokens=... allows more" in str(failure)
    assert "context" not in str(failure)


def counted(text: str, tokens: Tokens) -> str:
    return unread(
        Request(messages=(Message(role="user", parts=(ContentPart(text=text),)),)), Reply(text="{}", tokens=tokens)
    )


def test_counts_that_are_no_sign_of_a_cut() -> None:
    text = "We compare the method with a baseline. " * 800
    assert counted(text, Tokens(uncached=2048))
    assert counted(text, Tokens(uncached=48, cached=2000))
    assert not counted(text, Tokens(uncached=1000, cached=4200, written=900)), "what was cached has been read"
    assert not counted(text, Tokens()), "no usage was told"
    assert not counted(text, Tokens(uncached=140)), "only what was new has been counted"
    assert not counted("| - | " + "-" * 30_000 + " " * 30_000, Tokens(uncached=1100)), "runs make few tokens"
    assert not counted("猫は日本語で書かれた論文を読む。" * 2000, Tokens(uncached=1500)), "only ASCII text is judged"
