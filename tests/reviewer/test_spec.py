"""From SPECs to reviewers."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from peerassay.data.errors import InputError
from peerassay.data.records import Paper
from peerassay.llm.session import Session
from peerassay.reviewer.floors import DEFAULT_BASE_RATE, make_floor
from peerassay.reviewer.forms.form import FOLDER as FORMS
from peerassay.reviewer.panel.panel import PanelReviewer
from peerassay.reviewer.protocol import Traits
from peerassay.reviewer.spec import known_specs, load_reviewer

PAPER = Paper(id="a", text="three little words")
KINDS = ("always-reject", "always-accept", "random", "base-rate", "length", "header", "surface")


@pytest.fixture
def scores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scores.csv").write_text("id,score\na,5\n")
    return tmp_path / "scores.csv"


@pytest.mark.parametrize("kind", KINDS)
def test_floors(kind: str) -> None:
    reviewer = load_reviewer(f"floor:{kind}")
    assert reviewer.name == f"floor:{kind}"
    assert reviewer.fingerprint == make_floor(kind).fingerprint


def test_the_base_rate_is_the_dataset_s_unless_the_spec_has_its_own() -> None:
    def rate(spec: str, base_rate: float | None = None) -> float | None:
        return asyncio.run(load_reviewer(spec, base_rate=base_rate).review(PAPER)).overall

    assert rate("floor:base-rate") == DEFAULT_BASE_RATE
    assert rate("floor:base-rate", 0.4) == 0.4
    assert rate("floor:base-rate?rate=0.25", 0.4) == 0.25
    assert load_reviewer("floor:random?seed=3").fingerprint == make_floor("random", seed=3).fingerprint


def test_the_constant_gives_its_value_and_has_to_have_one() -> None:
    reviewer = load_reviewer("floor:constant?value=5.5&scale=1-10")
    review = asyncio.run(reviewer.review(PAPER))
    assert (reviewer.name, review.overall, review.decision, review.p_accept) == ("floor:constant", 5.5, None, None)
    assert reviewer.traits.scale == (1, 10)
    assert reviewer.fingerprint != load_reviewer("floor:constant?value=5").fingerprint
    with pytest.raises(InputError, match=r"floor:constant\?value=5.5"):
        load_reviewer("floor:constant")
    with pytest.raises(InputError, match="floor:constant: value is 'x', not a number"):
        load_reviewer("floor:constant?value=x")


def test_name_threshold_and_scale(scores: Path) -> None:
    reviewer = load_reviewer(f"replay:{scores}?name=mine%20own&threshold=5.5&scale=1-10")
    assert reviewer.name == "mine own"
    assert reviewer.traits == Traits(kind="replay", accept_at=5.5, scale=(1, 10), text="unknown")
    plain = load_reviewer("replay:scores.csv")
    assert plain.name == "replay:scores"
    assert plain.fingerprint == reviewer.fingerprint


def test_python_and_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "spec_example.py").write_text("def score(paper):\n    return 8\n")
    function = load_reviewer("python:spec_example:score?name=eight&threshold=6")
    assert (function.name, function.traits.accept_at) == ("eight", 6)
    assert asyncio.run(function.review(PAPER)).overall == 8
    program = load_reviewer(f"command:{sys.executable} -c 'print(7)'")
    assert asyncio.run(program.review(PAPER)).overall == 7


def test_a_command_keeps_its_question_marks_and_toml_arguments() -> None:
    assert load_reviewer("command:sh -c 'echo 1' what?name=x").name == "command:sh -c 'echo 1' what?name=x"
    assert load_reviewer("command:sh -c 'echo 1' settings.toml").name == "command:sh -c 'echo 1' settings.toml"


def test_toml(scores: Path) -> None:
    file = scores.with_name("mine.toml")
    file.write_text('reviewer = "replay:scores.csv"\nname = "A & B = 100%"\nthreshold = 5\nscale = "1-10"\n')
    reviewer = load_reviewer(str(file))
    assert reviewer.name == "A & B = 100%"
    assert (reviewer.traits.accept_at, reviewer.traits.scale) == (5, (1, 10))
    file.write_text('reviewer = "floor:base-rate?seed=2"\nrate = 0.25\n')
    expected = make_floor("base-rate", rate=0.25, seed=2).fingerprint
    assert load_reviewer("mine.toml", base_rate=0.9).fingerprint == expected
    file.write_text('reviewer = "floor:base-rate"\n')
    assert load_reviewer("mine.toml", base_rate=0.5).fingerprint == make_floor("base-rate", rate=0.5).fingerprint


def test_a_command_in_toml_takes_options(scores: Path) -> None:
    file = scores.with_name("mine.toml")
    file.write_text('reviewer = "command:sh -c \'echo 4\' x.toml"\nname = "four"\nthreshold = 4\n')
    reviewer = load_reviewer("mine.toml")
    assert (reviewer.name, reviewer.traits.accept_at) == ("four", 4)
    assert asyncio.run(reviewer.review(PAPER)).overall == 4


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("reviewer = ", r"mine\.toml: not TOML"),
        ('name = "x"', "needs a line such as reviewer ="),
        ("reviewer = 3", "needs a line such as reviewer ="),
        ('reviewer = "other.toml"', "needs a line such as reviewer ="),
        ('reviewer = "floor:length"\n[more]\na = 1', "options are plain values"),
        ('reviewer = "floor:length"\nname = ["a"]', "options are plain values"),
        ('reviewer = "floor:length"\ncolour = "red"', "unknown option 'colour'"),
    ],
)
def test_wrong_toml(scores: Path, content: str, message: str) -> None:
    scores.with_name("mine.toml").write_text(content)
    with pytest.raises(InputError, match=message):
        load_reviewer("mine.toml")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("gone.toml", r"gone\.toml: cannot be read"),
        ("floor:lenght", "unknown floor 'lenght'; did you mean length"),
        ("flor:random", "unknown reviewer 'flor:random'; did you mean floor:random"),
        ("replay:score.csv", r"unknown file 'score\.csv'; did you mean scores\.csv\? \(in replay:score\.csv\)"),
        ("replay:nowhere/x.csv", "there is no folder nowhere"),
        ("learned:iclr2202", "unknown learned reviewer"),
        ("python:spec", r"expected python:package\.module:attribute"),
        ("command:no-such-program-at-all", "no such program"),
        ("nobody", "unknown reviewer 'nobody'"),
        ("mine.csv", r"unknown reviewer 'mine.csv'; did you mean replay:mine\.csv\?"),
        ("out/mine.JSONL", r"did you mean replay:out/mine\.JSONL\?"),
        ("my.py", r"unknown reviewer 'my\.py'; did you mean python:my:FUNCTION\?"),
        ("lib/my.py:review", r"did you mean python:lib\.my:review\?"),
        ("", "unknown reviewer ''"),
        ("replay:scores.csv?nmae=x", r"unknown option 'nmae'; did you mean name or map\? \(replay:scores\.csv\)"),
        ("replay:scores.csv?rate=.3", "unknown option 'rate'; did you mean text or name"),
        ("replay:scores.csv?z=3", "unknown option 'z'; known: map, name, reviewer, scale, text, threshold"),
        ("floor:length?reviewer=x", "unknown option 'reviewer'; known: name, rate, scale, seed, threshold, value"),
        ("floor:base-rate?rate=1.5", "rate must lie between 0 and 1"),
        ("floor:base-rate?rate=nan", "rate is 'nan', not a number"),
        ("floor:random?seed=x", "seed is 'x', not a number"),
        ("floor:random?seed=1.5", "seed is '1.5', not a whole number"),
        ("floor:random?seed=1&name=a&seed=2", "seed stands twice"),
        ("openai/m@http://h/v1?ensemble=3&ensemble=5", "ensemble stands twice"),
        ("floor:random?rate=0.3", "rate changes nothing here; it is an option of floor:base-rate"),
        ("floor:length?seed=3", "it is an option of floor:random, floor:base-rate"),
        ("floor:random?seed=inf", "seed is 'inf', not a number"),
        ("floor:length?threshold=high", "floor:length: threshold is 'high', not a number"),
        ("floor:length?threshold=", "threshold is '', not a number"),
        ("floor:length?threshold=nan", "threshold is 'nan', not a number"),
        ("floor:length?scale=10", "scale must be LOW-HIGH"),
        ("floor:length?scale=10-1", "scale must be LOW-HIGH"),
        ("openai/m@http://h/v1?name=floor:length", "name 'floor:length' belongs to a reviewer of ours"),
        ("openai/m@http://h/v1?timeout=0", "timeout is 0 seconds"),
        ("openai/m@http://h/v1?form=gone.toml", r"^gone\.toml: cannot be read"),
    ],
)
@pytest.mark.usefixtures("scores")
def test_wrong_specs_are_told(spec: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_reviewer(spec)


def test_an_option_at_the_end_may_name_a_toml_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own.toml").write_text((FORMS / "iclr2022.toml").read_text().replace('"iclr2022"', '"own"'))
    spec = "openai/m@http://h/v1?form=own.toml"
    plain = load_reviewer(spec, session=Session(dry=True))
    assert isinstance(plain, PanelReviewer) and plain.form.name == "own"
    Path("mine.toml").write_text(f'reviewer = "{spec}"\n')
    assert load_reviewer("mine.toml", session=Session(dry=True)).fingerprint == plain.fingerprint


def test_an_option_does_not_change_the_module_s_floor() -> None:
    load_reviewer("floor:length?threshold=5&name=mine")
    assert load_reviewer("floor:length").traits.accept_at is None
    assert load_reviewer("floor:length").name == "floor:length"


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
ENDS = st.lists(st.decimals(-999, 999, places=2), min_size=2, max_size=2, unique=True).map(sorted)
NAMES = st.text(min_size=1, max_size=60)


@given(st.fixed_dictionaries({}, optional={"name": NAMES, "threshold": NUMBERS, "scale": ENDS}), st.randoms())
def test_options_come_back_as_they_were_written(options: dict[str, Any], order: random.Random) -> None:
    """In any order; a name that no reviewer may have is refused in one line."""
    written = options | ({"scale": "-".join(map(str, options["scale"]))} if "scale" in options else {})
    pairs = list(written.items())
    order.shuffle(pairs)
    try:
        reviewer = load_reviewer(f"floor:length?{urlencode(pairs)}")
    except InputError as error:
        assert "name" in options and "name" in str(error)
        return
    assert reviewer.name == options.get("name", "floor:length")
    assert reviewer.traits.accept_at == options.get("threshold")
    assert reviewer.traits.scale == (tuple(map(float, options["scale"])) if "scale" in options else None)
    assert reviewer.fingerprint == load_reviewer("floor:length").fingerprint


@given(st.text() | st.text(st.sampled_from("?&=:/@.%+ ab1")).map("floor:length".__add__))
def test_any_words_are_a_reviewer_or_a_refusal(spec: str) -> None:
    assume(not spec.startswith(("command:", "python:")))
    try:
        load_reviewer(spec, session=Session(dry=True))
    except InputError as error:
        assert "\n" not in str(error)


def test_known_specs_can_be_used() -> None:
    assert {f"floor:{kind}" for kind in KINDS} <= set(known_specs())
    assert "learned:iclr2022" in known_specs()
    for spec in known_specs():
        if spec.startswith("floor:"):
            load_reviewer(spec)
