"""What stands in a log for reading: a review, and a paper whose text does not."""

from __future__ import annotations

import json

from ..reviewer.review import Review

NO_REVIEW = "no review: a limit of the eval ended the sample, or its solver made none"


def review_in_words(review: Review) -> str:
    """The review as the log's answer: its fields as JSON, or why it failed."""
    if review.status == "failed":
        return f"(failed: {review.reason})"
    said = {"overall": review.overall, "decision": review.decision, "p_accept": review.p_accept}
    return json.dumps({**{k: v for k, v in said.items() if v is not None}, **review.fields}, indent=2)


def stand_in(title: str, paper_id: str) -> str:
    """What stands in a log instead of a text."""
    return f"{title or paper_id} (the text of the paper is not in this log)"
