"""Answers of a given form: read whatever stands around them, asked for once more, given up with the words kept."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from peerassay.llm.budget import Budget
from peerassay.llm.cache import ReplyCache
from peerassay.llm.ledger import Ledger
from peerassay.llm.messages import ContentPart, Message, Reply, Request, Stop
from peerassay.llm.model import MeteredModel, Metering, RetryPolicy
from peerassay.llm.model_name import ModelName
from peerassay.llm.session import Session
from peerassay.llm.structured import UnusableAnswer, ask, read_answer

from tests.loopback.running import Loopback

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
    messages=(
        Message(role="user", parts=(ContentPart(text="A paper. " * 300, shared=True), ContentPart(text="Review it."))),
    ),
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
    metering = Metering(ReplyCache(), Budget(None), Ledger())
    return Session(metering, retry=RetryPolicy(3, 5, 5, 0.01, 0.02)).connect(ModelName(provider, "m", url))


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


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_reasoning_in_the_text_is_dropped(server: Loopback, provider: str) -> None:
    server.set_faults("")
    right, _ = answer_of(connect(server, provider))
    ReplyCache().execute("DELETE FROM replies")
    server.set_faults("reasoned:1")
    answer, replies = answer_of(connect(server, provider))
    assert answer == right
    assert "</think>" in replies[0].text
    assert len(replies) == 1


def test_reasoning_without_an_end_is_not_asked_about_again(server: Loopback) -> None:
    server.set_faults("only-reasoned:1")
    failure, replies = answer_of(connect(server, "openai"))
    assert isinstance(failure, UnusableAnswer)
    assert "max_tokens=4096 were used up by reasoning" in str(failure)
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


def fields(answer: Any) -> dict[str, Any]:
    if {"overall", "decision"} - set(answer):
        raise ValueError("missing field overall or decision")
    if not isinstance(answer["overall"], int):
        raise ValueError("overall: not a number")
    return answer


def read(text: str, stop: Stop = "end", **reply: Any) -> Any:
    return read_answer(Reply(text=text, stop=stop, **reply), 256, fields)


DRAFT, FINAL = '{"overall": 2, "decision": "reject"}', '{"overall": 9, "decision": "accept"}'
REASONED = [
    f"<think>Say {DRAFT}? No.</think>{FINAL}",
    f"Say {DRAFT}? No.\n</think>\n{FINAL}",
    f"<think>Say {DRAFT}?</think><think>Once more {DRAFT}.</think>{FINAL}",
    f"<Thinking>\n{DRAFT}\n</Thinking>\n```json\n{FINAL}\n```",
    f"[THINK]{DRAFT}[/THINK]{FINAL}",
    f"◁think▷{DRAFT}◁/think▷{FINAL}",
    f"<|START_THINKING|>{DRAFT}<|END_THINKING|><|START_RESPONSE|>{FINAL}<|END_RESPONSE|>",
    f"<think>{DRAFT}</think><answer>{FINAL}</answer>",
    f"<|channel|>analysis<|message|>{DRAFT}<|end|><|start|>assistant<|channel|>final<|message|>{FINAL}<|return|>",
    f"<|channel|>commentary<|message|>{DRAFT}<|end|><|channel|>final <|constrain|>json<|message|>{FINAL}",
    f"<think>The tag </think> closes me, {DRAFT} is a draft</think>{FINAL}",
    f"<think >{DRAFT}</think >{FINAL}",
    f"<unused94>thought\n{DRAFT}<unused95>{FINAL}",
    f"analysisWe need to say {DRAFT}? No.assistantfinal{FINAL}",
    f"Here is my thought process:\n{DRAFT}\nHere is my response:\n{FINAL}",
    f"<|channel|>analysis<|message|>{DRAFT}<|end|><|start|>assistant<|channel|>commentary to=functions.review "
    f"<|constrain|>json<|message|>{FINAL}<|call|>",
    f"{FINAL}\n<think>Or {DRAFT}?</think>",
    f'<think>Begin {{"overall": 2, "decision": "rej</think>{FINAL}',
]


@pytest.mark.parametrize("text", REASONED)
def test_a_draft_within_the_reasoning_is_no_answer(text: str) -> None:
    assert read(text) == {"overall": 9, "decision": "accept"}


@pytest.mark.parametrize("text", [f"<think>Say {DRAFT}", f"<|channel|>analysis<|message|>Say {DRAFT}", ""])
def test_reasoning_that_used_up_the_tokens_says_so(text: str) -> None:
    with pytest.raises(ValueError, match="max_tokens=256 were used up by reasoning"):
        read(text, "length", reasoned=True)


@pytest.mark.parametrize("before", ["analysis", "Let me see. <think>", "First of all:\n<thinking>\n"])
def test_a_draft_in_reasoning_that_was_cut_off_is_no_answer(before: str) -> None:
    with pytest.raises(ValueError, match="max_tokens|limit of 256 tokens"):
        read(f"{before}We may say {DRAFT}, or", "length")


def test_reasoning_that_was_never_closed_is_no_answer() -> None:
    with pytest.raises(ValueError, match="only reasoning"):
        read(f"<think>Say {DRAFT}, no, {FINAL}")


def test_tags_within_the_answer_are_text() -> None:
    answer = '{"summary": "Models that <think> a lot </think> and <|channel|>final<|message|> in full", '
    assert read(answer + FINAL[1:])["summary"].startswith("Models that <think>")


@pytest.mark.parametrize(
    "text",
    [
        f"Here it is:\n```json\n{FINAL}\n```\nI hope that helps {{smile}}.",
        f"The set {{x}} first. {FINAL} And {{more}}.",
        "{}\n" + FINAL,
        f'{{"overall": 5}}\n{FINAL}',
        f'{FINAL}\nThe scale: {{"overall": "1 to 10"}}',
        f"{FINAL}\n{FINAL}",
        f'{{"review": {FINAL}}}',
        f'{{"thoughts": "none", "review": {FINAL}}}',
        f"[{FINAL}]",
        json.dumps(FINAL),
        json.dumps({"answer": FINAL}),
        f'{{"response": {{"data": {{"review": {FINAL}}}}}}}',
        json.dumps({"tool_calls": [{"type": "function", "function": {"name": "review", "arguments": FINAL}}]}),
        f'{{"reasoning": {DRAFT}, "review": {FINAL}}}',
        f"```json\n{json.dumps(SCHEMA)}\n```\n{FINAL}",
        FINAL.replace('"', '\\"'),
        FINAL.replace('"', "&quot;"),
        f"{FINAL[:-1]}\n```",
        '{\n"overall": 9\n"decision": "accept"\n}',
        "{«overall»: 9, 「decision」： “accept”}",
        '{"overall": +9, "decision": accept}',
    ],
)
def test_the_object_that_fits_counts(text: str) -> None:
    assert read(text) == {"overall": 9, "decision": "accept"}


def worded(answer: Any) -> dict[str, Any]:
    return fields({**answer, "overall": int(answer["overall"])})


@pytest.mark.parametrize(
    "text",
    [
        "```yaml\noverall: 9\ndecision: accept\n```",
        "A fine paper.\n\n**Overall:** 9\n\n**Decision:** accept",
        "## Overall\n\n9\n\n## Decision\n\naccept",
        "| Field | Value |\n|---|---|\n| Overall | 9 |\n| Decision | accept |",
        "<overall>9</overall>\n<decision>accept</decision>",
        "<tool_call>review\n<arg_key>overall</arg_key>\n<arg_value>9</arg_value>\n<arg_key>decision</arg_key>\n"
        "<arg_value>accept</arg_value>\n</tool_call>",
        "<function=review>\n<parameter=overall>\n9\n</parameter>\n<parameter=decision>\naccept\n</parameter>\n</function>",
        "1. Overall: 9\n2. Decision: accept",
        "<think>Overall: 2\nDecision: reject</think>\nOverall: 9\nDecision: accept",
    ],
)
def test_an_answer_in_lines_a_table_or_tags_is_read(text: str) -> None:
    answer = read_answer(Reply(text=text), 256, worded, names=("overall", "decision"))
    assert answer == {"overall": 9, "decision": "accept"}


@pytest.mark.parametrize(
    "text",
    [
        "Overall: 2\nDecision: reject\nOn reflection:\nOverall: 9\nDecision: accept",
        "Overall: 9",
        "My overall: 9, and the decision: accept",
        "Overall: nine or so\nDecision: accept",
    ],
)
def test_lines_that_leave_a_doubt_are_asked_about(text: str) -> None:
    with pytest.raises(ValueError):
        read_answer(Reply(text=text), 256, worded, names=("overall", "decision"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{DRAFT}\nBetter: {FINAL}", "2 objects fit, and they differ"),
        (f'{DRAFT}\nBetter: {{"overall": "9?", "decision": "accept"}}', "overall: not a number"),
        (f'{DRAFT}\nBetter: {{"overall": 9 "decision": "accept"}}', "no JSON: ',' or '}' expected at line 2, column 2"),
        (f'{{"reviews": [{DRAFT}, {FINAL}]}}', "missing field"),
        (f'{{"overall": 9, "overall": 2, {FINAL[1:]}', "one value for 'overall'"),
    ],
)
def test_what_can_be_read_in_two_ways_is_asked_about(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        read(text)


@pytest.mark.parametrize(
    ("text", "stop", "words"),
    [
        ("", "end", "empty"),
        ("  \n", "end", "empty"),
        ("[1, 2]", "end", "no JSON object"),
        ('{"a": ', "length", "cut off"),
        (f'{DRAFT} {{"overall": 9, "deci', "length", "cut off"),
        (FINAL[:-1], "length", "cut off"),
        ('{"decision": "accept", "overall": 1', "end", "',' or '}' expected"),
        ("I'm sorry, but I can't review this manuscript.", "end", "the model refused: I'm sorry"),
        ("I cannot help with that.", "end", "refused"),
    ],
)
def test_what_is_no_object_says_what_it_is(text: str, stop: Stop, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read(text, stop)


def test_a_refusal_in_prose_is_not_argued_with(server: Loopback) -> None:
    server.set_faults("prose-refusal:1")
    failure, replies = answer_of(connect(server, "openai"))
    assert isinstance(failure, UnusableAnswer)
    assert "refused" in str(failure)
    assert len(replies) == 1
