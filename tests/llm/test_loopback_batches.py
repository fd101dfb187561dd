"""Files and batches of the loopback server, through the official SDKs."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import anthropic
import pytest
from loopback_client import (
    chat_body,
    message,
    message_body,
    paper,
    review,
    with_anthropic,
    with_openai,
)

from tests.loopback import Loopback


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback(batch_seconds=0.1) as running:
        yield running


def jsonl(rows: list[dict[str, Any]]) -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


async def batch_of(client: Any, rows: list[dict[str, Any]], endpoint: str = "/v1/chat/completions") -> Any:
    file = await client.files.create(file=("in.jsonl", jsonl(rows)), purpose="batch")
    assert (await client.files.retrieve(file.id)).bytes == len(jsonl(rows))
    return await client.batches.create(input_file_id=file.id, endpoint=endpoint, completion_window="24h")


async def ended(client: Any, batch: Any) -> Any:
    deadline = time.monotonic() + 10
    while batch.status not in ("completed", "cancelled", "failed"):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
        batch = await client.batches.retrieve(batch.id)
    return batch


async def lines_of(client: Any, file_id: str) -> list[dict[str, Any]]:
    content = await client.files.content(file_id)
    return [json.loads(line) for line in content.text.splitlines()]


def row(number: int, body: dict[str, Any], url: str = "/v1/chat/completions") -> dict[str, Any]:
    return {"custom_id": f"r{number}", "method": "POST", "url": url, "body": body}


def test_openai_batches(server: Loopback) -> None:
    rows = [row(number, chat_body(paper(number, words=90))) for number in range(40)]
    rows[7]["body"]["model"] = "missing-model"

    async def work(client: Any) -> tuple[Any, list[Any], list[Any]]:
        batch = await ended(client, await batch_of(client, rows))
        return batch, await lines_of(client, batch.output_file_id), await lines_of(client, batch.error_file_id)

    batch, good, bad = with_openai(server, work)
    assert batch.status == "completed" and batch.request_counts.completed == 39 and batch.request_counts.failed == 1
    names = [line["custom_id"] for line in good]
    assert sorted(names) == sorted(f"r{n}" for n in range(40) if n != 7) and names != sorted(
        names, key=lambda n: int(n[1:])
    )
    third = next(line["response"]["body"] for line in good if line["custom_id"] == "r3")
    fields = json.loads(third["choices"][0]["message"]["content"])
    assert fields == review(server, paper(3, words=90))
    assert bad[0]["custom_id"] == "r7" and bad[0]["response"]["status_code"] == 404
    stats = server.stats()
    assert stats["batch"] == {"batches": 1, "requests": 40, "finished": 39, "repeated": 0, "errors": 1}
    assert stats["calls"] == 1 and stats["tokens"]["output"] > 39 * 100


def test_openai_batches_of_responses_and_with_faults(server: Loopback) -> None:
    server.set_faults("500:0.3,empty:0.3")
    rows = [row(n, {"model": "m", "input": paper(n, words=90)}, "/v1/responses") for n in range(30)]

    async def work(client: Any) -> tuple[list[Any], list[Any]]:
        batch = await ended(client, await batch_of(client, rows, "/v1/responses"))
        return await lines_of(client, batch.output_file_id), await lines_of(client, batch.error_file_id)

    good, bad = with_openai(server, work)
    empty = [line for line in good if line["response"]["body"]["output"][0]["content"][0]["text"] == ""]
    assert len(good) + len(bad) == 30 and empty and {line["response"]["status_code"] for line in bad} == {500}


def test_openai_batches_that_fail_or_are_cancelled(server: Loopback) -> None:
    async def failing(client: Any) -> Any:
        return await batch_of(client, [row(1, {}), row(1, {}), row(2, {}, "/v1/responses")])

    failed = with_openai(server, failing)
    assert failed.status == "failed"
    assert [problem.code for problem in failed.errors.data] == ["duplicate_custom_id", "mismatched_url"]
    with Loopback(batch_seconds=2) as slow:

        async def cancelling(client: Any) -> tuple[Any, list[Any], list[Any]]:
            batch = await batch_of(client, [row(n, chat_body(f"{n}", None)) for n in range(200)])
            await asyncio.sleep(0.4)
            assert (await client.batches.cancel(batch.id)).status == "cancelling"
            batch = await ended(client, batch)
            return batch, await lines_of(client, batch.output_file_id), await lines_of(client, batch.error_file_id)

        batch, good, bad = with_openai(slow, cancelling)
    assert batch.status == "cancelled" and 0 < len(good) < 200 and len(good) + len(bad) == 200
    assert bad[0]["error"]["code"] == "batch_cancelled"


def test_message_batches(server: Loopback) -> None:
    requests = [{"custom_id": f"r{n}", "params": message_body(paper(n, words=90))} for n in range(30)]
    requests[4]["params"]["model"] = "missing-model"

    async def work(client: Any) -> tuple[Any, list[Any]]:
        batch = await client.messages.batches.create(requests=requests)
        assert batch.processing_status == "in_progress" and batch.request_counts.processing == 30
        with pytest.raises(anthropic.BadRequestError):
            await client.get(f"/v1/messages/batches/{batch.id}/results", cast_to=object)
        while batch.processing_status != "ended":
            await asyncio.sleep(0.02)
            batch = await client.messages.batches.retrieve(batch.id)
        return batch, [result async for result in await client.messages.batches.results(batch.id)]

    batch, results = with_anthropic(server, work)
    assert (batch.request_counts.succeeded, batch.request_counts.errored) == (29, 1)
    by_name = {result.custom_id: result.result for result in results}
    assert len(by_name) == 30 and [r.custom_id for r in results] != [f"r{n}" for n in range(30)]
    assert by_name["r4"].type == "errored" and by_name["r4"].error.error.type == "not_found_error"
    assert by_name["r2"].message.content[0].text == message(server, paper(2, words=90)).content[0].text


def test_message_batches_can_be_cancelled() -> None:
    requests = [{"custom_id": f"r{n}", "params": message_body(f"{n}")} for n in range(200)]

    async def work(client: Any) -> list[Any]:
        batch = await client.messages.batches.create(requests=requests)
        await asyncio.sleep(0.4)
        assert (await client.messages.batches.cancel(batch.id)).processing_status == "canceling"
        while (await client.messages.batches.retrieve(batch.id)).processing_status != "ended":
            await asyncio.sleep(0.02)
        return [result.result.type async for result in await client.messages.batches.results(batch.id)]

    with Loopback(batch_seconds=2) as server:
        kinds = Counter(with_anthropic(server, work))
    assert set(kinds) == {"succeeded", "canceled"} and kinds.total() == 200


def test_a_batch_twice_is_a_repeat(server: Loopback) -> None:
    rows = [row(number, chat_body("same", None)) for number in range(5)]

    async def work(client: Any) -> None:
        for _ in range(2):
            await ended(client, await batch_of(client, rows))

    with_openai(server, work)
    assert server.stats()["batch"]["finished"] == 10 and server.stats()["batch"]["repeated"] == 5
