"""A run's reviews and human judgements as arrays, one value per paper, failures included."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from ..reviewer.protocol import Traits
from ..reviewer.review import Recall
from ..statistics.arrays import Bools, Floats

Container = TypeVar("Container", dict[str, Any], list[Any])
FINDINGS = ("hidden", "injections", "cut")
"""What a panel can find in a paper on reading it, see `reviewer.panel.discussion`."""


@dataclass(frozen=True)
class Humans:
    """The human side of n papers."""

    ids: tuple[str, ...]
    accepted: Bools
    """(n,) whether the venue accepted."""
    rating: Floats
    """(n,) mean human rating, NaN where there is none."""
    tier: Floats
    """(n,) 0 reject, 1 poster, 2 spotlight, 3 oral; NaN where not published."""
    groups: tuple[str, ...]
    """(n,) papers of one group are never on both sides of a fit; the id where a paper has no group."""
    ratings: tuple[tuple[float, ...], ...]
    scale: tuple[float, float] | None = None
    """Lowest and highest rating that there can be; None where that is not known."""

    def __len__(self) -> int:
        return len(self.ids)


class MeanUsage(BaseModel):
    """What a reviewer's reviews took, means per review; failed reviews are among them."""

    model_config = ConfigDict(frozen=True)

    calls: float = Field(default=0.0, description="calls of a language model")
    tokens_in: float = Field(default=0.0, description="input, from the provider's prompt cache or not")
    tokens_cached: float = Field(default=0.0, description="input that the provider read from its prompt cache")
    tokens_out: float = Field(default=0.0, description="output, reasoning included")
    calls_saved: float = Field(default=0.0, description="calls that a panel did not need")


@dataclass(frozen=True)
class Machine:
    """One reviewer's side of the same n papers.

    A failed review counts as the wrong answer, whatever the truth: its score is -inf for an accepted paper and +inf
    for a rejected one, its decision and probability likewise. A reviewer can thus never gain by failing.
    """

    name: str
    traits: Traits
    automatic: bool
    ok: Bools
    score: Floats | None
    """(n,) the overall score, failures imputed; None where the reviewer gives no scores."""
    decision: Bools | None
    """(n,) its own decision, failures imputed; None where it gives none."""
    probability: Floats | None
    """(n,) its own probability to accept, failures imputed; None where it gives none."""
    worded: Bools
    """(n,) whether the review has both a score and a decision of its own."""
    in_sample: int
    """How many of the papers it was fitted on."""
    reasons: dict[str, int] = field(default_factory=dict)
    """Why reviews failed, and how often."""
    seconds: float = float("nan")
    """Mean seconds per review; NaN where they are not known."""
    usd: float | None = 0.0
    """Mean dollars per review; None where a price is unknown."""
    usage: MeanUsage = field(default_factory=MeanUsage)
    findings: dict[str, int] = field(default_factory=dict)
    """How many papers had hidden text, injections, or were cut, as its reviews tell."""
    noted: int = 0
    """Reviews that stand although one of their calls came to nothing."""
    members: float = 0.0
    """Mean number of members of a panel whose answers made its reviews; 0 where it is none."""
    recall: tuple[Recall | None, ...] = ()
    """What the reviews say of each paper that they recall of it."""
    percentile: Floats | None = None
    """(n,) the percentile among a venue's submissions that it says, failures imputed; None where it says none."""
    p_calibrated: bool = False
    """Whether `probability` was fitted to decisions, and is no mere word."""
    recall_by: str = ""
    """The name of the row that says what this reviewer recalls; empty where there is none."""
