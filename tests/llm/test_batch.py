"""Batches, through the real SDKs against the loopback server."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from peerassay.data.errors import InputError
from peerassay.data.registry import load_dataset
from peerassay.llm.anthropic_provider import batch_result as anthropic_result
from peerassay.llm.batch_api import BatchResult, json_lines
from peerassay.llm.batch_calls import BatchStore, StoredBatch, StoredCall
from peerassay.llm.batch_open import Pace
from peerassay.llm.budget import Budget
from peerassay.llm.cache import ReplyCache
from peerassay.llm.errors import BudgetReached, CallFailed, ModelUnusable
from peerassay.llm.ledger import Ledger
from peerassay.llm.messages import ContentPart, Message, Reply, Request
from peerassay.llm.model import MeteredModel, Metering, RetryPolicy
from peerassay.llm.model_name import ModelName
from peerassay.llm.openai_batches import batch_result as openai_result
from peerassay.llm.openai_provider import OpenAIProvider
from peerassay.llm.prices import Price
from peerassay.llm.session import Session
from peerassay.reviewer.panel.panel import load_panel

from tests.loopback import Loopback, Peer

QUICK = RetryPolicy(attempts=4, seconds=0, timeout=5, first_wait=0.01, longest_wait=0.05)
"""No time at all from the first attempt on: waiting for a batch does not count."""
PACE = Pace(quiet=0.05, first_poll=0.02, longest_poll=0.05)
PRICE = Price(input=1.0, cached=0.1, written=1.25, output=4.0, batch=0.5, source="test", date="2026-01-01")
PROVIDERS = ("openai", "anthropic")
SCHEMA = {
    "type": "object",
    "properties": {"overall": {"type": "number", "description": "A number from 1 to 10."}},
    "required": ["overall"],
    "additionalProperties": False,
}


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback(batch_seconds=0.1) as running:
        yield running


def request_of(text: str, **changes: Any) -> Request:
    message = Message(role="user", parts=(ContentPart(text=text * 50, shared=True), ContentPart(text="\n\nReview it.")))
    return Request(messages=(message,), answer=SCHEMA, max_tokens=500, stage="review", **changes)


def requests(count: int, **changes: Any) -> list[Request]:
    return [request_of(f"paper {number} ", **changes) for number in range(count)]


def start(
    server: Peer,
    folder: Path,
    model: str = "m",
    *,
    provider: str = "openai",
    budget: float | None = None,
    run: str = "run",
    pace: Pace = PACE,
    told: Callable[[str], None] = lambda _: None,
) -> tuple[Session, MeteredModel]:
    """A start of a command, with the user's cache and the metering of a run."""
    session = Session(
        Metering(ReplyCache(folder / "replies.sqlite"), Budget(budget), Ledger()),
        retry=QUICK,
        batch=True,
        pace=pace,
        on_batch=told,
    )
    session.open_ledger(folder / run / "calls.jsonl")
    url = server.openai_url if provider == "openai" else server.anthropic_url
    return session, session.connect(ModelName(provider, model, url), price=PRICE)


def complete(model: MeteredModel, asked: list[Request]) -> list[Reply | BaseException]:
    """What comes of the requests."""

    async def run() -> list[Reply | BaseException]:
        try:
            return await asyncio.gather(*map(model.complete, asked), return_exceptions=True)
        finally:
            await model.aclose()

    return asyncio.run(run())


def give_up(session: Session, model: MeteredModel, asked: list[Request]) -> None:
    """Ask, and end the event loop as soon as the batch has been sent."""

    async def run() -> None:
        together = asyncio.gather(*map(model.complete, asked))
        while not open_rows(session)[0]:
            assert not together.done()
            await asyncio.sleep(0.01)
        together.cancel()
        await asyncio.wait([together])
        await model.aclose()

    asyncio.run(run())


def replies(found: list[Reply | BaseException]) -> list[Reply]:
    assert all(isinstance(one, Reply) for one in found), found
    return [one for one in found if isinstance(one, Reply)]


def open_rows(session: Session) -> list[int]:
    assert session.metering.cache is not None
    return [
        session.metering.cache.execute(f"SELECT count(*) FROM {table}")[0][0]
        for table in ("open_batches", "batch_calls")
    ]


