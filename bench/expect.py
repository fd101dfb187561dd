"""What the reviews that a run still lacks will take, before any is made."""

from __future__ import annotations

from collections.abc import Sequence

from ..data.records import Paper
from ..presentation.numbers import NONE
from ..presentation.table import Table
from ..reviewer.panel.expectation import Expectation, expect
from ..reviewer.panel.panel import PanelReviewer
from ..reviewer.protocol import Reviewer
from ..reviewer.recall import RecallReviewer
from ..reviewer.scrub import scrub_paper
from .run import Run
from .runner import still_to_review


def expect_all(
    reviewers: Sequence[Reviewer], papers: Sequence[Paper], run: Run | None, *, scrubbed: bool, repeats: int = 1
) -> dict[str, Expectation]:
    """By the name of each reviewer that calls a language model, what its reviews of the papers will take.

    `run` is the one that would go on, None for a new one; `scrubbed`: the texts are scrubbed before they are reviewed.
    """
    existing = run.repeats() if run else {}
    asking = [reviewer for reviewer in reviewers if isinstance(reviewer, (PanelReviewer, RecallReviewer))]
    texts = {paper.id: scrub_paper(paper) if scrubbed else paper for paper in papers} if asking else {}
    found: dict[str, Expectation] = {}
    for reviewer in asking:
        times = repeats if reviewer.traits.repeatable else 1
        lacking = [still_to_review(reviewer, papers, existing.get(number, {})) for number in range(times)]
        todo = [texts[paper.id] for missing in lacking for paper in missing]
        if isinstance(reviewer, RecallReviewer):
            found[reviewer.name] = reviewer.expect(todo)
        else:
            found[reviewer.name] = sum((_expected(reviewer, paper) for paper in todo), Expectation())
    return found


def _expected(panel: PanelReviewer, paper: Paper) -> Expectation:
    try:
        return expect(panel, paper)
    except ValueError:  # no text is left of it: the review will fail before any call
        return Expectation(reviews=1)


def expectation_table(expected: dict[str, Expectation]) -> Table:
    """The expectations as a table, one row per panel."""
    rows = tuple(
        (
            name,
            str(e.reviews),
            str(e.calls),
            f"{e.tokens.uncached + e.tokens.written:,}",
            f"{e.tokens.cached:,}",
            f"{e.tokens.output:,}",
            NONE if e.usd is None else f"{e.usd:.2f}",
        )
        for name, e in expected.items()
    )
    note = (
        "Calls are a most, without repairs and retries. Tokens and cost are estimates: text at 3.6 characters a token, "
        "the providers' prompt caches at work, no reasoning tokens. Answers kept from earlier calls cost nothing."
    )
    heads = ("Reviewer", "Reviews", "Calls", "Tokens in, full price", "Tokens in, cached", "Tokens out", "USD")
    return Table("Expected", heads, rows, note)
