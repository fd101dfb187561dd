"""All figures of a run, with the words that go with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..presentation.drawing import Plot
from .outcomes import Humans, Machine
from .plots import BANDS, reliability, roc, score_vs_rating
from .plots_summary import confusion, leaks, shown_reviewers, tiers
from .records import Calibration
from .summary import RunFigures

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_all(
    figures: RunFigures,
    humans: Humans,
    machines: Sequence[Machine],
    calibrations: Mapping[str, Calibration] | None = None,
) -> list[Plot]:
    """Every figure that the run has something to show in."""
    reviewers = shown_reviewers(figures, machines)
    banded = " for the highest four" if len(reviewers) > BANDS else ""
    floors = (
        "; grey lines are floors, constant ones lie on the diagonal" if reviewers[0].figures.kind != "floor" else ""
    )
    drawn: list[tuple[str, str, str, Figure | None]] = [
        (
            "roc",
            "ROC curves",
            f"Curves of the scores, with 95% bands{banded}; dots are the reviewers' own decisions{floors}. "
            "Failed reviews count as wrong.",
            roc(figures, humans, machines),
        ),
        (
            "reliability",
            "Reliability of the probabilities",
            "Share of accepted papers against the predicted probability, in ten bins with 95% Wilson intervals; below, "
            "how many papers got which probability.",
            reliability(figures, humans, machines, calibrations),
        ),
        (
            "score_vs_rating",
            "Score against human rating",
            "A mark per paper, moved a little so that equal ones can be told apart. ρ is Spearman's.",
            score_vs_rating(figures, humans, machines),
        ),
        (
            "confusion",
            "Confusion matrices",
            "Papers by decision or constructed label (rows) and by the reviewer's headline decision (columns), with "
            "shares of the row. Failed reviews count as wrong.",
            confusion(figures, machines),
        ),
        (
            "tiers",
            "Mean score by tier",
            "Means with 95% bootstrap intervals over papers, each reviewer on its own scale; failed reviews left out.",
            tiers(figures, machines),
        ),
        (
            "leaks",
            "Leak audit",
            "What can be told from things that are not the science: balanced accuracy of artefacts, AUC of length and "
            "content, with 95% intervals, before and after scrubbing. A probe is a leak where its whole interval lies "
            "above the limit.",
            leaks(figures.audit) if figures.audit else None,
        ),
    ]
    return [Plot(name, title, caption, figure) for name, title, caption, figure in drawn if figure is not None]
