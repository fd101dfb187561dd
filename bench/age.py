"""Whether a model may have seen what became of the papers: its release against the date of the decisions."""

from __future__ import annotations

from collections.abc import Mapping

from ..data.records import DatasetCard
from ..reviewer.protocol import Traits


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
