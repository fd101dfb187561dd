"""Human scores of generated papers as they are read from a file, whatever its layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import InputError
from .cells import plain, word
from .number_cells import numbers


@dataclass(frozen=True)
class HumanReview:
    """One score by one human."""

    where: str
    paper: str
    score: float
    by: str = ""
    """Empty: the file does not say who."""
    generator: str = ""
    template: str = ""
    title: str = ""


@dataclass(frozen=True)
class JudgedPaper:
    """A score by a machine in the same file."""

    where: str
    paper: str
    generator: str
    score: float
    title: str = ""


@dataclass(frozen=True)
class ScoredPapers:
    """What a file of human scores holds."""

    reviews: tuple[HumanReview, ...]
    judged: tuple[JudgedPaper, ...] = ()
    source: str = ""
    """The published set whose layout it is; empty: a table of somebody's own."""
    scale: tuple[float, float] | None = None
    """The lowest and the highest score that a human can give, where the layout says it."""
    notes: tuple[str, ...] = ()


def named(row: Mapping[str, Any], column: str, where: str) -> str:
    """The word in a cell. Raises InputError for an empty one."""
    found = word(row.get(column), f"{where}: {column}")
    if not found:
        raise InputError(f"{where}: {column} is empty")
    return found


def one_score(value: Any, where: str) -> float | None:
    """The one number in a cell; None for an empty one."""
    found = numbers(plain(value), where)
    if len(found) > 1:
        raise InputError(f"{where}: {str(value)[:60]!r} holds several numbers; one score was expected")
    return found[0] if found else None


def repeated(reviews: Sequence[HumanReview]) -> list[HumanReview]:
    """The reviews of humans who have an earlier one of the same paper."""
    seen: set[tuple[str, ...]] = set()
    found: list[HumanReview] = []
    for review in reviews:
        key = (review.template, review.generator, review.paper, review.by)
        if review.by and key in seen:
            found.append(review)
        seen.add(key)
    return found


def refuse_repeated(reviews: Sequence[HumanReview]) -> None:
    """Raises InputError for a human who has a second score of a paper."""
    for review in repeated(reviews):
        raise InputError(
            f"{review.where}: {review.by} has a second score of {review.paper}; keep one per human and paper, or leave "
            "the reviewer out where these are several humans"
        )
