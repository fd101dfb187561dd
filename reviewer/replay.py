"""Reviews made earlier, read from a file: the AI-Scientist release's CSV, any table of scores, or our reviews.jsonl."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..data.errors import InputError, unknown
from ..data.files import read_json, read_jsonl, validated
from ..data.importers.rows import read_rows
from ..data.records import Decision, Paper, parse_decision
from .protocol import Traits
from .review import HIGHEST, RECALLS, Recall, Review, Usage, failed

ID_COLUMNS = ("paper_id", "id", "forum")
SCORE_COLUMNS = ("Overall", "overall", "score", "rating")
DECISION_COLUMNS = ("Decision", "decision")
RECALL_COLUMNS = ("recall", "Recall")
NEURIPS_COLUMNS = {"Overall", "Soundness", "Presentation", "Contribution", "Confidence"}
NEURIPS_TRAITS = Traits(kind="replay", scale=(1, 10), accept_at=6, decision_rule="own decision")


class ReplayReviewer:
    """Answers with the review that the file holds for a paper's id."""

    def __init__(self, path: Path, *, reviewer: str | None = None) -> None:
        """Read the whole file. `reviewer` chooses one where a reviews.jsonl holds several.

        Raises InputError for missing columns, duplicate ids, or scores that are no finite numbers.
        """
        self.path = path
        if path.suffix == ".jsonl":
            self.reviews, self.traits = _read_our_own(path, reviewer)
        else:
            self.reviews, self.traits = _read_table(path)
        if not self.traits.text:
            self.traits = self.traits.model_copy(update={"text": "unknown"})
        if not self.reviews:
            raise InputError(f"{path}: holds no reviews")
        self.name = f"replay:{path.stem if path.suffix != '.jsonl' else reviewer or path.stem}"
        content = hashlib.sha256(path.read_bytes() + (reviewer or "").encode()).hexdigest()
        self.fingerprint = content[:12]

    @property
    def paper_ids(self) -> frozenset[str]:
        """The ids of the papers that the file has a review of."""
        return frozenset(self.reviews)

    @property
    def knows_recall(self) -> bool:
        """Whether the file says of any paper what the reviewer recalled of it."""
        return any(review.recall is not None for review in self.reviews.values())

    async def review(self, paper: Paper) -> Review:
        """The stored review; a failed one where the file has none for this paper."""
        return self.reviews.get(paper.id) or failed(paper.id, f"{self.path.name} has no review of this paper")


def _read_table(path: Path) -> tuple[dict[str, Review], Traits]:
    reviews: dict[str, Review] = {}
    columns: set[str] = set()
    for number, row in enumerate(read_rows(path), start=1):
        place = f"{path}: row {number}"
        columns = set(row)
        id_column = _column(row, ID_COLUMNS, place)
        score_column = _column(row, SCORE_COLUMNS, place)
        decision_column = next((name for name in DECISION_COLUMNS if name in row), None)
        recall_column = next((name for name in RECALL_COLUMNS if name in row), None)
        paper_id = str(row[id_column]).strip()
        if not paper_id:
            raise InputError(f"{place}: {id_column} is empty")
        if paper_id in reviews:
            raise InputError(f"{place}: paper {paper_id} is there twice; keep one review per paper")
        known = (id_column, score_column, decision_column, recall_column)
        rest = {k: v for k, v in row.items() if k not in known}
        reviews[paper_id] = Review(
            paper_id=paper_id,
            overall=_score(row[score_column], f"{place}: {score_column} of paper {paper_id}"),
            decision=_decision(row[decision_column], place) if decision_column else None,
            recall=_recall(row[recall_column], f"{place}: {recall_column}") if recall_column else None,
            fields=rest,
            usage=Usage(usd=None),
        )
    return reviews, NEURIPS_TRAITS if columns >= NEURIPS_COLUMNS else Traits(kind="replay")


def _column(row: Mapping[str, Any], names: tuple[str, ...], place: str) -> str:
    for name in names:
        if name in row:
            return name
    raise InputError(f"{place}: no column {names[0]!r} (columns: {', '.join(map(str, row))})")


def _score(value: Any, where: str) -> float:
    try:
        score = float(value)
    except (TypeError, ValueError):
        raise InputError(f"{where} is {value!r}, not a number") from None
    if not math.isfinite(score):
        raise InputError(f"{where} is {value!r}; leave failed reviews out, they are then counted as failed")
    if abs(score) > HIGHEST:
        raise InputError(f"{where} is {value!r}; scores go to {HIGHEST:g}")
    return score


def _decision(value: Any, place: str) -> Decision | None:
    if value is None or not str(value).strip():
        return None
    try:
        return parse_decision(str(value))[0]
    except ValueError:
        raise InputError(f"{place}: decision {value!r} is neither accept nor reject") from None


def _recall(value: Any, where: str) -> Recall | None:
    word = str(value or "").strip().lower()
    for recall in RECALLS:
        if word == recall:
            return recall
    if word:
        raise InputError(f"{where} is {value!r}; it takes {', '.join(RECALLS)}, or nothing where it was not asked")
    return None


def _read_our_own(path: Path, reviewer: str | None) -> tuple[dict[str, Review], Traits]:
    by_reviewer: dict[str, dict[str, Review]] = {}
    for number, value in read_jsonl(path):
        review = validated(Review, value, f"{path}:{number}")
        if review.repeat:
            continue
        known = by_reviewer.setdefault(review.reviewer, {})
        earlier = known.get(review.paper_id)
        if earlier is not None and earlier.status == "ok":
            raise InputError(f"{path}:{number}: paper {review.paper_id} is there twice; keep one review per paper")
        known[review.paper_id] = review
    if reviewer is None and len(by_reviewer) > 1:
        names = ", ".join(sorted(by_reviewer))
        raise InputError(f"{path}: holds several reviewers ({names}); choose one with ?reviewer=NAME")
    if reviewer is not None and reviewer not in by_reviewer:
        raise unknown("reviewer", reviewer, by_reviewer)
    name = reviewer if reviewer is not None else next(iter(by_reviewer), "")
    return by_reviewer.get(name, {}), _traits_on_record(path.parent / "run.json", name)


def _traits_on_record(path: Path, reviewer: str) -> Traits:
    """The traits that the run beside the reviews has for the reviewer: what it was fitted on stays known."""
    record = read_json(path) if path.is_file() else {}
    for entry in record.get("reviewers", []):
        if entry.get("name") == reviewer:
            traits = Traits.model_validate(entry["traits"])
            text = traits.text or record.get("dataset", {}).get("text", "")
            return traits.model_copy(update={"kind": "replay", "text": text})
    return Traits(kind="replay")
