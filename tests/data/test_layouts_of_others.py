"""Tables in the layouts of published collections of papers and reviews; every row is invented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from peerassay.data.dataset import Dataset
from peerassay.data.errors import InputError
from peerassay.data.importers.table import import_table
from peerassay.data.records import DatasetCard

Rows = list[dict[str, Any]]

PAPERLISTS: Rows = [
    {"id": "a1", "title": "One", "abstract": "We do.", "status": "Poster", "rating": "6;8;5", "confidence": "3;4;4",
     "track": "main", "rating_avg": [6.33, 1.25]},
    {"id": "a2", "title": "Two", "abstract": "We try.", "status": "Reject", "rating": "3;3;5", "confidence": "4;4;3"},
    {"id": "a3", "title": "Three", "abstract": "We left.", "status": "Withdraw", "rating": "", "confidence": ""},
    {"id": "a4", "title": "Four", "abstract": "We went.", "status": "Desk Reject", "rating": "", "confidence": ""},
]  # fmt: skip
RE2: Rows = [
    {"paper_id": "a1", "title": "One", "abstract": "We do.", "decision": "Accept",
     "reviews": [{"reviewer_id": "r1", "review_content": "Good.", "initial_score": {"rating": 6, "confidence": 3},
                  "final_score": {"rating": 8}},
                 {"reviewer_id": "r2", "review_content": "Fine.", "initial_score": {"rating": 8, "confidence": 4}},
                 {"reviewer_id": "r3", "review_content": "Hm.", "initial_score": {"rating": 5, "confidence": 4}}]},
    {"paper_id": "a2", "title": "Two", "abstract": "We try.", "decision": "Reject",
     "reviews": [{"initial_score": {"rating": "3: reject", "confidence": "4"}},
                 {"initial_score": {"rating": 3, "confidence": 4}}, {"initial_score": {"rating": 5, "confidence": 3}}]},
]  # fmt: skip
REVIEWBENCH: Rows = [
    {"forum_id": "a1", "conference": "ICLR", "year": 2024.0, "title": "One", "venue": "ICLR 2024 poster",
     "decision": "Accept (poster)", "markdown": "# One\n\nWords.", "num_reviews": 3,
     "reviews_json": json.dumps([{"rating": "6: weak accept", "confidence": "3"}, {"rating": "8", "confidence": "4"},
                                 {"rating": 5, "confidence": 4}, {"comment": True, "rating": None}])},
    {"forum_id": "a2", "conference": "ICLR", "year": 2024.0, "title": "Two", "venue": "Submitted to ICLR 2024",
     "decision": "Reject", "markdown": "# Two\n\nWords.", "num_reviews": 3,
     "reviews_json": json.dumps([{"rating": r, "confidence": c} for r, c in ((3, 4), (3, 4), (5, 3))])},
]  # fmt: skip
SNOR: Rows = [
    {"id": "a1", "title": "One", "abstract": "x", "raw_decision": "Accept: notable-top-25%", "accepted": True,
     "normalized_decision": "accept", "review_scores": [6, 8, 5], "review_confidences": [3, 4, 4], "citation_count": 7},
    {"id": "a2", "title": "Two", "abstract": "x", "raw_decision": "Reject", "normalized_decision": "reject",
     "accepted": False, "review_scores": [3, 3, 5], "review_confidences": [4, 4, 3], "citation_count": 0},
]  # fmt: skip
HYPERAGENTS: Rows = [
    {"question_id": "a1", "paper_text": "Words of one.", "outcome": "accept"},
    {"question_id": "a2", "paper_text": "Words of two.", "outcome": "reject"},
]
REVIEWHUB: Rows = [
    {"file_id": "f1", "paper_id": "a1", "venue": "ICLR", "year": 2024, "decision_bucket": "accept", "title": "One",
     "decision_text": "Accept (Oral)", "abstract": "We do.", "num_reviews": 3, "paper_json": "{}"},
    {"file_id": "f2", "paper_id": "a2", "venue": "ICLR", "year": 2024, "decision_bucket": "reject", "title": "Two",
     "decision_text": "Reject", "abstract": "We try.", "num_reviews": 3, "paper_json": "{}"},
]  # fmt: skip
OPENREVIEW: Rows = [
    {"id": "a1", "forum": "a1", "content": {"title": {"value": "One"}, "abstract": {"value": "We do."},
     "venue": {"value": "ICLR 2025 Poster"}}},
    {"id": "a2", "forum": "a2", "content": {"title": {"value": "Two"}, "abstract": {"value": "We try."},
     "venue": {"value": "Submitted to ICLR 2025"}}},
]  # fmt: skip
RATED = [((6, 8, 5), (3, 4, 4)), ((3, 3, 5), (4, 4, 3))]
BARE = [((), ()), ((), ())]


def imported(folder: Path, rows: Rows, suffix: str = ".json") -> Dataset:
    path = folder / f"table{suffix}"
    path.write_text(json.dumps(rows) if suffix == ".json" else "\n".join(map(json.dumps, rows)))
    return import_table(path, DatasetCard(name="made"))


@pytest.mark.parametrize("suffix", [".json", ".jsonl"])
@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (PAPERLISTS, RATED),
        (RE2, RATED),
        (REVIEWBENCH, RATED),
        (SNOR, RATED),
        (HYPERAGENTS, BARE),
        (REVIEWHUB, BARE),
        (OPENREVIEW, BARE),
    ],
    ids=["paperlists", "Re2", "ReviewBench", "SNOR", "HyperAgents", "ReviewHub", "OpenReview"],
)
def test_published_layouts(tmp_path: Path, suffix: str, rows: Rows, expected: list[Any]) -> None:
    dataset = imported(tmp_path, rows, suffix)
    assert [(j.paper_id, j.decision) for j in dataset.judgements] == [("a1", "accept"), ("a2", "reject")]
    assert [(j.ratings, j.confidences) for j in dataset.judgements] == expected
    assert not any(mark in paper.model_dump_json() for paper in dataset.papers for mark in ("{'", "None", "nan"))
    assert any(note.startswith("Read by common names: ") for note in dataset.card.notes) or rows is RE2


def test_what_was_left_out_is_counted(tmp_path: Path) -> None:
    assert imported(tmp_path, PAPERLISTS).card.excluded == {
        "no accept or reject (Withdraw)": 1,
        "no accept or reject (Desk Reject)": 1,
    }


def test_a_mean_is_no_rating(tmp_path: Path) -> None:
    rows = [{"id": "a", "decision": "Accept", "title": "T", "avg_rating": 6.3, "rating_std": 1.2}]
    assert imported(tmp_path, rows).judgements[0].ratings == ()


def test_reviews_of_papers_without_decisions_are_refused(tmp_path: Path) -> None:
    reviews = [{"reviewerLabel": "A", "scores": {"rating": 3, "confidence": 4}}]
    rows = [{"paper": {"code": "FA1", "title": "One", "status": "published"}, "reviews": reviews, "id": "x"}]
    with pytest.raises(InputError, match=r"none of 1 rows can be used: 1 no accept or reject \(published\)"):
        imported(tmp_path, rows)
    rows[0]["decision"] = "Reject"
    dataset = imported(tmp_path, rows)
    assert (dataset.judgements[0].ratings, dataset.papers[0].title) == ((3,), "One")


def test_texts_of_reviews_are_no_ratings(tmp_path: Path) -> None:
    rows = [{"id": "a", "decision": "Accept", "title": "T", "reviews": ["Good paper, 6 of 10.", "Fine."]}]
    dataset = imported(tmp_path, rows)
    assert dataset.judgements[0].ratings == ()
    assert "reviews: holds no ratings that can be read; none were taken." in dataset.card.notes


def test_two_columns_of_one_name_are_asked_about(tmp_path: Path) -> None:
    rows = [{"id": "a", "decision": "Accept", "Decision": "Reject", "title": "T"}]
    with pytest.raises(InputError, match=r"two columns may be the decision \(decision, Decision\)"):
        imported(tmp_path, rows)


def test_texts_in_a_second_folder(tmp_path: Path) -> None:
    (tmp_path / "REVIEWS_test.json").write_text(json.dumps(RE2))
    (tmp_path / "papers" / "iclr").mkdir(parents=True)
    with pytest.raises(InputError, match="no file ID.txt, ID.md, ID.tex, ID.pdf for any of the 2 ids"):
        import_table(tmp_path / "REVIEWS_test.json", DatasetCard(name="made"), texts=tmp_path / "papers")
    (tmp_path / "papers" / "iclr" / "a1.txt").write_text("# One\n\nThe whole text.")
    (tmp_path / "papers" / "iclr" / "a1.md").write_text("# Notes")
    dataset = import_table(tmp_path / "REVIEWS_test.json", DatasetCard(name="made"), texts=tmp_path / "papers")
    assert [paper.id for paper in dataset.papers] == ["a1"]
    assert "The whole text." in dataset.papers[0].text
    assert dataset.card.excluded == {"text_file is not there": 1}
    assert dataset.judgements[0].ratings == (6, 8, 5)
