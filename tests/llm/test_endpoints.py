"""Endpoints that are slow, dead, at another address, or refuse a way of asking: through the real SDKs."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from peerassay.llm.error_text import error_text
from peerassay.llm.errors import CallFailed, ModelUnusable
from peerassay.llm.messages import ContentPart, Message, Reply
from peerassay.llm.model import RetryPolicy
from peerassay.llm.provider import hint
from peerassay.llm.refusals import REFUSALS
from test_model import complete, connect, request_of

from tests.loopback.faults import SHAPES
from tests.loopback.running import Loopback

NOTHING = RetryPolicy(attempts=8, seconds=60, timeout=0.3, first_wait=0.01, longest_wait=0.05)


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


def papers(count: int) -> list[Any]:
    return [request_of(f"paper {number} ") for number in range(count)]


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_server_that_answers_nothing_ends_all_calls_with_one_reason(server: Loopback, provider: str) -> None:
    server.set_faults("hang:1")
    model = connect(server, provider=provider, retry=NOTHING)
    outcomes = complete(model, *papers(16))
    assert {type(outcome) for outcome in outcomes} == {ModelUnusable}
    reasons = set(map(str, outcomes))
    assert len(reasons) == 1
    assert server.url in min(reasons) and "?timeout=" in min(reasons)
    assert server.stats()["attempts"] <= 2 * 16


def test_time_outs_halve_the_concurrency_and_lengthen_the_limit_once(server: Loopback) -> None:
    """The answers take longer than the limit, and less than twice as long."""
    server.set_faults("slow:1,slow-seconds=0.75")
    told: list[str] = []
    model = connect(server, retry=RetryPolicy(attempts=8, timeout=0.6, first_wait=0.01, longest_wait=0.05))
    model.health.note = told.append
    outcomes = complete(model, *papers(8))
    assert [type(outcome) for outcome in outcomes] == [Reply] * 8
    assert model.timeout == 1.2
    assert model.limiter.limit < 8
    assert len(told) == 1 and "within 0.6 s" in told[0] and "4 calls at once instead of 8" in told[0]


def test_a_time_out_among_answers_is_tried_again(server: Loopback) -> None:
    server.set_faults("hang:0.3,seed=3")
    outcomes = complete(connect(server, retry=NOTHING), *papers(12))
    assert [type(outcome) for outcome in outcomes] == [Reply] * 12


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def dead(url: str) -> str:
    """What is said of an endpoint that cannot be reached."""
    with Loopback() as other:
        model = connect(other)
    model.provider.base_url = url
    [failure] = complete(model, request_of("paper"))
    assert isinstance(failure, ModelUnusable)
    assert model.metering.ledger.totals()["review"].calls == 2
    return str(failure)


def test_a_port_where_nobody_listens() -> None:
    address = f"http://127.0.0.1:{free_port()}/v1"
    assert address in dead(address) and "refused" in dead(address)


def test_a_host_that_is_nowhere() -> None:
    assert "http://no-such-host.invalid/v1" in dead("http://no-such-host.invalid/v1")


def test_tls_spoken_to_a_server_without(server: Loopback) -> None:
    address = server.openai_url.replace("http:", "https:")
    assert address in dead(address)


def test_a_server_that_breaks_every_connection(server: Loopback) -> None:
    server.set_faults("drop-early:1")
    outcomes = complete(connect(server), *papers(16))
    assert {type(outcome) for outcome in outcomes} == {ModelUnusable}
    assert server.stats()["attempts"] <= 4 * 16


def test_a_server_that_dies_stops_the_calls_that_follow(server: Loopback) -> None:
    model = connect(server)
    [fine] = complete(model, request_of("first"))
    server.set_faults("drop-early:1")
    outcomes = complete(model, *papers(16))
    assert isinstance(fine, Reply)
    assert ModelUnusable in {type(outcome) for outcome in outcomes}
    assert server.stats()["attempts"] <= 1 + 6 * 16


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("html", "a web page (Welcome)"),
        ("no-body", "nothing"),
        ("other-json", "other JSON (status, version)"),
        ("error-object", "an error (Unexpected endpoint or method"),
    ],
)
@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_status_200_without_a_completion_is_a_wrong_address(
    server: Loopback, provider: str, fault: str, words: str
) -> None:
    server.set_faults(f"{fault}:1")
    outcomes = complete(connect(server, provider=provider), *papers(16))
    assert {type(outcome) for outcome in outcomes} == {ModelUnusable}
    said = str(outcomes[0])
    assert words in said and server.url in said and "not a chat completion" in said and "\n" not in said
    assert server.stats()["attempts"] <= 8


@pytest.mark.parametrize("fault", ["html", "no-body", "error-object", "late-error"])
def test_a_strange_answer_among_good_ones_is_tried_again(server: Loopback, fault: str) -> None:
    model = connect(server)
    complete(model, request_of("first"))
    server.set_faults(f"{fault}:0.3")
    assert [type(outcome) for outcome in complete(model, *papers(12))] == [Reply] * 12
    assert server.stats()["faults"][fault] > 0


def test_an_error_in_an_answer_of_status_200_counts_as_what_it_is(server: Loopback) -> None:
    server.set_faults("late-error:1")
    [failure] = complete(connect(server), request_of("paper"))
    assert "502 Upstream is overloaded" in str(failure)
    assert server.stats()["attempts"] == 6


def test_the_version_missing_in_an_address_is_hinted_at(server: Loopback) -> None:
    model = connect(server)
    model.provider.base_url = server.url
    [failure] = complete(model, request_of("paper"))
    assert isinstance(failure, ModelUnusable) and "is /v1 missing" in str(failure)


@pytest.mark.parametrize(
    ("address", "kind", "advice"),
    [
        ("http://127.0.0.1:11434", "openai", "is /v1 missing at its end?"),
        ("http://127.0.0.1:11434/v1", "openai", "check the address"),
        ("https://x.example/v1/chat/completions", "openai", "leave /chat/completions out"),
        ("https://generativelanguage.googleapis.com/v1beta/openai", "openai", "check the address"),
        ("https://api.anthropic.com/v1", "anthropic", "leave /v1 out"),
        ("https://api.anthropic.com", "anthropic", "check the address"),
    ],
)
def test_hints(address: str, kind: str, advice: str) -> None:
    assert advice in hint(address, kind)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("provider", "name", "learnt"),
    [
        ("openai", "no-temperature-no-schema", {"no temperature", "no schema"}),
        ("openai", "no-system-no-grammar", {"no system", "no schema"}),
        ("openai", "max-tokens-only", {"max_tokens"}),
        ("anthropic", "no-temperature-no-system-no-schema", {"no temperature", "no system", "no schema"}),
        ("anthropic", "no-cache-control", {"no cache marks"}),
    ],
)
def test_refusals_in_any_shape_lead_to_a_simpler_way_of_asking(
    server: Loopback, shape: str, provider: str, name: str, learnt: set[str]
) -> None:
    server.set_faults(f"shape={shape}")
    request = request_of("paper", temperature=0.75, system="You are a careful reviewer.")
    model = connect(server, name, provider=provider, cached=True)
    [reply] = complete(model, request)
    assert isinstance(reply, Reply), reply
    assert model.quirks == learnt
    assert server.stats()["attempts"] == len(learnt) + 1
    [later] = complete(connect(server, name, provider=provider, cached=True), request_of("other", temperature=0.75))
    assert isinstance(later, Reply)
    assert server.stats()["attempts"] == len(learnt) + 2


def test_what_is_left_out_is_told_in_every_run(server: Loopback) -> None:
    told: list[list[str]] = []
    for _ in range(2):
        model = connect(server, "no-temperature", cached=True)
        told.append([])
        model.health.note = told[-1].append
        complete(model, *(request_of(f"{len(told)} {number}", temperature=0.5) for number in range(2)))
    assert [len(lines) for lines in told] == [1, 1]
    assert "does not support 0.5" in told[0][0] and "as the endpoint wanted it earlier" in told[1][0]


def test_a_system_text_that_is_refused_is_said_by_the_user() -> None:
    first = Message(role="user", parts=(ContentPart(text="The paper.", shared=True),))
    request = request_of("x").model_copy(update={"system": "Be strict.", "messages": (first,)})
    assert request.opened(by_user=False) == ("Be strict.", (first,))
    system, messages = request.opened(by_user=True)
    assert system == "" and messages[0].text == "Be strict.\n\nThe paper."
    assert messages[0].parts[1] == first.parts[0]


def test_an_endpoint_that_refuses_everything_is_asked_at_most_once_each_way(server: Loopback) -> None:
    words = "system role, temperature, response_format, reasoning, max_completion_tokens, tool_choice not supported"
    server.set_faults({"refuse": words})
    request = request_of("paper", temperature=0.5, effort="low", system="x")
    [failure] = complete(connect(server), request)
    assert isinstance(failure, CallFailed) and words in str(failure)
    assert server.stats()["attempts"] <= len(REFUSALS) + 1


BODIES: list[tuple[Any, str]] = [
    ({"message": "Incorrect API key", "type": "x", "param": None, "code": "c"}, "Incorrect API key"),
    ({"error": {"message": "Unsupported parameter", "param": "temperature"}}, "temperature: Unsupported parameter"),
    ({"type": "error", "error": {"type": "not_found_error", "message": "model: x"}, "request_id": "r"}, "model: x"),
    ({"detail": "Not Found"}, "Not Found"),
    (
        {"detail": [{"loc": ["body", "messages", 0], "msg": "field required"}, {"loc": ["body", "n"], "msg": "bad"}]},
        "messages.0: field required; n: bad",
    ),
    ({"error": "model 'x' not found"}, "model 'x' not found"),
    ({"object": "error", "message": "too long", "type": "BadRequestError", "param": None, "code": 400}, "too long"),
    ([{"error": {"code": 400, "message": "Not enabled", "status": "INVALID_ARGUMENT"}}], "Not enabled"),
    ({"Message": "denied"}, "denied"),
    ({"__type": "ThrottlingException"}, "ThrottlingException"),
    ({"error": ["one", "two"]}, "one; two"),
    ({"object": "error", "message": {"detail": [{"loc": ["body", "x"], "msg": "missing"}]}}, "x: missing"),
    ({"success": False, "errors": [{"code": 7003, "message": "No route"}]}, "No route"),
    ({"status": 404, "error": "Not Found", "message": "No static resource"}, "Not Found: No static resource"),
    ({"error": "invalid_client", "error_description": "AADSTS7000215"}, "invalid_client: AADSTS7000215"),
    ({"base_resp": {"status_code": 1004, "status_msg": "login fail"}}, "login fail"),
    ({"message": "Provider error", "metadata": {"raw": '{"error": {"message": "deep"}}'}}, "Provider error: deep"),
    ("litellm.BadRequestError: X - {\"error\": {\"message\": \"inner\"}}", "litellm.BadRequestError: X inner"),
    ("Error code: 400 - {'error': {'message': \"it's wrong\"}}", "Error code: 400 it's wrong"),
    (json.dumps(json.dumps({"error": {"message": "twice"}})), "twice"),
    ("404 page not found\n", "404 page not found"),
    ("<!DOCTYPE html><html><head><title>502 &amp; more</title></head></html>", "a web page (502 & more)"),
    ({"error": {"message": "line one\nline two"}}, "line one line two"),
    (b'{"error": "bytes"}', "bytes"),
    ("", ""),
    ({}, ""),
    (None, ""),
]  # fmt: skip


@pytest.mark.parametrize(("body", "said"), BODIES)
def test_bodies_of_errors_are_read_to_their_message(body: Any, said: str) -> None:
    assert error_text(body) == said


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["error", "message", "loc"]), inner),
)


@given(JSON | st.text())
def test_any_body_gives_one_line(body: Any) -> None:
    said = error_text(body)
    assert said == " ".join(said.split())
    assert error_text(json.dumps(body)) is not None
