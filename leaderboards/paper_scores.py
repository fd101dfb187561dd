"""What a result keeps of a review."""

from __future__ import annotations

from ..reviewer.protocol import paper_key
from ..reviewer.review import Review
from .records import PaperScore
from .redaction import redact_paths


def paper_score(review: Review) -> PaperScore:
    """The score, decision and probability of one paper, or why there is none; no words, no path."""
    return PaperScore(
        key=paper_key(review.paper_id),
        score=review.overall,
        decision=review.decision,
        p_accept=review.p_accept,
        failed=redact_paths(review.reason)[:2000] if review.status == "failed" else "",
    )
