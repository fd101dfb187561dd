"""What has to be said of an opened seal beside its figures."""

from __future__ import annotations

from pydantic import BaseModel, Field

from ...data.errors import printable
from .records import Memory, OpenedSeal


class SealFigures(BaseModel):
    """An opened seal in a run's metrics."""

    line: str = Field(description="the commitment as it is published")
    dataset: str
    sealed: str
    opened: str
    decided_on: str = Field(description="when the decisions came out; empty: not known")
    n: int = Field(description="papers that were sealed")
    decided: int = Field(description="those of them that the figures are on")
    withdrawn: dict[str, str]
    memory: Memory
    published: str
    in_words: str

    @classmethod
    def of(cls, opened: OpenedSeal) -> SealFigures:
        """What the metrics say of it."""
        return cls(
            line=opened.seal.line,
            dataset=opened.seal.dataset,
            sealed=opened.seal.sealed,
            opened=opened.opened,
            decided_on=opened.decided_on,
            n=len(opened.seal.papers),
            decided=opened.decided,
            withdrawn=opened.withdrawn,
            memory=opened.memory,
            published=opened.published,
            in_words=opened.in_words,
        )

    @property
    def facts(self) -> list[tuple[str, str]]:
        """As rows of a report."""
        gone = "; ".join(f"{name} ({why})" for name, why in self.withdrawn.items())
        return [
            ("Forecast", self.in_words),
            ("Commitment", self.line),
            ("Published", self.published or "not said where"),
            *([("Withdrawn since", gone)] if gone else []),
        ]


def seal_notes(opened: OpenedSeal) -> list[str]:
    """A line each: what was sealed and opened, who was withdrawn, and what the seal shows and does not show."""
    sealed, day = opened.seal.sealed, opened.decided_on
    words = opened.in_words
    notes = [f"{words[0].upper()}{words[1:]}."]
    if opened.withdrawn:
        gone = ", ".join(f"{name} ({why})" for name, why in opened.withdrawn.items())
        notes.append(f"Withdrawn since the sealing, in no figure: {gone}.")
    if opened.memory == "unchecked":
        notes.append("It is not known when the decisions came out (--dataset-date says it).")
    elif opened.memory == "possible":
        notes.append(f"The decisions are of {day}, the seal of {sealed}: it does not show that nobody knew them.")
    where = f"It was published, as its owner says: {opened.published}." if opened.published else (
        "Nothing says where it was published (--published does)."
    )  # fmt: skip
    notes.append(f"A commitment proves that the scores are as old as its publication, whatever time it names. {where}")
    if opened.retitled:
        listed = ", ".join(opened.retitled)
        notes.append(f"Papers of quite another title than when they were sealed, are the ids right? {listed}.")
    return [printable(note) for note in notes]