def assert_books_agree(session: Session) -> None:
    assert session.metering.budget.spent == pytest.approx(session.metering.ledger.spent, abs=1e-12)
    assert session.metering.budget.reserved == 0


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_batch_is_answered_at_half_the_price_and_kept(server: Loopback, tmp_path: Path, provider: str) -> None:
    lines: list[str] = []
    session, model = start(server, tmp_path, provider=provider, told=lines.append)
    assert model.batched
    asked = requests(30)
    found = replies(complete(model, asked))
    assert [json.loads(reply.text).keys() for reply in found] == [{"overall"}] * 30
    for reply in found:
        assert reply.usd == pytest.approx(PRICE.cost(reply.tokens) / 2)
    stats = server.stats()
    assert (stats["batch"]["batches"], stats["batch"]["requests"], stats["attempts"]) == (1, 30, 0)
    assert stats["tokens"]["output"] == sum(reply.tokens.output for reply in found)
    totals = session.metering.ledger.totals()["review"]
    assert (totals.calls, totals.usd) == (30, pytest.approx(sum(reply.usd or 0 for reply in found)))
    assert_books_agree(session)
    assert open_rows(session) == [0, 0]
    assert lines[0].endswith(": 30 requests sent")
    assert lines[-1].endswith(": 30 of 30 done")

    again = replies(complete(start(server, tmp_path, provider=provider)[1], asked))
    assert all(reply.reused for reply in again)
    assert server.stats()["batch"]["batches"] == 1


def test_several_event_loops_in_turn(server: Loopback, tmp_path: Path) -> None:
    session, model = start(server, tmp_path)
    for number in range(3):
        replies(complete(model, [request_of(f"paper {number} ")]))
    assert server.stats()["batch"]["batches"] == 3
    assert_books_agree(session)


def test_full_batches_go_at_once(server: Loopback, tmp_path: Path) -> None:
    _, model = start(server, tmp_path, pace=Pace(quiet=0.3, most=4, first_poll=0.02))
    replies(complete(model, requests(10)))
    assert server.stats()["batch"]["batches"] == 3
    _, model = start(server, tmp_path, pace=Pace(quiet=0.3, most_bytes=2500, first_poll=0.02))
    replies(complete(model, requests(6, temperature=0.5)))
    assert server.stats()["batch"]["requests"] == 16
    assert server.stats()["batch"]["batches"] >= 5


def test_models_of_one_session_share_their_batches(server: Loopback, tmp_path: Path) -> None:
    session, model = start(server, tmp_path)
    other = session.connect(ModelName("openai", "m", server.openai_url), price=PRICE)

    async def run() -> tuple[Reply, Reply]:
        found = await asyncio.gather(model.complete(request_of("one ")), other.complete(request_of("one ")))
        await session.aclose()
        return found

    one, two = asyncio.run(run())
    assert (one.reused, two.reused) == (False, True)
    assert server.stats()["batch"]["requests"] == 1
    assert_books_agree(session)


# Starting again

CHILD = """
import asyncio, json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_batch import open_rows, replies, requests, start
from tests.loopback import Peer
told = lambda line: print(line, flush=True)
session, model = start(Peer(sys.argv[3]), Path(sys.argv[2]), told=told, budget=0.2)
async def run():
    found = await asyncio.gather(*map(model.complete, requests(12)), return_exceptions=True)
    await session.aclose()
    return found
usd = [reply.usd for reply in replies(asyncio.run(run()))]
spent = [session.metering.budget.spent, session.metering.ledger.spent, session.metering.budget.reserved]
print(json.dumps({"usd": usd, "spent": spent, "rows": open_rows(session)}))
"""


def child(folder: Path, server: Loopback) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, str(Path(__file__).parent), str(folder), server.url]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_killed_process_pays_nothing_twice(tmp_path: Path) -> None:
    with Loopback(batch_seconds=1.5) as server:
        with child(tmp_path, server) as first:
            assert first.stdout is not None
            assert "12 requests sent" in first.stdout.readline()
            first.send_signal(signal.SIGKILL)
        assert first.returncode == -signal.SIGKILL
        bound = Ledger(tmp_path / "run" / "calls.jsonl").spent
        with child(tmp_path, server) as second:
            *lines, last = second.communicate(timeout=30)[0].splitlines()
        assert "12 requests sent earlier" in lines[0]
        told = json.loads(last)
        stats = server.stats()
    assert (stats["batch"]["batches"], stats["batch"]["requests"]) == (1, 12)
    assert (stats["attempts"], stats["batch"]["repeated"]) == (0, 0)
    budget, ledger, reserved = told["spent"]
    assert budget == pytest.approx(ledger, abs=1e-12)
    assert ledger == pytest.approx(sum(told["usd"]))
    assert reserved == 0
    assert 0 < ledger < bound
    assert told["rows"] == [0, 0]
    assert Ledger(tmp_path / "run" / "calls.jsonl").spent == pytest.approx(ledger)


