"""The tables of what reviews took: per reviewer, and call by call of the run."""

from __future__ import annotations

from collections.abc import Sequence

from ..llm.ledger import StageSpend, StageTotals
from ..presentation.numbers import NONE
from ..presentation.table import Table
from .records import ReviewerFigures

UNKNOWN = "unknown"


def cost_table(reviewers: Sequence[ReviewerFigures]) -> Table:
    """What a review took, a row per reviewer; columns in which nobody has anything are left out."""
    heads = ("Reviewer", "Coverage", "Seconds per review", "US$ per review", "US$ in all", "Calls", "Tokens in",
             "Tokens out", "Calls saved", "Partly failed", "Failures")  # fmt: skip
    rows = [
        (
            r.name,
            f"{r.reviewed}/{r.n}",
            NONE if r.seconds_per_review is None else f"{r.seconds_per_review:.4f}",
            _usd(r.usd_per_review),
            _usd(r.usd_per_review * r.n) if r.usd_per_review else NONE,
            _mean(r.usage.calls),
            _tokens_in(r),
            _count(round(r.usage.tokens_out)),
            _mean(r.usage.calls_saved),
            _count(r.noted),
            "; ".join(f"{reason} ({n})" for reason, n in list(r.failures.items())[:3]) or NONE,
        )
        for r in reviewers
    ]
    note = (
        "Calls and tokens are means per review, the share that came from the provider's prompt cache in brackets. "
        "Seconds are those inside the calls, added up although calls overlap. They and US$ are what the calls of these "
        "reviews took when they were made, also where their answers were kept from earlier. A failed review counts "
        "with what was or may have been charged for it."
    )
    return Table(
        "Coverage and cost", heads, tuple(rows), note if any(r.usage.calls for r in reviewers) else ""
    ).compact()


def _tokens_in(reviewer: ReviewerFigures) -> str:
    usage = reviewer.usage
    if not usage.tokens_in:
        return NONE
    return f"{usage.tokens_in:,.0f} [{usage.tokens_cached / usage.tokens_in:.0%} cached]"


def spend_table(spend: Sequence[StageSpend]) -> Table | None:
    """What this run paid by stage, with a row for all of them; None for a run without calls."""
    if not spend:
        return None
    heads = ("Stage", "Model", "Calls", "Failed", "Refused", "Uncertain", "Tokens in, full price",
             "Tokens in, to cache", "Tokens in, cached", "Tokens out", "US$")  # fmt: skip
    rows = [(row.stage or NONE, row.model, *_took(row.took)) for row in spend]
    if len(spend) > 1:
        rows.append(("in all", "", *_took(sum((row.took for row in spend), StageTotals()))))
    note = (
        "What this run paid, from its calls.jsonl: all starts, attempts that failed and reviews that were made anew "
        "included, answers kept from earlier calls not, for they cost nothing again. Uncertain calls have no answer "
        "but may be charged, and count at the most that they can cost."
    )
    return Table("Calls by stage", heads, tuple(rows), note).compact()


def _took(took: StageTotals) -> tuple[str, ...]:
    tokens = took.tokens
    counts = (took.failed, took.refused, took.uncertain, tokens.uncached, tokens.written, tokens.cached, tokens.output)
    return (f"{took.calls:,}", *map(_count, counts), _usd(took.usd))


def _usd(usd: float | None) -> str:
    return UNKNOWN if usd is None else f"{usd:,.4f}"


def _count(count: int) -> str:
    return f"{count:,}" if count else NONE


def _mean(value: float) -> str:
    return f"{value:.1f}" if value else NONE
