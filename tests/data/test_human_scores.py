"""Human scores of generated papers: the layouts that are read, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from peerassay.data.errors import InputError
from peerassay.data.importers.human_scores import read_human_scores

MLR_HEAD = "reviewer_id,model_name,workshop_name,Novelty_human,Overall_human,Confidence_human,model,Overall_llm\n"


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def fars(*papers: tuple[str, list[Any], float | None]) -> str:
    """Papers in FARS' layout: code, ratings and numerical score."""

    def review(place: int, rating: Any) -> dict[str, Any]:
        scores = {"rating": rating, "confidence": 3, "soundness": 2, "presentation": 3, "contribution": 2}
        return {"reviewerLabel": f"Reviewer {place}", "scores": scores}

    return json.dumps(
        [
            {
                "paper": {"code": code, "title": f"A study of {code}", "status": "published"},
                "reviews": [review(place, rating) for place, rating in enumerate(ratings, start=1)],
                "numerical_score": score,
            }
            for code, ratings, score in papers
        ]
    )


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        ("paper,score\na,3\nb,4.5\n", [("a", 3, ""), ("b", 4.5, "")]),
        ("Paper ID;Human Score;Reviewer\na;3: weak;Ann\na;6;Bo\n", [("a", 3, "Ann"), ("a", 6, "Bo")]),
        ("paper,human_1,human_2\na,3,5\nb,,4\n", [("a", 3, "human_1"), ("a", 5, "human_2"), ("b", 4, "human_2")]),
        ("paper,ratings\na,3;5\n", [("a", 3, ""), ("a", 5, "")]),
        ("paper,score,human_score\na,9,3\n", [("a", 3, "")]),
        ("title,rating\nA long title,3\n", [("A long title", 3, "")]),
    ],
)
def test_tables_of_one_s_own(text: str, scores: list[tuple[str, float, str]], tmp_path: Path) -> None:
    found = read_human_scores(written(tmp_path, "h.csv", text))
    assert [(review.paper, review.score, review.by) for review in found.reviews] == scores
    assert (found.judged, found.scale) == ((), None)


def test_mlr_bench_holds_both_sides_and_its_repeated_reviewers_are_told(tmp_path: Path) -> None:
    rows = "1,gemini,w1,5,6,,B,3.5\n2,gemini,w1,5,4,,B,3.5\n2,gemini,w1,5,5,,B,3.5\n1,claude,w1,5,3,,A,6\n"
    found = read_human_scores(written(tmp_path, "mlr.csv", MLR_HEAD + rows))
    assert [(r.generator, r.paper, r.by, r.score) for r in found.reviews][2:] == [
        ("gemini", "w1", "2", 5),
        ("claude", "w1", "1", 3),
    ]
    assert [(j.generator, j.paper, j.score) for j in found.judged] == [("gemini", "w1", 3.5), ("claude", "w1", 6)]
    assert (found.source, found.scale) == ("MLR-Bench", (1, 10))
    assert "gemini/w1 (reviewer 2)" in found.notes[0]


def test_fars_has_ratings_within_reviews(tmp_path: Path) -> None:
    text = fars(("FA-1", [3, "4: borderline"], 5.5), ("FA-2", [None], 4.0), ("FA-3", [2], None))
    found = read_human_scores(written(tmp_path, "fars.json", text))
    assert [(r.paper, r.score, r.by, r.title) for r in found.reviews] == [
        ("FA-1", 3, "Reviewer 1", "A study of FA-1"),
        ("FA-1", 4, "Reviewer 2", "A study of FA-1"),
        ("FA-3", 2, "Reviewer 1", "A study of FA-3"),
    ]
    assert [(j.paper, j.score) for j in found.judged] == [("FA-1", 5.5), ("FA-2", 4.0)]
    assert "1 of 3 papers have no review with a rating" in found.notes[0]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("h.csv", "paper,score,reviewer\na,3,Ann\na,4,Ann\n", "row 2: Ann has a second score of a; keep one"),
        ("h.csv", "paper,score\na,good\n", "row 1: score"),
        ("h.csv", "paper,score\n,4\n", "row 1: paper is empty"),
        ("h.csv", "paper,verdict\na,4\n", "no column 'score' (columns: paper, verdict)"),
        ("h.csv", "paper,score\na,\n", "holds no human score"),
        ("h.csv", "paper,score\n", "has no rows"),
        ("m.csv", "model_name,workshop_name,Overall_human\ng,w,3\n", "without its column reviewer_id, Overall_llm"),
        ("m.csv", MLR_HEAD + "1,g,w,5,6,,B,3.5\n2,g,w,5,6,,B,4\n", "row 2: Overall_llm of g/w is 4, in"),
        ("f.json", json.dumps([{"paper": {"code": "a"}, "reviews": [{"rating": 3}]}]), "review 1: no scores.rating"),
        ("f.json", json.dumps([{"paper": {}, "reviews": []}]), "paper has neither code nor title"),
    ],
)
def test_what_is_refused(name: str, text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        read_human_scores(written(tmp_path, name, text))
    assert words in str(raised.value)


def test_each_humans_column_goes_before_a_mean_and_what_is_not_read_is_told(tmp_path: Path) -> None:
    found = read_human_scores(written(tmp_path, "h.csv", "paper,score,human_1,human_2,llm\na,7,6,8,9\nb,3,3,,9\n"))
    assert [(r.paper, r.score, r.by) for r in found.reviews] == [
        ("a", 6, "human_1"),
        ("a", 8, "human_2"),
        ("b", 3, "human_1"),
    ]
    assert found.notes[0].endswith("columns not read: score, llm")
