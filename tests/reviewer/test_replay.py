"""Reviews made earlier: the released CSV, tables of scores, and our own JSON lines."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from peerassay.data.errors import InputError
from peerassay.data.records import Paper
from peerassay.data.registry import load_dataset
from peerassay.reviewer.protocol import Reviewer
from peerassay.reviewer.replay import ReplayReviewer, match_ids
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
    assert ReplayReviewer(path, columns={"decision": ""}).traits.accept_at == 6
    assert ReplayReviewer(path, columns={"score": "Quality"}).traits.accept_at is None


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
    assert load_reviewer(f"replay:{path}?text=raw").traits.text == "raw"
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
        (
            "id,points\na,1\n",
            r"s\.csv: row 1: no column is known as the score \(columns: id, points\).*--map score=points",
        ),
        ("id,score\na,1e308\n", r"s\.csv: row 1: score of paper a is '1e308'; scores go to 1e\+100"),
        ("id,score\na,-inf\n", "score of paper a is '-inf', not a finite number"),
        ("id,score\na,True\n", "score of paper a is 'True', not a number"),
        ("id,score\na,'6,5'\n".replace("'", '"'), "score of paper a: '6,5' can be read in two ways"),
        ("id,score\na,'1,234'\n".replace("'", '"'), "score of paper a: '1,234' can be read in two ways"),
        ("id,score\na,12/10\n", "score of paper a is '12/10': more than all of it"),
        ("id,score\na,4/10\nb,4/5\n", r"score: scores are written in several ways \(1 /10, 1 /5\)"),
        ("id,score\na,70%\nb,.6\n", "scores are written in several ways"),
        ("id,Overall,score\na,1,2\n", r"2 columns may be the score \(Overall, score\).*--map score=Overall"),
        ("id,rating,Mean Score\na,1,2\n", "2 columns may be the score"),
        ("id,score,p_accept\na,1,1.2\n", "p_accept of paper a is '1.2', not a chance from 0 to 1"),
        ("id,score,reviewer\na,1,x\na,2,x\n", "paper a is there twice by x"),
        ("id,score,model\na,1,x\na,2,y\n", r"by several models \(x, y\); choose one with \?reviewer=NAME"),
        ("id,Score,score\na,1,2\n", r"2 columns may be the score"),
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


@pytest.mark.parametrize(
    ("cell", "score"),
    [
        ("4/10", 4),
        ("4 out of 10", 4),
        ("6: marginally above the threshold", 6),
        ("weak accept (6)", 6),
        ("Rating: 8 / Accept", 8),
        ("75%", 75),
        ("6;8", 7),
        ('"[6, 7, 8]"', 7),
        ('"1,234.5"', 1234.5),
        ("−2", -2),
        ("1e-3", 0.001),
    ],
)
def test_scores_as_people_write_them(tmp_path: Path, cell: str, score: float) -> None:
    assert said(ReplayReviewer(written(tmp_path, "s.csv", f"id,score\na,{cell}\n")), "a").overall == score


@pytest.mark.parametrize("cell", ["", " ", "nan", "NaN", "N/A", "None", "-", "null"])
def test_an_empty_score_is_a_failed_review(tmp_path: Path, cell: str) -> None:
    reviewer = ReplayReviewer(written(tmp_path, "s.csv", f"id,score,decision\na,1,Accept\nb,{cell},Accept\n"))
    review = said(reviewer, "b")
    assert (review.status, review.reason) == ("failed", "no score in the table (score is empty)")
    assert review.usage.usd is None


def test_failures_that_a_table_tells(tmp_path: Path) -> None:
    table = "id,score,status,error\na,0,failed,time out after 60 s\nb,3,ok,\nc,,ok,refused to answer\n"
    reviewer = ReplayReviewer(written(tmp_path, "s.csv", table))
    assert [said(reviewer, name).reason for name in "abc"] == ["time out after 60 s", "", "refused to answer"]


def test_the_mean_of_several_reviewers_counts_and_is_told(tmp_path: Path) -> None:
    table = "id,score,decision,reviewer\na,4,Accept,x\na,7,Accept,y\na,,,z\nb,1,Reject,x\nb,2,Accept,y\nc,5,Reject,x\n"
    reviewer = ReplayReviewer(written(tmp_path, "s.csv", table))
    found = [(r.overall, r.decision) for r in (said(reviewer, name) for name in "abc")]
    assert found == [(5.5, "accept"), (1.5, None), (5, "reject")]
    assert reviewer.notes == ["5 reviews of 2 papers by several reviewers (reviewer): a paper's score is the mean"]
    chosen = ReplayReviewer(tmp_path / "s.csv", reviewer="y")
    assert [(p, r.overall) for p, r in chosen.reviews.items()] == [("a", 7), ("b", 2)]
    assert chosen.fingerprint != reviewer.fingerprint
    with pytest.raises(InputError, match="unknown reviewer 'w'; known: x, y, z"):
        ReplayReviewer(tmp_path / "s.csv", reviewer="w")


@pytest.mark.parametrize(
    "table",
    [
        "paper_id,Average Overall\na,6\n",
        "Paper ID,avg_rating\na,6\n",
        "paperId;Mean Score\na;6\n",
        ",forum,Overall Rating\n0,a,6\n",
        "sep=;\nid;rating\na;6\n",
        "id,Overall,score\na,6,6\n",
        "id,score,soundness,cost\na,6,3,0.01\n",
        "id,recommendation\na,6: weak accept\n",
    ],
)
def test_columns_are_known_by_common_names(tmp_path: Path, table: str) -> None:
    assert said(ReplayReviewer(written(tmp_path, "s.csv", table)), "a").overall == 6


def test_columns_are_said(tmp_path: Path) -> None:
    path = written(tmp_path, "s.csv", "key,grade,score,word\na,7,1,Reject\n")
    reviewer = ReplayReviewer(path, columns={"paper_id": "key", "overall": "grade", "decision": "word"})
    assert (said(reviewer, "a").overall, said(reviewer, "a").decision) == (7, "reject")
    assert load_reviewer(f"replay:{path}?map=id=key&map=score=grade").fingerprint != reviewer.fingerprint
    with pytest.raises(InputError, match="unknown field 'grade'"):
        ReplayReviewer(path, columns={"paper_id": "key", "grade": "grade"})
    with pytest.raises(InputError, match=r"\?map score: expected FIELD=COLUMN, such as score=Overall"):
        load_reviewer(f"replay:{path}?map=score")
    ours = written(tmp_path, "reviews.jsonl", lines(Review(paper_id="a", reviewer="x", overall=1)))
    with pytest.raises(InputError, match="a run's own file"):
        ReplayReviewer(ours, columns={"score": "overall"})


def test_decisions_or_chances_alone(tmp_path: Path) -> None:
    decisions = ReplayReviewer(written(tmp_path, "s.csv", "id,recommendation\na,Weak accept\nb,Strong reject\n"))
    assert [said(decisions, name).decision for name in "ab"] == ["accept", "reject"]
    assert decisions.notes == ["no scores, decisions alone"]
    indexed = ReplayReviewer(written(tmp_path, "s.csv", "Unnamed: 0,id,decision\n0,a,Accept\n"))
    assert said(indexed, "a").decision == "accept"
    chances = ReplayReviewer(written(tmp_path, "s.csv", "id,P(accept)\na,75%\nb,25%\n"))
    assert [(said(chances, n).overall, said(chances, n).p_accept) for n in "ab"] == [(75, 0.75), (25, 0.25)]
    with pytest.raises(InputError, match="no column is known as the score"):
        ReplayReviewer(written(tmp_path, "s.csv", "id,decision,points\na,Accept,3\n"))


JSON = [
    '{"a": {"Overall": 6, "Decision": "Accept"}}',
    '[{"paper_id": "a", "Overall": 6, "Decision": "Accept"}]',
    '{"paper_id": ["a"], "Overall": [6], "Decision": ["Accept"]}',
    '[{"paper": {"id": "a", "title": "T"}, "scores": {"overall": 6, "soundness": 3}, "decision": "accept"}]',
    '[{"forum": "a", "content": {"rating": {"value": "6: good"}, "decision": {"value": "Accept"}}}]',
]


@pytest.mark.parametrize("content", JSON)
def test_json_as_people_write_it(tmp_path: Path, content: str) -> None:
    review = said(ReplayReviewer(written(tmp_path, "s.json", content)), "a")
    assert (review.overall, review.decision) == (6, "accept")


def test_json_lines_that_are_no_run_of_ours(tmp_path: Path) -> None:
    content = '{"paper_id": "a", "Overall": 6, "x": 1e999}\n{"paper_id": "b", "Overall": NaN}\n'
    reviewer = ReplayReviewer(written(tmp_path, "s.jsonl", content))
    assert said(reviewer, "a").overall == 6
    assert said(reviewer, "b").status == "failed"
    assert Review.model_validate_json(said(reviewer, "a").model_dump_json()).fields == {"x": "inf"}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("ab12.pdf", "ab12"),
        ("papers/AB12.txt", "ab12"),
        ("C:\\papers\\ab12.PDF", "ab12"),
        ("https://openreview.net/forum?id=AbC1&noteId=x", "AbC1"),
        ("https://openreview.net/pdf?id=AbC1", "AbC1"),
        (" ab12\u200b", "ab12"),
        ("7.0", "7"),
        ("7", "007"),
        ("ab12", "ab12.txt"),
    ],
)
def test_ids_as_people_write_them(theirs: str, ours: str) -> None:
    assert match_ids([theirs, "other"], [ours, "third"]) == {theirs: ours}


def test_ids_that_are_not_clear_are_not_matched() -> None:
    assert match_ids(["2021/12", "2022/12"], ["12"]) == {}
    assert match_ids(["12"], ["2021/12", "2022/12"]) == {}
    assert match_ids(["Ab", "aB"], ["Ab", "aB"]) == {"Ab": "Ab", "aB": "aB"}
    assert match_ids(["Ab"], ["Ab", "ab"]) == {"Ab": "Ab"}


def test_shared_cases(shared_cases: Path) -> None:
    """Each file of earlier reviews there is read, or refused for what is wrong with it."""
    refused = {
        "20-none-match.csv": "32 of its 32 papers are not in dataset sample",
        "22-overall-bool-string.csv": "not a number",
        "23-thousand.csv": "not a finite number",
        "28-two-score-cols.csv": "2 columns may be the score",
    }
    failures = {"10-nan-some.csv": 4, "11-empty-some.csv": 4, "19-missing-half.csv": 16}
    papers = load_dataset("sample").papers
    plain = ReplayReviewer(shared_cases / "03-replay" / "01-plain.csv").reviews
    for path in sorted((shared_cases / "03-replay").iterdir()):
        try:
            reviewer = ReplayReviewer(path)
            reviewer.match_papers({paper.id for paper in papers}, "sample")
        except InputError as error:
            assert refused[path.name] in str(error)
            continue
        assert path.name not in refused
        reviews = [said(reviewer, paper.id) for paper in papers]
        assert sum(r.status == "failed" for r in reviews) == failures.get(path.name, 0), path.name
        assert all(r.overall == plain[r.paper_id].overall for r in reviews if r.status == "ok"), path.name


def test_the_humans_decision_is_never_taken_for_the_reviewers(tmp_path: Path) -> None:
    both = written(tmp_path, "s.csv", "id,score,decision,predicted_decision\na,6,Reject,Accept\nb,3,Reject,Reject\n")
    with pytest.raises(InputError, match=r"2 columns may be the decision .* --map decision=predicted_decision"):
        ReplayReviewer(both)
    mapped = ReplayReviewer(both, columns={"decision": "predicted_decision"})
    assert said(mapped, "a").decision == "accept"
    same = written(tmp_path, "t.csv", "id,score,decision,verdict\na,6,Accept,Accept\n")
    assert said(ReplayReviewer(same), "a").decision == "accept"
    inside = {"paper": {"id": "a", "decision": "Reject", "rating": 3}, "review": {"Overall": 6}}
    nested = ReplayReviewer(written(tmp_path, "n.jsonl", json.dumps(inside)))
    assert (said(nested, "a").overall, said(nested, "a").decision) == (6, None)


def test_a_decision_of_nobody_named_is_told_and_not_taken(tmp_path: Path) -> None:
    path = written(tmp_path, "s.csv", "id,score,accepted\na,6,1\n")
    reviewer = ReplayReviewer(path)
    assert said(reviewer, "a").decision is None
    assert "accepted was not read, it may be the humans' decision: --map decision=accepted takes it" in reviewer.notes
    assert said(ReplayReviewer(path, columns={"decision": "accepted"}), "a").decision == "accept"
    assert ReplayReviewer(path, columns={"decision": ""}).notes == []


def test_a_score_that_differs_within_its_row_is_refused(tmp_path: Path) -> None:
    row = {"id": "a", "Overall": 9, "review": {"Overall": 6}}
    with pytest.raises(InputError, match=r"row 1: Overall stands in the row and in its review, and differs"):
        ReplayReviewer(written(tmp_path, "n.jsonl", json.dumps(row)))
    agreed = ReplayReviewer(written(tmp_path, "n.jsonl", json.dumps({**row, "Overall": 6})))
    assert said(agreed, "a").overall == 6
