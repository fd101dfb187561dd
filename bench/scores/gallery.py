"""All figures of a score run, with the words that go with them."""

from __future__ import annotations

from ...presentation.drawing import Plot
from .plots import VIOLIN_FROM, distributions, histograms
from .plots_groups import differences, funnel, shown_pairs
from .records import ScoreFigures


def draw_scores(figures: ScoreFigures) -> list[Plot]:
    """Every figure that the run has something to show in."""
    few = len(shown_pairs(figures)) < sum(pair.difference is not None for pair in figures.pairs)
    chosen = " Only those with the first configuration of each template; all are in the table." if few else ""
    line = "" if figures.threshold is None else " The dashed line is the score from which on the table's rule accepts."
    drawn = [
        (
            "distributions",
            "Scores by template and configuration",
            "A point per paper, equal ones moved apart a little, over the shape of their "
            f"distribution (from {VIOLIN_FROM} papers on). n: papers with a score, of all ideas tried.{line}",
            distributions(figures),
        ),
        (
            "histograms",
            "Histograms of the scores",
            f"All on the same axes. Ideas without a score are counted beside, not drawn.{line}",
            histograms(figures),
        ),
        (
            "differences",
            "Differences between configurations",
            "Differences of the mean scores of reviewed papers with Welch's 95% intervals; a full mark is resolved at "
            f".05 by a permutation test with Holm's correction.{chosen}",
            differences(figures),
        ),
        (
            "funnel",
            "From ideas to accepted papers" if figures.rule else "From ideas to reviewed papers",
            f"Ideas tried, those that became papers, papers with a score{', papers accepted' if figures.rule else ''}; "
            "the same counts in figures to the right.",
            funnel(figures),
        ),
    ]
    return [Plot(name, title, caption, figure) for name, title, caption, figure in drawn if figure is not None]
