"""The bundled configurations: each loads, and costs what it says."""

from __future__ import annotations

import pytest
from peerassay.data.errors import InputError
from peerassay.data.records import Paper
from peerassay.llm.session import Session
from peerassay.reviewer.panel.panel import load_panel
from peerassay.reviewer.panel.settings import config_names, make_settings, read_config

WORDS = "The method is compared with two baselines over five seeds, and the spread is given. "


@pytest.mark.parametrize("name", config_names())
def test_a_configuration_takes_the_calls_and_tokens_that_it_says(name: str) -> None:
    """For a paper of `paper_tokens`; the tokens to within a twentieth, since they are estimates."""
    config = read_config(name)
    expected = config["expected"]
    paper = Paper(id="p", text=(WORDS * 3000)[: int(expected["paper_tokens"] * 3.6)])
    found = load_panel("openai/m", {"config": name}, Session(dry=True)).expect_review(paper)
    assert found.calls == expected["calls"] == make_settings({"config": name}, "").most_calls
    assert found.tokens.uncached + found.tokens.written == pytest.approx(expected["input"], rel=0.05)
    assert found.tokens.cached == pytest.approx(expected["cached_input"], rel=0.05)
    assert found.tokens.output == pytest.approx(expected["output"], rel=0.05)


def test_what_is_written_to_the_providers_cache_is_expected_at_its_own_price() -> None:
    """A prefix that other calls read is written once; a single call writes nothing."""
    paper = Paper(id="p", text=WORDS * 400)
    dear = {"price_in": "1", "price_out": "1", "price_cached": "0", "price_written": "2"}
    panel = load_panel("anthropic/m", {"ensemble": "3", **dear}, Session(dry=True))
    three = panel.expect_review(paper)
    one = load_panel("anthropic/m", dear, Session(dry=True)).expect_review(paper)
    assert 2 * three.tokens.written == three.tokens.cached > 0
    assert one.tokens.written == one.tokens.cached == 0
    assert panel.model.price is not None and three.usd == panel.model.price.cost(three.tokens)


def test_the_ai_scientists_setting_is_the_published_one() -> None:
    settings = make_settings({"config": "ai-scientist"}, "")
    published = {"form": "neurips", "shots": 1, "ensemble": 5, "temperature": 0.75, "meta": True, "reflections": 4}
    assert settings.model_dump(include=set(published)) == published


def test_an_option_goes_before_the_configuration() -> None:
    settings = make_settings({"config": "ai-scientist", "ensemble": "3", "shots": "0"}, "")
    assert (settings.ensemble, settings.shots, settings.reflections) == (3, 0, 4)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"config": "ai-scientists"}, "unknown configuration 'ai-scientists'; did you mean ai-scientist"),
        ({"ensembel": "5"}, "unknown option 'ensembel'; did you mean ensemble"),
        ({"ensemble": "0"}, "ensemble: Input should be greater than or equal to 1"),
        ({"ensemble": "five"}, "ensemble: Input should be a valid integer"),
        ({"meta": "true"}, "meta needs ensemble=2"),
        ({"score": "meta"}, "score=meta needs meta=true"),
        ({"temperature": "nan"}, "temperature"),
        ({"stop": "never"}, "stop: Input should be 'off', 'certain' or 'likely'"),
        ({"threshold": "inf"}, "threshold"),
    ],
)
def test_a_wrong_option_is_named(options: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        make_settings(options, "openai/m")
