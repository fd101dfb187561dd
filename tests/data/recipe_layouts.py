"""Published data sets rebuilt with a few rows each; every row is invented."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]
WORDS = " ".join(f"word{i}" for i in range(60))


def _review(initial: str, final: str, confidence: str = "3: fairly confident") -> dict[str, Any]:
    return {
        "reviewer_id": "Reviewer_x",
        "review_title": "null",
        "review_content": "Some words.",
        "initial_score": {"rating": initial, "confidence": confidence, "aspect_score": "soundness: 3 good\n"},
        "final_score": {"rating": final, "confidence": confidence, "aspect_score": None},
        "initial_score_unified": {"rating": "7 accept, but needs minor improvements", "confidence": "fairly"},
    }


def re2_rows(part: str) -> Rows:
    """REVIEWS_train.json or REVIEWS_test.json."""
    return [
        {
            "paper_id": f"{part}{i}",
            "conference_year_track": "NeurIPS 2022 Conference" if i % 2 else "ICLR 2023 Conference",
            "reviews": [_review("7: Accept: solid", "8: Strong"), _review("5: Borderline", "5: Borderline")],
            "review_initial_ratings_unified": [7, 5] if i % 2 else [3, 4],
            "review_final_ratings_unified": [8, 5] if i % 2 else [3, 4],
            "metareview": "Words.",
            "decision": ("Accept", "Accept (poster)", "Reject", "Reject")[i],
        }
        for i in range(4)
    ]


def write_re2(folder: Path) -> Path:
    """With papers/ in folders by venue and year, as Markdown and LaTeX."""
    for part in ("train", "test"):
        (folder / f"REVIEWS_{part}.json").write_text(json.dumps(re2_rows(part)), encoding="utf-8-sig")
        (folder / f"REBUTTAL_{part}.json").write_text(json.dumps([{"paper_id": "test0", "messages": []}]))
        for row in re2_rows(part):
            name = row["conference_year_track"]
            place = folder / "papers" / name.split()[0] / name
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{row['paper_id']}.md").write_text(
                f"# Paper {row['paper_id']}\n\n## Abstract\n\nWe do.\n\n{WORDS}\n"
            )
    return folder


def reviewhub_rows(decision: str) -> Rows:
    """One split of one configuration."""
    words = {"accept": "Accept (Oral)", "reject": "Reject"}
    return [
        {
            "file_id": f"f{i}", "venue": "ICLR", "year": 2024, "decision_bucket": decision,
            "decision_text": words[decision], "title": f"{decision} {i}", "abstract": "We do.",
            "paper_id": f"{decision}{i}", "forum": f"{decision}{i}", "submission_revision_source": "initial",
            "json_path": f"json/{decision}{i}.json", "md_path": f"md/{decision}{i}.md", "paper_json": "{}",
            "num_reviews": 3,
        }
        for i in range(2)
    ]  # fmt: skip


def reviewbench_rows(venue: str) -> Rows:
    """One split, which is a conference."""
    reviews = [[{"rating": "6: weak accept", "confidence": "3: fairly"}, {"rating": "8", "confidence": 4},
                {"rating": None, "confidence": None, "rebuttal": "Thanks."}],
               [{"rating": 3, "confidence": 4, "summary": ""}, None]]  # fmt: skip
    return [
        {
            "forum_id": f"{venue}{i}", "conference": venue.upper(), "year": 2024, "track": "main", "venue_id": "x",
            "title": f"{venue} {i}", "abstract": "We do.", "authors": ["A"], "venue": f"{venue.upper()} 2024",
            "decision": ("Accept (poster)", "Reject")[i], "decision_comment": "Words.", "num_reviews": 2,
            "reviews_json": json.dumps(reviews[i]), "markdown": f"# {venue} {i}\n\n{WORDS}",
        }
        for i in range(2)
    ]  # fmt: skip


SNOR: Rows = [
    {"id": "s1", "title": "One", "raw_decision": "Accept: notable-top-25%", "normalized_decision": "accept",
     "accepted": True, "review_scores": "[6, 8]", "review_confidences": "[3, 4]", "conference_year": "ICLR 2023",
     "citation_count": 5},
    {"id": "s2", "title": "Two", "raw_decision": "Reject", "normalized_decision": "reject", "accepted": False,
     "review_scores": "[3, 3]", "review_confidences": "[4, 4]", "conference_year": "ICLR 2023", "citation_count": 0},
    {"id": "s3", "title": "Three", "raw_decision": "Withdrawn", "normalized_decision": "", "accepted": False,
     "review_scores": "", "review_confidences": "", "conference_year": "ICLR 2023", "citation_count": 0},
]  # fmt: skip
PAPERLISTS: Rows = [
    {"id": "p1", "title": "One", "track": "main", "status": "Spotlight", "keywords": "a;b", "rating": "6;8;5",
     "confidence": "3;4;4", "rating_avg": 6.33},
    {"id": "p2", "title": "Two", "track": "main", "status": "Reject", "rating": "3;3;5", "confidence": "4;4;3"},
    {"id": "p3", "title": "Three", "track": "main", "status": "Withdraw", "rating": "", "confidence": ""},
    {"id": "p4", "title": "Four", "track": "main", "status": "Desk Reject", "rating": "", "rating_avg": -1},
]  # fmt: skip
HYPERAGENTS: Rows = [
    {"question_id": "h1", "paper_text": f"One. {WORDS}", "outcome": "accept"},
    {"question_id": "h2", "paper_text": f"Two. {WORDS}", "outcome": "reject"},
]


def deepreview_rows(part: str) -> Rows:
    """Each paper of the training file in three modes."""
    rows: Rows = []
    for i in range(2):
        messages = [{"role": "system", "content": "Review."}, {"role": "user", "content": f"Paper {i}. {WORDS}"}]
        row = {"id": f"{part}{i}", "title": f"{part} {i}", "decision": ("Accept", "Reject")[i], "year": 2024,
               "inputs": json.dumps(messages), "outputs": "[]", "reviewer_comments": "[]",
               "rating": '["6: marginally above", "8: accept"]' if i == 0 else "[3, 5]"}  # fmt: skip
        rows += [{**row, "mode": mode} for mode in (("fast", "standard", "best") if part == "train" else ("best",))]
    return rows


def in_parquet(path: Path, rows: Rows) -> Path:
    """The rows as the Hugging Face library writes them."""
    import datasets

    path.parent.mkdir(parents=True, exist_ok=True)
    datasets.Dataset.from_list(rows).to_parquet(path)
    return path


def write_reviewhub(folder: Path) -> Path:
    """A folder per configuration, a file per class."""
    for decision in ("accept", "reject"):
        in_parquet(folder / "iclr2024" / f"{decision}-00000-of-00001.parquet", reviewhub_rows(decision))
        for row in reviewhub_rows(decision):
            (folder / "md").mkdir(exist_ok=True)
            (folder / row["md_path"]).write_text(f"# {row['title']}\n\n{WORDS}\n")
    return folder


def write_reviewbench(folder: Path) -> Path:
    """A file per conference."""
    for venue in ("iclr", "neurips"):
        in_parquet(folder / "data" / f"{venue}-00000-of-00001.parquet", reviewbench_rows(venue))
    return folder


def write_deepreview(folder: Path) -> Path:
    """train and test as CSV."""
    import datasets

    for part in ("train", "test"):
        datasets.Dataset.from_list(deepreview_rows(part)).to_csv(folder / f"{part}.csv")
    return folder


def _one_file(name: str, rows: Rows) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / name).write_text(json.dumps(rows))
        return folder / name

    return write


WRITERS: dict[str, Callable[[Path], Path]] = {
    "re2": write_re2,
    "reviewhub": write_reviewhub,
    "reviewbench": write_reviewbench,
    "snor": _one_file("snor.json", SNOR),
    "paperlists": _one_file("iclr2023.json", PAPERLISTS),
    "hyperagents": _one_file("paper_review.json", HYPERAGENTS),
    "deepreview13k": write_deepreview,
}
