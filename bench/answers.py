"""What figures need of a review, without its texts: a run of any length is read into arrays in little memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from ..data.records import Decision
from ..reviewer.forms.field import PERCENTILE
from ..reviewer.review import Recall, Review, Usage

NOTHING: dict[str, Any] = {}
Signature = tuple[str, str]
"""Name and fingerprint of a reviewer."""


class Answer(NamedTuple):
    """A review as `machine_of` reads it; of `fields` what is counted, no texts."""

    status: str
    overall: float | None
    decision: Decision | None
    p_accept: float | None
    p_calibrated: bool
    recall: Recall | None
    reason: str
    usage: Usage
    fields: dict[str, Any]


def answers_of(
    reviews: Iterable[Review], signatures: Collection[Signature], papers: Iterable[str]
) -> dict[Signature, dict[str, Answer]]:
    """The last review of the first repeat by each of these reviewers of each of these papers."""
    ids = {paper: paper for paper in papers}
    found: dict[Signature, dict[str, Answer]] = {signature: {} for signature in signatures}
    usages: dict[Usage, Usage] = {}
    for review in reviews:
        mine, paper = found.get((review.reviewer, review.fingerprint)), ids.get(review.paper_id)
        if mine is not None and paper is not None and review.repeat == 0:
            mine[paper] = Answer(
                status="ok" if review.status == "ok" else "failed",
                overall=review.overall,
                decision=review.decision and ("accept" if review.decision == "accept" else "reject"),
                p_accept=review.p_accept,
                p_calibrated=review.p_calibrated,
                recall=review.recall,
                reason=review.reason,
                usage=usages.setdefault(review.usage, review.usage),
                fields=_counted(review.fields),
            )
    return found


def _counted(fields: dict[str, Any]) -> dict[str, Any]:
    kept = {PERCENTILE: fields[PERCENTILE]} if PERCENTILE in fields else {}
    findings, notes, panel = (fields.get(name) for name in ("findings", "notes", "panel"))
    if isinstance(findings, dict):
        kept["findings"] = {kind: bool(found) for kind, found in findings.items()}
    if isinstance(notes, list):
        kept["notes"] = [None] * len(notes)
    if isinstance(panel, dict):
        members = panel.get("members")
        counts = {"members": [None] * len(members)} if isinstance(members, list) else {}
        kept["panel"] = {"calls_saved": panel.get("calls_saved"), **counts}
    return kept or NOTHING
