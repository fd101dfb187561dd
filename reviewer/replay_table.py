"""A table of reviews made earlier, in whatever columns: a review of each paper, and what was assumed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from sys import intern
from typing import Any, NamedTuple

from ..data.errors import InputError, unknown
from ..data.importers.cells import EMPTY, plain, word
from ..data.lines import Lines
from .replay_cells import CellScore, check_units, read_decision, read_probability, read_recall, read_score
from .replay_columns import OTHER_WAY, review_columns
from .review import Review, Usage, failed
from .stored_reviews import StoredReviews

UNPRICED = Usage(usd=None)
"""What a table says of the cost of its reviews: nothing."""
FAILED = frozenset(["failed", "failure", "error", "timeout", "timed out", "refused", "review failed", "unread"])


class TableReviews(NamedTuple):
    """The reviews by the file's ids, in its order, and what the user should be told of how it was read."""

    reviews: StoredReviews
    notes: list[str]


class _Row(NamedTuple):
    """What is compared of the rows; the review of a row is line `number` of all that were read."""

    number: int
    paper_id: str
    who: str
    model: str
    unit: str | None
    """That of its score; None without a score."""
    numbers: int
    """How many its score is the mean of."""
    decided: bool
    recalls: bool


def read_reviews(
    rows: Sequence[Mapping[str, Any]], where: str, *, mapped: Mapping[str, str], reviewer: str | None = None
) -> TableReviews:
    """The reviews in the rows of a table. `mapped` has columns by field, an empty one for a field that is not to be
    read; `reviewer` chooses the rows of one reviewer or model.

    Raises InputError where columns are missing or ambiguous, a cell is wrong, or papers stand there twice.
    """
    notes: list[str] = []
    if not rows:
        return TableReviews(StoredReviews.of({}), notes)
    columns = review_columns(rows, where, mapped, notes)
    read: list[_Row] = []
    given = Lines.of(Review, _read(rows, columns, where, read), lambda review: review.paper_id)
    read = _chosen(read, reviewer)
    check_units(Counter(row.unit for row in read if row.unit is not None), f"{where}: {columns.get('score')}")
    _check_decisions(read, rows, columns, where, notes)
    by_paper: dict[str, list[_Row]] = {}
    for row in read:
        by_paper.setdefault(row.paper_id, []).append(row)
    places: dict[str, int] = {}
    recalling: set[str] = set()
    for paper_id, there in by_paper.items():
        mean = _mean_of(there, given, columns, where)
        places[paper_id] = there[0].number if mean is None else given.append(mean, paper_id)
        if mean is None and there[0].recalls:
            recalling.add(paper_id)
    notes += _notes_on(by_paper, columns)
    return TableReviews(StoredReviews(given, places, recalling), notes)


def _read(
    rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str], where: str, read: list[_Row]
) -> Iterator[Review]:
    """The review in each row; what is compared of it goes to `read`."""
    for number, row in enumerate(rows):
        place = f"{where}: row {number + 1}"
        cells = {name: row.get(column) for name, column in columns.items()}
        paper_id = word(cells["paper_id"], f"{place}: {columns['paper_id']}")
        if not paper_id:
            raise InputError(f"{place}: {columns['paper_id']} is empty")
        if len(paper_id) > 300:
            raise InputError(f"{place}: {columns['paper_id']} is no id but a text ({paper_id[:40]!r}...)")
        score = read_score(cells.get("score"), f"{place}: {columns.get('score')} of paper {paper_id}")
        review = _review(row, cells, columns, paper_id, score, place)
        who, model = (intern(word(cells.get(name), place)) if name in columns else "" for name in ("reviewer", "model"))
        unit, numbers = (intern(score.unit), score.of) if score else (None, 0)
        says = review.decision is not None, review.recall is not None
        read.append(_Row(number, paper_id, who, model, unit, numbers, *says))
        yield review


def _review(
    row: Mapping[str, Any],
    cells: Mapping[str, Any],
    columns: Mapping[str, str],
    paper_id: str,
    score: CellScore | None,
    place: str,
) -> Review:
    used = {columns[name] for name in ("paper_id", "score", "decision", "p_accept", "recall") if name in columns}
    fields = {str(name): _kept(cell) for name, cell in row.items() if name not in used}
    decision = _decision(cells.get("decision"))
    if _text(cells.get("status")).lower() in FAILED:
        why = f"the table calls it {_text(cells['status'])}"
    elif score is None and "score" in columns:
        why = f"no score in the table ({columns['score']} is empty)"
    elif score is None and decision is None:
        why = f"no decision in the table ({columns['decision']} is empty)"
    else:
        why = ""
    if why:
        found = failed(paper_id, _text(cells.get("reason")) or why, UNPRICED)
        return found.model_copy(update={"fields": fields})
    chance = columns.get("p_accept")
    return Review(
        paper_id=paper_id,
        overall=score.value if score else None,
        decision=decision,
        p_accept=read_probability(cells["p_accept"], f"{place}: {chance} of paper {paper_id}") if chance else None,
        recall=read_recall(cells["recall"], f"{place}: {columns['recall']}") if "recall" in columns else None,
        fields=fields,
        usage=UNPRICED,
    )


