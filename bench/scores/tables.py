"""The tables of a score run as rows of text, for the terminal, Markdown and HTML alike."""

from __future__ import annotations

from collections.abc import Sequence

from ...data.errors import printable
from ...presentation.numbers import NONE, number, seconds, show, show_p, signed, usd
from ...presentation.table import Table
from ...statistics.estimate import ENOUGH, Estimate
from .records import GroupFigures, ScoredIdea, ScoreFigures, ScorePair, ScoreRecord

Cells = tuple[str, ...]


def score_tables(figures: ScoreFigures) -> list[Table]:
    """All tables of a score run but that of its papers."""
    found = [scores_table(figures), acceptance_table(figures), cost_table(figures), checks_table(figures),
             pairs_table(figures), tried_pairs_table(figures)]  # fmt: skip
    return [table for table in found if table is not None]


def scores_table(figures: ScoreFigures) -> Table:
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
    scale = figures.scale
    if scale:
        note += f" Mean of tried: an idea without a score counts as {scale[0]:g}, the lowest of the scale."
    return Table("Scores of the reviewed papers", heads, tuple(rows), note).compact()


def acceptance_table(figures: ScoreFigures) -> Table | None:
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


def cost_table(figures: ScoreFigures) -> Table | None:
    """What the papers took to make; None where nothing is known of it."""
    heads = ("Group", "US$ for all tried", "US$ per finished paper", "Seconds per finished paper")
    rows = [(printable(g.label), usd(g.usd, NONE), usd(g.usd_per_paper, NONE), seconds(g.seconds_per_paper))
            for g in figures.groups]  # fmt: skip
    note = "What ideas took that came to nothing is in the cost of a paper."
    return _where_known(Table("Cost of the papers", heads, tuple(rows), note))


def checks_table(figures: ScoreFigures) -> Table | None:
    """Provenance audits and hidden text; None where nobody looked."""
    heads = ("Group", "Audited", "Numbers checked", "Violations", "Papers with violations", "Searched",
             "With hidden text", "Speaking to the reviewer")  # fmt: skip
    rows = [(printable(g.label), *_audit(g), *_search(g)) for g in figures.groups]
    note = (
        "Violations: numbers, figures and citations in a paper that trace to no run and no record. Hidden text is set "
        "aside before the review."
    )
    return _where_known(Table("Provenance and hidden text", heads, tuple(rows), note))


FAMILY = (
    "Two-sided permutation tests of Welch's statistic, right for unequal spreads; Holm's correction over all tests of "
    'a template, by reviewed papers and by ideas tried; Welch\'s 95% intervals. "all templates": the mean of the '
    "differences within each template that both have, a family of its own."
)


def pairs_table(figures: ScoreFigures) -> Table | None:
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
    return Table("Differences between configurations, reviewed papers", heads, tuple(rows), FAMILY).compact()


def tried_pairs_table(figures: ScoreFigures) -> Table | None:
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


def settings_table(record: ScoreRecord) -> Table | None:
    """How the scientist was set, where that is known, and in which version; None where nothing is."""
    heads = ("Group", "Settings", "Scientist", "Template files")
    rows = [
        (
            printable(group.label),
            printable(", ".join(f"{name} {value}" for name, value in group.settings.items())) or NONE,
            group.scientist_fingerprint or NONE,
            group.template_fingerprint or NONE,
        )
        for group in record.groups
    ]
    note = "Scientist and template files: fingerprints of what they were."
    return _where_known(Table("How the scientist was set", heads, tuple(rows), note))


def _where_known(table: Table) -> Table | None:
    """The table without empty columns; None where nothing but the names of the rows is left."""
    table = table.compact()
    return table if len(table.heads) > 1 else None


def papers_table(figures: ScoreFigures) -> Table:
    """Every idea that is known, the highest score first; without a score, those that came furthest first."""
    digits = score_digits(figures)
    heads = ("Paper", "Template", "Configuration", "Score", "P(accept)", "Decision", "Violations", "Hidden text",
             "US$", "What became of it")  # fmt: skip
    rows = [_paper(scored, digits) for scored in sorted(figures.ideas, key=_standing)]
    unlisted = sum(g.tried for g in figures.groups) - len(figures.ideas)
    note = f"{unlisted} more were tried, of which nothing but their number is known." if unlisted else ""
    return Table("Papers, the highest score first", heads, tuple(rows), note).compact()


def score_digits(figures: ScoreFigures) -> int:
    """How many decimals of a score to show: two on a form's scale, three where scores may be small."""
    scale = figures.scale
    return 2 if scale and scale[1] - scale[0] >= 2 else 3


def averaged(estimate: Estimate | None, digits: int = 3) -> str:
    """A mean or median with its interval, or with the word that it is of too few papers for one."""
    few = estimate is not None and estimate.value is not None and estimate.n < ENOUGH
    return f"{show(estimate, digits=digits)}, too few papers" if few else show(estimate, digits=digits)


def _audit(group: GroupFigures) -> Cells:
    if not group.audited:
        return (NONE,) * 4
    checked = f"{group.numbers_checked:,}"
    return f"{group.audited}/{group.finished}", checked, str(group.violations), str(group.with_violations)


def _search(group: GroupFigures) -> Cells:
    if not group.searched:
        return (NONE,) * 3
    return f"{group.searched}/{group.finished}", str(group.with_hidden), str(group.with_injections)


def _paper(scored: ScoredIdea, digits: int) -> Cells:
    idea = scored.idea
    return (
        printable(idea.title or idea.name),
        printable(idea.template),
        printable(idea.configuration),
        number(scored.score, digits),
        number(scored.p_accept),
        NONE if scored.accepted is None else "accept" if scored.accepted else "reject",
        NONE if idea.violations is None else str(idea.violations),
        NONE if idea.hidden is None and idea.injections is None else str((idea.hidden or 0) + (idea.injections or 0)),
        usd(idea.usd, NONE),
        printable(f"{scored.stage}: {scored.reason}" if scored.reason else scored.stage),
    )


def _standing(scored: ScoredIdea) -> tuple[float, int, str]:
    stages: Sequence[str] = ("reviewed", "review failed", "unread", "unfinished")
    return -scored.score if scored.score is not None else float("inf"), stages.index(scored.stage), scored.idea.id
