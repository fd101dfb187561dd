"""JSON files that are larger than memory: read object by object, as `json.loads` reads the whole."""

from __future__ import annotations

import json
import tracemalloc
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peerassay.data.errors import InputError
from peerassay.data.files import read_jsonl
from peerassay.data.importers import json_stream
from peerassay.data.importers.json_stream import array_objects, loose_objects
from peerassay.data.importers.recipe_import import import_recipe
from peerassay.data.importers.recipes import recipe_of
from peerassay.data.importers.rows import read_rows

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.lists(st.dictionaries(st.text(max_size=5), VALUES, max_size=4), min_size=1, max_size=5)
LAYOUTS = st.sampled_from([{}, {"indent": 2}, {"separators": (",", ":")}, {"ensure_ascii": False, "indent": "\t"}])
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@few
@given(OBJECTS, LAYOUTS, st.integers(1, 40), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_an_array_is_read_as_the_library_reads_it_wherever_it_is_cut(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, objects: Any, layout: Any, chunk: int, encoding: str
) -> None:
    monkeypatch.setattr(json_stream, "CHUNK", chunk)
    path = tmp_path / "a.json"
    path.write_bytes(f" \n{json.dumps(objects, **layout)}\n".encode(encoding))
    assert list(array_objects(path)) == objects
    path.write_bytes("\n".join(json.dumps(one, **layout) for one in objects).encode(encoding))
    assert list(loose_objects(path)) == objects


@few
@given(OBJECTS, LAYOUTS, st.integers(1, 40), st.data())
def test_a_part_of_an_array_is_never_taken_for_the_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, objects: Any, layout: Any, chunk: int, data: st.DataObject
) -> None:
    monkeypatch.setattr(json_stream, "CHUNK", chunk)
    text = json.dumps(objects, **layout)
    path = tmp_path / "a.json"
    path.write_text(text[: data.draw(st.integers(1, len(text) - 1))], encoding="utf-8")
    with pytest.raises(InputError):
        list(array_objects(path))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[{"a": 1}\n {"b": 2}]', "line 2: Expecting ',' delimiter"),
        ('[{"a": 1},\n\n]', "line 3: Expecting value"),
        ('[{"a": 1}]\n[{"b": 2}]', "line 2: Extra data"),
        ('[{"a": 1},\n{"a": 1e}]', "line 2: Expecting"),
        ('[{"a": 1},\n{"a": "\\q"}]', "line 2: Invalid"),
        ("[]", "expected an array of objects"),
        ('[{"a": 1}, 2]', "expected an array of objects"),
        ("[" * 100_000, "not JSON"),
    ],
)
@pytest.mark.parametrize("chunk", [1, 1 << 20])
def test_what_is_wrong_is_told_with_its_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, words: str, chunk: int
) -> None:
    monkeypatch.setattr(json_stream, "CHUNK", chunk)
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(InputError, match=words):
        list(read_rows(path))


def test_lines_that_go_on_as_something_else_are_read_once_each(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\n\n{"a": 2}\n{"a":\n3}, {"a": 4}\n')
    assert [row["a"] for row in read_rows(path)] == [1, 2, 3, 4]
    path.write_text('{"a": 1}\n{"a": 2}\n{"a":\n3}\n[4]\n')
    rows = read_rows(path)
    assert [row["a"] for row in islice(rows, 2)] == [1, 2]
    with pytest.raises(InputError, match=r"a\.jsonl:3: not JSON"):
        list(rows)


def test_lines_are_those_that_were_there_when_reading_began(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\n{"a": 2}\n{"a": ')
    found = read_jsonl(path, torn_tail=True)
    assert next(found) == (1, {"a": 1})
    with path.open("a") as stream:
        stream.write('3}\n{"a": 4}\n')
    assert list(found) == [(2, {"a": 2})]
    assert [row["a"] for _, row in read_jsonl(path)] == [1, 2, 3, 4]


@pytest.mark.parametrize("as_lines", [False, True])
def test_a_recipe_holds_what_it_takes_of_a_file_and_not_the_file(tmp_path: Path, as_lines: bool) -> None:
    reviews = [{"summary": "A review that nobody needs here. " * 60} for _ in range(20)]
    rows = [{"id": f"p{n}", "title": "T", "status": ("Poster", "Reject")[n % 2], "rating": "6;8", "reviews": reviews}
            for n in range(300)]  # fmt: skip
    path = tmp_path / "iclr2023.json"
    path.write_text("\n".join(map(json.dumps, rows)) if as_lines else json.dumps(rows))
    size = path.stat().st_size
    del rows
    tracemalloc.start()
    try:
        dataset = import_recipe(recipe_of("paperlists"), path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(dataset) == 300 and dataset.judgements[0].ratings == (6, 8)
    assert size > 11_000_000 and peak < size / 2
