"""What the Python API gives back of reviews of single papers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..data.errors import unknown
from ..presentation.cell import NONE
from ..presentation.numbers import number
from ..presentation.table import Table
from ..reviewer.review import Review
from ..reviewer.review_view import Reviewed
from .frames import records_frame, reviews_frame
from .paper_reviews import Reviews
from .results import Result

if TYPE_CHECKING:
    import pandas as pd


class ReviewResult(Result):
    """Reviews of papers, in the order of the papers; `result[paper_id]` is one of them."""

    def __init__(self, found: Reviews) -> None:
        self.found = found

    @property
    def budget_reached(self) -> bool:
        """Whether papers are left because the budget was reached; answers that were paid for are kept."""
        return self.found.budget_reached

    @property
    def unread(self) -> list[tuple[str, str]]:
        """Path and reason of each file that could not be read."""
        return self.found.batch.unread

    def __len__(self) -> int:
        return len(self.found.reviewed)

    def __iter__(self) -> Iterator[Review]:
        return (one.review for one in self.found.reviewed)

    def __getitem__(self, paper_id: str) -> Review:
        by_id = {one.review.paper_id: one.review for one in self.found.reviewed}
        if paper_id not in by_id:
            raise unknown("reviewed paper", paper_id, by_id)
        return by_id[paper_id]

    def reviews(self) -> pd.DataFrame:
        """A row per review: score, decision, P(accept), cost, and why it failed."""
        return reviews_frame(self)

    def verdicts(self) -> pd.DataFrame:
        """A row per review that did not fail: the decision with the rule that made it, the chance of acceptance."""
        found = records_frame(one.verdict for one in self.found.reviewed if one.verdict)
        found.insert(0, "paper_id", [one.review.paper_id for one in self.found.reviewed if one.verdict])
        return found

    def findings(self) -> pd.DataFrame:
        """A row per thing found in a paper: hidden text, passages that speak to the reviewer, what was cut."""
        rows = [(one.review.paper_id, finding) for one in self.found.reviewed for finding in one.findings]
        found = records_frame(finding for _, finding in rows)
        found.insert(0, "paper_id", [paper_id for paper_id, _ in rows])
        return found

    def tables(self) -> list[Table]:
        """One table, a row per paper."""
        rows = tuple(_row(one) for one in self.found.reviewed)
        heads = ("Paper", "Decision", "Score", "P(accept)", "Decided by")
        return [Table(f"Reviews by {self.found.reviewer.name}", heads, rows)]


def _row(one: Reviewed) -> tuple[str, ...]:
    name, said = one.title or one.review.paper_id, one.verdict
    if said is None:
        return name, "failed", NONE, NONE, one.review.reason
    return name, said.decision or NONE, number(said.score), number(said.p_accept), said.decision_from
