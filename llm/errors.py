"""How a call of a language model can fail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from ..data.errors import InputError

Kind = Literal["rate limit", "server", "timeout", "connection", "request", "answer", "address"]
"""`address`: what answered is no endpoint of a chat model."""


class CallFailed(Exception):
    """One attempt of a call failed, or all of them.

    `maybe_billed`: the provider may have done (and charged) the work although no answer came. `retry_after` is the
    wait in seconds that the provider asked for. `usd` is the most that all attempts at the call may have been charged
    (None: unknown), `seconds` what they took, the time between them aside, `timeout` what the attempt had;
    `MeteredModel` fills them in.
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
        self.timeout = 0.0

    @property
    def worth_retrying(self) -> bool:
        """Whether the same request may succeed later."""
        return self.kind in ("rate limit", "server", "timeout", "connection", "address")

    @property
    def unreached(self) -> bool:
        """Whether there was no connection at all."""
        return self.kind == "connection" and not self.maybe_billed


class ModelUnusable(InputError):
    """No call of this model can succeed before the user mends something: a key, the model's name, the account."""


class BudgetReached(Exception):
    """The next call could cost more than is left of the budget; it was not made."""


class ErrorResponse(Exception):
    """What stands in the place of an answer, in the form that `endpoint_errors.raise_for` reads.

    `status_code` is the HTTP status that a call of its own would have got, `body` the provider's error object.
    """

    def __init__(self, status_code: int, body: Mapping[str, Any], code: str | None = None) -> None:
        super().__init__(str(body))
        self.status_code = status_code
        self.body = body
        self.code = code
