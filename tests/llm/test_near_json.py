"""JSON as models write it: read where there is one reading, LaTeX kept, and never a traceback."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from peerassay.llm.near_json import find_objects

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def one(text: str) -> dict[str, Any]:
    [found] = find_objects(text).objects
    return found


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "b": ["x", "y"],}',
        '{"a": 1, "b": ["x", "y",]}',
        '{/* one */ "a": 1, // two\n "b": ["x", "y"] # three\n}',
        "{'a': 1, 'b': ['x', 'y']}",
        "{a: 1, b: ['x', \"y\"]}",
        "{“a”: 1, “b”: [“x”, ‘y’]}",
        'Of all {sets}, {"a": 1, "b": ["x", "y"]} it is. {"',
    ],
)
def test_near_json_is_read(text: str) -> None:
    assert find_objects(text.removesuffix('{"')).objects == ({"a": 1, "b": ["x", "y"]},)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"$\beta$ \bar{x} \b{x}", r"$\beta$ \bar{x} \b{x}"),
        (r"$\frac{1}{2}$ \forall \f", r"$\frac{1}{2}$ \forall \f"),
        (r"$\theta \to \tau$ \text{a} \times", r"$\theta \to \tau$ \text{a} \times"),
        (r"$\nabla f \neq \nu$ \newline", r"$\nabla f \neq \nu$ \newline"),
        (r"$\rangle$ \rho \ref{a} \right)", r"$\rangle$ \rho \ref{a} \right)"),
        (r"$x \ne y \nless z \ni w$", r"$x \ne y \nless z \ni w$"),
        (r"costs \$5, 20\% of a\_b, \alpha \{1\} \url{x}", r"costs \$5, 20\% of a\_b, \alpha \{1\} \url{x}"),
        (r"\\nabla and \\beta \\\\ \"quoted\" \/", r"\nabla and \beta \\ " + '"quoted" /'),
        (r"a \times \nu b", r"a \times \nu b"),
        (r"One.\nNote this.\nexists\n- item\nless\tTab\r\nend", "One.\nNote this.\nexists\n- item\nless\tTab\r\nend"),
        (r"don\'t, caf\'e", r"don't, caf\'e"),
        (r"\u00e9 \ud83d\ude00 \ud83d! \underline{x}", "é 😀 \ufffd! \\underline{x}"),
        ('They call it "robust" today\nand\ttomorrow', 'They call it "robust" today\nand\ttomorrow'),
    ],
)
def test_texts_say_what_was_meant(written: str, meant: str) -> None:
    assert one(f'{{"text": "{written}"}}') == {"text": meant}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"a": 1 "b": 2}', "',' or '}' expected at line 1, column 9"),
        ('{"a": 1,\n "b": <nine>}', "a value expected at line 2, column 7 before '<nine>}'"),
        ('{"a": "x",\n "b": string}', "a value expected at line 2, column 7 before 'string}'"),
        ('{"a": "x", "b": "y', "the end of a text expected"),
        ('{"a": "b "c", d"}', "expected"),
        ('{"a": 1, "a": 2}', "one value for 'a' expected"),
        ('{"b": 1, "a": 01}', "a value expected"),
        ('{"a": 1, "b": ' + "[" * 200, "at most 64 levels"),
    ],
)
def test_what_is_not_clear_is_not_read_and_the_place_named(text: str, problem: str) -> None:
    found = find_objects(text)
    assert not found.objects
    assert problem in found.broken


@given(st.dictionaries(st.text(), PLAIN, max_size=5))
def test_json_is_read_as_json(value: dict[str, Any]) -> None:
    """But for a line break or tab before letters that make a command: those are LaTeX in what models write."""
    written = json.dumps(value)
    read = json.dumps(find_objects(written).objects[0])
    assert read == written or any(f"\\\\{letter}" in read for letter in "ntr\\bf")


@given(st.text(alphabet="{}[]\":,x1 \n\\'“/*#$tn<>|", max_size=200))
def test_reading_never_raises(text: str) -> None:
    found = find_objects(text)
    assert len(found.objects) == len(found.spans)
    assert all(isinstance(value, dict) for value in found.objects)
    assert all(text[start] == "{" for start, _ in found.spans) or text.lstrip().startswith('"')


def test_long_nonsense_takes_no_time() -> None:
    for text in ('{"' * 50_000, "{" * 100_000, '{"a":' * 50_000, "{'a" * 50_000, '{"a": "' + "x {" * 50_000):
        assert not find_objects(text).objects


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('{"p": .7}', 0.7),
        ('{"p": -.5}', -0.5),
        ('{"p": 70%}', "70%"),
        ('{"p": 0.7 %, "q": 1}', "0.7 %"),
    ],
)
def test_a_bare_fraction_is_a_number_and_a_percentage_a_text(written: str, read: object) -> None:
    assert find_objects(written).objects[0]["p"] == read
