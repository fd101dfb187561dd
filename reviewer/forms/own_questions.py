"""The questions that a form asks beside its venue's own: chance of acceptance, percentile, decision."""

from __future__ import annotations

from collections.abc import Sequence

from .field import FormField

DECISION = FormField(
    name="decision",
    title="Decision",
    kind="decision",
    instructions="The decision that you would take if it were yours alone: accept or reject, nothing between.",
)
CHANCE = "p_accept"
PERCENTILE = "percentile"


def decision_by(overall: str, accept_at: float) -> FormField:
    """The decision as a matter of the score named `overall`, so that score and word agree."""
    rule = f"accept where {overall} is {accept_at:g} or more, reject where it is below."
    return DECISION.model_copy(update={"instructions": rule})


def chance_of(venue: str, years: Sequence[int], base_rate: float) -> FormField:
    """The probability that the venue accepts, asked for with the share of submissions that it accepts, in [0, 1]."""
    known = " and ".join(map(str, years))
    return FormField(
        name=CHANCE,
        title="P(accept)",
        kind="score",
        low=0,
        high=1,
        unit="share",
        instructions=(
            f"How likely you think it is, as a bet, that {venue} would accept this manuscript as it stands. About "
            f"{100 * base_rate:.3g}% of the submissions to {' '.join(filter(None, (venue, known)))} were accepted; "
            "that is where to start from, and not the answer."
        ),
    )


def percentile_at(venue: str) -> FormField:
    """The share of the venue's submissions that the manuscript is better than, in percent."""
    return FormField(
        name=PERCENTILE,
        title="Percentile",
        kind="score",
        low=0,
        high=100,
        unit="percent",
        instructions=(
            f"The percentage of the submissions to {venue} that this manuscript is better than: 0 for the worst of "
            "all, 50 for the one in the middle, 100 for the best."
        ),
    )
