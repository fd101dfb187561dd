"""What has to hold of a record beside its figures: papers, names, claims, costs and samples that fit together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial

from ..bench.scores.records import FLOOR
from ..data.errors import InputError
from ..statistics.human_equivalents import MOST
from .differences import excerpt
from .faults import require
from .records import BoardDataset, GeneratorResult, IdeaScore, ReviewerResult
from .redaction import label_of
from .reproduction import is_reproducible, is_stored

MOST_PAPERS, MOST_IDEAS = 20_000, 2_000
"""Of one dataset, and of one configuration on a template: more would take gigabytes to compute with."""
LARGEST = 1e100
"""Of a score, as in `Review`."""
ROUNDING = 1e-9
"""Relative: of a sum of costs."""


def check_dataset(dataset: BoardDataset) -> None:
    """Raises Faults for papers that cannot be a dataset of the boards, or ceilings that cannot be."""
    n = len(dataset.papers)
    require(
        lambda: _refuse(n > MOST_PAPERS, f"{n} papers; the boards take {MOST_PAPERS}"),
        lambda: _refuse_repeated((paper.key for paper in dataset.papers), "paper"),
        lambda: _refuse(
            dataset.accepted in (0, n), "all papers are of one class: agreement needs accepted and rejected ones"
        ),
        lambda: _check_ceilings(dataset),
    )


def check_reviewer(result: ReviewerResult, dataset: BoardDataset) -> None:
    """Raises Faults where the result does not fit the papers of its dataset, or claims what cannot be."""
    require(
        lambda: _check_papers(result, dataset),
        lambda: _check_name(result),
        lambda: _refuse(
            result.status == "verified" and not is_reproducible(result),
            f"status: verified, but {result.spec or result.name} cannot be run again by the checks",
        ),
        lambda: _check_counts({**result.figures.findings, "noted": result.figures.noted}, len(dataset.papers)),
        lambda: _refuse(min(result.figures.usage.model_dump().values()) < 0, "figures.usage: a mean is below 0"),
        lambda: _check_worth(result),
    )
    _check_samples(result, dataset)


def check_generator(result: GeneratorResult) -> None:
    """Raises Faults where the result does not fit its ideas, or claims what cannot be."""
    group, ideas = result.group, result.ideas
    spent = sum(idea.usd for idea in ideas if idea.usd is not None)
    cheap = group.usd is not None and group.usd < spent * (1 - ROUNDING)
    require(
        lambda: _refuse(
            result.status == "verified", "status: verified, but the checks cannot write these papers again"
        ),
        lambda: _refuse(
            (result.template, result.name) != (group.template, group.configuration),
            f"name and template are not those of its group, {group.label}",
        ),
        lambda: _refuse(
            result.name.startswith("floor:") and result.name != FLOOR,
            f"name: {result.name} is no floor of ours; floors of generators are {FLOOR}",
        ),
        lambda: _refuse_repeated((idea.name for idea in ideas), "idea"),
        lambda: _refuse(len(ideas) > group.tried, f"group.tried: {group.tried}, but {len(ideas)} ideas are there"),
        lambda: _refuse(group.tried > MOST_IDEAS, f"group.tried: {group.tried}; the boards take {MOST_IDEAS}"),
        lambda: _refuse(cheap, f"group.usd: {group.usd or 0.0:g} for all ideas, but those on record cost {spent:g}"),
        *(partial(_check_idea, idea, result) for idea in ideas),
        lambda: _check_paper_samples(result),
    )


def _check_ceilings(dataset: BoardDataset) -> None:
    """Refuse what no ceiling can be; whether it is right only the ratings can tell."""
    for ceiling in dataset.ceilings:
        for name in ("auc", "balanced_accuracy"):
            found = ceiling.metrics.get(name)
            ends = () if found is None else tuple(e for e in (found.low, found.value, found.high) if e is not None)
            if list(ends) != sorted(ends) or any(not 0 <= end <= 1 for end in ends):
                raise InputError(f"ceiling {ceiling.name!r}: {name} is no share with its interval: {excerpt(ends)}")


def _check_worth(result: ReviewerResult) -> None:
    """Refuse what no worth in humans can be; whether it is right only the ratings can tell."""
    worth = result.worth
    ends = () if worth is None else tuple(e for e in (worth.low, worth.value, worth.high) if e is not None)
    if list(ends) != sorted(ends) or any(not 0 <= end <= MOST for end in ends):
        raise InputError(f"worth is no number of humans with its interval: {excerpt(ends)}")


def _check_papers(result: ReviewerResult, dataset: BoardDataset) -> None:
    """Every paper of the dataset once, with a score, a decision or the reason why there is none."""
    _refuse_repeated((paper.key for paper in result.papers), "paper")
    known, there = {p.key for p in dataset.papers}, {p.key for p in result.papers}
    if there - known:
        raise InputError(f"{len(there - known)} papers are not in {dataset.id}, e.g. {min(there - known)}")
    if known - there:
        missing = f"{len(known - there)} of {len(known)} papers are missing, e.g. {min(known - there)}"
        raise InputError(f"{missing}; failed reviews have to be in it")
    for paper in result.papers:
        said = (paper.score, paper.decision, paper.p_accept)
        if paper.failed and said != (None, None, None):
            raise InputError(f"paper {paper.key}: failed, but has a score, a decision or a probability")


def _check_name(result: ReviewerResult) -> None:
    """Refuse the name of a reviewer of ours for another one."""
    family = next((f for f in ("floor:", "learned:") if result.name.startswith(f)), "")
    stored = family and is_stored(result)
    if not (stored or result.spec.startswith(family)) or (family == "floor:" and not is_reproducible(result)):
        raise InputError(f"name: {result.name} belongs to a reviewer of ours, and {result.spec or 'no SPEC'} is none")


def _check_samples(result: ReviewerResult, dataset: BoardDataset) -> None:
    """Every sample is called after a paper, and says of it what stands on record."""
    papers = {paper.key: paper for paper in result.papers}
    said = {label_of(p): (papers[p.key].score, papers[p.key].decision) for p in dataset.papers}
    for sample in result.samples:
        if said.get(sample.paper) != (sample.score, sample.decision):
            raise InputError(f"samples: {excerpt(sample.paper)} is not on record with this score and decision")


def _check_paper_samples(result: GeneratorResult) -> None:
    scores = {idea.score for idea in result.ideas if idea.score is not None}
    if unknown := next((s for s in result.samples if s.score not in scores), None):
        raise InputError(f"samples: no paper has the score {excerpt(unknown.score)} of {excerpt(unknown.paper)}")


def _check_counts(counts: dict[str, int], n: int) -> None:
    for name, count in counts.items():
        if not 0 <= count <= n:
            raise InputError(f"figures: {name} is {count} of {n} papers")


def _check_idea(idea: IdeaScore, result: GeneratorResult) -> None:
    """A score, and what follows from it, is there where the idea was reviewed, and only there."""
    if (idea.stage == "reviewed") != (idea.score is not None):
        raise InputError(f"idea {idea.name!r}: stage {idea.stage}, score {excerpt(idea.score)}")
    if idea.score is not None and abs(idea.score) > LARGEST:
        raise InputError(f"idea {idea.name!r}: score {idea.score:g} is beyond {LARGEST:g}")
    if idea.score is None and (idea.accepted, idea.p_accept) != (None, None):
        raise InputError(f"idea {idea.name!r}: a verdict without a score")
    scale = result.reviewer.traits.scale
    if idea.score is not None and scale is not None and not scale[0] <= idea.score <= scale[1]:
        raise InputError(f"idea {idea.name!r}: score {idea.score:g} is not on the scale {scale[0]:g} to {scale[1]:g}")
    if not result.rule and idea.accepted is not None:
        raise InputError(f"idea {idea.name!r}: accepted {excerpt(idea.accepted)}, but there is no rule")
    if result.threshold is not None and idea.score is not None and idea.accepted != (idea.score >= result.threshold):
        raise InputError(
            f"idea {idea.name!r}: accepted {excerpt(idea.accepted)} at a score of {idea.score:g} and a threshold of "
            f"{result.threshold:g}"
        )


def _refuse(wrong: bool, reason: str) -> None:
    if wrong:
        raise InputError(reason)


def _refuse_repeated(names: Iterable[str], what: str) -> None:
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise InputError(f"{what} {repeated[0]} is there more than once")
