"""Reviews made earlier: the released CSV, tables of scores, and our own JSON lines."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from peerassay.data.errors import InputError
from peerassay.data.records import Paper
from peerassay.reviewer.protocol import Reviewer, traits_of
from peerassay.reviewer.replay import ReplayReviewer
from peerassay.reviewer.review import Review, Usage, failed
from peerassay.reviewer.spec import load_reviewer

RELEASED = (
    "paper_id,Summary,Questions,Limitations,Ethical Concerns,Soundness,Presentation,Contribution,Overall,Confidence,"
    "Strengths,Weaknesses,Originality,Quality,Clarity,Significance,Decision\n"
)


def written(folder: Path, name: str, content: str) -> Path:
    (folder / name).write_text(content, encoding="utf-8")
    return folder / name


def said(reviewer: ReplayReviewer, paper_id: str) -> Review:
    return asyncio.run(reviewer.review(Paper(id=paper_id, text="words")))


def test_the_released_columns(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "gpt.csv",
        RELEASED + 'a,"It does, too.","[\'Why?\']",[],False,3,3,2,6,4,"[\'Clear\']",[],3,3,3,2,Accept\n'
        "b,No.,[],[],False,2,2,2,3.5,4,[],[],2,2,2,2,Reject\n",
    )
    reviewer = ReplayReviewer(path)
    assert isinstance(reviewer, Reviewer)
    assert reviewer.name == "replay:gpt"
    assert reviewer.paper_ids == {"a", "b"}
    first = said(reviewer, "a")
    assert (first.overall, first.decision) == (6, "accept")
    assert first.fields["Summary"] == "It does, too."
    assert first.fields["Soundness"] == "3"
    assert not {"paper_id", "Overall", "Decision"} & first.fields.keys()
    assert (said(reviewer, "b").overall, said(reviewer, "b").decision) == (3.5, "reject")
    assert (reviewer.traits.kind, reviewer.traits.scale, reviewer.traits.accept_at) == ("replay", (1, 10), 6)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("s.tsv", "id\tscore\na\t.25\n"),
        ("s.csv", "forum,rating,decision\na,0.25,\n"),
        ("s.csv", "paper_id,overall\n a ,0.25\n"),
    ],
)
def test_a_bare_table_of_scores(tmp_path: Path, name: str, content: str) -> None:
    reviewer = ReplayReviewer(written(tmp_path, name, content))
    price_unknown = Usage(usd=None)
    assert said(reviewer, "a") == Review(paper_id="a", overall=0.25, usage=price_unknown)
    assert (reviewer.traits.scale, reviewer.traits.accept_at) == (None, None)


def test_what_was_recalled_is_kept(tmp_path: Path) -> None:
    reviewer = ReplayReviewer(written(tmp_path, "s.csv", "id,score,recall\na,1,Outcome\nb,2,\n"))
    assert (said(reviewer, "a").recall, said(reviewer, "b").recall) == ("outcome", None)
    assert reviewer.knows_recall
    assert not ReplayReviewer(written(tmp_path, "t.csv", "id,score,recall\na,1,\n")).knows_recall


def test_the_text_of_stored_reviews_is_theirs(tmp_path: Path) -> None:
    path = written(tmp_path, "s.csv", "id,score\na,1\n")
    assert ReplayReviewer(path).traits.text == "unknown"
    assert traits_of(load_reviewer(f"replay:{path}?text=raw")).text == "raw"
    with pytest.raises(InputError, match="text is 'pdf'; it takes raw or scrubbed"):
        load_reviewer(f"replay:{path}?text=pdf")
    ours = written(tmp_path, "reviews.jsonl", lines(Review(paper_id="a", reviewer="x", overall=1)))
    assert ReplayReviewer(ours).traits.text == "unknown"
    traits = {"kind": "llm", "text": ""}
    record = {"dataset": {"text": "raw"}, "reviewers": [{"name": "x", "traits": traits}]}
    written(tmp_path, "run.json", json.dumps(record))
    assert ReplayReviewer(ours).traits.text == "raw"


def test_a_paper_without_a_review_fails_with_a_reason(tmp_path: Path) -> None:
    review = said(ReplayReviewer(written(tmp_path, "s.csv", "id,score\na,1\n")), "z")
    assert review == failed("z", "s.csv has no review of this paper")


def test_the_fingerprint_follows_the_content(tmp_path: Path) -> None:
    one = ReplayReviewer(written(tmp_path, "one.csv", "id,score\na,1\n")).fingerprint
    same = ReplayReviewer(written(tmp_path, "two.csv", "id,score\na,1\n")).fingerprint
    other = ReplayReviewer(written(tmp_path, "one.csv", "id,score\na,2\n")).fingerprint
    assert one == same != other


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("key,score\na,1\n", r"s\.csv: row 1: no column 'paper_id' \(columns: key, score\)"),
        ("id,points\na,1\n", r"s\.csv: row 1: no column 'Overall' \(columns: id, points\)"),
        ("id,score\na,1e308\n", r"s\.csv: row 1: score of paper a is '1e308'; scores go to 1e\+100"),
        ("id,score\na,1\nb,nan\n", r"s\.csv: row 2: score of paper b is 'nan'; leave failed reviews out"),
        ("id,score\na,-inf\n", "score of paper a is '-inf'"),
        ("id,score\na,\n", "score of paper a is '', not a number"),
        ("id,score\na,good\n", "score of paper a is 'good', not a number"),
        ("id,score\na,1\n a,2\n", r"s\.csv: row 2: paper a is there twice"),
        ("id,score\n,1\n", "row 1: id is empty"),
        ("id,score,decision\na,1,perhaps\n", "row 1: decision 'perhaps' is neither accept nor reject"),
        ("id,score,recall\na,1,maybe\n", "row 1: recall is 'maybe'; it takes outcome, paper, title, no, or nothing"),
        ("id,score\n", "holds no reviews"),
        ("", "holds no reviews"),
    ],
)
def test_wrong_tables_are_named(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        ReplayReviewer(written(tmp_path, "s.csv", content))


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"s\.xlsx: expected a file ending in"):
        ReplayReviewer(written(tmp_path, "s.xlsx", "[]"))
    with pytest.raises(InputError, match=r"gone\.csv: cannot be read"):
        ReplayReviewer(tmp_path / "gone.csv")


def lines(*reviews: Review) -> str:
    return "".join(f"{review.model_dump_json()}\n" for review in reviews)


def test_our_own_reviews_come_back_as_they_were(tmp_path: Path) -> None:
    reviews = (
        Review(paper_id="a", reviewer="x", overall=2, fields={"Summary": "s"}, usage=Usage(calls=1, usd=0.01)),
        failed("b", "no answer").model_copy(update={"reviewer": "x"}),
    )
    reviewer = ReplayReviewer(written(tmp_path, "reviews.jsonl", lines(*reviews)))
    assert said(reviewer, "a") == reviews[0]
    assert said(reviewer, "b") == reviews[1]
    assert reviewer.name == "replay:reviews"


def test_the_last_review_of_a_paper_counts(tmp_path: Path) -> None:
    retried = (failed("a", "no answer"), Review(paper_id="a", overall=4))
    assert said(ReplayReviewer(written(tmp_path, "reviews.jsonl", lines(*retried))), "a").overall == 4


def test_one_of_several_reviewers_is_chosen(tmp_path: Path) -> None:
    reviews = [Review(paper_id="a", reviewer=name, overall=score) for name, score in (("x", 1), ("floor:length", 2))]
    path = written(tmp_path, "reviews.jsonl", lines(*reviews))
    with pytest.raises(
        InputError, match=r"holds several reviewers \(floor:length, x\); choose one with \?reviewer=NAME"
    ):
        ReplayReviewer(path)
    assert said(ReplayReviewer(path, reviewer="x"), "a").overall == 1
    chosen = ReplayReviewer(path, reviewer="floor:length")
    assert said(chosen, "a").overall == 2
    assert chosen.name == "replay:floor:length"
    assert chosen.fingerprint != ReplayReviewer(path, reviewer="x").fingerprint
    with pytest.raises(InputError, match="unknown reviewer 'floor:lenght'; did you mean floor:length"):
        ReplayReviewer(path, reviewer="floor:lenght")


@pytest.mark.parametrize("value", [{"paper_id": "a"}, {"overall": 3}, {"paper_id": "a", "overall": "high"}])
def test_a_wrong_json_line_is_named(tmp_path: Path, value: dict[str, object]) -> None:
    content = lines(Review(paper_id="z", overall=1)) + json.dumps(value) + "\n"
    with pytest.raises(InputError, match=r"reviews\.jsonl:2: "):
        ReplayReviewer(written(tmp_path, "reviews.jsonl", content))


def test_the_released_file(shared_data: Path) -> None:
    name = "gpt-4o-2024-05-13_temp_0_1_fewshot_1_reflect_5_ensemble_5_pages_all.csv"
    reviewer = ReplayReviewer(shared_data / "iclr2022" / "llm_reviews" / name)
    assert len(reviewer.paper_ids) == 500
    assert reviewer.traits.accept_at == 6
    assert all(1 <= (r.overall or 0) <= 10 and r.decision for r in reviewer.reviews.values())
