"""The door to a model, through the real SDKs against the loopback server."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from peerassay.data.errors import InputError
from peerassay.llm.anthropic_provider import AnthropicProvider
from peerassay.llm.budget import Budget
from peerassay.llm.cache import ReplyCache
from peerassay.llm.endpoint_errors import raise_for
from peerassay.llm.errors import BudgetReached, CallFailed, ModelUnusable
from peerassay.llm.ledger import Ledger
from peerassay.llm.messages import ContentPart, Message, Reply, Request, Tokens
from peerassay.llm.model import MeteredModel, Metering, RetryPolicy
from peerassay.llm.model_name import ModelName, key_for
from peerassay.llm.openai_provider import OpenAIProvider
from peerassay.llm.prices import Price
from peerassay.llm.refusals import NeedsQuirk
from peerassay.llm.session import Session

from tests.loopback.running import Loopback

QUICK = RetryPolicy(attempts=6, seconds=20, timeout=5, first_wait=0.01, longest_wait=0.05)
PRICE = Price(input=1.0, cached=0.1, written=1.25, output=4.0, source="test", date="2026-01-01")
SCHEMA = {
    "type": "object",
    "properties": {"overall": {"type": "number", "description": "A number from 1 to 10."}},
    "required": ["overall"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


@pytest.fixture(autouse=True)
def _fresh(server: Loopback) -> None:
    server.set_faults("")
    server.reset()


def request_of(text: str, sample: int = 0, **changes: Any) -> Request:
    message = Message(role="user", parts=(ContentPart(text=text * 50, shared=True), ContentPart(text="\n\nReview it.")))
    return Request(messages=(message,), answer=SCHEMA, max_tokens=500, sample=sample, stage="review", **changes)


def connect(
    server: Loopback,
    model: str = "m",
    *,
    provider: str = "openai",
    cached: bool = False,
    budget: float | None = None,
    ledger: Ledger | None = None,
    concurrency: int = 8,
    retry: RetryPolicy = QUICK,
) -> MeteredModel:
    url = server.openai_url if provider == "openai" else server.anthropic_url
    metering = Metering(ReplyCache() if cached else None, Budget(budget), ledger or Ledger())
    session = Session(metering, concurrency=concurrency, cached=cached, retry=retry)
    return session.connect(ModelName(provider, model, url), price=PRICE)


def complete(model: MeteredModel, *requests: Request) -> list[Reply | BaseException]:
    async def run() -> list[Reply | BaseException]:
        try:
            return await asyncio.gather(*map(model.complete, requests), return_exceptions=True)
        finally:
            await model.aclose()

    return asyncio.run(run())


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_call_is_answered_paid_and_booked(server: Loopback, provider: str) -> None:
    model = connect(server, provider=provider)
    [reply] = complete(model, request_of("a paper "))
    assert isinstance(reply, Reply)
    assert '"overall"' in reply.text
    assert reply.usd == pytest.approx(PRICE.cost(reply.tokens))
    assert reply.usd is not None and reply.usd > 0
    booked = model.metering.ledger.totals()["review"]
    assert (booked.calls, booked.tokens, booked.usd) == (1, reply.tokens, reply.usd)
    assert model.metering.budget.spent == reply.usd


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_the_shared_prefix_is_read_from_the_providers_cache(server: Loopback, provider: str) -> None:
    model = connect(server, provider=provider)
    long = request_of("a long paper about something " * 10)
    [first] = complete(model, long)
    [second] = complete(model, long.model_copy(update={"sample": 1}))
    assert isinstance(first, Reply) and isinstance(second, Reply)
    assert first.tokens.cached == 0
    assert second.tokens.cached > 0.9 * first.tokens.input
    assert second.usd is not None and first.usd is not None and second.usd < first.usd


@pytest.mark.parametrize(
    "answer",
    [
        {
            "choices": [{"message": {"content": "x"}, "finish_reason": "stop"}],
            "usage": {
                "prompt_tokens": 100,
                "completion_tokens": 7,
                "prompt_tokens_details": {"cached_tokens": 60, "cache_write_tokens": 30},
            },
        },
        {
            "object": "response",
            "output": [{"type": "message", "content": [{"type": "output_text", "text": "x"}]}],
            "usage": {
                "input_tokens": 100,
                "output_tokens": 7,
                "input_tokens_details": {"cached_tokens": 60, "cache_write_tokens": 30},
            },
        },
    ],
    ids=["chat", "responses"],
)
def test_what_openai_writes_to_its_cache_is_paid_as_such(answer: dict[str, Any]) -> None:
    reply = OpenAIProvider("m", base_url=None, key="", key_name="").read(answer)
    assert reply.tokens == Tokens(uncached=10, cached=60, written=30, output=7)


@pytest.mark.parametrize(
    ("usage", "output"),
    [
        ({"prompt_tokens": 32, "completion_tokens": 9, "total_tokens": 135}, 103),
        ({"prompt_tokens": 32, "completion_tokens": 9, "total_tokens": 41}, 9),
        ({"prompt_tokens": 32, "completion_tokens": 9}, 9),
        ({"prompt_tokens": 32, "completion_tokens": 9, "total_tokens": None}, 9),
    ],
)
def test_reasoning_that_stands_in_the_total_alone_is_paid(usage: dict[str, Any], output: int) -> None:
    """As xAI and Gemini count it, whose totals are more than prompt and completion."""
    answer = {"choices": [{"message": {"content": "x"}, "finish_reason": "stop"}], "usage": usage}
    reply = OpenAIProvider("m", base_url=None, key="", key_name="").read(answer)
    assert reply.tokens == Tokens(uncached=32, output=output)


@pytest.mark.parametrize(
    ("reason", "stop"),
    [("stop", "end"), ("tool_calls", "end"), (None, "end"), ("length", "length"), ("model_length", "length"),
     ("max_tokens", "length"), ("content_filter", "refusal"), ("error", "upstream is down"),
     ("insufficient_system_resource", "broken off")],
)  # fmt: skip
def test_how_an_answer_of_openais_protocol_ended(reason: str | None, stop: str) -> None:
    choice = {"message": {"content": '{"overall": 7}'}, "finish_reason": reason}
    if reason == "error":
        choice["error"] = {"code": 502, "message": "upstream is down"}
    provider = OpenAIProvider("m", base_url=None, key="", key_name="")
    if stop in ("end", "length", "refusal"):
        assert provider.read({"choices": [choice]}).stop == stop
        return
    with pytest.raises(CallFailed, match=stop) as failed:
        provider.read({"choices": [choice]})
    assert failed.value.maybe_billed and failed.value.worth_retrying


def test_an_answer_that_ended_before_its_first_word_is_empty_and_paid() -> None:
    """Gemini leaves the message out where all tokens went into reasoning; without an end too it is no answer."""
    provider = OpenAIProvider("m", base_url=None, key="", key_name="")
    usage = {"prompt_tokens": 5, "completion_tokens": 0, "total_tokens": 105}
    reply = provider.read({"choices": [{"finish_reason": "length"}], "usage": usage})
    assert (reply.text, reply.stop, reply.tokens.output) == ("", "length", 100)
    with pytest.raises(CallFailed, match="without content"):
        provider.read({"choices": [{}], "usage": usage})


@pytest.mark.parametrize(
    ("reason", "stop"),
    [
        ("end_turn", "end"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("refusal", "refusal"),
    ],
)
def test_how_an_answer_of_anthropics_protocol_ended(reason: str, stop: str) -> None:
    """One whose endpoint counts no tokens is an answer too."""
    provider = AnthropicProvider("m", base_url=None, key="", key_name="")
    reply = provider.read({"content": [{"type": "text", "text": "x"}], "stop_reason": reason})
    assert (reply.text, reply.stop, reply.tokens) == ("x", stop, Tokens())


class Uncounted(OpenAIProvider):
    """An endpoint whose answers say nothing of tokens."""

    async def _posted(self, path: str, body: Any, headers: Any, timeout: float) -> Any:  # noqa: ARG002
        return {"choices": [{"message": {"content": "x"}, "finish_reason": "stop"}]}


def test_an_answer_without_a_count_of_tokens_costs_what_it_could_cost_at_most(server: Loopback) -> None:
    model = connect(server, budget=1.0)
    model.provider = Uncounted("m", base_url=server.openai_url, key="", key_name="")
    request = request_of("a paper ")
    [reply] = complete(model, request)
    assert isinstance(reply, Reply) and reply.usd is None
    assert model.metering.budget.spent == model.bound(request) == model.metering.ledger.spent
    model.price = PRICE.model_copy(update={"input": 0.0, "cached": 0.0, "written": 0.0, "output": 0.0})
    [free] = complete(model, request)
    assert isinstance(free, Reply) and free.usd == 0.0


def test_the_same_request_is_one_call_a_sample_is_another(server: Loopback) -> None:
    same, other = request_of("paper"), request_of("paper", sample=1)
    replies = complete(connect(server, cached=True), same, same, other)
    assert [r.reused for r in replies if isinstance(r, Reply)] == [False, True, False]
    again = connect(server, cached=True)
    [kept] = complete(again, same)
    assert isinstance(kept, Reply) and kept.reused
    assert again.metering.budget.spent == 0
    assert again.metering.ledger.totals()["review"].reused == 1
    assert server.stats()["calls"] == 2


REFUSING = {
    "no-temperature": {"no temperature"},
    "no-schema": {"no schema"},
    "responses-only": {"responses"},
    "max-tokens-only": {"max_tokens"},
    "no-schema-no-temperature-responses-only": {"no schema", "no temperature", "responses"},
}


@pytest.mark.parametrize("name", REFUSING)
def test_what_an_endpoint_refuses_is_left_out_and_remembered(server: Loopback, name: str) -> None:
    model = connect(server, name, cached=True)
    [reply] = complete(model, request_of("paper", temperature=0.75))
    assert isinstance(reply, Reply)
    assert model.quirks == REFUSING[name]
    refused = server.stats()["attempts"] - 1
    assert refused == len(REFUSING[name])
    later = connect(server, name, cached=True)
    complete(later, request_of("another paper", temperature=0.75))
    assert server.stats()["attempts"] == refused + 2


class Refused(Exception):
    """What an SDK raises, as far as `raise_for` looks at it."""

    def __init__(self, status_code: int, message: str) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.body = {"error": {"message": message}}


def refused(status: int, message: str, sent: dict[str, Any]) -> BaseException:
    """What comes of a refusal."""
    with pytest.raises((NeedsQuirk, CallFailed, ModelUnusable)) as caught:
        raise_for(Refused(status, message), model="m", where="h", key_name="K", key="", quirks=frozenset(), sent=sent)
    return caught.value


@pytest.mark.parametrize(
    ("message", "sent", "left_out"),
    [
        ("Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) value is "
         "supported.", {"temperature": 0.7}, True),
        ("temperature: range: 0..1", {"temperature": 1.5}, False),
        ("temperature: Input should be less than or equal to 1", {"temperature": 1.5}, False),
        ("Invalid 'temperature': expected a value between 0 and 2, got 3.", {"temperature": 3}, False),
        ("Unrecognized request argument supplied: reasoning_effort", {"reasoning_effort": "low"}, True),
        ("This model does not support the effort parameter.", {"output_config": {"effort": "low"}}, True),
        ("Invalid value: 'hihg'. Supported values are: 'low', 'medium', and 'high'. (reasoning_effort)",
         {"reasoning_effort": "hihg"}, False),
    ],
)  # fmt: skip
def test_only_what_is_refused_at_any_value_is_left_out(message: str, sent: dict[str, Any], left_out: bool) -> None:
    """A value that is out of range is for the user to mend: left out, it would be missing from every later run."""
    outcome = refused(400, message, sent)
    assert isinstance(outcome, NeedsQuirk) is left_out
    assert left_out or (isinstance(outcome, CallFailed) and message in str(outcome))


@pytest.mark.parametrize(("status", "maybe"), [(500, False), (503, False), (504, True), (524, True), (408, True)])
def test_who_gave_up_waiting_may_have_to_pay(status: int, maybe: bool) -> None:
    failure = refused(status, "gateway time-out", {})
    assert isinstance(failure, CallFailed) and failure.worth_retrying
    assert failure.maybe_billed is maybe


def test_a_paper_that_is_moderated_does_not_condemn_the_key() -> None:
    moderated = refused(403, "Your chosen model requires moderation and your input was flagged", {})
    assert isinstance(moderated, CallFailed) and moderated.kind == "request"
    assert isinstance(refused(403, "You do not have access", {}), ModelUnusable)


@pytest.mark.parametrize(
    ("name", "words"), [("missing-model", "does not know the model 'missing-model'"), ("no-quota", "no credit left")]
)
@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_what_the_user_has_to_mend_is_said_at_once(server: Loopback, provider: str, name: str, words: str) -> None:
    [failure] = complete(connect(server, name, provider=provider), request_of("paper"))
    assert isinstance(failure, ModelUnusable)
    assert words in str(failure)
    assert server.stats()["attempts"] == 1


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_key_appears_in_no_message_log_or_file(
    server: Loopback,
    provider: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    caplog.set_level(logging.DEBUG)
    url = server.openai_url if provider == "openai" else server.anthropic_url
    messages = []
    for key in ("bad-key", "sk-secret-0123456789"):
        monkeypatch.setenv("MY_KEY", key)
        session = Session(Metering(ReplyCache(), Budget(None), Ledger(tmp_path / "calls.jsonl")), retry=QUICK)
        model = session.connect(ModelName(provider, "m", url), key_env="MY_KEY", price=PRICE)
        messages += map(str, complete(model, request_of("paper")))
    assert "check the environment variable MY_KEY" in messages[0]
    assert "overall" in messages[1]
    logged = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("aiohttp"))
    home = ReplyCache().path.parent
    files = b"".join(path.read_bytes() for path in [*tmp_path.rglob("*"), *home.rglob("*")] if path.is_file())
    for key in ("bad-key", "sk-secret-0123456789"):
        assert key not in "".join(messages) + logged
        assert key.encode() not in files


def test_a_key_goes_only_to_the_host_that_it_is_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-mine")
    assert key_for(ModelName("openai", "m")) == ("OPENAI_API_KEY", "sk-mine")
    assert key_for(ModelName("openai", "m", "https://elsewhere.example/v1"))[1] == ""
    assert key_for(ModelName("openai", "m", "https://api.openai.com.elsewhere.example/v1"))[1] == ""
    monkeypatch.delenv("DEEPSEEK_API_KEY", raising=False)
    with pytest.raises(ModelUnusable, match="DEEPSEEK_API_KEY"):
        key_for(ModelName("openai", "deepseek-chat", "https://api.deepseek.com"))


@pytest.mark.parametrize("fault", ["429:0.4", "500:0.4", "503:0.4", "drop-early:0.4", "drop:0.4", "drop-mid:0.4"])
@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_passing_faults_are_overcome(server: Loopback, provider: str, fault: str) -> None:
    server.set_faults(f"{fault},retry-after=0.01")
    model = connect(server, provider=provider, retry=RetryPolicy(12, 30, 5, 0.01, 0.05))
    replies = complete(model, *(request_of(f"paper {i} ") for i in range(20)))
    assert [type(reply) for reply in replies] == [Reply] * 20
    totals = model.metering.ledger.totals()["review"]
    assert totals.calls == server.stats()["attempts"] > 20
    assert totals.uncertain == (totals.calls - 20 if fault.startswith("drop") else 0)


def test_a_fault_that_stays_is_given_up_after_the_attempts_allowed(server: Loopback) -> None:
    model = connect(server)
    [fine] = complete(model, request_of("another paper"))
    server.set_faults("500:1")
    [failure] = complete(model, request_of("paper"))
    assert isinstance(fine, Reply) and isinstance(failure, CallFailed)
    assert "attempt 6" in str(failure)
    assert server.stats()["attempts"] == 1 + 6


def test_no_attempt_begins_after_the_time_allowed(server: Loopback) -> None:
    server.set_faults("500:1")
    retry = RetryPolicy(attempts=1000, seconds=0.5, timeout=5, first_wait=0.05, longest_wait=0.1)
    [failure] = complete(connect(server, retry=retry), request_of("paper"))
    assert isinstance(failure, ModelUnusable) and "answers every call with an error: 500" in str(failure)
    assert 3 < server.stats()["attempts"] < 20


def test_a_slow_answer_is_cut_off_and_may_have_been_paid(server: Loopback) -> None:
    server.set_faults("slow:1,slow-seconds=2")
    model = connect(server, retry=RetryPolicy(attempts=1, timeout=0.2))
    request = request_of("paper")
    [failure] = complete(model, request)
    assert isinstance(failure, CallFailed) and failure.kind == "timeout"
    assert model.metering.budget.spent == model.bound(request)
    assert model.metering.ledger.totals()["review"].uncertain == 1


def test_nobody_listening_costs_nothing() -> None:
    session = Session(Metering(None, Budget(None), Ledger()), cached=False, retry=QUICK)
    model = session.connect(ModelName("openai", "m", "http://127.0.0.1:9/v1"), price=PRICE)
    [failure] = complete(model, request_of("paper"))
    assert isinstance(failure, ModelUnusable) and "refused" in str(failure) and "127.0.0.1:9/v1" in str(failure)
    assert model.metering.budget.spent == 0


def test_concurrency_follows_the_rate_limit() -> None:
    with Loopback(latency=0.05, faults="max-in-flight=4,retry-after=0.2") as limited:
        model = connect(limited, concurrency=32, retry=RetryPolicy(60, 60, 5, 0.01, 0.05))
        replies = complete(model, *(request_of(f"paper {i} ") for i in range(100)))
        stats = limited.stats()
    assert all(isinstance(reply, Reply) for reply in replies)
    assert model.limiter.limit < 16
    assert stats["by_status"]["429"] < 200


@pytest.mark.parametrize("fault", ["", "drop:0.2,500:0.2"])
def test_the_budget_is_never_exceeded_with_32_calls_at_once(server: Loopback, fault: str) -> None:
    """What the server has billed at our price, dropped answers included, stays within the budget."""
    server.set_faults(fault)
    requests = [request_of(f"paper {i} ") for i in range(200)]
    bound = connect(server).bound(requests[0])
    assert bound is not None
    model = connect(server, budget=5 * bound, concurrency=32)
    replies = complete(model, *requests)
    reached = [reply for reply in replies if isinstance(reply, BudgetReached)]
    assert 0 < len(reached) < 200
    tokens = server.stats()["tokens"]
    billed = (tokens["uncached"] * PRICE.input + tokens["cached"] * 0.1 + tokens["output"] * PRICE.output) / 1e6
    assert billed <= model.metering.budget.spent + 1e-9 <= 5 * bound + 2e-9
    assert model.metering.budget.spent + bound > 5 * bound


def test_a_budget_needs_a_price() -> None:
    session = Session(Metering(None, Budget(1.0), Ledger()), cached=False)
    with pytest.raises(InputError, match="price of openai/m@http://127.0.0.1:9/v1 is unknown; give it with"):
        session.connect(ModelName("openai", "m", "http://127.0.0.1:9/v1"))


def test_an_unknown_price_is_unknown_and_not_zero(server: Loopback) -> None:
    session = Session(Metering(None, Budget(None), Ledger()), cached=False, retry=QUICK)
    model = session.connect(ModelName("openai", "m", server.openai_url))
    [reply] = complete(model, request_of("paper"))
    assert isinstance(reply, Reply) and reply.usd is None
    assert model.metering.ledger.all().usd is None


@pytest.mark.parametrize("address", ["http://ann:hush@host/v1", "https://hush@host", "http://ann:hush@host:99999/v1"])
def test_a_password_in_an_address_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(InputError, match=r"openai/m: the address has a user name or a password") as caught:
        ModelName.parse(f"openai/m@{address}")
    assert "hush" not in str(caught.value)


def test_a_key_given_in_the_place_of_its_variable_is_not_repeated() -> None:
    with pytest.raises(ModelUnusable, match="name of an environment variable") as caught:
        key_for(ModelName.parse("openai/m@http://host/v1"), "sk-hush-hush")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["gpt-4o", "openai/", "mistral/x", "openai/m@ftp://x", "openai", "openai/m@http://[::1", "openai/m@http://h:99999",
     "openai/m@http://:80/v1"],
)  # fmt: skip
def test_a_wrong_model_name_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="names no model"):
        ModelName.parse(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("openai/gpt-4o", ("openai", "gpt-4o", None)),
        (
            "openai/meta/llama-3:70b@http://localhost:8000/v1",
            ("openai", "meta/llama-3:70b", "http://localhost:8000/v1"),
        ),
        ("anthropic/claude@https://proxy.example", ("anthropic", "claude", "https://proxy.example")),
    ],
)
def test_any_model_name_is_taken(text: str, parts: tuple[str, str, str | None]) -> None:
    name = ModelName.parse(text)
    assert (name.provider, name.model, name.base_url) == parts
    assert str(name) == text
