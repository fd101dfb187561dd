"""How often reviews name the flaw that was planted in a paper, and how often they name it in its sound twin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pydantic import BaseModel, Field

from ...data.errors import InputError
from ...data.records import Judgement
from ...reviewer.review import Review
from ...statistics.intervals import wilson
from .flaws import PlantedFlaw, naming_statements, statements

Named = Mapping[tuple[str, int], bool]
"""Whether a review, by paper id and repeat, names the flaw of its paper's pair."""


class Share(BaseModel):
    """`count` of `of`, with Wilson's 95% interval; `low` and `high` are None where `of` is 0."""

    count: int
    of: int
    low: float | None = None
    high: float | None = None

    @property
    def value(self) -> float | None:
        """The share, in [0, 1]; None of nothing."""
        return self.count / self.of if self.of else None


class FlawNaming(BaseModel):
    """Figures of one reviewer on pairs with planted flaws."""

    reviewer: str
    named: Share = Field(description="reviews of the flawed papers that name the flaw")
    alarms: Share = Field(description="reviews of the sound twins that name the flaw which these do not have")
    by_kind: dict[str, tuple[Share, Share]] = Field(description="the same by kind of flaw")
    wordless: int = Field(description="reviews without a statement, which name nothing")
    failed: int = Field(description="failed reviews, which are not counted")


def by_rules(
    reviews: Iterable[Review], judgements: Sequence[Judgement], flaws: Mapping[str, PlantedFlaw]
) -> dict[tuple[str, int], bool]:
    """What the rules say of each review that did not fail and whose paper belongs to a pair."""
    groups = flaws_by_paper(judgements, flaws)
    return {
        (r.paper_id, r.repeat): bool(naming_statements(r, groups[r.paper_id]))
        for r in reviews
        if r.status == "ok" and r.paper_id in groups
    }


def flaws_by_paper(judgements: Sequence[Judgement], flaws: Mapping[str, PlantedFlaw]) -> dict[str, PlantedFlaw]:
    """The flaw of each paper's pair. Raises InputError where no paper belongs to a pair with a documented flaw."""
    found = {j.paper_id: flaws[j.group] for j in judgements if j.group is not None and j.group in flaws}
    if not found:
        raise InputError("no paper of these reviews belongs to a pair with a documented flaw")
    return found


def flaw_naming(
    reviewer: str,
    reviews: Iterable[Review],
    judgements: Sequence[Judgement],
    flaws: Mapping[str, PlantedFlaw],
    named: Named,
) -> FlawNaming:
    """The figures, from what rules or a judge say of each review."""
    groups = flaws_by_paper(judgements, flaws)
    sound = {j.paper_id: j.accepted for j in judgements}
    used = [r for r in reviews if r.paper_id in groups]
    counted = [r for r in used if (r.paper_id, r.repeat) in named]
    tallies: dict[str, tuple[list[bool], list[bool]]] = {}
    for review in counted:
        pair = tallies.setdefault(groups[review.paper_id].kind, ([], []))
        pair[sound[review.paper_id]].append(named[review.paper_id, review.repeat])
    return FlawNaming(
        reviewer=reviewer,
        named=share([one for flawed, _ in tallies.values() for one in flawed]),
        alarms=share([one for _, twins in tallies.values() for one in twins]),
        by_kind={kind: (share(flawed), share(twins)) for kind, (flawed, twins) in sorted(tallies.items())},
        wordless=sum(not statements(review) for review in counted),
        failed=sum(review.status == "failed" for review in used),
    )


def share(found: list[bool]) -> Share:
    """The share of true ones."""
    if not found:
        return Share(count=0, of=0)
    (low,), (high,) = wilson([sum(found)], [len(found)])
    return Share(count=sum(found), of=len(found), low=float(low), high=float(high))
