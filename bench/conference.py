"""What reviewing a whole conference would take: US dollars, rates, hours and storage, call by call and in batches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from pydantic import BaseModel, Field

from ..data.errors import InputError
from ..data.papers.tokens import ASCII_PER_TOKEN
from ..data.records import Paper
from ..llm.session import Session
from ..presentation.cell import NONE
from ..presentation.table import Table
from ..reviewer.panel.panel import PanelReviewer
from ..reviewer.protocol import Expectation
from ..reviewer.spec import load_reviewer
from .pdf_files import refuse_sight
from .runner import expect_all

WORDS = 3_900
"""Of a paper as reviewers read it: the mean of 1,019 ICLR 2022 submissions without references and appendices (raw:
10,800)."""
WORD = 6.42
"""Characters of a word there, with the space behind it."""
SECONDS = 20.0
"""That a call takes, where nothing is measured; a ledger has the time of each call."""
BATCH_HOURS = 24.0
"""Within which providers answer a batch."""
STAND_INS = 20
"""Papers that are counted: of the first alone a provider's cache knows nothing yet."""
LEDGER_BYTES, REVIEW_BYTES, COPIES = 300, 3_000, 3
"""Of a call in the ledger, of a review beside its words, and how often a run keeps these; a test has a real run."""


class Pace(NamedTuple):
    """How fast calls are made: so many at once, of so many seconds each, within an account's limits per minute."""

    concurrency: int = 8
    seconds: float = SECONDS
    requests: int | None = None
    tokens: int | None = None


class ConferenceCost(BaseModel):
    """What one reviewer's reviews of all submissions would take."""

    reviewer: str
    submissions: int
    calls: int = Field(description="at most: without stopping early, and without repairs or retries")
    tokens_in: int = Field(description="at full price, or written to the provider's cache")
    tokens_cached: int
    tokens_out: int
    usd: float | None = Field(description="None: the price is unknown")
    usd_batch: float | None = Field(description="in batches, without the provider's cache; None: no such price")
    hours: float = Field(description="call by call, at the pace given")
    held_by: str = Field(description="what the hours follow from")
    batch_rounds: int = Field(description="batches that have to wait for each other")
    batch_hours: float = Field(description="at most, where each round is answered in time")
    requests_per_minute: float = Field(description="that end within the days given")
    tokens_per_minute: float = Field(description="in and out, that end within the days given")
    megabytes: float = Field(description="of texts, run folder and kept answers, about")


def conference_costs(
    specs: Sequence[str], submissions: int, *, words: int = WORDS, pace: Pace | None = None, days: float = 7.0
) -> list[ConferenceCost]:
    """Of each reviewer what it takes to review all submissions of a conference once.

    Raises InputError for a wrong SPEC, or one that calls no language model itself.
    """
    if not specs:
        raise InputError("--conference needs a reviewer: -r openai/MODEL, for example")
    return [_cost(spec, submissions, words, pace or Pace(), days) for spec in specs]


def _cost(spec: str, submissions: int, words: int, pace: Pace, days: float) -> ConferenceCost:
    name, panel, once = _expected(spec, words, batch=False)
    _, batched, in_batch = _expected(spec, words, batch=True)
    scale = submissions / STAND_INS
    calls = round(once.calls * scale)
    full, cached = round((once.tokens.uncached + once.tokens.written) * scale), round(once.tokens.cached * scale)
    out = round(once.tokens.output * scale)
    minutes, held_by = _minutes(calls, full + cached + out, pace)
    rounds = 1 + panel.settings.reflections + panel.settings.meta
    cheaper = batched.model.price is not None and batched.model.price.batch < 1
    usd_batch = in_batch.usd * scale if cheaper and in_batch.usd is not None else None
    size = submissions * (words * WORD + REVIEW_BYTES) + calls * LEDGER_BYTES + out * ASCII_PER_TOKEN * COPIES
    return ConferenceCost(
        reviewer=name,
        submissions=submissions,
        calls=calls,
        tokens_in=full,
        tokens_cached=cached,
        tokens_out=out,
        usd=None if once.usd is None else once.usd * scale,
        usd_batch=usd_batch,
        hours=minutes / 60,
        held_by=held_by,
        batch_rounds=rounds,
        batch_hours=rounds * BATCH_HOURS,
        requests_per_minute=calls / (days * 24 * 60),
        tokens_per_minute=(full + cached + out) / (days * 24 * 60),
        megabytes=size / 1e6,
    )


