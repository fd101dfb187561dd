"""Review forms: what they ask, what they take for an answer, how answers are averaged."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from peerassay.data.errors import InputError
from peerassay.reviewer.forms.form import Form, FormField, form_names, load_form
from peerassay.reviewer.forms.numbers import read_score
from peerassay.reviewer.panel.aggregation import mean_review

FIRST = ("iclr2022", "iclr2025", "iclr2026", "neurips")
NAMES = ("iclr2022", "iclr2022-v2", "iclr2025", "iclr2025-v2", "iclr2026", "iclr2026-v2", "neurips", "neurips-v2")
NEURIPS = load_form("neurips")


def answer_to(form: Form, **changes: Any) -> dict[str, Any]:
    """A valid answer with the lowest scores, but for the changes."""
    values = {"text": "words", "list": ["a point"], "flag": False, "decision": "reject"}
    return {field.name: values.get(field.kind, field.low) for field in form.fields} | changes


def written(**changes: Any) -> str:
    """A small form as TOML, but for the changes."""
    lines = {"name": '"mine"', "title": '"Mine"', "overall": '"score"', "accept_at": "2", "rule": '"by me"'}
    head = "".join(f"{key} = {value}\n" for key, value in (lines | changes).items() if key != "field")
    field = 'name = "score"\ntitle = "Score"\nkind = "score"\nvalues = [1, 2, 3]\n'
    return f"{head}[[fields]]\n{changes.get('field', field)}"


def test_the_bundled_forms() -> None:
    assert tuple(form_names()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_bundled_form_is_sound(name: str) -> None:
    form = load_form(name)
    assert form.name == name and form.source and form.rule
    assert form.fields[-1].name == "decision"
    assert form.scale[0] < form.accept_at < form.scale[1]
    assert all(field.instructions for field in form.fields)
    assert form.parse(answer_to(form)) == answer_to(form)


def test_the_scales_of_the_overall_score() -> None:
    overall = {name: next(f for f in load_form(name).fields if f.name == load_form(name).overall) for name in FIRST}
    assert overall["neurips"].values == () and load_form("neurips").scale == (1, 10)
    assert overall["iclr2022"].values == overall["iclr2025"].values == (1, 3, 5, 6, 8, 10)
    assert overall["iclr2026"].values == (0, 2, 4, 6, 8, 10)


def test_the_iclr2022_scales_hold_what_the_humans_gave(shared_data: Path) -> None:
    fields = {field.name: field for field in load_form("iclr2022").fields}
    columns = {"ratings": "recommendation", "confidences": "confidence", "correctness": "correctness"}
    with (shared_data / "iclr2022" / "decisions.tsv").open() as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    for column, name in columns.items():
        field, given_values = fields[name], {float(v) for row in rows for v in row[column].split(";")}
        assert field.low is not None and field.high is not None
        assert all(field.low <= value <= field.high for value in given_values)
        assert not field.values or set(field.values) == given_values


@pytest.mark.parametrize("name", FIRST)
def test_the_schema_is_strict_and_without_bounds(name: str) -> None:
    form = load_form(name)
    schema = form.answer_schema()
    assert schema["type"] == "object" and schema["additionalProperties"] is False
    assert schema["required"] == list(schema["properties"]) == [field.name for field in form.fields]
    assert all(entry["description"] for entry in schema["properties"].values())
    assert "imum" not in json.dumps(schema)


def test_the_schema_tells_the_scale() -> None:
    overall = NEURIPS.answer_schema()["properties"]["overall"]
    assert overall["type"] == "number" and "from 1 to 10" in overall["description"] and "enum" not in overall
    rating = load_form("iclr2026").answer_schema()["properties"]["rating"]
    assert rating["enum"] == [0, 2, 4, 6, 8, 10] and "from 0 to 10" in rating["description"]
    properties = NEURIPS.answer_schema()["properties"]
    assert properties["decision"]["enum"] == ["accept", "reject"]
    assert properties["strengths"]["items"] == {"type": "string"}
    assert properties["ethical_concerns"]["type"] == "boolean"


@pytest.mark.parametrize("name", FIRST)
def test_the_form_in_words_names_every_field_and_scale(name: str) -> None:
    form = load_form(name)
    words = form.instructions()
    for field in form.fields:
        assert f"- {field.name} [" in words
        assert field.scale in words
        assert all(label in words for label in field.labels.values())


@pytest.mark.parametrize("name", FIRST)
def test_the_brief_schema_asks_for_the_same_in_fewer_words(name: str) -> None:
    full, brief = load_form(name).answer_schema(), load_form(name).answer_schema(brief=True)
    assert brief["required"] == full["required"]
    for field in full["required"]:
        bare = [{k: v for k, v in s["properties"][field].items() if k != "description"} for s in (full, brief)]
        assert bare[0] == bare[1]
    assert len(json.dumps(brief)) < len(json.dumps(full))


def test_keys_match_without_regard_to_case_spaces_and_hyphens() -> None:
    answer = {key.replace("_", " ").title(): value for key, value in answer_to(NEURIPS).items()}
    answer["Ethical-Concerns"] = answer.pop("Ethical Concerns")
    assert NEURIPS.parse(answer) == answer_to(NEURIPS)


def test_keys_match_with_marks_numbers_and_the_word_score_around_them() -> None:
    answer = {f"**{i}. {key.replace('_', ' ')}:**": value for i, (key, value) in enumerate(answer_to(NEURIPS).items())}
    answer["Overall Score"] = answer.pop(next(key for key in answer if "overall" in key))
    answer["finalDecision"] = answer.pop(next(key for key in answer if "decision" in key))
    assert NEURIPS.parse(answer) == answer_to(NEURIPS)


@pytest.mark.parametrize("name", FIRST)
def test_a_score_with_its_own_label_is_read(name: str) -> None:
    for field in load_form(name).fields:
        for score, label in field.labels.items():
            for text in (f"{score:g}: {label}", f"{score:g} ({label})", label, f"{label} ({score:g})"):
                assert read_score(field, text) == score


def test_fields_that_the_form_has_not_are_dropped() -> None:
    assert NEURIPS.parse(answer_to(NEURIPS, thoughts="none")) == answer_to(NEURIPS)


@pytest.mark.parametrize(
    ("field", "given_value", "read"),
    [
        ("overall", 7, 7.0),
        ("overall", "7", 7.0),
        ("overall", " 7.0 ", 7.0),
        ("overall", 6.5, 6.5),
        ("overall", "7: accept", 7.0),
        ("overall", "**7** (sure)", 7.0),
        ("overall", "7/10", 7.0),
        ("overall", "7 out of 10", 7.0),
        ("overall", "Score: 7", 7.0),
        ("overall", "6,5", 6.5),
        ("overall", "7 - technically solid", 7.0),
        ("overall", {"score": 7, "reason": "solid"}, 7.0),
        ("overall", {"score": 7, "confidence": 3}, 7.0),
        ("overall", {"value": "7", "max": 10}, 7.0),
        ("overall", [7], 7.0),
        ("overall", "seven", 7.0),
        ("overall", "seven out of ten", 7.0),
        ("overall", "７", 7.0),
        ("overall", "(7)", 7.0),
        ("overall", "7 sur 10", 7.0),
        ("overall", "Accept (7)", 7.0),
        ("overall", "Weak accept - 6/10", 6.0),
        ("overall", "7: top 50% of accepted papers, clear accept", 7.0),
        ("overall", "7: accept: sound, with high impact on at least one area or moderate-to-high on several", 7.0),
        ("ethical_concerns", "Yes", True),
        ("ethical_concerns", "no", False),
        ("ethical_concerns", "No, none that I see.", False),
        ("strengths", "one", ["one"]),
        ("strengths", "  ", []),
        ("strengths", ["one", "", "two"], ["one", "two"]),
        ("summary", ["one", "two"], "one\ntwo"),
        ("summary", "a \ud800 b", "a ? b"),
        ("decision", " Accept", "accept"),
        ("decision", "Accept (poster)", "accept"),
        ("decision", "Weak Reject", "reject"),
        ("decision", "Decision: rejected", "reject"),
        ("decision", "marginally below the acceptance threshold", "reject"),
        ("decision", "Oral", "accept"),
        ("decision", "Accept. The paper is not perfect.", "accept"),
        ("decision", {"value": "accept", "reason": "sound"}, "accept"),
        ("decision", ["reject"], "reject"),
    ],
)
def test_what_can_be_read_without_doubt_is_taken(field: str, given_value: object, read: object) -> None:
    parsed = NEURIPS.parse(answer_to(NEURIPS, **{field: given_value}))[field]
    assert parsed == read and type(parsed) is type(read)


@pytest.mark.parametrize(
    ("field", "given_value", "message"),
    [
        ("overall", 11, "overall: 11 is outside 1 to 10"),
        ("overall", 0.99, "overall: 0.99 is outside 1 to 10"),
        ("overall", "seven or eight", "overall: 'seven or eight' is not a number"),
        ("overall", "7 or 8", "overall: '7 or 8' is not a number"),
        ("overall", "7-8", "overall: '7-8' is not a number"),
        ("overall", "7/5", "overall: '7/5' is not a number"),
        ("overall", "7 if revised", "overall: '7 if revised' is not a number"),
        ("overall", {"first": 7, "second": 3}, "overall: {'first': 7, 'second': 3} is not a number"),
        ("overall", {"score": 7, "rating": 3}, "overall: {'score': 7, 'rating': 3} is not a number"),
        ("overall", "nan", "overall: 'nan' is not a number"),
        ("overall", math.nan, "overall: nan is not a number"),
        ("overall", True, "overall: True is not a number"),
        ("overall", None, "overall: null is not a number"),
        ("overall", [7, 8], "overall: [7, 8] is not a number"),
        ("ethical_concerns", "perhaps", "ethical_concerns: 'perhaps' is neither true nor false"),
        ("ethical_concerns", 0, "ethical_concerns: 0 is neither true nor false"),
        ("strengths", [1], "strengths: 1 in the list is not a text"),
        ("strengths", {"a": 1}, "strengths: {'a': 1} is not a list of texts"),
        ("summary", 3, "summary: 3 is not a text"),
        ("decision", "accept or reject", "decision: 'accept or reject' is neither accept nor reject"),
        ("decision", "do not accept", "decision: 'do not accept' is neither accept nor reject"),
        ("decision", "borderline", "decision: 'borderline' is neither accept nor reject"),
        ("decision", "falls short of acceptance", "decision: 'falls short of acceptance' is neither accept nor reject"),
    ],
)
def test_what_is_wrong_is_named(field: str, given_value: object, message: str) -> None:
    with pytest.raises(ValueError) as error:
        NEURIPS.parse(answer_to(NEURIPS, **{field: given_value}))
    assert str(error.value) == message


def test_missing_and_doubled_fields_and_other_answers_are_named() -> None:
    answer = answer_to(NEURIPS)
    del answer["weaknesses"]
    with pytest.raises(ValueError, match="^missing field weaknesses$"):
        NEURIPS.parse(answer)
    with pytest.raises(ValueError, match="^field overall is given twice$"):
        NEURIPS.parse(answer_to(NEURIPS) | {"Overall": 3})
    with pytest.raises(ValueError, match="expected a JSON object"):
        NEURIPS.parse([answer])


@pytest.mark.parametrize("kind", ["text", "list"])
@pytest.mark.parametrize("echo", ["{}", "<{}>", "<text: {}>", "<one point: {}>", '"{}"', "{}..."])
def test_the_question_given_back_is_no_answer(kind: str, echo: str) -> None:
    """As a model of 135 million parameters answers, with a score beside it."""
    for form in map(load_form, NAMES):
        for field in (field for field in form.fields if field.kind == kind):
            said = echo.format(field.instructions)
            with pytest.raises(ValueError, match=f"{field.name}: gives the form's question back"):
                form.parse(answer_to(form, **{field.name: [said] if kind == "list" else said}))
            more = f"{field.instructions} It compares four optimizers."
            form.parse(answer_to(form, **{field.name: more}))


def test_a_score_between_the_values_is_an_error() -> None:
    form = load_form("iclr2022")
    with pytest.raises(ValueError, match="^recommendation: 4 is not one of 1, 3, 5, 6, 8, 10$"):
        form.parse(answer_to(form, recommendation=4))


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_any_value_is_read_or_refused_in_one_short_line(value: object) -> None:
    for field in NEURIPS.fields:
        try:
            parsed = NEURIPS.parse(answer_to(NEURIPS, **{field.name: value}))
        except ValueError as error:
            assert str(error).startswith(f"{field.name}: ") and "\n" not in str(error) and len(str(error)) < 200
        else:
            json.dumps(parsed, allow_nan=False).encode()
            assert NEURIPS.parse(parsed) == parsed


def test_an_unknown_form_gets_near_matches() -> None:
    with pytest.raises(InputError, match=r"unknown form 'iclr2023'; did you mean .*iclr2022"):
        load_form("iclr2023")


def test_a_users_own_form(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(written())
    form = load_form(str(path))
    assert form.scale == (1, 3)
    assert form.parse({"score": "2", "decision": "ACCEPT"}) == {"score": 2.0, "decision": "accept"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"overall": '"rating"'}, "overall = 'rating' must name one of the form's scores"),
        ({"accept_at": "7"}, "accept_at = 7 is not on the scale"),
        ({"accept_at": '"high"'}, "field accept_at: "),
        ({"colour": '"red"'}, "field colour: "),
        ({"name": '"My Form"'}, "field name: "),
        ({"field": 'name = "score"\ntitle = "Score"\nkind = "score"\n'}, "field fields.0: .*needs low and high"),
        ({"field": 'name = "score"\ntitle = "Score"\nkind = "number"\n'}, "field fields.0.kind: "),
        ({"field": 'name = "score"\ntitle = "S"\nkind = "score"\nvalues = [3, 1]\n'}, "field fields.0: .*low"),
        ({"field": 'name = "decision"\ntitle = "D"\nkind = "text"\n'}, "leave out the decision"),
        ({"field": "name = "}, "not TOML"),
    ],
)
def test_a_wrong_form_is_one_line_with_the_field(tmp_path: Path, changes: dict[str, str], message: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(written(**changes))
    with pytest.raises(InputError, match=message) as error:
        load_form(str(path))
    assert str(error.value).startswith(str(path)) and "\n" not in str(error.value)


def test_a_text_takes_no_scale_and_labels_stand_on_it() -> None:
    with pytest.raises(ValueError, match="takes no low, high"):
        FormField(name="summary", title="Summary", kind="text", low=1)
    with pytest.raises(ValueError, match="4 is not on the scale"):
        FormField(name="score", title="Score", kind="score", values=(1, 2, 6), labels={4: "odd"})


def test_an_ensembles_mean_is_never_rounded() -> None:
    answers = [answer_to(NEURIPS, overall=score) for score in (4.0, 5.0, 5.0)]
    assert mean_review(NEURIPS, answers)["overall"] == pytest.approx(14 / 3)
    assert mean_review(NEURIPS, answers[:1]) == answers[0]


def test_texts_are_those_of_the_member_nearest_to_the_mean() -> None:
    answers = [answer_to(NEURIPS, overall=s, summary=f"scored {s}", strengths=[f"{s}"]) for s in (2.0, 6.0, 9.0)]
    mean = mean_review(NEURIPS, answers)
    assert (mean["summary"], mean["strengths"]) == ("scored 6.0", ["6.0"])
    assert mean_review(NEURIPS, answers[:2])["summary"] == "scored 2.0"


@pytest.mark.parametrize(
    ("flags", "decisions", "flag", "decision"),
    [
        ((True, False), ("accept", "reject"), True, "reject"),
        ((True, False, False), ("accept", "accept", "reject"), False, "accept"),
        ((True, True, False), ("reject", "accept", "reject"), True, "reject"),
    ],
)
def test_ties_raise_the_flag_and_reject(
    flags: tuple[bool, ...], decisions: tuple[str, ...], flag: bool, decision: str
) -> None:
    answers = [answer_to(NEURIPS, ethical_concerns=f, decision=d) for f, d in zip(flags, decisions, strict=True)]
    mean = mean_review(NEURIPS, answers)
    assert (mean["ethical_concerns"], mean["decision"]) == (flag, decision)
    assert list(mean) == [field.name for field in NEURIPS.fields]


def test_no_answers_have_no_mean() -> None:
    with pytest.raises(ValueError, match="no answers"):
        mean_review(NEURIPS, [])
