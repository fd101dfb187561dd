"""The tables of a run, once as rows of text: rendered to the terminal, Markdown and HTML alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .compare import PairRow, RankRow
from .estimate import Estimate
from .evaluate import ReviewerFigures
from .summary import RunFigures

NONE = "–"


@dataclass(frozen=True)
class Table:
    """A title, column heads, and rows of as many cells; the first column is text, the others figures."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def markdown(self) -> str:
        """The table in GitHub's Markdown."""
        lines = [f"### {self.title}", "", _line(self.heads), _line(["---", *["---:"] * (len(self.heads) - 1)])]
        lines += [_line(row) for row in self.rows]
        return "\n".join([*lines, *(["", self.note] if self.note else [])]) + "\n"


def show(estimate: Estimate | None, *, interval: bool = True) -> str:
    """An estimate as ".691 [.646, .734]"; a dash where it is undefined."""
    if estimate is None or estimate.value is None:
        return NONE
    if not interval or estimate.low is None or estimate.high is None:
        return number(estimate.value)
    return f"{number(estimate.value)} [{number(estimate.low)}, {number(estimate.high)}]"


def number(value: float | None, digits: int = 3) -> str:
    """A figure without its leading zero, as in ".691" or "-.02"."""
    if value is None:
        return NONE
    text = f"{value:.{digits}f}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def scores_table(figures: RunFigures) -> Table:
    """Score metrics, a row per reviewer, ceilings below."""
    ranks = {row.name: f"{row.rank} ({row.low}–{row.high})" for row in figures.ranks}
    heads = ("Reviewer", "AUC", "Avg prec", "Spearman", "Kendall", "Pairwise acc", "MAE", "Tier conc", "Brier", "ECE",
             "Rank (order, 95%)", "Coverage")  # fmt: skip
    keys = (
        "auc",
        "average_precision",
        "spearman",
        "kendall",
        "pairwise_accuracy",
        "mae",
        "tier_concordance",
        "brier",
        "ece",
    )
    rows = [
        (
            r.name,
            *(show(r.scores.get(key), interval=key in ("auc", "spearman")) for key in keys),
            ranks.get(r.name, NONE),
            f"{r.reviewed}/{r.n}",
        )
        for r in figures.reviewers
    ]
    rows += [
        (
            f"{c.name}{' (contaminated)' if c.contaminated else ''}",
            *(show(c.metrics.get(key), interval=key in ("auc", "spearman")) for key in keys),
            NONE,
            f"n={c.n}",
        )
        for c in figures.ceilings
    ]
    note = f"n={figures.n}, 95% bootstrap intervals over papers ({figures.draws} draws); all intervals in metrics.json."
    return Table(f"Scores: {_subject(figures)}", heads, tuple(rows), note)


def decisions_table(figures: RunFigures) -> Table:
    """Decisions, a row per reviewer and rule; the oracle rows are in-sample and say so."""
    heads = ("Reviewer", "Decision rule", "Bal acc", "Acc", "F1", "MCC", "FPR", "FNR", "Legacy AUC of decisions")
    keys = ("balanced_accuracy", "accuracy", "f1", "mcc", "fpr", "fnr", "legacy_auc_of_decisions")
    rows: list[tuple[str, ...]] = []
    for reviewer in figures.reviewers:
        for row in reviewer.decisions:
            mark = "* " if row is reviewer.headline and len(reviewer.decisions) > 1 else ""
            cells = (show(row.metrics[key], interval=key == "balanced_accuracy") for key in keys)
            rows.append((reviewer.name, mark + row.rule, *cells))
    for ceiling in figures.ceilings:
        if "balanced_accuracy" in ceiling.metrics:
            rows.append((ceiling.name, "same selectivity", show(ceiling.metrics["balanced_accuracy"]), *[NONE] * 6))
    note = (
        "* headline: never a threshold chosen on these papers. An oracle threshold is in-sample and only shows what "
        "choosing on the test papers would gain. Failed reviews count as wrong."
    )
    return Table(f"Decisions: {_subject(figures)}", heads, tuple(rows), note)


def cost_table(figures: RunFigures) -> Table:
    """What a review took."""
    rows = tuple(
        (
            r.name,
            f"{r.reviewed}/{r.n}",
            NONE if r.seconds_per_review is None else f"{r.seconds_per_review:.4f}",
            "unknown" if r.usd_per_review is None else f"{r.usd_per_review:.4f}",
            "; ".join(f"{reason} ({n})" for reason, n in list(r.failures.items())[:3]) or NONE,
        )
        for r in figures.reviewers
    )
    heads = ("Reviewer", "Coverage", "Seconds per review", "US$ per review", "Failures")
    return Table("Coverage and cost", heads, rows)


def reliability_table(figures: RunFigures) -> Table | None:
    """How reliable the humans are: ICC(1), ICC(k)."""
    row = next((c for c in figures.ceilings if "icc_single" in c.metrics), None)
    if row is None:
        return None
    cells = tuple(show(row.metrics[key]) for key in ("spearman", "icc_single", "icc_mean"))
    heads = ("Humans", "Spearman of two reviewers", "ICC(1)", "ICC(k)")
    return Table("Human reliability", heads, ((f"n={row.n}", *cells),))


def run_tables(figures: RunFigures) -> list[Table]:
    """All tables of a run."""
    found = [scores_table(figures), decisions_table(figures), reliability_table(figures), cost_table(figures)]
    return [table for table in found if table is not None]


def pairs_tables(rows: Iterable[PairRow]) -> list[Table]:
    """One table per metric of paired tests."""
    by_metric: dict[str, list[PairRow]] = {}
    for row in rows:
        by_metric.setdefault(row.metric, []).append(row)
    return [_pairs_table(metric, found) for metric, found in by_metric.items()]


def _pairs_table(metric: str, rows: list[PairRow]) -> Table:
    cells = tuple(
        (
            f"{row.a} − {row.b}",
            f"{number(row.difference)} [{number(row.low)}, {number(row.high)}]",
            _p(row.p_value),
            _p(row.p_holm),
            "resolved" if row.resolved else "not resolved",
        )
        for row in rows
    )
    heads = ("Pair", "Difference [95%]", "p", "p (Holm)", "At .05")
    return Table(f"{metric} ({rows[0].test}, n={rows[0].n})", heads, cells)


def _p(value: float | None) -> str:
    if value is None:
        return NONE
    return "<.001" if value < 0.001 else number(value)


def _subject(figures: RunFigures) -> str:
    d = figures.dataset
    accepted = f"{figures.accepted}/{figures.n} accepted ({figures.base_rate:.1%})"
    labels = "constructed labels" if figures.card.labels == "constructed" else "human decisions"
    return f"{d.name}, {d.split} split, {d.text} text, {labels}, {accepted}"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def headline_line(reviewer: ReviewerFigures) -> str:
    """One line that says how a reviewer did."""
    row = reviewer.headline
    accuracy = show(row.metrics["balanced_accuracy"]) if row else NONE
    return f"{reviewer.name}: AUC {show(reviewer.scores.get('auc'))}, balanced accuracy {accuracy}"


def ranks_table(rows: Iterable[RankRow]) -> Table:
    """Ranks by score AUC, ties shown as ties."""
    cells = tuple((row.name, number(row.auc), str(row.rank), f"{row.low}–{row.high}") for row in rows)
    note = (
        "Rank: 1 + the number of reviewers that are significantly better, so that equal ranks are ties. "
        "Order: where the AUC stands among the others in 95% of the draws, chance included."
    )
    return Table("Ranks by score AUC", ("Reviewer", "AUC", "Rank", "Order in 95% of draws"), cells, note)
