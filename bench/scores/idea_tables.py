"""The tables of a score run about its ideas: cost, checks, settings, papers."""

from __future__ import annotations

from collections.abc import Sequence

from ...data.errors import printable
from ...presentation.cell import NONE
from ...presentation.numbers import number, seconds, show, usd
from ...presentation.table import Table
from ...statistics.estimate import ENOUGH, Estimate
from .metrics import GroupMetrics, ScoredIdea, ScoreMetrics
from .records import ScoreRecord, TriedIdea

Cells = tuple[str, ...]


def score_digits(figures: ScoreMetrics) -> int:
    """How many decimals of a score to show: two on a form's scale, three where scores may be small."""
    scale = figures.scale
    return 2 if scale and scale[1] - scale[0] >= 2 else 3


def cost_table(figures: ScoreMetrics) -> Table | None:
    """What the papers took to make; None where nothing is known of it."""
    heads = ("Group", "US$ for all tried", "US$ per finished paper", "Seconds per finished paper")
    rows = [(printable(g.label), usd(g.usd, NONE), usd(g.usd_per_paper, NONE), seconds(g.seconds_per_paper))
            for g in figures.groups]  # fmt: skip
    note = "What ideas took that came to nothing is in the cost of a paper."
    return _where_known(Table("Cost of the papers", heads, tuple(rows), note))


def checks_table(figures: ScoreMetrics) -> Table | None:
    """Provenance audits and hidden text; None where nobody looked."""
    heads = ("Group", "Audited", "Numbers checked", "Violations", "Papers with violations", "Papers with problems",
             "Searched", "With hidden text", "Speaking to the reviewer")  # fmt: skip
    rows = [(printable(g.label), *_audit(g), _problems(g), *_search(g)) for g in figures.groups]
    note = (
        "Violations: numbers, figures and citations in a paper that trace to no run and no record. Problems: these, "
        "too many pages, and what else its run says is wrong. Hidden text is set aside before the review."
    )
    return _where_known(Table("Provenance and hidden text", heads, tuple(rows), note))


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


def papers_table(figures: ScoreMetrics) -> Table:
    """Every idea that is known, the highest score first; without a score, those that came furthest first."""
    digits = score_digits(figures)
    heads = ("Paper", "Template", "Configuration", "Score", "Humans", "P(accept)", "Decision", "Violations",
             "Hidden text", "US$", "What became of it")  # fmt: skip
    rows = [_paper(scored, digits) for scored in sorted(figures.ideas, key=_standing)]
    unlisted = sum(g.tried for g in figures.groups) - len(figures.ideas)
    note = f"{unlisted} more were tried, of which nothing but their number is known." if unlisted else ""
    return Table("Papers, the highest score first", heads, tuple(rows), note).compact()


def _audit(group: GroupMetrics) -> Cells:
    if not group.audited:
        return (NONE,) * 4
    checked = f"{group.numbers_checked:,}"
    return f"{group.audited}/{group.finished}", checked, str(group.violations), str(group.with_violations)


def _problems(group: GroupMetrics) -> str:
    return f"{group.with_problems}/{group.examined}" if group.examined else NONE


def _search(group: GroupMetrics) -> Cells:
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
        _humans(idea),
        number(scored.p_accept),
        NONE if scored.accepted is None else "accept" if scored.accepted else "reject",
        NONE if idea.violations is None else str(idea.violations),
        NONE if idea.hidden is None and idea.injections is None else str((idea.hidden or 0) + (idea.injections or 0)),
        usd(idea.usd, NONE),
        printable(f"{scored.stage}: {scored.reason}" if scored.reason else scored.stage),
    )


def _humans(idea: TriedIdea) -> str:
    """The mean human score, and of how many it is where that is known."""
    count = f" (n={len(idea.human_scores)})" if idea.human_scores else ""
    return NONE if idea.human_mean is None else f"{number(idea.human_mean, 2)}{count}"


def _standing(scored: ScoredIdea) -> tuple[float, int, str]:
    stages: Sequence[str] = ("reviewed", "review failed", "unread", "unfinished")
    return -scored.score if scored.score is not None else float("inf"), stages.index(scored.stage), scored.idea.id


def averaged(estimate: Estimate | None, digits: int = 3) -> str:
    """A mean or median with its interval, or with the word that it is of too few papers for one."""
    few = estimate is not None and estimate.value is not None and estimate.n < ENOUGH
    return f"{show(estimate, digits=digits)}, too few papers" if few else show(estimate, digits=digits)
