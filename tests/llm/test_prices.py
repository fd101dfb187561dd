"""Prices: which model has which, what tokens cost, and files of the user's own."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from peerassay.data.errors import InputError
from peerassay.llm.messages import Tokens
from peerassay.llm.prices import BUNDLED, Price, Prices

COUNTS = st.integers(0, 2_000_000)
PRICES = Prices.load(environ={})
OPENAI, DEEPSEEK = "https://api.openai.com/v1", "https://api.deepseek.com"

OWN = """
[[endpoint]]
host = "Localhost:8000"
source = "own machine"
date = 2026-11-01
[endpoint.models]
small = {{ input = 0, output = 0 }}
{more}
"""


def price(provider: str, model: str, base_url: str | None = None, prices: Prices = PRICES) -> Price:
    found = prices.find(provider, model, base_url)
    assert found is not None
    return found


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("provider", "model", "dollars"),
    [
        ("openai", "gpt-4o", (2.5, 1.25, None, 10)),
        ("openai", "gpt-4o-2024-08-06", (2.5, 1.25, None, 10)),
        ("openai", "gpt-4o-2024-05-13", (5, None, None, 15)),
        ("openai", "gpt-4o-mini-2024-07-18", (0.15, 0.075, None, 0.6)),
        ("anthropic", "claude-sonnet-4-20250514", (3, 0.3, 3.75, 15)),
        ("anthropic", "claude-opus-4-5-20251101", (5, 0.5, 6.25, 25)),
        ("anthropic", "claude-3-7-sonnet-latest", (3, 0.3, 3.75, 15)),
    ],
)
def test_models_and_their_snapshots(provider: str, model: str, dollars: tuple[float | None, ...]) -> None:
    found = price(provider, model)
    assert (found.input, found.cached, found.written, found.output) == dollars
    assert found.batch == 0.5


@pytest.mark.parametrize(
    ("provider", "model", "base_url"),
    [
        ("openai", "gpt-4o-audio-preview", None),
        ("openai", "gpt-4o-2024", None),
        ("openai", "gpt-4o-2024-08-06-ft", None),
        ("openai", "gpt-4", None),
        ("openai", "claude-sonnet-4", None),
        ("openai", "gpt-4o", "http://localhost:8000/v1"),
        ("openai", "gpt-4o", "http://127.0.0.1/v1"),
        ("openai", "gpt-4o", "http://[::1]:8000/v1"),
        ("openai", "gpt-4o", "https://openrouter.ai/api/v1"),
        ("openai", "gpt-4o", "https://api.openai.com.example.org/v1"),
        ("openai", "gpt-4o", "https://api.openai.com@example.org/v1"),
        ("openai", "gpt-4o", "http://[bad/v1"),
        ("somebody", "gpt-4o", None),
    ],
)
def test_no_price_is_guessed(provider: str, model: str, base_url: str | None) -> None:
    assert PRICES.find(provider, model, base_url) is None


@pytest.mark.parametrize("base_url", [None, "", OPENAI, "https://API.OpenAI.com/v1/", "https://api.openai.com:443/v1"])
def test_the_vendors_own_host_in_any_spelling(base_url: str | None) -> None:
    assert price("openai", "gpt-4o", base_url).output == 10


def test_another_vendors_host_has_its_own_prices() -> None:
    assert price("openai", "deepseek-flash", f"{DEEPSEEK}/v1") == price(
        "anthropic", "deepseek-flash", f"{DEEPSEEK}/anthropic"
    )
    assert price("openai", "deepseek-flash", DEEPSEEK).batch == 1
    assert PRICES.find("openai", "deepseek-flash", None) is None


def test_the_bundled_prices_are_plausible() -> None:
    for endpoint in tomllib.loads(BUNDLED.read_text())["endpoint"]:
        assert endpoint["source"].startswith("https://")
        for model in endpoint["models"]:
            for rates in (found := price("", model, f"https://{endpoint['host']}/v1"), found.long):
                if rates is not None:
                    assert 0 < rates.input < rates.output <= 10 * rates.input
                    assert rates.cached is None or 0 < rates.cached <= rates.input / 2
                    assert rates.written is None or rates.written == pytest.approx(1.25 * rates.input)
            if found.long is not None:
                assert found.long.input > found.input
                assert found.long.output > found.output
                assert (found.long.written is None) == (found.written is None)


def test_the_four_counts_have_their_prices() -> None:
    tokens = Tokens(uncached=1_000_000, cached=2_000_000, written=4_000_000, output=100_000)
    sonnet = price("anthropic", "claude-sonnet-4-5")
    assert sonnet.cost(tokens) == pytest.approx(3 + 2 * 0.3 + 4 * 3.75 + 1.5)
    assert sonnet.cost(tokens, batch=True) == pytest.approx(sonnet.cost(tokens) / 2)
    assert price("openai", "gpt-4o-2024-05-13").cost(tokens) == pytest.approx(7 * 5 + 1.5)


def test_a_long_input_has_the_rates_of_its_step_throughout() -> None:
    haiku = price("anthropic", "claude-haiku-5-5")
    short = Tokens(uncached=90_000, cached=10_000, output=1000)
    long = Tokens(uncached=90_000, cached=10_001, output=1000)
    assert haiku.cost(short) == pytest.approx(0.009 + 0.0001 + 0.0005)
    assert haiku.cost(long) == pytest.approx(5 * haiku.cost(short), rel=1e-4)


@given(COUNTS, COUNTS, COUNTS, COUNTS, st.booleans(), st.integers(0, 1000), st.integers(0, 1000))
def test_no_call_costs_more_than_its_bound(
    uncached: int, cached: int, written: int, output: int, batch: bool, slack_in: int, slack_out: int
) -> None:
    tokens = Tokens(uncached=uncached, cached=cached, written=written, output=output)
    models = [("openai", "gpt-4o"), ("openai", "gpt-6-luna"), ("anthropic", "claude-haiku-5-5")]
    for provider, model in models:
        found = price(provider, model)
        bound = found.upper_bound(tokens.input + slack_in, output + slack_out, batch=batch)
        assert found.cost(tokens, batch=batch) <= bound * (1 + 1e-12)


def test_the_bound_is_not_far_off() -> None:
    assert price("openai", "gpt-4o").upper_bound(1_000_000, 1_000_000) == pytest.approx(12.5)
    assert price("anthropic", "claude-haiku-4-5").upper_bound(1_000_000, 0, batch=True) == pytest.approx(1.25 / 2)


def test_own_files_add_and_override_in_their_order(tmp_path: Path) -> None:
    more = """
    [[endpoint]]
    host = "api.openai.com"
    source = "our contract"
    date = "2026-11-02"
    batch = 0.8
    models = { gpt-4o = { input = 1, output = 2 }, gpt-5 = { input = 1, output = 2, batch = 0.9 } }
    """
    named = write(tmp_path / "named.toml", OWN.format(more=more))
    extra = write(tmp_path / "extra.toml", OWN.format(more="large = { input = 1, output = 3 }").replace("8000", "9000"))
    prices = Prices.load(extra, environ={"PEERASSAY_PRICES": str(named)})
    assert price("openai", "small", "http://localhost:8000/v1", prices).cost(Tokens(uncached=9, output=9)) == 0
    assert price("openai", "large", "http://localhost:9000", prices).date == "2026-11-01"
    assert prices.find("openai", "large", "http://localhost:8000") is None
    own = price("openai", "gpt-4o-2024-08-06", None, prices)
    assert (own.output, own.batch, own.source, own.date) == (2, 0.8, "our contract", "2026-11-02")
    assert price("openai", "gpt-5", OPENAI, prices).batch == 0.9
    assert price("openai", "o3", OPENAI, prices).output == 8


def test_a_host_without_a_port_stands_for_all_ports(tmp_path: Path) -> None:
    own = write(tmp_path / "own.toml", OWN.format(more="").replace(":8000", ""))
    assert price("openai", "small", "http://localhost:1234/v1", Prices.load(own)).output == 0


def test_the_environment_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEERASSAY_PRICES", str(write(tmp_path / "own.toml", OWN.format(more=""))))
    assert Prices.load().find("openai", "small", "http://localhost:8000") is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            OWN.format(more="b = { input = -1, output = 1 }"),
            r"endpoint\]\] 1 \(Localhost:8000\): field models.b.input: ",
        ),
        (OWN.format(more="b = { input = nan, output = 1 }"), "field models.b.input: .*finite"),
        (OWN.format(more="b = { input = 1, output = inf }"), "field models.b.output: .*finite"),
        (OWN.format(more="b = { input = 1 }"), "field models.b.output: Field required"),
        (OWN.format(more="b = { input = 1, output = 1, cache = 1 }"), "field models.b.cache: Extra"),
        (OWN.format(more="b = 3"), "field models.b: "),
        (OWN.format(more="").replace("2026-11-01", '"soon"'), "field date: "),
        (OWN.format(more="").replace("date", "day"), "field date: Field required"),
        ("endpoint = [3]", r"1 \(no table\)"),
        ("[[endpoint]]\nmodels = {}", r"1 \(no host\): field host"),
        ("[prices]\ngpt-4o = 3", "nothing else; found 'prices'"),
        ("", "nothing else; found none"),
        ("[[endpoint", "not TOML"),
    ],
)
def test_a_wrong_file_gives_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = write(tmp_path / "mine.toml", text)
    with pytest.raises(InputError, match=said) as caught:
        Prices.load(path, environ={})
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none.toml: cannot be read"):
        Prices.load(environ={"PEERASSAY_PRICES": str(tmp_path / "none.toml")})