def abandoned(server: Loopback, folder: Path, **options: Any) -> float:
    """A start that ends just after its batch of 12 was sent; what its ledger counts then."""
    give_up(*start(server, folder, **options), requests(12))
    return Ledger(folder / "run" / "calls.jsonl").spent


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_batch_is_read_whole_though_one_request_is_asked_for(tmp_path: Path, provider: str) -> None:
    with Loopback(batch_seconds=0.3) as server:
        bound = abandoned(server, tmp_path, provider=provider)
        session, model = start(server, tmp_path, provider=provider)
        assert session.metering.budget.spent == bound > 0
        replies(complete(model, requests(1)))
        assert_books_agree(session)
        assert session.metering.ledger.spent < bound
        assert session.metering.ledger.totals()["review"].calls == 12
        assert all(reply.reused for reply in replies(complete(model, requests(12))))
        assert server.stats()["batch"]["requests"] == 12


def test_an_open_batch_leaves_its_money_to_requests_that_wait(tmp_path: Path) -> None:
    """What a killed start had under way counts as under way: others wait for it instead of being refused."""
    with Loopback(batch_seconds=0.3) as server:
        bound = abandoned(server, tmp_path)
        session, model = start(server, tmp_path, budget=bound * 1.05)
        found = replies(complete(model, [*requests(1), request_of("a new paper ")]))
        assert [reply.reused for reply in found] == [False, False]
        assert_books_agree(session)
        assert server.stats()["batch"]["batches"] == 2


def test_the_same_process_goes_on_with_its_own_batch(tmp_path: Path) -> None:
    with Loopback(batch_seconds=0.3) as server:
        session, model = start(server, tmp_path)
        give_up(session, model, requests(5))
        assert session.metering.budget.reserved > 0
        replies(complete(model, requests(5)))
        assert_books_agree(session)
        assert server.stats()["batch"]["requests"] == 5


def test_a_run_in_another_folder_books_what_it_asks_for(tmp_path: Path) -> None:
    with Loopback(batch_seconds=0.3) as server:
        abandoned(server, tmp_path)
        session, model = start(server, tmp_path, run="other")
        found = replies(complete(model, requests(3)))
        assert session.metering.ledger.all().calls == 3
        assert session.metering.ledger.spent == pytest.approx(sum(reply.usd or 0 for reply in found))
        assert_books_agree(session)
        replies(complete(model, requests(12)))
        assert session.metering.ledger.all().reused == 12
        assert server.stats()["batch"]["requests"] == 12


def test_two_live_processes_share_a_batch(tmp_path: Path) -> None:
    with Loopback(batch_seconds=0.3) as server:
        _, model = start(server, tmp_path)
        session, other = start(server, tmp_path, run="other")

        async def run() -> list[list[Reply]]:
            first = asyncio.gather(*map(model.complete, requests(6)))
            while not open_rows(session)[0]:
                await asyncio.sleep(0.01)
            second = asyncio.gather(*map(other.complete, requests(8)))
            found = [await first, await second]
            await asyncio.gather(model.aclose(), other.aclose())
            return found

        first, second = asyncio.run(run())
        assert [reply.text for reply in second[:6]] == [reply.text for reply in first]
        assert server.stats()["batch"]["requests"] == 8
        assert_books_agree(session)
        assert open_rows(session) == [0, 0]


