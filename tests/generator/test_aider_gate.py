"""The way from Aider to its model: programs in its place that ask by real HTTP, and ask again and again."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest
from peerassay.generator.editors.aider import AiderEditor
from peerassay.generator.editors.aider_gate import Gate
from peerassay.llm.errors import CallFailed, ModelUnusable
from peerassay.llm.messages import Tokens
from peerassay.llm.model import Metering
from peerassay.llm.model_name import ModelName
from peerassay.llm.session import Session
from test_editors import CODE, PRICE, QUICK, asked, billed, edited, editor_of, filled, metering_of, untouched

from tests.loopback.running import Loopback

ASKS = """#!{python}
import json, os, sys, urllib.request
PATHS = {{"OPENAI": "/chat/completions", "ANTHROPIC": "/v1/messages"}}
provider = next(name for name in PATHS if f"{{name}}_API_BASE" in os.environ)
url, word = (os.environ[f"{{provider}}_API_{{what}}"] for what in ("BASE", "KEY"))
log = sys.argv[sys.argv.index("--analytics-log") + 1]
open(log, "w").close()
body = {{"model": "{model}", "max_tokens": 8192, "messages": [{{"role": "user", "content": "Words. " * {words}}}]}}
for _ in range({times}):
    headers = {{"Authorization": f"Bearer {{word}}", "Content-Type": "application/json"}}
    request = urllib.request.Request(url + PATHS[provider], json.dumps(body).encode(), headers)
    try:
        urllib.request.build_opener(urllib.request.ProxyHandler({{}})).open(request).read()
    except OSError as error:
        print(error.read().decode() if hasattr(error, "read") else error)
"""


def stand_in(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, times: int = 1, words: int = 2000, model: str = "m"
) -> None:
    """A program in Aider's place that asks so many times, whatever it is answered."""
    program = folder / "asks"
    program.write_text(ASKS.format(python=sys.executable, times=times, words=words, model=model))
    program.chmod(0o755)
    monkeypatch.setenv("PEERASSAY_AIDER", str(program))


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return filled(tmp_path / "workspace")


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_each_call_is_booked_at_what_it_took(
    server: Loopback, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, provider: str
) -> None:
    stand_in(tmp_path, monkeypatch, times=3)
    metering = metering_of(2.0)
    result = edited(editor_of(server, kind="aider", provider=provider, metering=metering), workspace)
    assert result.problems == ("Aider changed nothing",) and server.stats()["calls"] == 3
    assert result.tokens == Tokens.model_validate(server.stats()["tokens"]) and result.tokens.input > 0
    assert result.tokens.cached > 0 or provider == "anthropic", "what the provider had in its cache is cheaper"
    booked = metering.ledger.totals()["idea/change"]
    assert (booked.calls, booked.tokens, booked.usd) == (1, result.tokens, result.usd)
    assert result.usd == metering.budget.spent == pytest.approx(billed(server))


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_repeated_calls_without_an_answer_never_cost_more_than_was_reserved(
    server: Loopback, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, provider: str
) -> None:
    """The server charges for each, drops the connection, and is asked the same a hundred times."""
    stand_in(tmp_path, monkeypatch, times=100, words=4000)
    server.set_faults("drop:1")
    metering = metering_of(2.0)
    editor = editor_of(server, kind="aider", provider=provider, metering=metering)
    assert isinstance(editor, AiderEditor)
    reserved = editor.bound(asked(), [CODE, "LIMIT = 1\n"])
    with pytest.raises(CallFailed) as failed:
        edited(editor, workspace)
    assert failed.value.maybe_billed and untouched(workspace)
    booked = metering.ledger.all()
    assert 1 < server.stats()["attempts"] < 10
    assert reserved is not None and booked.usd is not None
    assert 0 < billed(server) <= booked.usd == metering.budget.spent <= reserved
    assert booked.uncertain == 1
    assert "reserved for this run of Aider is used up" in (workspace / "aider/001/output.txt").read_text()


@pytest.mark.parametrize(
    ("faults", "model", "raised", "said"),
    [
        ("429:1", "m", CallFailed, "rate limit|Rate limit"),
        ("refuse=your credit is used up", "m", CallFailed, "your credit is used up"),
        ("", "missing-model", ModelUnusable, "does not know the model 'missing-model'"),
    ],
)
def test_what_is_refused_costs_nothing_and_is_told(
    server: Loopback, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    faults: str, model: str, raised: type[Exception], said: str,
) -> None:  # fmt: skip
    stand_in(tmp_path, monkeypatch, times=3, model=model)
    server.set_faults(faults)
    metering = metering_of(2.0)
    with pytest.raises(raised, match=said):
        edited(editor_of(server, model, kind="aider", metering=metering), workspace)
    assert (metering.budget.spent, metering.ledger.all().failed, server.stats()["attempts"]) == (0.0, 1, 3)


def test_a_server_that_is_not_there_costs_nothing(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch)
    nowhere = Loopback()
    nowhere.url = "http://127.0.0.1:9"
    metering = metering_of(2.0)
    with pytest.raises(CallFailed, match="no connection to http://127.0.0.1:9") as failed:
        edited(editor_of(nowhere, kind="aider", metering=metering), workspace)
    assert failed.value.unreached and metering.budget.spent == 0.0


def test_a_call_under_way_when_the_time_is_over_counts_at_the_most_it_can_cost(
    server: Loopback, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch)
    server.set_faults("hang:1")
    metering = metering_of(2.0)
    editor = editor_of(server, kind="aider", metering=metering)
    editor.seconds = 1.5  # type: ignore[attr-defined]
    result = edited(editor, workspace)
    assert result.problems == ("Aider was ended after 1.5 s",)
    assert metering.ledger.all().uncertain == 1 and metering.budget.spent == result.usd
    assert result.usd == pytest.approx((1.25 * (14_000 + 100 + 1000) + 4 * 8192) / 1e6)


def posted(url: str, head: str, body: bytes) -> bytes:
    """What comes back when these bytes are sent."""

    async def run() -> bytes:
        host, port = url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(head.encode() + body)
        writer.write_eof()
        answer = await reader.read()
        writer.close()
        return answer

    return asyncio.run(run())


def test_others_on_the_machine_are_not_let_through(server: Loopback) -> None:
    name = ModelName("openai", "m", server.openai_url)
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "x"}]}).encode()
    model = Session(Metering(None, metering_of().budget, metering_of().ledger), retry=QUICK).connect(name, price=PRICE)

    async def run() -> tuple[list[bytes], Gate]:
        async with Gate(model, 1.0, 100) as gate:
            post = f"POST /chat/completions HTTP/1.1\r\nx-api-key: {gate.word}\r\nContent-Length: {len(body)}\r\n\r\n"
            sent = [
                (post.replace(gate.word, "another"), body),
                (f"GET /models HTTP/1.1\r\nAuthorization: Bearer {gate.word}\r\n\r\n", b""),
                (post, b"-" * len(body)),
                ("nothing", b""),
                (post, body),
            ]
            answers = [await asyncio.to_thread(posted, gate.url, head, content) for head, content in sent]
        await model.aclose()
        return answers, gate

    (other, got, broken, nothing, let_through), gate = asyncio.run(run())
    assert other.startswith(b"HTTP/1.1 403") and got.startswith(b"HTTP/1.1 403")
    assert broken == nothing == b""
    assert let_through.startswith(b"HTTP/1.1 200") and gate.answered == server.stats()["attempts"] == 1
