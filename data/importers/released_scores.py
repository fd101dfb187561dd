"""The layouts of published sets with scores by humans and by a machine, of the same generated papers.

MLR-Bench   model_name, workshop_name, reviewer_id, Overall_human, and Overall_llm
FARS        objects with paper {code, title}, reviews [{reviewerLabel, scores {rating}}], and numerical_score
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import InputError
from .cells import word
from .human_reviews import HumanReview, JudgedPaper, ScoredPapers, named, one_score, refuse_repeated, repeated

MLRBENCH = ("reviewer_id", "model_name", "workshop_name", "Overall_human", "Overall_llm")


def is_mlrbench(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the rows are in MLR-Bench's layout, or nearly."""
    return {"Overall_human", "workshop_name"} <= {name for row in rows for name in row}


def is_fars(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the rows are in FARS' layout: a paper with its reviews."""
    return all(isinstance(row.get("paper"), Mapping) and isinstance(row.get("reviews"), list) for row in rows)


def read_mlrbench(path: Path, rows: Sequence[Mapping[str, Any]]) -> ScoredPapers:
    """Both sides of MLR-Bench's table. Raises InputError for a missing column, or a judge that contradicts itself."""
    missing = [name for name in MLRBENCH if name not in rows[0]]
    if missing:
        raise InputError(f"{path}: the layout of MLR-Bench (May 2025) without its column {', '.join(missing)}")
    reviews: list[HumanReview] = []
    judged: dict[tuple[str, str], JudgedPaper] = {}
    for number, row in enumerate(rows, start=1):
        where = f"{path}: row {number}"
        generator, paper, by = (named(row, name, where) for name in ("model_name", "workshop_name", "reviewer_id"))
        score = one_score(row["Overall_human"], f"{where}: Overall_human")
        if score is not None:
            reviews.append(HumanReview(where, paper, score, by, generator))
        machine = one_score(row["Overall_llm"], f"{where}: Overall_llm")
        if machine is None:
            continue
        first = judged.setdefault((generator, paper), JudgedPaper(where, paper, generator, machine))
        if first.score != machine:
            raise InputError(
                f"{where}: Overall_llm of {generator}/{paper} is {machine:g}, in {first.where} {first.score:g}"
            )
    notes = [
        f"{path}: {len(again)} papers have two reviews under one reviewer_id, as the release has them; all count: "
        f"{', '.join(again)}"
    ] if (again := [f"{r.generator}/{r.paper} (reviewer {r.by})" for r in repeated(reviews)]) else []  # fmt: skip
    return ScoredPapers(tuple(reviews), tuple(judged.values()), "MLR-Bench", (1, 10), tuple(notes))


def read_fars(path: Path, rows: Sequence[Mapping[str, Any]]) -> ScoredPapers:
    """Both sides of FARS' file. Raises InputError for a paper without a name, or a review without a rating's place."""
    reviews: list[HumanReview] = []
    judged: list[JudgedPaper] = []
    for number, row in enumerate(rows, start=1):
        where = f"{path}: paper {number}"
        title = word(row["paper"].get("title"), f"{where}: title")
        paper = word(row["paper"].get("code"), f"{where}: code") or title
        if not paper:
            raise InputError(f"{where}: paper has neither code nor title")
        for place, review in enumerate(row["reviews"], start=1):
            at = f"{where} ({paper}), review {place}"
            score = one_score(_rating(review, at), f"{at}: rating")
            if score is not None:
                by = word(review.get("reviewerLabel"), f"{at}: reviewerLabel")
                reviews.append(HumanReview(at, paper, score, by, title=title))
        machine = one_score(row.get("numerical_score"), f"{where}: numerical_score")
        if machine is not None:
            judged.append(JudgedPaper(where, paper, "fars", machine, title))
    refuse_repeated(reviews)
    silent = len(rows) - len({review.paper for review in reviews})
    notes = [f"{path}: {silent} of {len(rows)} papers have no review with a rating"] if silent else []
    return ScoredPapers(tuple(reviews), tuple(judged), "FARS", None, tuple(notes))


def _rating(review: Any, where: str) -> Any:
    scores = review.get("scores") if isinstance(review, Mapping) else None
    if not isinstance(scores, Mapping) or "rating" not in scores:
        raise InputError(
            f"{where}: no scores.rating; FARS' layout has scores {{rating, confidence, ...}} in each review"
        )
    return scores["rating"]