def test_two_processes_that_gather_the_same_send_it_once(server: Loopback, tmp_path: Path) -> None:
    _, model = start(server, tmp_path)
    session, slower = start(server, tmp_path, run="other", pace=Pace(quiet=0.5, first_poll=0.02))
    assert isinstance(model.provider, OpenAIProvider) and model.provider.client  # imports the SDK, a second

    async def run() -> None:
        await asyncio.gather(*map(model.complete, requests(4)), *map(slower.complete, requests(4)))
        await asyncio.gather(model.aclose(), slower.aclose())

    asyncio.run(run())
    assert server.stats()["batch"]["requests"] == 4
    assert_books_agree(session)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_batch_that_is_gone_is_sent_anew(tmp_path: Path, provider: str) -> None:
    with Loopback(batch_seconds=5) as server:
        bound = abandoned(server, tmp_path, provider=provider)
        port = int(server.url.rpartition(":")[2])
    with Loopback(batch_seconds=0.1, port=port) as server:
        session, model = start(server, tmp_path, provider=provider)
        found = replies(complete(model, requests(12)))
        assert server.stats()["batch"]["requests"] == 12
    assert session.metering.ledger.all().uncertain == 12
    assert session.metering.ledger.spent == pytest.approx(bound + sum(reply.usd or 0 for reply in found))
    assert_books_agree(session)
    assert open_rows(session) == [0, 0]


def test_no_words_of_a_request_are_stored_while_its_batch_is_open(tmp_path: Path) -> None:
    with Loopback(batch_seconds=5) as server:
        abandoned(server, tmp_path)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"batch_" in written
    assert b"paper 1 " not in written
    assert b"Review it" not in written


# Money


def test_the_budget_holds_and_what_fits_later_goes_into_a_later_batch(server: Loopback, tmp_path: Path) -> None:
    asked = [request_of(f"a long paper {number} " * 10).model_copy(update={"max_tokens": 16}) for number in range(20)]
    bound = start(server, tmp_path)[1].bound(asked[0], batch=True)
    assert bound is not None
    limit = bound * 3.2
    session, model = start(server, tmp_path, budget=limit)
    found = complete(model, asked)
    paid = [one for one in found if isinstance(one, Reply)]
    refused = [one for one in found if isinstance(one, BudgetReached)]
    assert len(paid) + len(refused) == 20
    assert 3 < len(paid) < 20
    assert server.stats()["batch"]["batches"] > 1
    assert server.stats()["batch"]["requests"] == len(paid)
    assert session.metering.budget.spent <= limit
    assert session.metering.budget.spent == pytest.approx(sum(reply.usd or 0 for reply in paid))
    assert_books_agree(session)


def test_a_request_that_is_given_up_before_it_is_sent_costs_nothing(server: Loopback, tmp_path: Path) -> None:
    session, model = start(server, tmp_path, pace=Pace(quiet=0.5))

    async def run() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*map(model.complete, requests(3))), 0.1)
        await model.aclose()

    asyncio.run(run())
    assert server.stats()["batch"]["batches"] == 0
    assert session.metering.ledger.all().calls == 0
    assert_books_agree(session)
    assert session.metering.budget.spent == 0


def test_without_a_cache_there_are_no_batches(server: Loopback) -> None:
    session = Session(cached=False, batch=True)
    with pytest.raises(InputError, match="--batch needs the cache"):
        session.connect(ModelName("openai", "m", server.openai_url))


# What goes wrong


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_form_that_is_refused_is_asked_for_otherwise(server: Loopback, tmp_path: Path, provider: str) -> None:
    session, model = start(server, tmp_path, "no-temperature", provider=provider)
    replies(complete(model, requests(5, temperature=0.2)))
    assert model.quirks == {"no temperature"}
    assert (server.stats()["batch"]["batches"], server.stats()["batch"]["errors"]) == (2, 5)
    assert session.metering.ledger.all().refused == 5
    assert_books_agree(session)


def test_a_refused_form_is_recognised_after_a_kill(tmp_path: Path) -> None:
    """The second start knows the quirk already, the batch of the first was sent without it."""
    with Loopback(batch_seconds=0.3) as server:
        asked = requests(3, temperature=0.2)
        give_up(*start(server, tmp_path, "no-temperature"), asked)
        session, model = start(server, tmp_path, "no-temperature")
        assert session.metering.cache is not None
        session.metering.cache.add_quirk(model.identity, "no temperature")
        replies(complete(model, asked))
        assert_books_agree(session)