def _expected(spec: str, words: int, *, batch: bool) -> tuple[str, PanelReviewer, Expectation]:
    """Name, panel, and what the reviews of `STAND_INS` papers of so many words take."""
    reviewer = load_reviewer(spec, session=Session.within(dry=True, batch=batch))
    if not isinstance(reviewer, PanelReviewer):
        raise InputError(f"{spec}: calls no language model itself; `bench` tells how long it takes, and what it costs")
    refuse_sight(
        [reviewer], "a plan knows no pages, and would leave out what they cost (`bench --dry-run` counts them)"
    )
    text = "paper " * math.ceil(words * WORD / len("paper "))
    papers = [Paper(id=str(number), title="A submission", text=text) for number in range(STAND_INS)]
    return reviewer.name, reviewer, expect_all([reviewer], papers, None, scrubbed=False)[reviewer.name]


def _minutes(calls: int, tokens: int, pace: Pace) -> tuple[float, str]:
    """How long the calls take, and by which limit."""
    times = {f"{pace.concurrency} calls of {pace.seconds:g} s at once": calls * pace.seconds / pace.concurrency / 60}
    if pace.requests is not None:
        times[f"{pace.requests:,} requests a minute"] = calls / pace.requests
    if pace.tokens is not None:
        times[f"{pace.tokens:,} tokens a minute"] = tokens / pace.tokens
    held_by = max(times, key=lambda name: times[name])
    return times[held_by], held_by


def conference_tables(costs: Sequence[ConferenceCost], words: int, days: float) -> list[Table]:
    """Money and time, and rates and storage."""
    first = costs[0]
    title = f"Reviews of {first.submissions:,} submissions"
    money = tuple(
        (
            cost.reviewer,
            f"{cost.calls:,}",
            "unknown" if cost.usd is None else f"{cost.usd:,.0f}",
            NONE if cost.usd_batch is None else f"{cost.usd_batch:,.0f}",
            f"{cost.hours:,.1f}",
            cost.held_by,
            f"{cost.batch_hours:,.0f}",
        )
        for cost in costs
    )
    heads = ("Reviewer", "Calls", "US$", "US$ in batches", "Hours", "held by", "Hours in batches, at most")
    note = (
        f"Estimates for papers of {words:,} words as reviewers read them, text at {ASCII_PER_TOKEN:g} characters a "
        f"token, no reasoning tokens; calls are a most. Hours in batches: {BATCH_HOURS:g} for each round of answers."
    )
    rates = tuple(
        (
            cost.reviewer,
            f"{cost.tokens_in / 1e6:,.1f}",
            f"{cost.tokens_cached / 1e6:,.1f}",
            f"{cost.tokens_out / 1e6:,.1f}",
            f"{cost.requests_per_minute:,.1f}",
            f"{cost.tokens_per_minute:,.0f}",
            f"{cost.megabytes:,.0f}",
        )
        for cost in costs
    )
    million = "million tokens"
    names = ("Reviewer", f"In, {million}", f"In, cached, {million}", f"Out, {million}", "Requests a minute")
    more = Table(
        f"Rates that end within {days:g} days, and storage", (*names, "Tokens a minute", "MB, about"), rates,
        "An account's limits on requests and tokens have to be above these.",
    )  # fmt: skip
    return [Table(title, heads, money, note), more]
