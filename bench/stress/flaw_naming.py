"""How often reviews name the flaw that was planted in a paper, and how often they name it in its sound twin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pydantic import BaseModel, Field

from ...data.errors import InputError
from ...data.records import Judgement
from ...reviewer.review import Review
from ...statistics.clustered import clustered_share
from ...statistics.estimate import Estimate
from ...statistics.sign_flip import sign_flip_test
from .flaws import PlantedFlaw, naming_statements, statements

Named = Mapping[tuple[str, int], bool]
"""Whether a review, by paper id and repeat, names the flaw of its paper's pair."""


class Share(BaseModel):
    """`count` of `of` with its 95% interval, see `clustered_share`; `low` and `high` are None where `of` is 0."""

    count: int
    of: int
    low: float | None = None
    high: float | None = None

    @property
    def value(self) -> float | None:
        """The share, in [0, 1]; None of nothing."""
        return self.count / self.of if self.of else None

    @property
    def estimate(self) -> Estimate:
        """The share with its interval."""
        return Estimate(value=self.value, low=self.low, high=self.high, n=self.of)


class FlawNaming(BaseModel):
    """Figures of one reviewer on pairs with planted flaws."""

    reviewer: str
    named: Share = Field(description="reviews of the flawed papers that name the flaw")
    alarms: Share = Field(description="reviews of the sound twins that name the flaw which these do not have")
    by_kind: dict[str, tuple[Share, Share]] = Field(description="the same by kind of flaw")
    p: float | None = Field(
        default=None, description="sign-flip test over pairs of the share in flawed papers less that in sound twins"
    )
    wordless: int = Field(description="reviews without a statement, which name nothing")
    failed: int = Field(description="failed reviews, which are not counted")

    @property
    def tells(self) -> bool:
        """Whether flawed papers' reviews name the flaw more often than those of sound twins, beyond chance.

        By the test over pairs or, where few pairs are whole, by intervals that do not meet.
        """
        more = (self.named.value or 0.0) > (self.alarms.value or 0.0)
        return more and ((self.p is not None and self.p < 0.05) or (self.named.low or 0.0) > (self.alarms.high or 1.0))

    @property
    def silent(self) -> bool:
        """Whether no review has a statement that could name anything."""
        return self.wordless == self.named.of + self.alarms.of


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
    said = [
        Said(flaw.kind, flaw.group, sound[r.paper_id], named[r.paper_id, r.repeat])
        for r in counted
        for flaw in [groups[r.paper_id]]
    ]
    wordless = sum(not statements(review) for review in counted)
    return figures_of(reviewer, said, wordless=wordless, failed=sum(review.status == "failed" for review in used))


class Said(NamedTuple):
    """What is said of a review: the kind and pair of the flaw, whether of the sound twin, whether it names the flaw."""

    kind: str
    group: str
    sound: bool
    names: bool


def figures_of(reviewer: str, said: Sequence[Said], *, wordless: int, failed: int) -> FlawNaming:
    """The figures of what is said of the reviews that did not fail."""
    kinds = sorted({one.kind for one in said})
    return FlawNaming(
        reviewer=reviewer,
        named=_share(said, sound=False),
        alarms=_share(said, sound=True),
        by_kind={
            kind: (_share(of_kind, sound=False), _share(of_kind, sound=True))
            for kind in kinds
            for of_kind in [[one for one in said if one.kind == kind]]
        },
        p=_p_value(said),
        wordless=wordless,
        failed=failed,
    )


def _share(said: Sequence[Said], *, sound: bool) -> Share:
    """Of reviews of the sound twins or of the flawed papers; several of one paper count together."""
    chosen = [one for one in said if one.sound == sound]
    if not chosen:
        return Share(count=0, of=0)
    found = clustered_share([float(one.names) for one in chosen], [one.group for one in chosen])
    return Share(count=sum(one.names for one in chosen), of=len(chosen), low=found.low, high=found.high)


def _p_value(said: Sequence[Said]) -> float | None:
    """None where no pair has a review of either paper."""
    by_pair: dict[str, tuple[list[bool], list[bool]]] = {}
    for one in said:
        by_pair.setdefault(one.group, ([], []))[one.sound].append(one.names)
    pairs = [(flawed, twin) for flawed, twin in by_pair.values() if flawed and twin]
    differences = [sum(flawed) / len(flawed) - sum(twin) / len(twin) for flawed, twin in pairs]
    return sign_flip_test([differences]).p_value if differences else None
