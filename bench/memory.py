"""Whether scores may be memory: what a reviewer recalls of the papers, how it does on those that it does not, and what
the dates of its model and of the decisions say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from pydantic import BaseModel, Field

from ..data.records import DatasetCard
from ..reviewer.protocol import Traits
from ..reviewer.review import RECALLS
from ..statistics.arrays import Bools, Floats
from ..statistics.bootstrap import chosen_groups
from ..statistics.estimate import Estimate, auc_estimate
from .outcomes import Humans, Machine

LEAST = 8
"""Papers of either class without which there is no figure."""


class MemoryPart(BaseModel):
    """The papers of which a reviewer recalls no more than something."""

    papers: str
    n: int
    accepted: int
    auc: Estimate | None = Field(description="of the reviewer; None: fewer than `LEAST` papers of a class")
    recall_auc: Estimate | None = Field(description="of what is recalled, taken as the score")

    @property
    def missing(self) -> str:
        """Why there is no figure; empty where there is one."""
        if self.auc is not None:
            return ""
        few = min(("accepted", self.accepted), ("rejected", self.n - self.accepted), key=lambda c: c[1])
        return f"no figure, too few of a class ({few[1]} {few[0]}; {LEAST} of each are needed)"


class MemoryRow(BaseModel):
    """What one reviewer recalls, and its AUC beside that of its memory."""

    reviewer: str
    recall: str = Field(description="the row that has what is recalled")
    recalled: dict[str, int] = Field(description="papers by what is recalled of them: outcome, paper, title, no")
    outcomes_accepted: int = Field(description="accepted papers among those whose outcome is recalled")
    unasked: int = Field(description="papers of which it is not known what is recalled; they are in no part")
    parts: list[MemoryPart] = Field(description="all papers, those without the outcome, those without anything")

    @property
    def whole(self) -> MemoryPart:
        """All papers of which it is known what is recalled."""
        return self.parts[0]

    @property
    def unrecalled(self) -> MemoryPart:
        """The papers of which nothing is recalled."""
        return self.parts[-1]

    @property
    def tells(self) -> bool:
        """Whether what is recalled tells accepted from rejected papers, or cannot be said not to."""
        found = self.whole.recall_auc
        return found is None or found.low is None or found.low > 0.5


def memory_rows(humans: Humans, machines: Sequence[Machine]) -> list[MemoryRow]:
    """A row for each reviewer with scores of which a row of the table says what it recalls."""
    by_name = {machine.name: machine for machine in machines}
    rows: list[MemoryRow] = []
    for machine in machines:
        memory = by_name.get(machine.recall_by)
        if memory is not None and memory.score is not None and machine.score is not None:
            rows.append(_row(humans, machine, memory))
    return rows


def _row(humans: Humans, machine: Machine, memory: Machine) -> MemoryRow:
    asked = np.array([word is not None for word in memory.recall])
    words = np.array([word or "" for word in memory.recall])
    parts = {
        "all that it was asked about": asked,
        "outcome not recalled": asked & (words != "outcome"),
        "nothing recalled": words == "no",
    }
    assert machine.score is not None and memory.score is not None
    counts = Counter(words[asked].tolist())
    return MemoryRow(
        reviewer=machine.name,
        recall=memory.name,
        recalled={word: counts[word] for word in RECALLS},
        outcomes_accepted=int(humans.accepted[words == "outcome"].sum()),
        unasked=int((~asked).sum()),
        parts=[
            MemoryPart(
                papers=papers,
                n=int(where.sum()),
                accepted=int(humans.accepted[where].sum()),
                auc=_auc(humans, where, machine.score),
                recall_auc=_auc(humans, where, memory.score),
            )
            for papers, where in parts.items()
        ],
    )


def _auc(humans: Humans, where: Bools, score: Floats) -> Estimate | None:
    """The AUC on some papers with its interval; None where a class has fewer than `LEAST` of them."""
    accepted = humans.accepted[where]
    if min(accepted.sum(), (~accepted).sum()) < LEAST:
        return None
    return auc_estimate(accepted, score[where], groups=chosen_groups(humans.groups, where))


def age_remark(traits: Traits, card: DatasetCard) -> str:
    """What the dates of a reviewer's model and of the decisions say of its memory; empty where there is nothing to say.

    Nothing is said of reviewers without a model, of constructed labels, and of decisions after the model's release.
    """
    if not traits.model or card.labels == "constructed":
        return ""
    decided, released = card.decided, traits.released
    if released is None:
        return (
            f"it is not known when {traits.model} came out (?released=YYYY-MM-DD says it), so that it may remember "
            f"the decisions"
        )
    if not decided:
        return (
            f"it is not known when {card.name} was decided (--dataset-date says it), so that {traits.model}, of "
            f"{released}, may remember the decisions"
        )
    if decided > released.isoformat()[: len(decided)]:
        return ""
    trained = "its vendor's cut-off of training is not known"
    if traits.cutoff is not None:
        before = decided <= traits.cutoff.isoformat()[: len(decided)]
        trained = f"its stated cut-off of training, {traits.cutoff}, is {'after' if before else 'before'} them"
    return (
        f"{traits.model} came out on {released}, after the decisions on {card.name} ({decided}), which it may "
        f"remember; {trained}"
    )


def age_notes(ages: Mapping[str, str]) -> list[str]:
    """The remarks as sentences, each with its reviewer's name."""
    return [f"{name}: {remark}." for name, remark in ages.items()]
