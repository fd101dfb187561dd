"""Properties of what reads tables: the same values through csv, Excel, pandas and JSON, or a refusal of one line."""

from __future__ import annotations

import csv
import io
import json
import math
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peerassay.data.dataset import load, save
from peerassay.data.errors import InputError
from peerassay.data.importers.number_cells import numbers
from peerassay.data.importers.rows import read_rows
from peerassay.data.importers.table import import_table
from peerassay.data.records import DatasetCard
from peerassay.reviewer.replay import ReplayReviewer, id_key, match_ids
from peerassay.reviewer.replay_cells import read_score

FUZZ = Path(__file__).parents[1] / "fuzz"
sys.path.insert(0, str(FUZZ))
from tables import read_everything  # noqa: E402  # pyright: ignore[reportMissingImports]

QUICK = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
IDS = st.lists(st.text("abcxyz0189_-", max_size=8).map("p".__add__), min_size=1, max_size=6, unique_by=id_key)
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20).filter(
    lambda text: text == text.strip()
)
SCORES = st.one_of(st.integers(-100, 100), st.floats(-1e6, 1e6).map(lambda x: round(x, 4)), st.none())


def table(rows: list[list[Any]], heads: list[str], quirk: str) -> tuple[str, bytes]:
    """The suffix and content of a file as a program writes it; None is an empty cell."""
    delimiter = {"semicolon": ";", "tabs": "\t", "excel-sep": ";"}.get(quirk, ",")
    end = "\r\n" if quirk in ("excel", "excel-sep") else "\r" if quirk == "old mac" else "\n"
    empty = "nan" if quirk == "pandas nan" else ""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=end)
    if quirk == "pandas index":
        heads, rows = ["", *heads], [[i, *row] for i, row in enumerate(rows)]
    if quirk == "empty column":
        heads, rows = [*heads, ""], [[*row, ""] for row in rows]
    writer.writerow(heads)
    for row in rows:
        writer.writerow([empty if cell is None else cell for cell in row])
    text = stream.getvalue()
    if quirk == "excel-sep":
        text = f"sep=;{end}{text}"
    encoding = {"utf-16": "utf-16", "excel": "utf-8-sig"}.get(quirk, "utf-8")
    return ".csv", text.encode(encoding)


QUIRKS = ("plain", "semicolon", "tabs", "excel", "excel-sep", "utf-16", "pandas index", "pandas nan", "empty column",
          "old mac")  # fmt: skip


@QUICK
@given(quirk=st.sampled_from(QUIRKS), ids=IDS, data=st.data())
def test_values_survive_every_writer(tmp_path: Path, quirk: str, ids: list[str], data: st.DataObject) -> None:
    rows = [[paper_id, data.draw(WORDS), data.draw(WORDS)] for paper_id in ids]
    suffix, content = table(rows, ["paper_id", "title", "note"], quirk)
    path = tmp_path / f"table{suffix}"
    path.write_bytes(content)
    try:
        read = list(read_rows(path))
    except InputError as error:
        assert "\n" not in str(error).replace(str(path), "")
        return
    assert [[lines(cell) for cell in row.values()] for row in read] == [[lines(cell) for cell in row] for row in rows]


