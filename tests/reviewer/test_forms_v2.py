"""What holds for every form of version 2, in the words of each provider's request; version 1 stays as it was."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from peerassay.data.errors import InputError
from peerassay.data.papers.tokens import estimate_tokens
from peerassay.data.records import Paper
from peerassay.llm.anthropic_provider import AnthropicProvider
from peerassay.llm.messages import ContentPart, Message
from peerassay.llm.openai_provider import OpenAIProvider
from peerassay.llm.session import Session
from peerassay.llm.tokens import sent_text
from peerassay.reviewer.forms import form as form_module
from peerassay.reviewer.forms.form import Form, answer_types, form_names, load_form
from peerassay.reviewer.forms.numbers import read_score
from peerassay.reviewer.panel.aggregation import mean_review
from peerassay.reviewer.panel.panel import load_panel
from peerassay.reviewer.prompts.builder import Prompts

V2 = [name for name in form_names() if name.endswith("-v2")]
PAPER = Paper(id="p1", text="# Counting\n\nWe count to twenty.\n")
WAYS: dict[str, tuple[type[Any], frozenset[str]]] = {
    "OpenAI, schema": (OpenAIProvider, frozenset()),
    "OpenAI, Responses": (OpenAIProvider, frozenset({"responses"})),
    "OpenAI, JSON in text": (OpenAIProvider, frozenset({"no schema"})),
    "Anthropic, schema": (AnthropicProvider, frozenset()),
    "Anthropic, tool": (AnthropicProvider, frozenset({"no schema"})),
    "Anthropic, JSON in text": (AnthropicProvider, frozenset({"no schema", "no tool"})),
}
SAME_CRITERION = ({"quality", "soundness"}, {"clarity", "presentation"}, {"contribution", "significance"})
FIRST = {  # file, prompts with one example, texts of a request, panel of three without and with a chair that reflects
    "iclr2022": ("883a7feda0a378f1", "343c82bc88d0", "03af71db723fc029", "5b48308dfc72"),
    "iclr2025": ("fd4ce4ca4d0b3014", "80da710a769b", "96bf4763bcbf7c33", "6787a35f9974"),
    "iclr2026": ("13bbe51094429e4c", "ca0f7c6aa4ff", "b8c3c21f076e2210", "288e3d11d66e"),
    "neurips": ("0d3f6e88c6097b4a", "891c1e8589cd", "567a01eea5fd1b03", "dabf25d5b456"),
}


def sent(form: Form, way: str, **options: Any) -> str:
    """All that a model reads when it is asked to review the paper."""
    provider, quirks = WAYS[way]
    prompts = Prompts(form, **options)
    request = prompts.request((Message(role="user", parts=(ContentPart(text=prompts.paper(PAPER)),)),))
    return sent_text(provider("m", base_url="", key="k", key_name="K").body(request, quirks))


@pytest.mark.parametrize("name", FIRST)
def test_a_form_of_version_1_is_asked_word_for_word_as_before(name: str) -> None:
    """Reviews that were made under it are found again by their fingerprint."""
    form = load_form(name)
    prompts = Prompts(form, shots=1)
    file = (Path(form_module.__file__).parent / f"{name}.toml").read_bytes()
    texts = [
        prompts.system,
        prompts.json_instruction(),
        prompts.paper(PAPER),
        prompts.review(),
        prompts.reflect(1, 2),
        prompts.meta([{"overall": 1}]),
        prompts.repair("x"),
        form.answer_schema(),
    ]
    found = (
        hashlib.sha256(file).hexdigest()[:16],
        prompts.fingerprint,
        hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:16],
        load_panel("openai/m", {"form": name, "ensemble": "3"}, Session(dry=True)).fingerprint,
    )
    assert found == FIRST[name]
    request = prompts.request(())
    assert request.system == f"{prompts.system}\n\n{prompts.json_instruction()}"
    assert request.answer == form.answer_schema()


def test_a_chair_that_reflects_on_the_reviews_is_another_reviewer_than_one_that_did_not() -> None:
    chair = {"form": "neurips", "ensemble": "3", "meta": "true"}
    assert load_panel("openai/m", {**chair, "reflections": "2"}, Session(dry=True)).fingerprint != "5f99f6dbe89e"


@pytest.mark.parametrize("name", V2)
def test_no_criterion_is_asked_for_twice(name: str) -> None:
    form = load_form(name, percentile=True)
    names = {field.name for field in form.fields}
    for each in (lambda f: f.title.lower(), lambda f: f.instructions):
        assert len({each(field) for field in form.fields}) == len(names)
    assert not any(pair <= names for pair in SAME_CRITERION)


@pytest.mark.parametrize("name", V2)
def test_texts_come_before_scores_and_an_assessment_last_of_them(name: str) -> None:
    form = load_form(name, percentile=True)
    kinds = [field.kind for field in form.fields]
    texts = [field.name for field in form.fields if field.kind in ("text", "list")]
    first_score = kinds.index("score")
    assert not {"text", "list"} & set(kinds[first_score:])
    assert texts[-1] == "assessment"
    assert [field.name for field in form.fields][-3:] == ["p_accept", "percentile", "decision"]


@pytest.mark.parametrize("name", V2)
def test_the_rule_that_the_model_is_told_agrees_with_the_labels(name: str) -> None:
    form = load_form(name)
    overall = next(field for field in form.fields if field.name == form.overall)
    told = re.search(rf"accept where {form.overall} is ([\d.]+) or more", form.fields[-1].instructions)
    assert told and float(told[1]) == form.accept_at
    leaning = {  # by the label's own words
        value: not re.search(r"\breject\b|short of|nothing new", label) for value, label in overall.labels.items()
    }
    assert leaning == {value: value >= form.accept_at for value in overall.labels}


@pytest.mark.parametrize("name", V2)
def test_venue_and_base_rate_are_told_with_the_question_for_p_accept(name: str) -> None:
    form = load_form(name)
    asked = next(field for field in form.fields if field.name == form.chance).instructions
    assert form.base_rate is not None and form.base_rate_source
    assert f"About {form.base_rate:.0%} of the submissions to {form.venue} {form.years[0]}" in asked


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", V2)
def test_nothing_of_the_form_is_sent_twice(name: str, way: str) -> None:
    form = load_form(name, percentile=True)
    words = sent(form, way)
    schema_sent = "text" not in way.split()
    for field in form.fields:
        assert words.count(field.instructions) == 1
        assert words.count(field.meanings) == sum(f.meanings == field.meanings for f in form.fields) or not field.labels
        assert words.count(f'"{field.name}": ') == 1 + schema_sent
        assert words.count(f'  "{field.name}": ') == 1
    assert not re.search("description|minimum|maximum", json.dumps(answer_types(form)))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", V2)
def test_decimals_are_invited_and_a_call_is_shorter_than_with_the_form_before(name: str, way: str) -> None:
    new, old = sent(load_form(name), way), sent(load_form(name.removesuffix("-v2")), way)
    assert "Scores may have decimals: 6.5 is fine." in new
    assert estimate_tokens(new) < 0.95 * estimate_tokens(old)


def test_single_values_are_no_invitation_to_others(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'name = "mine"\nversion = 2\ntitle = "Mine"\noverall = "score"\naccept_at = 2\nrule = "by me"\n'
        '[[fields]]\nname = "score"\ntitle = "Score"\nkind = "score"\nvalues = [1, 2, 3]\n'
    )
    form = load_form(str(path))
    assert "decimals where no single values are listed" in sent(form, "OpenAI, schema")
    assert [field.name for field in form.fields] == ["score", "decision"] and form.chance == ""


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('labels = { 1 = "weak accept" }', "accept_at = 2, but 1 is labelled 'weak accept'"),
        ('labels = { 3 = "reject" }', "accept_at = 2, but 3 is labelled 'reject'"),
        ('[[fields]]\nname = "why"\ntitle = "Why"\nkind = "text"', "why comes after a score"),
        ('[[fields]]\nname = "p_accept"\ntitle = "P"\nkind = "score"\nlow = 0\nhigh = 1', "leave out p_accept"),
    ],
)
def test_a_form_of_version_2_that_contradicts_itself_is_refused(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'name = "mine"\nversion = 2\ntitle = "Mine"\nvenue = "V"\nbase_rate = 0.3\noverall = "score"\naccept_at = 2\n'
        f'rule = "by me"\n[[fields]]\nname = "score"\ntitle = "Score"\nkind = "score"\nlow = 1\nhigh = 3\n{line}\n'
    )
    with pytest.raises(InputError, match=re.escape(message)):
        load_form(str(path))


def test_another_venue_comes_with_its_base_rate() -> None:
    form = load_form("neurips-v2", venue="TMLR", base_rate=0.55)
    words = sent(form, "OpenAI, schema")
    assert "About 55% of the submissions to TMLR were accepted" in words and "NeurIPS" not in words
    with pytest.raises(InputError, match="venue without base_rate"):
        load_form("neurips-v2", venue="TMLR")
    with pytest.raises(InputError, match="base_rate without venue"):
        load_form("neurips-v2", base_rate=0.5)
    with pytest.raises(InputError, match=r"version 1 .* neurips-v2"):
        load_form("neurips", percentile=True)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("7 - accept", 7),
        ("6.5 - weak accept", 6.5),
        ("9 (strong accept)", 9),
        ("4.5: borderline accept", 4.5),
        ("4.5: borderline reject", 4.5),
        ("3: reject", 3),
        ("4: weak accept", None),
        ("3 - accept", None),
        ("6 (reject)", None),
    ],
)
def test_a_score_whose_words_lean_the_other_way_is_asked_about(given: str, read: float | None) -> None:
    overall = next(field for field in load_form("neurips-v2").fields if field.name == "overall")
    if read is not None:
        assert read_score(overall, given) == read
        return
    with pytest.raises(ValueError, match="^overall: "):
        read_score(overall, given)


SHARE, PERCENT = (
    next(f for f in load_form("neurips-v2", percentile=True).fields if f.unit == u) for u in ("share", "percent")
)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (0.7, 0.7),
        ("70%", 0.7),
        ("70 %", 0.7),
        ("0.7", 0.7),
        (".7", 0.7),
        ("0,7", 0.7),
        ("0.7 (fairly sure)", 0.7),
        ("0.35 - borderline", 0.35),
        ("about 70 percent", 0.7),
        ("~0.35", 0.35),
        ("P(accept) = 0.3", 0.3),
        ("3 out of 10", 0.3),
        ("**0.4**", 0.4),
        ("1%", 0.01),
        ("100%", 1.0),
        (1, 1.0),
        ({"probability": 0.4}, 0.4),
    ],
)
def test_a_probability_is_read_where_it_has_one_reading(given: object, read: float) -> None:
    assert read_score(SHARE, given) == pytest.approx(read)


@pytest.mark.parametrize(
    "given",
    [70, "70", 1.2, "0.7%", "0.3-0.5", "30-50%", "0.3 or 0.4", "0.5 if revised", "likely", "7/5", "-0.2", True, None],
)
def test_a_probability_with_two_readings_is_asked_about(given: object) -> None:
    with pytest.raises(ValueError, match="^p_accept: "):
        read_score(SHARE, given)


@pytest.mark.parametrize(
    ("given", "read"),
    [(70, 70), ("70%", 70), ("70th percentile", 70), ("73 (good)", 73), ("better than 60%", 60), (1, 1), (0, 0)],
)
def test_a_percentile_is_read_where_it_has_one_reading(given: object, read: float) -> None:
    assert read_score(PERCENT, given) == read


@pytest.mark.parametrize("given", [0.7, "0.7", "top 30%", "50-60", 101, "high"])
def test_a_percentile_with_two_readings_is_asked_about(given: object) -> None:
    with pytest.raises(ValueError, match="^percentile: "):
        read_score(PERCENT, given)


@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3))
    | st.text("0123456789.,%/ -~tohinf()e")
    | st.builds("{}{}".format, st.integers(), st.sampled_from(["%", " out of 10", "/100", "th percentile", " (sure)"]))
)
@example("9" * 5000 + "/" + "9" * 5000)
@example("9" * 400 + "%")
def test_any_value_is_read_within_the_scale_or_refused_in_one_short_line(value: object) -> None:
    for field in (SHARE, PERCENT):
        try:
            read = read_score(field, value)
        except ValueError as error:
            assert str(error).startswith(f"{field.name}: ") and "\n" not in str(error) and len(str(error)) < 200
        else:
            assert field.low is not None and field.high is not None and field.low <= read <= field.high


def test_an_ensembles_probability_is_the_mean_of_its_members() -> None:
    form = load_form("neurips-v2")
    answers = [
        {"text": "words", "list": [], "flag": False, "decision": "reject"}.get(f.kind, f.low) for f in form.fields
    ]
    low = dict(zip([f.name for f in form.fields], answers, strict=True))
    assert mean_review(form, [low | {"p_accept": 0.2}, low | {"p_accept": 0.5}])["p_accept"] == pytest.approx(0.35)
