"""The endpoints, their errors and the accounts, through the official SDKs."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anthropic
import openai
import pytest
from loopback_client import (
    RATING,
    SCHEMA,
    by_schema,
    chat,
    chat_body,
    chats,
    check_review,
    message,
    message_body,
    paper,
    review,
    with_anthropic,
    with_openai,
)

from tests.loopback import Loopback, spawn_loopback

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback(batch_seconds=0.1) as running:
        yield running


def test_chat_fills_the_schema_and_counts_tokens(server: Loopback) -> None:
    prompt = paper(1)
    answer = chat(server, prompt)
    text = answer.choices[0].message.content
    check_review(json.loads(text))
    assert "Invented study 1" in text and 1200 < len(text) < 4000
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.prompt_tokens == -(-len(prompt) // 4) and answer.usage.completion_tokens == -(-len(text) // 4)
    stats = server.stats()
    assert stats["calls"] == stats["finished"] == stats["attempts"] == 1 and stats["by_status"] == {"200": 1}
    assert stats["tokens"] == {
        "uncached": answer.usage.prompt_tokens,
        "cached": 0,
        "written": 0,
        "output": answer.usage.completion_tokens,
    }


def test_chat_streams_the_same_answer(server: Loopback) -> None:
    async def work(client: Any) -> tuple[str, list[Any]]:
        options = {"stream": True, "stream_options": {"include_usage": True}}
        chunks = [chunk async for chunk in await client.chat.completions.create(**chat_body(paper(1)), **options)]
        return "".join(c.choices[0].delta.content or "" for c in chunks if c.choices), chunks

    text, chunks = with_openai(server, work)
    whole = chat(server, paper(1))
    assert text == whole.choices[0].message.content and len(chunks) > 10
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage.prompt_tokens == whole.usage.prompt_tokens and chunks[-1].usage.completion_tokens > 100


def test_chat_stops_at_the_limit(server: Loopback) -> None:
    for name in ("max_tokens", "max_completion_tokens"):
        answer = chat(server, paper(1), **{name: 50})
        assert answer.choices[0].finish_reason == "length" and answer.usage.completion_tokens == 50


def test_responses_fill_the_schema(server: Loopback) -> None:
    wanted = {"type": "json_schema", "name": "review", "strict": True, "schema": SCHEMA}
    asked = {
        "model": "responses-only",
        "instructions": "You review.",
        "input": [{"role": "user", "content": [{"type": "input_text", "text": paper(1)}]}],
        "text": {"format": wanted},
    }
    answer = with_openai(server, lambda c: c.responses.create(**asked))
    fields = json.loads(answer.output_text)
    check_review(fields)
    assert fields["overall"] == review(server, paper(1))["overall"]
    assert answer.status == "completed" and answer.usage.input_tokens_details.cached_tokens == 0
    cut = with_openai(server, lambda c: c.responses.create(**asked, max_output_tokens=20))
    assert cut.status == "incomplete" and cut.incomplete_details.reason == "max_output_tokens"


def test_responses_stream(server: Loopback) -> None:
    async def work(client: Any) -> list[Any]:
        return [event async for event in await client.responses.create(model="m", input=paper(1), stream=True)]

    events = with_openai(server, work)
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert events[0].type == "response.created" and events[-1].type == "response.completed"
    assert text == events[-1].response.output_text and "Overall:" in text


def test_messages_with_output_format_tools_and_plain_text(server: Loopback) -> None:
    structured = message(server, paper(1), output_config={"format": {"type": "json_schema", "schema": SCHEMA}})
    check_review(json.loads(structured.content[0].text))
    assert structured.stop_reason == "end_turn"
    tools = [{"name": "other", "input_schema": RATING}, {"name": "review", "input_schema": SCHEMA}]
    used = message(server, paper(1), tools=tools, tool_choice={"type": "tool", "name": "review"})
    assert used.stop_reason == "tool_use" and used.content[0].name == "review"
    assert used.content[0].input == json.loads(structured.content[0].text)
    plain = message(server, paper(1), system="You review.")
    assert "Overall:" in plain.content[0].text
    cut = message(server, paper(1), max_tokens=30)
    assert cut.stop_reason == "max_tokens" and cut.usage.output_tokens == 30


def test_messages_stream(server: Loopback) -> None:
    async def work(client: Any) -> tuple[Any, list[str]]:
        kinds = []
        async with client.messages.stream(**message_body(paper(1)), extra_headers={}) as stream:
            async for event in stream:
                kinds.append(event.type)
            return await stream.get_final_message(), kinds

    final, kinds = with_anthropic(server, work)
    assert final.content[0].text == message(server, paper(1)).content[0].text
    assert final.stop_reason == "end_turn" and final.usage.input_tokens > 100 and final.usage.output_tokens > 100
    assert kinds[0] == "message_start" and kinds[-1] == "message_stop" and "content_block_delta" in kinds


def test_messages_stream_a_tool(server: Loopback) -> None:
    asked = message_body(
        paper(1), tools=[{"name": "review", "input_schema": SCHEMA}], tool_choice={"type": "tool", "name": "review"}
    )

    async def work(client: Any) -> Any:
        async with client.messages.stream(**asked) as stream:
            return await stream.get_final_message()

    final = with_anthropic(server, work)
    check_review(final.content[0].input)
    assert final.stop_reason == "tool_use"


def test_models(server: Loopback) -> None:
    listed = with_openai(server, lambda c: c.models.list())
    assert "loopback-small" in [model.id for model in listed.data]
    assert with_anthropic(server, lambda c: c.models.retrieve("any-name")).id == "any-name"
    assert with_openai(server, lambda c: c.models.retrieve("any-name")).id == "any-name"
    with pytest.raises(openai.NotFoundError):
        with_openai(server, lambda c: c.models.retrieve("missing-model"))


def test_openai_caches_prefixes_of_completed_requests(server: Loopback) -> None:
    start = paper(1, words=6000)
    first = chat(server, start + "one way")
    second = chat(server, start + "another")
    shared = -(-len(start) // 4)
    cached = second.usage.prompt_tokens_details.cached_tokens
    assert first.usage.prompt_tokens_details.cached_tokens == 0
    assert cached % 128 == 0 and shared - 128 <= cached <= shared
    assert chat(server, start, model="m2").usage.prompt_tokens_details.cached_tokens == 0
    assert chat(server, "short").usage.prompt_tokens_details.cached_tokens == 0
    tokens = server.stats()["tokens"]
    assert tokens["cached"] == cached and tokens["written"] == 0


def test_openai_caches_nothing_of_requests_in_flight() -> None:
    start = paper(1, words=6000)
    with Loopback(latency=0.1) as server:
        together = chats(server, [chat_body(f"{start}{number}") for number in range(4)])
        assert [answer.usage.prompt_tokens_details.cached_tokens for answer in together] == [0] * 4
        assert chat(server, f"{start}later").usage.prompt_tokens_details.cached_tokens > 1024
        assert server.stats()["max_in_flight"] == 4


def test_anthropic_caches_marked_prefixes_only(server: Loopback) -> None:
    def ask(mark: bool, last: str) -> Any:
        shared = {"type": "text", "text": paper(1, words=6000)}
        marked = {**shared, "cache_control": {"type": "ephemeral"}} if mark else shared
        return message(server, [marked, {"type": "text", "text": last}]).usage

    unmarked = ask(False, "one")
    assert (unmarked.cache_creation_input_tokens, unmarked.cache_read_input_tokens) == (0, 0)
    first, second, again = ask(True, "one"), ask(True, "another"), ask(False, "another")
    shared = -(-len(paper(1, words=6000)) // 4)
    assert first.cache_creation_input_tokens == shared and first.cache_read_input_tokens == 0
    assert second.cache_read_input_tokens == shared and second.cache_creation_input_tokens == 0
    assert 0 < second.input_tokens < 5 and again.cache_read_input_tokens == 0
    short = [{"type": "text", "text": "short", "cache_control": {"type": "ephemeral"}}]
    assert message(server, short).usage.cache_creation_input_tokens == 0


def test_samples_are_told_apart_and_repeats_counted(server: Loopback) -> None:
    body = chat_body(paper(1))
    chats(server, [body] * 3, ["0", "1", "2"])
    assert (server.stats()["finished"], server.stats()["repeated"]) == (3, 0)
    chats(server, [{**dict(reversed(body.items()))}], ["1"])
    chats(server, [body])
    stats = server.stats()
    assert (stats["calls"], stats["finished"], stats["repeated"]) == (5, 4, 1)


def test_wrong_keys(server: Loopback) -> None:
    with pytest.raises(openai.AuthenticationError) as refused:
        with_openai(server, lambda c: c.chat.completions.create(**chat_body("x")), api_key="bad-key")
    assert refused.value.code == "invalid_api_key"
    with pytest.raises(anthropic.AuthenticationError) as caught:
        with_anthropic(server, lambda c: c.messages.create(**message_body("x")), api_key="bad-key")
    assert caught.value.body["error"]["type"] == "authentication_error"
    for url in (f"{server.openai_url}/chat/completions", f"{server.anthropic_url}/v1/messages"):
        with pytest.raises(urllib.error.HTTPError) as missing:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, data=b"{}")
        assert missing.value.code == 401 and "error" in json.load(missing.value)
    assert server.stats()["by_status"] == {"401": 4} and server.stats()["calls"] == 0


OPENAI_REFUSALS = [
    ({"model": "missing-model"}, openai.NotFoundError, "model_not_found", "does not exist"),
    ({"model": "x-responses-only"}, openai.NotFoundError, None, "only supported in v1/responses and not in v1/chat"),
    ({"model": "no-temperature", "temperature": 0.75}, openai.BadRequestError, "unsupported_value", "support 0.75"),
    ({"model": "no-schema"}, openai.BadRequestError, None, "response_format"),
    ({"model": "no-quota"}, openai.RateLimitError, "insufficient_quota", "quota"),
    ({"model": "max-tokens-only", "max_completion_tokens": 9}, openai.BadRequestError, None, "max_completion_tokens"),
    ({"model": "legacy-max-tokens-refused", "max_tokens": 9}, openai.BadRequestError, None, "max_completion_tokens'"),
    ({"messages": []}, openai.BadRequestError, "missing_required_parameter", "messages"),
    ({"messages": [1]}, openai.BadRequestError, None, "form of this endpoint"),
    ({"response_format": {"type": "json_object"}}, openai.BadRequestError, None, "the word 'json'"),
    ({"response_format": by_schema({"type": "object"})}, openai.BadRequestError, None, "additionalProperties"),
    ({"response_format": by_schema({**SCHEMA, "required": []})}, openai.BadRequestError, None, "Missing 'confidence'"),
]


@pytest.mark.parametrize(("extra", "error", "code", "said"), OPENAI_REFUSALS)
def test_what_openai_refuses(server: Loopback, extra: Any, error: Any, code: str | None, said: str) -> None:
    body = {**chat_body("x"), **extra}
    with pytest.raises(error) as caught:
        with_openai(server, lambda c: c.chat.completions.create(**body))
    assert said in caught.value.message and (code is None or caught.value.code == code)


ANTHROPIC_REFUSALS = [
    ({"model": "missing-model"}, anthropic.NotFoundError, "model: missing-model"),
    ({"model": "no-schema"}, anthropic.BadRequestError, "output_config.format: not supported by this model"),
    ({"model": "no-temperature", "temperature": 0.75}, anthropic.BadRequestError, "temperature"),
    ({"messages": []}, anthropic.BadRequestError, "messages"),
    (
        {"output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}}},
        anthropic.BadRequestError,
        "additionalProperties",
    ),
    (
        {
            "output_config": {
                "format": {"type": "json_schema", "schema": {"type": "integer", "minimum": 1}},
            }
        },
        anthropic.BadRequestError,
        "minimum",
    ),
    ({"tool_choice": {"type": "tool", "name": "gone"}}, anthropic.BadRequestError, "gone"),
    (
        {"system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}] * 5},
        anthropic.BadRequestError,
        "maximum of 4",
    ),
]


@pytest.mark.parametrize(("extra", "error", "said"), ANTHROPIC_REFUSALS)
def test_what_anthropic_refuses(server: Loopback, extra: Any, error: Any, said: str) -> None:
    body = message_body("x", output_config={"format": {"type": "json_schema", "schema": SCHEMA}}) | extra
    if "temperature" in said:
        body["extra_body"] = {"temperature": body.pop("temperature")}
    with pytest.raises(error) as caught:
        with_anthropic(server, lambda c: c.messages.create(**body))
    assert said in str(caught.value)


def test_an_unknown_address_is_a_404_in_the_dialect(server: Loopback) -> None:
    with pytest.raises(openai.NotFoundError):
        with_openai(server, lambda c: c.embeddings.create(model="m", input="x"))


def test_as_a_process_of_its_own() -> None:
    with spawn_loopback(latency=0.01, spread=0.5, faults="429:0.1", gullible=True, batch_seconds=0.1) as server:
        check_review(review(server, paper(1)))
        assert server.stats()["calls"] == 1
        process = server.process
    assert process.returncode == 0


def test_wrong_options_are_told_in_one_line(tmp_path: Any) -> None:
    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tests.loopback", *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, timeout=30, cwd=CHECKOUT, env={**os.environ, **environment}
        )

    wrong = run("--faults", "429:x")
    assert wrong.returncode == 2 and wrong.stderr.startswith("error: ") and wrong.stderr.count("\n") == 1
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        used = run("--port", str(port))
    assert used.returncode == 2 and f"port {port}" in used.stderr and used.stderr.count("\n") == 1
    (tmp_path / "aiohttp.py").write_text("raise ImportError")
    missing = run(PYTHONPATH=str(tmp_path))
    assert missing.stderr == "error: the loopback server needs aiohttp: make setup-dev\n"
    assert "out-of-range" in run("--help").stdout


def test_load_is_light() -> None:
    """Prints what a request of 50 kB costs the server; 130 requests a second leave most of a core free."""
    with spawn_loopback() as server:
        chat(server, "warm up", None)
        server.reset()
        bodies = [chat_body(paper(number, words=9000)) for number in range(100)]
        answers = chats(server, bodies)
        stats = server.stats()
    assert not any(isinstance(answer, Exception) for answer in answers) and stats["finished"] == 100
    assert stats["max_in_flight"] > 1
    print(f"\n{len(bodies[0]['messages'][0]['content'])} characters: {10 * stats['cpu_seconds']:.2f} ms CPU a request")
