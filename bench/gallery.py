"""All figures of a run, with the words that go with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..data.files import write_atomic
from .evaluate import Calibration
from .outcomes import Humans, Machine
from .pages import embedded
from .plot_style import encoded, shown_reviewers
from .plots import BANDS, reliability, roc, score_vs_rating
from .plots_summary import confusion, leaks, tiers
from .summary import RunFigures

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Plot:
    """A figure with its place in a report."""

    name: str
    title: str
    caption: str
    figure: Figure


def write_plots(folder: Path, plots: Sequence[Plot]) -> dict[str, str]:
    """Write figures/NAME.svg and .png into the folder; returns each figure by name as a data URI.

    Raises InputError where a file cannot be written.
    """
    sources: dict[str, str] = {}
    for plot in plots:
        drawing = encoded(plot.figure, "svg")
        write_atomic(folder / "figures" / f"{plot.name}.svg", drawing)
        write_atomic(folder / "figures" / f"{plot.name}.png", encoded(plot.figure, "png"))
        sources[plot.name] = embedded(drawing)
    return sources


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
