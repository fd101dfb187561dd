"""How far a judge follows humans on the same papers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from ...presentation.numbers import counted, show
from ...statistics.correlation import pearson_estimate, spearman_estimate
from ...statistics.estimate import ENOUGH, Estimate, mean_estimate
from .human_metrics import Agreement, HumanGate
from .records import HumanScore, TriedIdea

COPIES = 8
"""Papers on which a human cannot have the judge's every score by chance."""


@dataclass(frozen=True)
class JudgedByBoth:
    """A paper with the judge's score and those of humans."""

    judge: float
    scores: tuple[HumanScore, ...]

    @property
    def human(self) -> float:
        """The mean of the human scores."""
        return fmean(said.score for said in self.scores)


def human_scores_of(ideas: Sequence[TriedIdea]) -> tuple[dict[str, tuple[HumanScore, ...]], str]:
    """By idea its human scores, all of one source, and which that is: a table of scores, else means that came with the
    papers, else reviews by people of the version that is scored. Empty without any."""
    tables = {idea.id: idea.human_scores for idea in ideas if idea.human_scores}
    if tables:
        return tables, "human scores"
    means = {idea.id: (HumanScore(score=idea.human_mean),) for idea in ideas if idea.human_mean is not None}
    if means:
        return means, "mean human scores"
    people = {idea.id: _people(idea) for idea in ideas}
    return {id: said for id, said in people.items() if said}, "reviews by people"


def _people(idea: TriedIdea) -> tuple[HumanScore, ...]:
    now = [said for said in idea.people if said.sha256 == idea.sha256]
    return tuple(HumanScore(score=p.score, by=p.by, scale=p.scale) for p in now if p.score is not None)


def agreement_of(papers: Sequence[JudgedByBoth], scale: tuple[float, float] | None) -> Agreement:
    """The agreement on these papers; `scale` is the judge's. Differences are on one scale alone."""
    humans, judge = [paper.human for paper in papers], [paper.judge for paper in papers]
    twice = [paper.scores[:2] for paper in papers if len(paper.scores) > 1]
    pearson = pearson_estimate(humans, judge)
    return Agreement(
        papers=len(papers),
        reviews=sum(len(paper.scores) for paper in papers),
        pearson=pearson,
        spearman=spearman_estimate(humans, judge),
        two_humans=pearson_estimate([first.score for first, _ in twice], [second.score for _, second in twice]),
        difference=mean_estimate([p.judge - p.human for p in papers]) if one_scale(papers, scale) else None,
        gate=gate_of(papers, pearson),
    )


def one_scale(papers: Sequence[JudgedByBoth], scale: tuple[float, float] | None) -> bool:
    """Whether all humans are known to have used the judge's scale."""
    return scale is not None and all(said.scale == scale for paper in papers for said in paper.scores)


def gate_of(papers: Sequence[JudgedByBoth], pearson: Estimate) -> HumanGate:
    """Whether the judge is shown to follow the humans: by the lower limit of Pearson's r, and nothing else."""
    n = len(papers)
    if not n:
        return HumanGate(follows=False, why="no human scores of its papers are known")
    if copy := copy_of_judge(papers):
        return HumanGate(follows=False, why=f"{copy} gives the judge's own scores on every paper, as no human does")
    if len({paper.human for paper in papers}) == 1 or len({paper.judge for paper in papers}) == 1:
        whose = "the human" if len({paper.human for paper in papers}) == 1 else "the judge's"
        why = f"all {whose} scores are the same ({counted(n, 'paper')}), so that no correlation is defined"
        return HumanGate(follows=False, why=why if n > 1 else "one paper alone has scores by both")
    over = f"r = {show(pearson, interval=pearson.low is not None)} over {counted(n, 'paper')}".replace("-", "−")
    if n < ENOUGH:
        few = f"{counted(n, 'paper')} with scores by both, too few for an interval ({ENOUGH} are needed)"
        return HumanGate(follows=False, why=few)
    if pearson.low is None:
        return HumanGate(follows=(pearson.value or 0) > 0, why=f"{over}, all on a line")
    if pearson.low <= 0:
        return HumanGate(follows=False, why=f"{over}: the interval does not lie above 0")
    return HumanGate(follows=True, why=over)


def copy_of_judge(papers: Sequence[JudgedByBoth]) -> str:
    """A human whose scores are the judge's on all of enough papers; empty where there is none."""
    by: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for paper in papers:
        for said in paper.scores:
            by[said.by].append((said.score, paper.judge))
    copies = (
        name or "the human"
        for name, pairs in by.items()
        if len(pairs) >= COPIES and len({*pairs}) > 2 and all(score == judge for score, judge in pairs)
    )
    return next(copies, "")