def _text(value: Any) -> str:
    text = " ".join(str(plain(value)).split())
    return "" if text.lower() in EMPTY else text


def _kept(value: Any) -> Any:
    """A cell that JSON can keep: no number beyond all numbers."""
    value = plain(value)
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _decision(value: Any) -> Any:
    try:
        return read_decision(value, "")
    except InputError:
        return None


def _check_decisions(
    read: Sequence[_Row], rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], where: str, notes: list[str]
) -> None:
    """Tell of words that are neither accept nor reject. Raises InputError where none of the words is either."""
    column = columns.get("decision", "")
    words = Counter(_text(row.get(column)) for row in rows if column)
    strange = {each: count for each, count in words.items() if each and _decision(each) is None}
    if not strange:
        return
    first = next(n for n, row in enumerate(rows, start=1) if _text(row.get(column)) in strange)
    if not any(row.decided for row in read):
        raise InputError(
            f"{where}: row {first}: {column} {next(iter(strange))[:60]!r} is neither accept nor reject; "
            f"{OTHER_WAY.format(field='decision')}"
        )
    listed = ", ".join(f"{each[:40]!r} ({count})" for each, count in strange.items())
    notes.append(f"{column}: neither accept nor reject, left without a decision: {listed}")


def _chosen(read: list[_Row], reviewer: str | None) -> list[_Row]:
    """The rows of the reviewer or model of this name, all where none is asked for."""
    if reviewer is None:
        return read
    kept = [row for row in read if reviewer in (row.who, row.model)]
    if not kept:
        raise unknown("reviewer", reviewer, {name for row in read for name in (row.who, row.model) if name})
    return kept


def _mean_of(there: Sequence[_Row], given: Sequence[Review], columns: Mapping[str, str], where: str) -> Review | None:
    """The mean of a paper's reviews by several reviewers; None where the first row is its review.

    Raises InputError where rows cannot be told apart.
    """
    first = there[0]
    if len(there) == 1:
        return None
    reviews = [given[row.number] for row in there]
    if all(review == reviews[0] and row.who == first.who for review, row in zip(reviews, there, strict=True)):
        return None
    place = f"{where}: row {there[1].number + 1}: paper {first.paper_id}"
    models = sorted({row.model for row in there})
    if len(models) > 1:
        raise InputError(f"{place} is there by several models ({', '.join(models)}); choose one with ?reviewer=NAME")
    if len({row.who for row in there}) < len(there):
        by = f" by {there[1].who}" if there[1].who else ""
        raise InputError(
            f"{place} is there twice{by}; keep one review per paper, or name the column that tells reviewers apart "
            f"(--map reviewer=COLUMN)"
        )
    return _mean(reviews, {columns["reviewer"]: ", ".join(row.who for row in there)})


def _mean(reviews: Sequence[Review], by: Mapping[str, str]) -> Review:
    """One review of several: the mean score, the decision of most, None where they are even."""
    good = [review for review in reviews if review.status == "ok"]
    if not good:
        return reviews[0]
    scores = [review.overall for review in good if review.overall is not None]
    accepts, rejects = (sum(review.decision == word_ for review in good) for word_ in ("accept", "reject"))
    chances = [review.p_accept for review in good if review.p_accept is not None]
    if not scores and accepts == rejects:
        return failed(reviews[0].paper_id, "its reviewers are evenly divided", UNPRICED)
    return Review(
        paper_id=reviews[0].paper_id,
        overall=math.fsum(scores) / len(scores) if scores else None,
        decision=None if accepts == rejects else "accept" if accepts > rejects else "reject",
        p_accept=math.fsum(chances) / len(chances) if chances else None,
        fields={"reviews": len(good), "scores": scores, **by},
        usage=UNPRICED,
    )


def _notes_on(by_paper: Mapping[str, Sequence[_Row]], columns: Mapping[str, str]) -> list[str]:
    several = [there for there in by_paper.values() if len({row.who for row in there}) > 1]
    twice = sum(len(there) - 1 for there in by_paper.values() if len(there) > 1) - sum(len(t) - 1 for t in several)
    lists = sum(row.numbers > 1 for there in by_paper.values() for row in there)
    models = sorted({row.model for there in by_paper.values() for row in there if row.model})
    notes = []
    if len(models) > 1:
        listed = ", ".join(models)
        notes.append(f"reviews by several models ({listed}) count as one reviewer's; ?reviewer=NAME chooses one")
    if several:
        rows = sum(map(len, several))
        column = columns.get("reviewer")
        notes.append(
            f"{rows} reviews of {len(several)} papers by several reviewers ({column}): a paper's score is the mean"
        )
    if twice:
        notes.append(f"{twice} rows stand twice, the same, and count once")
    if lists:
        notes.append(f"{lists} cells hold several scores: their mean counts")
    return notes