def lines(text: str) -> str:
    """The text with the line ends of one system."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


@QUICK
@given(quirk=st.sampled_from(QUIRKS), ids=IDS, data=st.data())
def test_scores_survive_every_writer(tmp_path: Path, quirk: str, ids: list[str], data: st.DataObject) -> None:
    rows = [[paper_id, data.draw(SCORES)] for paper_id in ids]
    suffix, content = table(rows, ["paper_id", "Overall"], quirk)
    path = tmp_path / f"table{suffix}"
    path.write_bytes(content)
    try:
        replay = ReplayReviewer(path)
    except InputError as error:
        assert "no column is known as the score" in str(error)
        assert all(score is None for _, score in rows)
        return
    replay.match_papers(ids, "made")
    assert {paper_id: replay.reviews[paper_id].overall for paper_id, _ in rows} == dict(rows)
    assert all((r.status == "failed") == (r.overall is None) for r in replay.reviews.values())


@QUICK
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "title": WORDS,
                "abstract": st.one_of(WORDS, st.none()),
                "ratings": st.lists(st.integers(1, 10), max_size=4),
            }
        ),
        min_size=2,
        max_size=5,
    ),
    st.sampled_from(["array", "lines", "by id", "columns"]),
)
def test_a_dataset_is_the_same_in_every_json(tmp_path: Path, papers: list[dict[str, Any]], shape: str) -> None:
    rows = [{"paper_id": f"p{i}", "decision": bool(i % 2), "text": "Words.", **row} for i, row in enumerate(papers)]
    path = tmp_path / ("t.jsonl" if shape == "lines" else "t.json")
    written = {
        "array": lambda: json.dumps(rows),
        "lines": lambda: "\n".join(map(json.dumps, rows)),
        "by id": lambda: json.dumps({row["paper_id"]: row for row in rows}),
        "columns": lambda: json.dumps({name: [row[name] for row in rows] for name in rows[0]}),
    }[shape]()
    path.write_text(written)
    dataset = import_table(path, DatasetCard(name="made"))
    assert [j.ratings for j in dataset.judgements] == [tuple(row["ratings"]) for row in rows]
    assert [p.title for p in dataset.papers] == [row["title"] for row in rows]
    save(dataset, tmp_path / "saved")
    assert load(tmp_path / "saved").papers == dataset.papers


@QUICK
@given(st.lists(st.one_of(st.integers(0, 10), st.floats(0, 10).map(lambda x: round(x, 2))), min_size=1, max_size=6))
def test_ratings_in_every_spelling(values: list[float]) -> None:
    numpy = "[" + " ".join(map(str, values)) + "]"
    for text in (json.dumps(values), ";".join(map(str, values)), "|".join(map(str, values)), numpy, str(tuple(values))):
        assert list(numbers(text, "here")) == [float(value) for value in values]


CELLS = st.text(max_size=30) | st.text(st.sampled_from("0123456789.,;:|/[]{}()'\"- \n+eE%abnulNoe"), max_size=30)


@given(CELLS)
def test_ratings_are_numbers_of_the_cell_or_a_refusal(text: str) -> None:
    """None is made up: each has its digits, in this order, in what was written."""
    try:
        found = numbers(text, "here")
    except InputError as error:
        assert str(error).startswith("here")
        return
    assert all(math.isfinite(number) for number in found)
    digits = "".join(str(unicodedata.digit(sign)) for sign in text if sign.isdigit())
    for number in found if "e" not in text.lower() and all(abs(number) < 1e15 for number in found) else ():
        whole = str(int(abs(number)))
        at = digits.find(whole)
        assert at >= 0, (found, text)
        digits = digits[at + len(whole) :]


@given(CELLS)
def test_a_score_is_a_number_or_a_refusal(text: str) -> None:
    try:
        score = read_score(text, "here")
    except InputError as error:
        assert str(error).startswith("here")
        return
    assert score is None or score.value == score.value


@given(st.lists(st.text(max_size=12), max_size=6, unique=True), st.lists(st.text(max_size=12), max_size=6, unique=True))
def test_ids_are_matched_one_to_one(theirs: list[str], ours: list[str]) -> None:
    found = match_ids(theirs, ours)
    assert set(found) <= set(theirs)
    assert len(set(found.values())) == len(found)
    assert set(found.values()) <= set(ours)
    assert all(found[one] == one for one in theirs if one in ours)


@pytest.mark.parametrize(
    "kept", sorted((FUZZ / "kept" / "tables").glob("*.*")) or [FUZZ / "tables.py"], ids=lambda path: path.stem
)
def test_what_crashed_once_is_read(kept: Path, tmp_path: Path) -> None:
    path = tmp_path / f"table{kept.suffix}"
    path.write_bytes(kept.read_bytes())
    read_everything(tmp_path, path)


def test_all_cases_of_tables_are_read_or_refused(shared_cases: Path, tmp_path: Path) -> None:
    refused = {
        path.name
        for folder in ("02-tables", "03-replay")
        for path in sorted((shared_cases / folder).iterdir())
        if path.is_file() and not read_everything(tmp_path, path)
    }
    assert len(refused) < 10, refused
