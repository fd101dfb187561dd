"""How a call of a language model can fail."""

from __future__ import annotations

from typing import Literal

from ..data.errors import InputError

Kind = Literal["rate limit", "server", "timeout", "connection", "request", "answer"]


class CallFailed(Exception):
    """One attempt of a call failed, or all of them.

    `maybe_billed`: the provider may have done (and charged) the work although no answer came. `retry_after` is the
    wait in seconds that the provider asked for. `usd` is the most that all attempts at the call may have been charged
    (None: unknown), `seconds` what they took, the time between them aside; `MeteredModel` fills in both.
    """

    def __init__(
        self,
        message: str,
        kind: Kind,
        *,
        retry_after: float | None = None,
        maybe_billed: bool = False,
        usd: float | None = 0.0,
        seconds: float = 0.0,
    ) -> None:
        super().__init__(message)
        self.kind: Kind = kind
        self.retry_after = retry_after
        self.maybe_billed = maybe_billed
        self.usd = usd
        self.seconds = seconds

    @property
    def worth_retrying(self) -> bool:
        """Whether the same request may succeed later."""
        return self.kind in ("rate limit", "server", "timeout", "connection")


class ModelUnusable(InputError):
    """No call of this model can succeed before the user mends something: a key, the model's name, the account."""


class BudgetReached(Exception):
    """The next call could cost more than is left of the budget; it was not made."""
