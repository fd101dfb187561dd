"""What figures need of a review, without its texts: a run of any length is read into arrays in little memory."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np

from ..data.records import Decision
from ..reviewer.forms.field import PERCENTILE
from ..reviewer.review import Recall, Review

NOTHING: dict[str, Any] = {}
STATUS: tuple[str, ...] = ("", "ok", "failed")
DECISION: tuple[Decision | None, ...] = (None, "accept", "reject")
Shared = tuple[bool, Recall | None, str, tuple[int, int, int, int, float | None]]
"""Of an answer whether its probability is calibrated, recall, reason, and usage but for the seconds."""
Signature = tuple[str, str]
"""Name and fingerprint of a reviewer."""


class Said(NamedTuple):
    """What a review says in numbers and words."""

    status: str
    overall: float | None
    decision: Decision | None
    p_accept: float | None


class Spent(NamedTuple):
    """What a review took, as `Usage` has it."""

    calls: int
    tokens_in: int
    tokens_cached: int
    tokens_out: int
    usd: float | None
    seconds: float


class Answer(NamedTuple):
    """A review as `machine_of` reads it; of `fields` what is counted, no texts."""

    status: str
    overall: float | None
    decision: Decision | None
    p_accept: float | None
    p_calibrated: bool
    recall: Recall | None
    reason: str
    usage: Spent
    fields: dict[str, Any]


class Column:
    """What the last review of each of n papers says in numbers and words, in arrays."""

    def __init__(self, n: int) -> None:
        self.words = np.zeros((n, 2), dtype=np.uint8)
        """(n, 2) numbers of its status in STATUS, 0 where there is no review, and of its decision in DECISION."""
        self.numbers = np.full((n, 2), np.nan)
        """(n, 2) score and probability, NaN where there is none."""

    def put(self, place: int, review: Review) -> None:
        """The review of the paper at this place."""
        self.words[place] = STATUS.index(review.status), DECISION.index(review.decision)
        self.numbers[place] = [np.nan if value is None else value for value in (review.overall, review.p_accept)]

    @property
    def whole(self) -> bool:
        """Whether there is a review of every paper."""
        return bool((self.words[:, 0] > 0).all())

    def __iter__(self) -> Iterator[Said | None]:
        """By paper; None: there is no review."""
        for (status, decision), numbers in zip(self.words.tolist(), self.numbers.tolist(), strict=True):
            overall, p_accept = (None if math.isnan(value) else value for value in numbers)
            yield Said(STATUS[status], overall, DECISION[decision], p_accept) if status else None


class Answers(Column):
    """The last review of each of n papers, as figures need it; what many have in common is there once."""

    def __init__(self, n: int) -> None:
        super().__init__(n)
        self._rest, self._rest_of = list[tuple[Shared, dict[str, Any]]](), np.zeros(n, dtype=np.int32)
        self._place_of: dict[Shared, int] = {}
        self._seconds = np.zeros(n)

    def put(self, place: int, review: Review) -> None:
        """The review of the paper at this place."""
        super().put(place, review)
        used = review.usage
        spent = used.calls, used.tokens_in, used.tokens_cached, used.tokens_out, used.usd
        shared = review.p_calibrated, review.recall, review.reason, spent
        fields, new = _counted(review.fields), len(self._rest)
        known = self._place_of.setdefault(shared, new) if fields is NOTHING else new
        if known == new:
            self._rest.append((shared, fields))
        self._rest_of[place], self._seconds[place] = known, used.seconds

    def read(self) -> list[Answer]:
        """Those that there are, in the order of the papers."""
        found: list[Answer] = []
        for said, place, seconds in zip(self, self._rest_of.tolist(), self._seconds.tolist(), strict=True):
            if said is not None:
                (calibrated, recall, reason, spent), fields = self._rest[place]
                found.append(Answer(*said, calibrated, recall, reason, Spent(*spent, seconds), fields))
        return found


Kind = TypeVar("Kind", bound=Column)


def columns_of(
    reviews: Iterable[Review], signatures: Collection[Signature], papers: Sequence[str], kind: type[Kind]
) -> dict[tuple[int, Signature], Kind]:
    """By repeat, and by each of these reviewers, the last reviews of these papers; of what is there."""
    places = {paper: place for place, paper in enumerate(papers)}
    found: dict[tuple[int, Signature], Kind] = {}
    for review in reviews:
        signature, place = (review.reviewer, review.fingerprint), places.get(review.paper_id)
        if signature in signatures and place is not None:
            key = review.repeat, signature
            if key not in found:
                found[key] = kind(len(papers))
            found[key].put(place, review)
    return found


def answers_of(
    reviews: Iterable[Review], signatures: Collection[Signature], papers: Sequence[str]
) -> dict[Signature, Answers]:
    """The last review of the first repeat by each of these reviewers of each of these papers."""
    first = columns_of((review for review in reviews if review.repeat == 0), signatures, papers, Answers)
    return {signature: first.get((0, signature)) or Answers(len(papers)) for signature in signatures}


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
