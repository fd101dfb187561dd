"""Tables as pandas, R, Excel, OpenReview's client and people's own scripts write them: read, or refused in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from peerassay.data.errors import InputError
from peerassay.data.importers.cells import body, one_line, whole_year
from peerassay.data.importers.number_cells import numbers
from peerassay.data.importers.rows import flat, read_rows
from peerassay.data.importers.table import import_table
from peerassay.data.importing import import_dataset
from peerassay.data.records import DatasetCard, parse_decision
from peerassay.reviewer.replay import ReplayReviewer
from peerassay.reviewer.replay_cells import read_score

CARD = DatasetCard(name="t")
ROWS = [{"id": "a", "decision": "Accept", "title": "T"}, {"id": "b", "decision": "Reject", "title": "U"}]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("['6' '8']", (6, 8)),
        ("[np.str_('6'), Decimal('8.5')]", (6, 8.5)),
        ("tensor([6, 8], device='cuda:0')", (6, 8)),
        ("c(6, 8)", (6, 8)),
        ("{6,8}", (6, 8)),
        ("6 8 5", (6, 8, 5)),
        ("6/10; 8/10", (6, 8)),
        ("6,5; 8,0", (6.5, 8)),
        ("６；８", (6, 8)),
        ('{"R1": 6, "R2": "8: accept"}', (6, 8)),
        ("#N/A", ()),
        ("6: Marginal accept; 8: may be improved", (6, 8)),
        ("6, nan, 8", (6, 8)),
        ("6, None, -, 8", (6, 8)),
        ("6/nan/8", (6, 8)),
        ("6,,8", (6, 8)),
        ("3, -1", (3, -1)),
        ("8: Top 50% of accepted papers, clear accept", (8,)),
    ],
)
def test_ratings_of_other_programs(written: str, read: tuple[float, ...]) -> None:
    assert numbers(written, "here") == read


def test_reviews_as_an_object_of_lists() -> None:
    reviews = {"rating": [6, 8], "confidence": ["3: fairly", "4"], "text": ["a", "b"]}
    assert numbers(reviews, "here") == (6, 8)
    assert numbers(reviews, "here", ("confidence",)) == (3, 4)


@pytest.mark.parametrize("cell", ["2024-05-01", "2024-05-01 00:00:00", 2024.0])
def test_the_year_of_a_date(cell: str | float) -> None:
    assert whole_year(cell, "here") == 2024


@pytest.mark.parametrize(
    "text",
    [
        *(
            "6 - 8",
            "6 -> 8",
            "6/ 8",
            "06-Aug",
            '{"6": 2, "8": 1}',
            "3 - -1",
            "3:-1",
            "6, ?, 8",
            "6 (accept), 8 (reject)",
        ),
        *("6: accept, 8: reject", "6: accept and 8: reject", "6: accept. 8: reject", "6: weak accept, 5"),
        *("Rating: 6: accept, Rating: 8", "6/8/2024", "2024/8/6", "6¹", "6 000"),
    ],
)
def test_two_ratings_are_never_taken_for_one(text: str) -> None:
    with pytest.raises(InputError):
        numbers(text, "here")


@pytest.mark.parametrize("text", ["4 - 5", "4 -> 5", "4: accept, 5: accept", "tensor([4, 5]", "4 000"])
def test_two_scores_are_never_taken_for_one(text: str) -> None:
    with pytest.raises(InputError):
        read_score(text, "here")


@pytest.mark.parametrize(
    "text", ["**4**", "Rating: 4/10", "4/10 (weak accept)", "tensor(4., device='cuda:0')", "['4']"]
)
def test_scores_of_other_programs(text: str) -> None:
    score = read_score(text, "here")
    assert score is not None and score.value == 4


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("b'Some words.'", "Some words."),
        ("['One.', 'Two.']", "One.\n\nTwo."),
        ("[{'heading': 'Intro', 'text': 'One.'}]", "Intro\n\nOne."),
        ({"Intro": "One.", "Method": "Two."}, "Intro\n\nOne.\n\nMethod\n\nTwo."),
        ("{'value': 'Some words.'}", "Some words."),
        ("nan", ""),
        ("[1] says that ['a'] is a list.", "[1] says that ['a'] is a list."),
    ],
)
def test_pythons_spelling_is_no_text(cell: Any, text: str) -> None:
    assert body(cell, "here")[0] == text


def test_titles_are_no_spelling_either() -> None:
    assert [one_line(cell, "here") for cell in ("{'value': 'T'}", ["T"], "nan")] == ["T", "T", ""]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pandas-filtered.csv", ",id,decision,title\n0,a,Accept,T\n7,b,Reject,U\n"),
        ("pandas-sorted.csv", ",id,decision,title\n1,a,Accept,T\n0,b,Reject,U\n"),
        ("pandas-ids-as-index.csv", ",decision,title\na,Accept,T\nb,Reject,U\n"),
        ("r-write-csv.csv", '"","id","decision","title"\n"1","a","Accept","T"\n"2","b","Reject","U"\n'),
        ("r-write-table.csv", '"id","decision","title"\n"1","a","Accept","T"\n"2","b","Reject","U"\n'),
        ("blank-lines-first.csv", "\n\nid,decision,title\na,Accept,T\nb,Reject,U\n"),
        ("commas.tsv", "id,decision,title\na,Accept,T\nb,Reject,U\n"),
        ("lines.ndjson", "\n".join(map(json.dumps, ROWS))),
        ("commas-between.jsonl", ",\n".join(map(json.dumps, ROWS))),
        ("pretty.jsonl", "\n".join(json.dumps(row, indent=1) for row in ROWS)),
        ("one-line.jsonl", "".join(map(json.dumps, ROWS))),
        ("nested.json", json.dumps({"data": {"papers": ROWS}})),
        ("by-decision.json", json.dumps({"accepted": [{"id": "a", "title": "T"}],
                                         "rejected": [{"id": "b", "title": "U"}]})),
        ("columns-filtered.json", json.dumps({key: {"0": ROWS[0][key], "7": ROWS[1][key]} for key in ROWS[0]})),
        ("flattened.csv", "forum,content.venue.value,content.title.value\na,ICLR 2024 poster,T\n"
                          "b,Submitted to ICLR 2024,U\n"),
        ("german-excel.csv", "id;decision;title\na;WAHR;T\nb;FALSCH;U\n"),
        ("question.csv", "Paper ID,Accept?,Title\na,Yes,T\nb,No,U\n"),
        ("links.csv", "openreview_url,decision,title\na,Top 5%,T\nb,Reject,U\n"),
    ],
)  # fmt: skip
def test_layouts(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    found = import_table(path, CARD)
    assert [(paper.id, paper.title) for paper in found.papers] == [("a", "T"), ("b", "U")]
    assert [judgement.decision for judgement in found.judgements] == ["accept", "reject"]


def test_splits_as_arrays(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(json.dumps({"train": ROWS[:1], "test": ROWS[1:]}))
    assert [judgement.split for judgement in import_table(path, CARD).judgements] == ["calibration", "test"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04\x14\x00", "Excel workbook"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"id,decision,title\na,Accept,T\n,,\n1,2\n", "t.csv:4: 3 columns expected, 2 found"),
        (b",decision,title\na,Accept,T\na,Reject,U\n", "stands in a column without a name"),
    ],
)
def test_what_is_no_table_says_what_it_is(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        list(read_rows(path))


@pytest.mark.parametrize(
    "wording", ["accepted, despite reasons to reject", "accept or reject", "reject unless accepted"]
)
def test_wording_with_both_decisions_is_none(wording: str) -> None:
    with pytest.raises(ValueError):
        parse_decision(wording)


def test_json_in_a_cell_is_opened() -> None:
    assert flat({"id": "a", "review": '{"Overall": 4}'})["Overall"] == 4


def test_scores_by_id(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text('{"a": 4, "b": 6.5}')
    assert {name: review.overall for name, review in ReplayReviewer(path).reviews.items()} == {"a": 4, "b": 6.5}


@pytest.mark.parametrize("head", ["Overall Score (1-10)", "Rating (out of 10)", "pred_score", "review.overall"])
def test_columns_of_scores(tmp_path: Path, head: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"paper_id,{head},true_score\na,4,9\n")
    assert ReplayReviewer(path).reviews["a"].overall == 4


def test_several_models_are_told(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("paper_id,model,score\na,one,4\nb,two,6\n")
    assert ReplayReviewer(path).notes == [
        "reviews by several models (one, two) count as one reviewer's; ?reviewer=NAME chooses one"
    ]


def test_all_scores_of_a_tensor_count() -> None:
    found = read_score("tensor([4, 5])", "here")
    assert found is not None and (found.value, found.of) == (4.5, 2)


def test_all_fields_of_a_table_with_tabs_may_be_quoted(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text('"id"\t"decision"\t"title"\n"a"\t"Accept"\t"T"\n"b"\t"Reject"\t"U"\n')
    assert list(read_rows(tmp_path / "t.tsv")) == ROWS


def test_a_number_with_a_fraction_is_no_id(tmp_path: Path) -> None:
    text = json.dumps([{**ROWS[0], "id": "@"}, ROWS[1]]).replace('"@"', "2401.10500")
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(InputError, match=r"row 1: paper_id 2401\.105 is a number with a fraction, .* write it as text"):
        import_table(tmp_path / "t.json", CARD)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"accept": [ROWS[1]], "reject": [ROWS[0]]}, "stands under 'accept' and says 'Reject'"),
        ({"test": [{**ROWS[0], "split": "train"}], "train": [ROWS[1]]}, "under 'test' and says split 'train'"),
    ],
)
def test_rows_that_contradict_the_name_of_their_array_are_refused(tmp_path: Path, content: Any, words: str) -> None:
    (tmp_path / "t.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match=words):
        import_table(tmp_path / "t.json", CARD)


def test_rows_under_their_own_class_keep_their_wording(tmp_path: Path) -> None:
    told = {"accept": [{**ROWS[0], "decision": "Accept (Oral)"}], "reject": [{"id": "b", "title": "U"}]}
    (tmp_path / "t.json").write_text(json.dumps(told))
    assert [j.tier for j in import_table(tmp_path / "t.json", CARD).judgements] == ["oral", "reject"]


def test_a_year_has_four_digits() -> None:
    with pytest.raises(InputError, match="year '24' is no year of four digits"):
        whole_year("24", "year")


def test_lists_and_bytes_of_a_data_frame_are_read_as_what_they_are() -> None:
    frame = pd.DataFrame(
        {
            "id": [np.array(["a"]), b"b"],
            "decision": ["Accept", "Reject"],
            "title": [b"T", np.array(["U"])],
            "text": [np.array([{"heading": "A", "text": "One."}]), np.array(["One.", "Two."])],
            "reviews": [{"rating": np.array([6, 8]), "confidence": np.array([3, 4])}] * 2,
        }
    )
    dataset = import_dataset("frame", frame, save=False, calibration_share=0)
    assert [(p.id, p.title, p.text) for p in dataset.papers] == [("a", "T", "A\n\nOne."), ("b", "U", "One.\n\nTwo.")]
    assert [(j.ratings, j.confidences) for j in dataset.judgements] == [((6, 8), (3, 4))] * 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"%PDF-1.7 \xff", "text holds a PDF, not its text"),
        ("JVBERi0xLjQKJcfsj6IK", "text holds a PDF, not its text"),
        (b"words \xff", "text holds bytes that are no UTF-8"),
    ],
)
def test_a_text_that_is_none_is_refused(text: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        body(text, "text")


def test_a_tier_of_the_other_decision_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(json.dumps([{**ROWS[0], "tier": "reject"}, ROWS[1]]))
    with pytest.raises(InputError, match="row 1: tier 'reject' contradicts the decision, accept"):
        import_table(tmp_path / "t.json", CARD)
