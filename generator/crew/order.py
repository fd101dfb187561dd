"""What the workers of a run of the scientist are to do, and how they know that it is the same on another machine."""

from __future__ import annotations

from typing import Self

from ...data.errors import InputError
from ...reviewer.crew.order import WorkOrder
from ..batch import IdeaBatch, ScientistRun


class ScientistOrder(WorkOrder):
    """A run that is given out; its settings stand in its record."""

    parallel: int
    """Ideas at once, of each worker."""
    until: str | None
    """The last stage that is done."""
    fingerprints: dict[str, str]
    """Of template, scientist and reviewer."""

    @classmethod
    def of(cls, batch: IdeaBatch, parallel: int, until: str | None) -> Self:
        """What a run asks for."""
        budget = batch.session.metering.budget
        return cls(
            budget=budget.limit,
            spent_before=budget.spent,
            parallel=parallel,
            until=until,
            fingerprints=_fingerprints(batch),
        )

    def check(self, run: ScientistRun, batch: IdeaBatch) -> None:
        """Raises InputError where the run would be another one in this process."""
        here = _fingerprints(batch)
        for what, fingerprint in self.fingerprints.items():
            if here[what] != fingerprint:
                raise InputError(f"{run.order_path}: the {what} is another one here than where the work was given out")


def _fingerprints(batch: IdeaBatch) -> dict[str, str]:
    return {
        "template": batch.template.fingerprint(),
        "scientist": batch.scientist.fingerprint,
        "reviewer": batch.reviewer.fingerprint,
    }
