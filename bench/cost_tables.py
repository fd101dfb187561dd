"""The tables of what reviews took, per reviewer and stage, and of what more of them would buy."""

from __future__ import annotations

from collections.abc import Sequence

from ..llm.ledger_file import StageSpend, StageTotals
from ..presentation.cell import NONE
from ..presentation.numbers import count, number, ratio, seconds, show, usd
from ..presentation.table import Table
from .records import ReviewerMetrics
from .repeats import RepeatRow


def cost_table(reviewers: Sequence[ReviewerMetrics]) -> Table:
    """What a review took, a row per reviewer; columns in which nobody has anything are left out."""
    heads = ("Reviewer", "Coverage", "Seconds per review", "US$ per review", "US$ in all", "Calls", "Tokens in",
             "Tokens out", "Calls saved", "Partly failed", "Failures")  # fmt: skip
    rows = [
        (
            r.name,
            ratio(r.reviewed, r.n),
            seconds(r.seconds_per_review),
            usd(r.usd_per_review),
            usd(r.usd_per_review * r.n) if r.usd_per_review else NONE,
            _mean(r.usage.calls),
            _tokens_in(r),
            count(round(r.usage.tokens_out)),
            _mean(r.usage.calls_saved),
            count(r.noted),
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


def _tokens_in(reviewer: ReviewerMetrics) -> str:
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
    return (f"{took.calls:,}", *map(count, counts), usd(took.usd))


def _mean(value: float) -> str:
    return f"{value:.1f}" if value else NONE


def repeat_tables(rows: Sequence[RepeatRow]) -> list[Table]:
    """Self-agreement of all repeated reviewers, then a table of designs for each; none without rows."""
    if not rows:
        return []
    return [_agreement(rows), *(_designs(row) for row in rows if row.designs)]


def _agreement(rows: Sequence[RepeatRow]) -> Table:
    heads = ("Reviewer", "Repeats", "n", "SD from run to run", "ICC(1)", "Spearman of repeats", "Same decision",
             "AUC of each", "AUC of the mean", "Failed")  # fmt: skip
    cells = tuple(
        (
            row.reviewer,
            str(row.repeats),
            str(row.n),
            show(row.sd),
            show(row.reliability),
            NONE if row.spearman is None else number(row.spearman),
            show(row.same_decision),
            ", ".join(NONE if auc is None else number(auc) for auc in row.aucs),
            show(row.auc_of_mean),
            ", ".join(map(str, row.failed)) if any(row.failed) else NONE,
        )
        for row in rows
    )
    note = (
        "All other tables show the first repeat, since that is what one review is worth. SD: of a paper's score, in "
        "points, over papers that have a score in every repeat (n). ICC(1): share of the scores' variance that is the "
        "papers' and not chance. Same decision: of pairs of repeats, by the reviewer's own word. The mean is over the "
        "repeats that have a score; a failed review counts as wrong in the AUC of its repeat."
    )
    return Table("Repeated reviews", heads, cells, note).compact()


def _designs(row: RepeatRow) -> Table:
    heads = ("Design", "Papers", "Reviews per paper", "AUC expected", "SE of the AUC", "Spearman expected", "US$")
    cells = tuple(
        (
            design.name,
            f"{design.papers:,}",
            f"{design.reviews:.2f}".rstrip("0").rstrip("."),
            number(design.auc),
            number(design.se),
            number(design.spearman),
            usd(design.usd, NONE),
        )
        for design in row.designs
    )
    note = (
        "Expected from the variance between papers and from run to run: the mean of k reviews keeps a k-th of the "
        "chance; scores normal in both classes, members independent of each other. More reviews raise the AUC towards "
        "what the reviewer could reach without chance; more papers do not raise it, they make its standard error "
        "smaller (Hanley & McNeil, at this share of accepted papers). Spearman: with the mean human rating."
    )
    return Table(f"What another member, repeat or paper buys: {row.reviewer}", heads, cells, note).compact()
