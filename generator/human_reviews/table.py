"""Reviews by people beside the machine's of the same version of a paper, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ...presentation.cell import NONE
from ...presentation.table import Table
from ...reviewer.review_view import line
from .record import HumanReview, HumanReviews

HEADS = ("Paper", "Person", "Score", "Decision", "Machine", "Its score", "Its decision", "Difference", "Revised")
NOTE = (
    "Both of the same version of the paper. Difference: the person's score less the machine's, where both are on one "
    "scale."
)


def people_table(ideas: Sequence[Path]) -> Table | None:
    """A row for each review that a person has handed in; None where nobody has. Raises InputError for a wrong file."""
    rows = [row for idea in ideas for row in _rows(idea)]
    return Table("Reviews by people", HEADS, tuple(rows), NOTE) if rows else None


def difference(one: HumanReview) -> float | None:
    """The person's score less the machine's; None where there is none, or another scale."""
    scores = (one.review.overall, one.machine.overall if one.machine else None)
    if one.machine is None or one.machine.scale != one.scale or scores[0] is None or scores[1] is None:
        return None
    return scores[0] - scores[1]


def _rows(idea: Path) -> Iterator[tuple[str, ...]]:
    for one in HumanReviews.read(idea).made:
        machine, apart = one.machine, difference(one)
        yield (
            idea.name,
            line(one.by),
            _score(one.review.overall, one.scale),
            one.review.decision or NONE,
            line(machine.reviewer) if machine else NONE,
            _score(machine.overall, machine.scale) if machine else NONE,
            (machine.decision if machine else None) or NONE,
            NONE if apart is None else f"{apart:+.3g}".replace("-", "−"),
            f"in round {one.round}" if one.round else "not yet",
        )


def _score(value: float | None, scale: tuple[float, float] | None) -> str:
    if value is None:
        return NONE
    return f"{value:.3g}" + (f" ({scale[0]:g} to {scale[1]:g})" if scale else "")