def test_a_model_that_wants_the_other_path(server: Loopback, tmp_path: Path) -> None:
    session, model = start(server, tmp_path, "responses-only")
    replies(complete(model, requests(2)))
    assert "responses" in model.quirks
    assert_books_agree(session)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_errors_in_some_results_are_tried_again(server: Loopback, tmp_path: Path, provider: str) -> None:
    server.set_faults("500:0.4,seed=3")
    session, model = start(server, tmp_path, provider=provider)
    found = complete(model, requests(20))
    failed = [one for one in found if isinstance(one, CallFailed)]
    assert all(one.kind == "server" for one in failed)
    assert len(replies([one for one in found if isinstance(one, Reply)])) + len(failed) == 20
    assert len(failed) < 5
    stats = server.stats()["batch"]
    assert stats["batches"] > 1
    assert stats["errors"] == session.metering.ledger.all().failed > 0
    assert stats["repeated"] == 0
    assert_books_agree(session)
    assert open_rows(session) == [0, 0]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_cancelled_batch_is_sent_anew(tmp_path: Path, provider: str) -> None:
    with Loopback(batch_seconds=0.6) as server:
        session, model = start(server, tmp_path, provider=provider)

        async def run() -> list[Reply]:
            asked = asyncio.gather(*map(model.complete, requests(30)))
            while not open_rows(session)[0]:
                await asyncio.sleep(0.02)
            [[batch]] = session.metering.cache.execute("SELECT batch FROM open_batches")  # type: ignore[union-attr]
            client: Any = model.provider.client
            await (client if provider == "openai" else client.messages).batches.cancel(batch)
            found = await asked
            await model.aclose()
            return found

        assert len(asyncio.run(run())) == 30
        stats = server.stats()["batch"]
        assert (stats["batches"], stats["finished"], stats["repeated"]) == (2, 30, 0)
        assert session.metering.ledger.all().failed > 0
        assert_books_agree(session)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_wrong_key_stops_all(
    server: Loopback, tmp_path: Path, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_KEY", "bad-key")
    session, _ = start(server, tmp_path, provider=provider)
    url = server.openai_url if provider == "openai" else server.anthropic_url
    model = session.connect(ModelName(provider, "other", url), key_env="A_KEY", price=PRICE)
    found = complete(model, requests(3))
    assert all(isinstance(one, ModelUnusable) and "A_KEY" in str(one) for one in found), found
    assert session.metering.ledger.all().failed == 3
    assert_books_agree(session)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(("name", "words"), [("missing-model", "does not know the model"), ("no-quota", "credit")])
def test_a_model_that_cannot_be_used(server: Loopback, tmp_path: Path, provider: str, name: str, words: str) -> None:
    session, model = start(server, tmp_path, name, provider=provider)
    found = complete(model, requests(2))
    assert all(isinstance(one, ModelUnusable) and words in str(one) for one in found), found
    assert_books_agree(session)


def test_an_endpoint_that_is_not_there(tmp_path: Path) -> None:
    with Loopback() as server:
        session, model = start(server, tmp_path)
    found = complete(model, requests(2))
    assert all(isinstance(one, CallFailed) and one.kind == "connection" for one in found), found
    assert session.metering.ledger.all().failed == 2
    assert_books_agree(session)


def test_an_endpoint_that_comes_back_gets_its_batch(tmp_path: Path) -> None:
    with Loopback() as server:
        port = int(server.url.rpartition(":")[2])
    session, model = start(server, tmp_path)
    queue: Any = model.batches
    queue.endpoint.retry = RetryPolicy(attempts=30, timeout=5, first_wait=0.05, longest_wait=0.1)
    with ThreadPoolExecutor() as pool:
        found = pool.submit(complete, model, requests(3))
        time.sleep(0.3)
        assert not found.done()
        with Loopback(port=port, batch_seconds=0.1) as server:
            assert len(replies(found.result(10))) == 3
            assert server.stats()["batch"]["batches"] == 1
    assert session.metering.ledger.all().failed == 0
    assert_books_agree(session)


def test_a_batch_stays_open_while_its_endpoint_cannot_be_reached(tmp_path: Path) -> None:
    with Loopback(batch_seconds=0.3) as server:
        bound = abandoned(server, tmp_path)
    session, model = start(server, tmp_path)
    found = complete(model, requests(2))
    assert all(isinstance(one, CallFailed) and one.kind == "connection" for one in found), found
    assert open_rows(session) == [1, 12]
    assert session.metering.ledger.spent == bound


def test_a_batch_that_is_refused_as_a_whole_fails_with_its_message(server: Loopback, tmp_path: Path) -> None:
    session, model = start(server, tmp_path)
    assert session.metering.cache is not None
    request = request_of("one ")

    async def send_twice_the_same() -> str:
        client: Any = model.provider.client
        row = {"custom_id": "a", "method": "POST", "url": "/v1/chat/completions", "body": {}}
        content = f"{json.dumps(row)}\n" * 2
        file = await client.files.create(file=("in.jsonl", content.encode()), purpose="batch")
        batch = await client.batches.create(
            input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
        )
        await model.aclose()
        return batch.id

    batch = asyncio.run(send_twice_the_same())
    stored = StoredBatch(batch, frozenset(), time.time(), (StoredCall(model.key(request), "another run's", 0.1),))
    BatchStore(session.metering.cache, model.identity).add(stored)
    [found] = complete(model, [request])
    assert isinstance(found, CallFailed)
    assert found.kind == "request"
    assert "is used twice" in str(found)
    assert open_rows(session) == [0, 0]
    assert session.metering.ledger.all().failed == 1
    assert_books_agree(session)


def test_result_lines_may_hold_any_character() -> None:
    assert json_lines('{"text": "\u2028\x85"}\n\n{"text": ""}\n') == [{"text": "\u2028\x85"}, {"text": ""}]
    with pytest.raises(CallFailed, match="not JSON"):
        json_lines('{"text": "cut')


# With a panel


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_panel_reviews_in_waves(server: Loopback, tmp_path: Path, provider: str) -> None:
    session, _ = start(server, tmp_path)
    url = server.openai_url if provider == "openai" else server.anthropic_url
    options = {"ensemble": "3", "meta": "true", "price_in": "1", "price_out": "4"}
    panel = load_panel(f"{provider}/reviewer@{url}", options, session)
    papers = load_dataset("sample").papers[:5]

    async def run() -> list[Any]:
        found = await asyncio.gather(*map(panel.review, papers))
        await panel.aclose()
        return found

    reviews = asyncio.run(run())
    assert [review.status for review in reviews] == ["ok"] * 5
    assert [review.usage.calls for review in reviews] == [4] * 5
    stats = server.stats()
    assert (stats["batch"]["batches"], stats["batch"]["requests"], stats["attempts"]) == (2, 20, 0)
    assert {stage: took.calls for stage, took in session.metering.ledger.totals().items()} == {"review": 15, "meta": 5}
    assert session.metering.ledger.spent == pytest.approx(sum(review.usage.usd for review in reviews))
    assert_books_agree(session)


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4), st.just("200")),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["error", "message", "code", "type", "content", "choices"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
RESPONSE = st.fixed_dictionaries({"status_code": st.sampled_from([200, "200", 400, None]) | ANYTHING, "body": ANYTHING})
RESULT = st.fixed_dictionaries(
    {"type": st.sampled_from(["succeeded", "errored"]), "message": ANYTHING, "error": ANYTHING}
)
LINE = st.fixed_dictionaries({
    "custom_id": st.just("k"), "response": ANYTHING | RESPONSE, "error": ANYTHING, "result": ANYTHING | RESULT
})  # fmt: skip


@given(LINE | ANYTHING)
def test_a_line_of_any_form_is_an_answer_a_problem_or_left_out(line: Any) -> None:
    """One that is of no known form must not keep the paid results of the others from being read."""
    for read in (openai_result, anthropic_result):
        found = read(line)
        assert isinstance(found, BatchResult) and (found.key == "k") == (isinstance(line, dict) and "custom_id" in line)
        assert (found.answer is not None) + (found.problem is not None) + bool(found.left_out) == 1


def test_errors_of_lines_are_told_in_whatever_form_they_stand() -> None:
    assert openai_result({"custom_id": "k", "error": "no more"}).left_out == "no more"
    assert openai_result({"custom_id": "k", "error": {"code": "batch_expired"}}).left_out == "batch_expired"
    told = openai_result({"custom_id": "k", "response": {"status_code": 429, "body": {"error": "slow down"}}}).problem
    assert told is not None and (told.status_code, told.code) == (429, None)
    plain = openai_result({"custom_id": "k", "response": {"status_code": 500, "body": "upstream"}}).problem
    assert plain is not None and plain.body == {"message": "upstream"}
