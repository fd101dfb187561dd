"""A process becomes a worker: its ledger, its part of the budget, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...data.errors import InputError, NothingButFailures
from ...llm.ledger import Ledger
from ...llm.model import Metering
from ...llm.shared_budget import SharedBudget
from .member import End, Member
from .order import WorkOrder


@contextmanager
def at_work(folder: Path, metering: Metering, order: WorkOrder) -> Iterator[Member]:
    """Work in the folder as one of its members; what that costs is booked in a ledger of its own.

    How it ends is on record. Raises InputError where the folder cannot be used, and where others took this member's
    work over because it had not shown a sign of life.
    """
    with Member.joined(folder) as member:
        metering.ledger = Ledger(member.own / "calls.jsonl")
        metering.budget = SharedBudget(order.budget, member, order.spent_before)
        try:
            yield member
        except (InputError, NothingButFailures) as error:
            member.leave(End(error=str(error), code=2 if isinstance(error, InputError) else 3))
            raise
        except KeyboardInterrupt:
            member.leave(End(code=130))
            if member.dropped:
                raise InputError(
                    f"{folder}: this worker was without a sign of life for so long that others took its work over"
                ) from None
            raise
        member.leave(End(code=member.code))
