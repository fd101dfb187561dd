"""The table of the tests that decide: each setting against the baseline over all pairs of dataset and seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..presentation.latex import escape
from .comparisons import PooledComparison
from .evidence import Evidence, metric_name, p_value
from .latex import tables
from .latex.floats import HIGHEST, Float, caption_height
from .latex.words import number_word
from .template import Metric

DECIDED = "tab:decisions"
SIZE = tables.Size(r"\small", 0.92, 5.0, 104.0)
LINE = tables.LINE * SIZE.share
HEADS = r"Setting & Pairs & Lower & Higher & Corrected & Resolved \\"


def decisions(evidence: Evidence, metric: Metric, label: str) -> list[Float]:
    """A row for each setting: pairs in which it is lower and higher than the baseline, corrected p, verdict.

    None where nothing was tested.
    """
    items = [item for item in evidence.comparisons.pooled if item.metric == metric]
    if all(item.p is None for item in items):
        return []
    which = (
        "The setting that the search chose, on seeds that no choice has seen," if evidence.confirmed else "Each setting"
    )
    caption = (
        f"{which} against the baseline in {metric_name(metric)} over all pairs of dataset and seed: in how many "
        "the setting is lower and higher, the exact sign-flip test over all looks after Holm's correction, and what "
        f"that resolves. {metric.better.capitalize()} values are better."
    )
    return tables.floats_of(_parts(items, HIGHEST - caption_height(caption)), SIZE, caption, label)


def _parts(items: Sequence[PooledComparison], most: float) -> Iterator[tuple[str, float]]:
    """The rows in tables with their heights, none higher than `most`."""
    rows: list[PooledComparison] = []
    for item in items:
        if rows and _height([*rows, item]) > most:
            yield _tabular(rows), _height(rows)
            rows = []
        rows.append(item)
    yield _tabular(rows), _height(rows)


def _height(rows: Sequence[PooledComparison]) -> float:
    return LINE * (1 + sum(SIZE.lines(item.label) for item in rows)) + tables.RULES


def _tabular(rows: Sequence[PooledComparison]) -> str:
    opening = SIZE.opening([item.label for item in rows])
    return "\n".join([f"\\begin{{tabular}}{{{opening}rrrrl}}", r"\toprule", HEADS, r"\midrule", *map(_row, rows),
                      r"\bottomrule", r"\end{tabular}"])  # fmt: skip


def _row(item: PooledComparison) -> str:
    """Counts are words, which the audit does not take for results."""
    test = "--" if item.p_holm is None else f"${p_value(item.p_holm)}$"
    verdict = {"no difference resolved": "--"}.get(item.effect, item.effect)
    counts = (item.pairs, item.lower, item.higher) if item.p is not None else ()
    words = [number_word(number) if number else "none" for number in counts] or ["--"] * 3
    return " & ".join([escape(item.label), *words, test, verdict]) + r" \\"
