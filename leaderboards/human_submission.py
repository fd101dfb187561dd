"""What a run of `score` knows of humans, as the generators' results have it: a mean and a number for each paper."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

from ..bench.scores.human_agreement import JudgedByBoth, copy_of_judge, human_scores_of
from ..bench.scores.metrics import ScoreMetrics
from ..bench.scores.records import FLOOR
from ..data.errors import InputError
from .judge_and_humans import human_summary
from .records import HumanBlock, IdeaScore


class HumanMean(NamedTuple):
    """The mean of the human scores of a paper, and how many these are; None: unknown."""

    mean: float | None
    reviews: int | None


UNKNOWN = HumanMean(None, None)


def known_humans(figures: ScoreMetrics) -> dict[str, HumanMean]:
    """Of each paper that both have scored, by the idea's id.

    Raises InputError where a human gives the judge's own scores, which their means would hide.
    """
    said, source = human_scores_of([scored.idea for scored in figures.ideas])
    both = {
        scored.idea.id: JudgedByBoth(scored.score, said[scored.idea.id])
        for scored in figures.ideas
        if scored.score is not None and scored.idea.id in said and scored.idea.configuration != FLOOR
    }
    if copy := copy_of_judge(list(both.values())):
        raise InputError(
            f"{copy} gives the judge's own scores on every paper, as no human does: no human score of this run can be "
            f"on the boards; score again with --humans and a file without these rows"
        )
    counted = source != "mean human scores"
    return {
        id: HumanMean(fmean(human.score for human in paper.scores), len(paper.scores) if counted else None)
        for id, paper in both.items()
    }


def human_block(figures: ScoreMetrics, ideas: Sequence[IdeaScore]) -> HumanBlock | None:
    """The block of a result with these ideas; None where none has a human score."""
    if figures.humans is None or all(idea.human_mean is None for idea in ideas):
        return None
    return HumanBlock(source=figures.humans.source, scale=figures.humans.scale, figures=human_summary(ideas))
