"""Tables that put reviewers on equal terms: with humans, at other mixes, in the place of labels, without memory."""

from __future__ import annotations

from ..presentation.cell import NONE
from ..presentation.numbers import number, show
from ..presentation.table import Table
from ..statistics.estimate import Estimate
from ..statistics.human_equivalents import MOST
from .summary import RunMetrics


def like_for_like_table(figures: RunMetrics) -> Table | None:
    """Humans and machines against the same targets, with differences from one human."""
    rows = figures.terms.like_for_like
    if not rows:
        return None
    worth = {row.name: row.humans for row in figures.terms.worth if row.name not in figures.remembered}
    sizes = [next((v.n for v in (getattr(row, kind) for row in rows) if v), 0) for kind in ("spearman", "auc")]
    heads = (
        "Reviewer",
        f"Spearman with the mean of the other reviewers (n={sizes[0]})",
        "− one human",
        f"AUC against committees of two (n={sizes[1]})",
        "− one human ",
        "Worth in human reviewers",
    )
    cells = tuple(
        (
            row.name,
            show(row.spearman),
            show(row.spearman_difference),
            show(row.auc),
            show(row.auc_difference),
            show_worth(worth.get(row.name)),
        )
        for row in rows
    )
    note = (
        "Every row of a column is measured against the same target, in which neither the machine nor the human of the "
        f"row has a part; differences are paired. {figures.terms.draws} draws."
    )
    if worth:
        note += (
            " Worth: how many human reviewers' mean tells a paper's quality as well, from ICC(1) and the correlation "
            "corrected for attenuation (docs/statistics.md)."
        )
        if figures.card.text_version in ("latest", "camera-ready"):
            note += " An upper figure: the texts may be later than those that the humans reviewed, and may leak."
    if figures.remembered:
        note += f" Not told where scores may be memory: {', '.join(sorted(figures.remembered))}."
    return Table("Like for like: machines and humans against the same humans", heads, cells, note).compact()


def apart_table(figures: RunMetrics) -> Table | None:
    """What humans reach against other targets than the reviewers': not to be compared with a reviewer's row."""
    rows = [row for row in figures.ceilings if not row.model and {"auc", "spearman"} & set(row.metrics)]
    if not rows:
        return None
    heads = ("Humans", "AUC", "Bal acc", "Spearman", "n", "Why it cannot be compared")
    cells = tuple(
        (
            f"{row.name}{' (contaminated)' if row.contaminated else ''}",
            *(show(row.metrics.get(key)) for key in ("auc", "balanced_accuracy", "spearman")),
            str(row.n),
            f"{'contaminated' if row.contaminated else 'another target'}: {row.note}",
        )
        for row in rows
    )
    return Table("Humans against other targets: not comparable with reviewers' rows", heads, cells).compact()


def mixes_table(figures: RunMetrics) -> Table | None:
    """The AUC of each reviewer at each mix of papers."""
    mixes = [mix for mix in figures.terms.mixes if not mix.missing]
    scored = [row for row in figures.reviewers if "auc" in row.scores]
    if not mixes or not scored:
        return None
    heads = (f"{mix_words(figures)} (n={figures.n})", *(f"{mix.title} (n={mix.n})" for mix in mixes))
    cells = tuple((r.name, show(r.scores["auc"]), *(show(mix.auc.get(r.name)) for mix in mixes)) for r in scored)
    sources = "; ".join(f"{mix.title}: {mix.source}, {mix.positive} of {mix.n} should score higher" for mix in mixes)
    return Table("AUC by mix of papers", ("Reviewer", *heads), cells, f"{sources}.")


def outages_table(figures: RunMetrics) -> Table | None:
    """The AUC of reviewers with failed reviews, by what is made of those."""
    rows = figures.terms.outages
    if not rows:
        return None
    heads = ("Reviewer", "Failed", "AUC, failures as wrong", "by a coin", "left out", "n left")
    cells = tuple(
        (row.name, f"{row.failed}/{row.wrong.n}", show(row.wrong), show(row.coin), show(row.complete),
         str(row.complete.n))
        for row in rows
    )  # fmt: skip
    note = (
        "The first is the AUC of all tables: nothing can be gained by failing. Left out is what most published tables "
        "do; it flatters a reviewer that fails on hard papers."
    )
    return Table("What failed reviews cost", heads, cells, note)


def terms_tables(figures: RunMetrics) -> list[Table]:
    """All tables of this kind that have rows."""
    found = (like_for_like_table, mixes_table, apart_table, outages_table)
    return [table for table in (build(figures) for build in found) if table is not None]


def mix_words(figures: RunMetrics) -> str:
    """Which papers a figure is on, as in "natural mix, 36.8% accepted"."""
    kind = "constructed" if figures.card.labels == "constructed" else "natural"
    return f"{kind} mix, {figures.base_rate:.1%} accepted"


def show_worth(estimate: Estimate | None) -> str:
    """The worth in humans as ".75 [.45, 1.21]"; what stands for more than can be told as ">20"."""
    if estimate is None or estimate.value is None:
        return NONE
    value, low, high = (None if v is None else f">{MOST:g}" if v >= MOST else number(v, 2)
                        for v in (estimate.value, estimate.low, estimate.high))  # fmt: skip
    return f"{value}" if low is None or high is None else f"{value} [{low}, {high}]"
