"""The tables of a score run as rows of text, for the terminal, Markdown and HTML alike."""

from __future__ import annotations

from ...data.errors import printable
from ...presentation.cell import NONE
from ...presentation.numbers import number, show, show_p, signed
from ...presentation.table import Table
from ...statistics.estimate import ENOUGH
from .human_tables import human_tables
from .idea_tables import Cells, averaged, checks_table, cost_table, score_digits
from .metrics import ScoreMetrics, ScorePair
from .people_tables import people_tables

FAMILY = (
    "Two-sided permutation tests of Welch's statistic, right for unequal spreads; Holm's correction over all tests of "
    'a template, by reviewed papers and by ideas tried; Welch\'s 95% intervals. "all templates": the mean of the '
    "differences within each template that both have, a family of its own."
)


def score_tables(figures: ScoreMetrics) -> list[Table]:
    """All tables of a score run but that of its papers."""
    found = [scores_table(figures), acceptance_table(figures), cost_table(figures), checks_table(figures),
             pairs_table(figures), tried_pairs_table(figures)]  # fmt: skip
    return [*(table for table in found if table is not None), *human_tables(figures), *people_tables(figures)]


def scores_table(figures: ScoreMetrics) -> Table:
    """How many ideas became papers, and what scores these got."""
    digits = score_digits(figures)
    heads = ("Group", "Tried", "Finished", "Reviewed", "Mean", "Median", "SD", "Max", "Mean of tried")
    rows = [
        (
            printable(g.label),
            str(g.tried),
            str(g.finished),
            str(g.reviewed),
            averaged(g.mean, digits),
            averaged(g.median, digits),
            number(g.sd, digits),
            number(g.highest, digits),
            averaged(g.mean_tried, digits),
        )
        for g in figures.groups
    ]
    note = f"By {figures.reviewer.name}; 95% intervals over papers, Student's for means, none below {ENOUGH} papers."
    if figures.unit != "score":
        note += " Scores are chances of acceptance."
    if figures.gate.mark:
        note += f" {figures.gate.mark.capitalize()}, see the notes."
    scale = figures.scale
    if scale:
        note += f" Mean of tried: an idea without a score counts as {scale[0]:g}, the lowest of the scale."
    return Table("Scores of the reviewed papers", heads, tuple(rows), note).compact()


def acceptance_table(figures: ScoreMetrics) -> Table | None:
    """What the rule of the table accepts, and P(accept); None without either."""
    if not figures.rule and not figures.probability:
        return None
    heads = ("Group", "Accepted", "Share of tried", "P(accept), reviewed", "P(accept), tried")
    rows = [
        (
            printable(g.label),
            NONE if g.accepted is None else f"{g.accepted}/{g.reviewed}",
            show(g.accepted_share),
            averaged(g.p_accept),
            averaged(g.p_tried),
        )
        for g in figures.groups
    ]
    rule = f"Accepted by {figures.rule}; Wilson's 95% intervals of the share." if figures.rule else ""
    chance = f"P(accept): {figures.probability}; an idea without a score has 0." if figures.probability else ""
    return Table("Acceptance", heads, tuple(rows), " ".join(filter(None, (rule, chance)))).compact()


def pairs_table(figures: ScoreMetrics) -> Table | None:
    """Differences of the means of reviewed papers; None without two configurations on one template."""
    if not figures.pairs:
        return None
    digits = score_digits(figures)
    rows = [
        (
            *_names(pair),
            f"{pair.n_a}, {pair.n_b}",
            signed(pair.difference, pair.low, pair.high, digits),
            *_tested(pair.p_value, pair.p_holm, pair.resolved),
        )
        for pair in figures.pairs
    ]
    heads = ("Pair", "Template", "Formats", "Papers", "Difference of means", "p", "p (Holm)", "At .05")
    mark = f"{figures.gate.mark.capitalize()}: the order is the reviewer's. " if figures.gate.mark else ""
    return Table("Differences between configurations, reviewed papers", heads, tuple(rows), mark + FAMILY).compact()


def tried_pairs_table(figures: ScoreMetrics) -> Table | None:
    """Differences of the means over all ideas tried; None where no two configurations tell how many these are."""
    pairs = [pair for pair in figures.pairs if pair.tried_difference is not None]
    scale = figures.scale
    if not pairs or scale is None:
        return None
    digits = score_digits(figures)
    rows = [
        (
            *_names(pair),
            f"{pair.tried_a}, {pair.tried_b}",
            signed(pair.tried_difference, pair.tried_low, pair.tried_high, digits),
            *_tested(pair.tried_p_value, pair.tried_p_holm, pair.tried_resolved),
        )
        for pair in pairs
    ]
    heads = ("Pair", "Template", "Formats", "Ideas tried", "Difference of means", "p", "p (Holm)", "At .05")
    note = f"An idea without a score counts as {scale[0]:g}, the lowest of the scale; tests and families as above."
    return Table("Differences between configurations, all ideas tried", heads, tuple(rows), note).compact()


def _names(pair: ScorePair) -> Cells:
    return printable(f"{pair.a} − {pair.b}"), printable(pair.template), pair.formats or NONE


def _tested(p_value: float | None, p_holm: float | None, resolved: bool) -> Cells:
    return show_p(p_value), show_p(p_holm), NONE if p_holm is None else "resolved" if resolved else "not resolved"
