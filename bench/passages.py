"""Reviews without the passages of papers that stand in them on record, where texts may not be passed on."""

from __future__ import annotations

from typing import Any

from ..reviewer.review import Review

QUOTES = {"hidden": "text", "injections": "excerpt"}
"""Kinds of findings on reading a paper, and the field that quotes it."""


def without_passages(review: Review) -> Review:
    """The review with what it found in the paper counted and not quoted: hidden text, orders to reviewers."""
    findings = review.fields.get("findings")
    if not isinstance(findings, dict) or not any(findings.get(kind) for kind in QUOTES):
        return review
    bare = {kind: _bare(found, QUOTES.get(kind)) for kind, found in findings.items()}
    return review.model_copy(update={"fields": {**review.fields, "findings": bare}})


def _bare(found: Any, quote: str | None) -> Any:
    if quote is None or not isinstance(found, list):
        return found
    return [{**one, quote: ""} if isinstance(one, dict) else one for one in found]
