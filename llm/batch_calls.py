"""One request on its way through a batch: who waits for it, what is set aside for it, where it is booked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from .budget import Budget
from .ledger import Ledger, Outcome
from .messages import Reply, Request, Tokens
from .model import Books
from .refusals import Body, Quirks


@dataclass(eq=False)
class Account:
    """What a call has reserved in a budget, and, once it is begun, its line in a ledger."""

    ledger: Ledger
    budget: Budget
    bound: float | None
    call: str = ""

    @classmethod
    async def reserve(cls, books: Books, bound: float | None) -> Account:
        """Set the bound aside, waiting for it where the budget does. Raises BudgetReached."""
        account = cls(books.ledger, books.budget, bound)
        await account.budget.reserve(bound)
        return account

    @classmethod
    def taken_over(cls, books: Books, call: str) -> Account | None:
        """The account of a call that a killed start of the same run left; None where it is no such call.

        Ledger and budget count its bound as spent; from now on the budget counts it as reserved.
        """
        bound = books.ledger.killed(call)
        if bound is None:
            return None
        books.budget.reopen(bound)
        return cls(books.ledger, books.budget, bound, call)

    def begin(self, stage: str, model: str) -> None:
        """Book that the call is about to be sent."""
        self.call = self.ledger.begin(stage, model, self.bound)

    def end(self, outcome: Outcome, usd: float | None, *, tokens: Tokens | None = None, seconds: float = 0.0) -> None:
        """Book how it ended, and settle; a call that was not begun is only settled."""
        if self.call:
            self.ledger.end(self.call, tokens=tokens or Tokens(), usd=usd, outcome=outcome, seconds=seconds)
        self.budget.settle(self.bound, usd)


@dataclass(eq=False)
class Call:
    """A request that waits to be sent or is in a batch.

    `account` is None while a batch of another run has it and nobody has asked for it here, `request` is None while
    nobody has asked for it in this start.
    """

    key: str
    account: Account | None
    request: Request | None = None
    body: Body = field(default_factory=dict)
    size: int = 0
    quirks: Quirks = frozenset()
    batch: OpenBatch | None = None
    waiting: list[asyncio.Future[Reply]] = field(default_factory=list)

    def resolve(self, outcome: Reply | BaseException) -> None:
        """Tell those who wait: a reply, or an exception for them to raise."""
        waiting, self.waiting = self.waiting, []
        for future in waiting:
            if future.done() or future.get_loop().is_closed():
                continue
            if isinstance(outcome, Reply):
                future.set_result(outcome)
            elif isinstance(outcome, asyncio.CancelledError):
                future.cancel()
            else:
                future.set_exception(outcome)


@dataclass(eq=False)
class OpenBatch:
    """A batch that was sent at `sent` (Unix seconds), with those of its calls that have no result yet."""

    id: str
    quirks: Quirks
    sent: float
    calls: dict[str, Call] = field(default_factory=dict)
