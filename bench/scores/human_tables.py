"""The tables of a score run about human scores of its papers."""

from __future__ import annotations

from ...data.errors import printable
from ...presentation.cell import NONE, Cell
from ...presentation.numbers import number, show, signed
from ...presentation.table import Table
from ...statistics.estimate import ENOUGH, Estimate
from .human_metrics import HumanFigures, HumanPair
from .idea_tables import averaged, score_digits
from .metrics import ScoreMetrics


def human_tables(figures: ScoreMetrics) -> list[Table]:
    """Agreement, means by generator, pairs, and what more reviews would buy; none without human scores."""
    found = figures.humans
    if found is None:
        return []
    digits = score_digits(figures)
    tables = [_agreement(found, digits), _means(found, digits), _pairs(found, digits), _plan(found)]
    return [table for table in tables if table is not None]


def _agreement(found: HumanFigures, digits: int) -> Table:
    agreement = found.agreement
    rows = [
        ("Judge and humans, Pearson's r", str(agreement.pearson.n), _correlation(agreement.pearson)),
        ("Judge and humans, Spearman's", str(agreement.spearman.n), _correlation(agreement.spearman)),
        ("Two humans, Pearson's r", str(agreement.two_humans.n), _correlation(agreement.two_humans)),
    ]
    if agreement.difference is not None:
        value = agreement.difference
        rows.append(("Judge less humans, mean", str(value.n), signed(value.value, value.low, value.high, digits)))
    else:
        rows.append(("Judge less humans, mean", str(agreement.papers), "not known to be one scale (--human-scale)"))
    note = (
        f"{agreement.reviews} {found.source}; a paper counts once, with their mean. 95% intervals over papers, from "
        f"{ENOUGH} on: Fisher's, Bonett & Wright's, Student's. Two humans: the first two scores of each paper, in the "
        f"file's order. {found.agreement.gate.sentence}"
    )
    return Table("Judge and humans on the same papers", ("What", "Papers", "Value"), tuple(rows), note)


def _means(found: HumanFigures, digits: int) -> Table:
    heads = ("Group", "Human scores", "Papers by both", "By the judge alone", "Humans", "Judge, same papers",
             "Prediction-powered", "Judge's weight")  # fmt: skip
    rows = [
        (
            printable(group.label),
            str(group.reviews),
            str(group.labelled),
            str(group.further),
            averaged(group.human, digits),
            averaged(group.judge, digits),
            averaged(group.powered, digits),
            number(group.weight, 2),
        )
        for group in sorted(found.groups, key=lambda g: (g.template, -(g.human.value or 0)))
    ]
    note = f"Means over papers, Student's 95% intervals from {ENOUGH} papers on."
    if any(group.powered for group in found.groups):
        note += (
            " Prediction-powered: the human mean helped by the judge's scores of papers without a human score "
            "(Angelopoulos, Duchi & Zrnic 2023), unbiased where those with human scores are a random part, never wider "
            "than the human mean's; weight 0: the judge does not help."
        )
    return Table("Means by humans", heads, tuple(rows), note).compact()


def _pairs(found: HumanFigures, digits: int) -> Table | None:
    if not found.pairs:
        return None
    heads = ("Pair", "Template", "Papers", "Humans", "Judge", "Humans less judge", "Order")
    rows = tuple(_pair(pair, digits) for pair in sorted(found.pairs, key=lambda pair: not pair.reversed))
    note = (
        "Differences of means on the papers that both have scored, Welch's 95% intervals, not corrected for the number "
        "of pairs. Reversed: humans and judge disagree on which is better."
    )
    return Table("Pairs of generators, by humans and by the judge", heads, rows, note).compact()


def _pair(pair: HumanPair, digits: int) -> tuple[str, ...]:
    gap = NONE if pair.gap is None else difference_words(pair.gap, digits)
    return (
        printable(f"{pair.a} − {pair.b}"),
        printable(pair.template),
        str(pair.human.n),
        difference_words(pair.human, digits),
        difference_words(pair.judge, digits),
        gap,
        "reversed" if pair.reversed else "the same" if pair.human.value and pair.judge.value else NONE,
    )


def difference_words(estimate: Estimate, digits: int) -> str:
    """A difference with its sign and interval."""
    return signed(estimate.value, estimate.low, estimate.high, digits)


def _plan(found: HumanFigures) -> Table | None:
    if not found.plan:
        return None
    heads = ("Human reviews", "Half-width, reviews alone", "Half-width with the judge's scores")
    rows = tuple((str(row.reviews), number(row.alone, 2), number(row.with_judge, 2)) for row in found.plan)
    note = (
        "Expected half-width of the 95% interval of a generator's mean human score, each review of another paper; with "
        "the judge: its scores of ten times as many further papers. Within generators, judge and single reviews "
        f"correlate by {signed(found.correlation, None, None, 2)}, adjusted for their number."
    )
    return Table("What more human reviews would buy", heads, rows, note)


def _correlation(estimate: Estimate) -> str:
    if estimate.value is None:
        return "undefined: too few papers, or all scores the same"
    words = show(estimate, interval=estimate.low is not None)
    shown = Cell(words.replace("-", "−"))
    return shown if estimate.low is not None or not estimate.few else f"{shown}, too few papers for an interval"
