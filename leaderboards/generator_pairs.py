"""Differences between any two configurations on a template, paired by idea where both had the same ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..statistics.estimate import ENOUGH
from ..statistics.overlapping import Overlapping
from .boards import GeneratorEntry
from .pairs import MOST, PairedMetric
from .records import GeneratorResult, IdeaScore

BY_THEMSELVES = f"fewer than {ENOUGH} ideas in common"
WELCH = f"Welch's interval: {BY_THEMSELVES}"
PAIRED_MEANS = "paired by idea (t test for samples that overlap)"
NEWCOMBE = f"Newcombe's interval: {BY_THEMSELVES}"
PAIRED_SHARES = "paired by idea (Newcombe's interval)"
FEW = f"fewer than {ENOUGH} of one of the two, or a difference that does not vary"
UNLISTED = "not known how many ideas were tried"


@dataclass(frozen=True)
class Outcome:
    """A number for each idea, or whether something holds of it."""

    label: str
    of_idea: Callable[[IdeaScore], float | bool | None]
    """None: the idea does not count."""
    lacking: str
    share: bool = True
    of_tried: bool = False
    """Over all ideas tried: those that the result does not list count as 0."""
    known: Callable[[GeneratorResult], bool] = lambda _: True


OUTCOMES = (
    Outcome("Mean score", lambda idea: idea.score, "no scores", share=False),
    Outcome(
        "P(accept) per idea", lambda idea: idea.p_accept or 0.0, UNLISTED, False, True, lambda r: bool(r.probability)
    ),
    Outcome("Accepted of tried", lambda idea: bool(idea.accepted), UNLISTED, True, True, lambda r: bool(r.rule)),
    Outcome("Accepted of reviewed", lambda idea: idea.accepted, "no rule decides, or no paper was reviewed"),
    Outcome("Reviewed of tried", lambda idea: idea.score is not None, UNLISTED, of_tried=True),
    Outcome("Papers with violations", lambda idea: _any(idea.violations), "no paper was audited"),
    Outcome("Papers with problems", lambda idea: _any(idea.problems), "no run tells"),
    Outcome("Papers with hidden text", lambda idea: _any(idea.hidden), "no paper was searched"),
)


def paired_generators(entries: Sequence[GeneratorEntry]) -> list[PairedMetric]:
    """What the ideas on record say of configurations on a template; without what fewer than two of them have."""
    results = [entry.result for entry in entries[:MOST]]
    names = list(dict.fromkeys(idea.name for result in results for idea in result.ideas))
    found = [_metric(outcome, results, names) for outcome in OUTCOMES]
    return [metric for metric in found if np.isfinite(metric.values).sum() > 1]


def _metric(outcome: Outcome, results: Sequence[GeneratorResult], names: Sequence[str]) -> PairedMetric:
    place = {name: i for i, name in enumerate(names)}
    values = np.full((len(results), len(names)), np.nan)
    more = np.zeros(len(results), dtype=np.int64)
    for row, result in enumerate(results):
        if outcome.known(result) and not (outcome.of_tried and result.group.tried_from == "papers"):
            for idea in result.ideas:
                said = outcome.of_idea(idea)
                values[row, place[idea.name]] = np.nan if said is None else said
            more[row] = result.group.tried - len(result.ideas) if outcome.of_tried else 0
    found = Overlapping.of_shares(values, more) if outcome.share else Overlapping.of_means(values, more)
    return PairedMetric(
        label=outcome.label,
        how=NEWCOMBE if outcome.share else WELCH,
        lacking=outcome.lacking,
        unsure=FEW,
        papers=tuple(found.counts.astype(int).tolist()),
        values=found.means,
        margins=found.margins,
        how_paired=PAIRED_SHARES if outcome.share else PAIRED_MEANS,
        shared=found.shared,
    )


def _any(count: int | None) -> bool | None:
    return None if count is None else count > 0
