"""The tables and the picture of a triage."""

from __future__ import annotations

from ..presentation.cell import NONE
from ..presentation.drawing import Plot, style
from ..presentation.numbers import dollars, show, signed
from ..presentation.table import Table
from ..statistics.estimate import Estimate
from .triage import Triage


def triage_tables(found: Triage) -> list[Table]:
    """Risk at coverages with abstention, the lowest turned away, and seats on committees where there are some."""
    tables = [_coverage(found), _lowest(found)]
    return [*tables, _committee(found)] if found.seats else tables


def _coverage(found: Triage) -> Table:
    first = found.rows[0]
    shares = [f"{share:.0%}" for share in first.curve.coverages]
    heads = ("Reviewer", *(f"Wrong, surest {share}" for share in shares), "Mean over all", "Decides", "Wrong there")
    rows = tuple(
        (
            row.reviewer,
            *(show(risk) for risk in row.curve.risks),
            show(row.curve.area),
            show(row.abstention.coverage),
            NONE if row.abstention.risk is None else show(row.abstention.risk),
        )
        for row in found.rows
    )
    note = (
        f"Share of wrong decisions when only the surest are made, n={found.n}, of which {found.accepted} accepted; "
        "P(accept) fitted on the other folds, accept from one half on. The last two columns: the share decided where "
        f"at most {first.abstention.bound:.0%} wrong decisions are promised (95% limit on other folds), and what "
        "came of it. 0: nothing can be promised. Failed reviews are wrong decisions."
    )
    return Table("Risk and coverage", heads, rows, note)


def _lowest(found: Triage) -> Table:
    shares = [low.share for low in found.rows[0].lowest]
    heads = ("Reviewer", *(f"Accepted papers lost, lowest {share:.0%}" for share in shares),
             *(f"Of {found.submissions:,}, lowest {share:.0%}" for share in shares), "US$", "Hours")  # fmt: skip
    rows = tuple(
        (
            row.reviewer,
            *(show(low.false) for low in row.lowest),
            *(_lost(low.accepted, low.share * found.submissions) for low in row.lowest),
            dollars(row.usd, "unknown"),
            NONE if row.hours is None else f"{row.hours:,.1f}",
        )
        for row in found.rows
    )
    note = (
        "Accepted papers among those with the lowest scores, which would be turned away unread, as a share of all "
        f"accepted ones and in papers of {found.submissions:,} submissions at this mix; a lot would lose the share "
        f"that it turns away. US$ and hours for all submissions, {found.concurrency} calls at once."
    )
    return Table("The lowest turned away", heads, rows, note)


def _lost(accepted: Estimate, papers: float) -> str:
    ends = [f"{papers * end:,.0f}" for end in (accepted.value, accepted.low, accepted.high) if end is not None]
    return f"{ends[0]} [{ends[1]}, {ends[2]}]" if len(ends) == 3 else NONE


def _committee(found: Triage) -> Table:
    heads = ("Who takes a place", "Decisions changed", "Less another human's", "Agrees with a further human on ties")
    rows = tuple(
        (
            seat.name,
            show(seat.flips),
            NONE
            if seat.more_flips is None
            else signed(seat.more_flips.value, seat.more_flips.low, seat.more_flips.high),
            show(seat.breaks),
        )
        for seat in found.seats
    )
    note = (
        f"Committees of three humans, n={found.seated} with four ratings or more: one place is taken by somebody else, "
        "and every committee accepts as many papers as the venue. A constant changes fewer decisions than a human, "
        "since it says nothing: read it beside the last column, where two humans disagree and one more word decides."
    )
    return Table("A place on a committee", heads, rows, note)


def risk_coverage_plot(found: Triage) -> Plot:
    """Risk against coverage, a line per reviewer, with the interval of each coverage."""
    with style():
        import matplotlib.pyplot as plt

        figure, axes = plt.subplots(layout="constrained", figsize=(6.4, 4.2))
        for row in found.rows:
            points = list(zip(row.curve.coverages, row.curve.risks, strict=True))
            x = [coverage for coverage, risk in points if risk.value is not None]
            (line,) = axes.plot(x, [risk.value for _, risk in points if risk.value is not None], marker="o",
                                markersize=3, label=row.reviewer)  # fmt: skip
            bands = [(c, r.low, r.high) for c, r in points if r.low is not None and r.high is not None]
            if bands:
                coverages, lows, highs = zip(*bands, strict=True)
                axes.fill_between(coverages, lows, highs, alpha=0.1, color=line.get_color(), linewidth=0)
        axes.set(
            xlabel="share of papers decided, the surest first", ylabel="share of them decided wrong", xlim=(0, 1.02)
        )
        axes.set_ylim(bottom=0)
        axes.legend(fontsize=7, frameon=False)
    caption = "Share of wrong decisions among the surest, with 95% intervals."
    return Plot("risk_coverage", "Risk and coverage", caption, figure)
