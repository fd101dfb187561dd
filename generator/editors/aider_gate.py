"""The one way from Aider to its model: an address of this machine that passes calls on, counts them and keeps the key.

What Aider tells of its calls is not all that is charged: it repeats them where there was no answer, and its libraries
do so without a word. So each call goes through this process, which knows what it took. A call that could take a run
beyond what was reserved for it is not passed on.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self

from ...llm.budget import ROUNDING
from ...llm.errors import CallFailed, ModelUnusable
from ...llm.messages import Tokens
from ...llm.model import MeteredModel
from ...llm.refusals import CHANGES
from ...llm.tokens import most_sent

REQUEST = re.compile(r"POST (?P<path>/\S*) HTTP/1\.[01]\r\n(?:.+\r\n)*?content-length: *(?P<length>\d+)\r\n", re.I)
KEPT = re.compile(r"^(anthropic-\S+?): *(.*?)\r$", re.I | re.M)
"""Headers that are passed on."""


@dataclass
class PassedCall:
    """A call that was passed on. `usd`: None where the price is unknown; until it is answered the most it can cost."""

    usd: float | None
    tokens: Tokens = field(default_factory=Tokens)
    lost: bool = True
    """It may be charged for, and no answer came."""
    answered: bool = False


class Gate:
    """Lets calls through to the model while they fit into `reserved` US dollars (None: any); open between `async with`.

    `max_tokens` is the limit of an answer that Aider is told. Whoever calls has to have `word` in the key's place.
    """

    def __init__(self, model: MeteredModel, reserved: float | None, max_tokens: int) -> None:
        self.calls: list[PassedCall] = []
        self.failure: CallFailed | ModelUnusable | None = None
        """Why the last call has no answer; None where it has one."""
        self.word = secrets.token_hex(16)
        self.url = ""
        self._model, self._reserved, self._max_tokens = model, reserved, max_tokens
        self._serving: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    @property
    def tokens(self) -> Tokens:
        """Of all answers."""
        return sum((call.tokens for call in self.calls), Tokens())

    @property
    def usd(self) -> float | None:
        """US dollars for all calls, those without an answer at the most they can cost; None: the price is unknown."""
        costs = [call.usd for call in self.calls]
        return None if None in costs else sum(filter(None, costs))

    @property
    def answered(self) -> int:
        """How many calls have an answer."""
        return sum(call.answered for call in self.calls)

    @property
    def lost(self) -> int:
        """How many calls may be charged for without an answer."""
        return sum(call.lost for call in self.calls)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            request = REQUEST.match(head)
            status, answer = HTTPStatus.FORBIDDEN, _error("no call of this run of Aider")
            if request and self.word in head:
                body = json.loads(await reader.readexactly(int(request["length"])))
                status, answer = await self._passed(request["path"], body, dict(KEPT.findall(head)))
            content = json.dumps(answer).encode()
            about = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/json\r\n"
            writer.write(f"{about}Content-Length: {len(content)}\r\nConnection: close\r\n\r\n".encode() + content)
            with suppress(OSError):
                await writer.drain()
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # whoever called has gone or speaks no HTTP, or the run is over
        finally:
            self._serving.discard(task)
            writer.close()

    async def _passed(self, path: str, body: dict[str, Any], headers: Mapping[str, str]) -> tuple[HTTPStatus, Any]:
        """Status and JSON that Aider gets. A failure that another try may mend is one of a server."""
        provider, price = self._model.provider, self._model.price
        bound = None if price is None else price.upper_bound(most_sent(body), self._max_tokens)
        if self._reserved is not None and (self.usd or 0.0) + (bound or 0.0) > self._reserved + ROUNDING:
            return HTTPStatus.BAD_REQUEST, _error("what is reserved for this run of Aider is used up")
        call = PassedCall(bound)
        self.calls.append(call)
        try:
            answer = await provider.post(
                path, body, frozenset(CHANGES), headers=headers, timeout=self._model.retry.timeout
            )
            call.tokens = provider.read(answer).tokens
        except CallFailed as failure:
            self.failure, call.lost = failure, failure.maybe_billed
            status = HTTPStatus.SERVICE_UNAVAILABLE if failure.worth_retrying else HTTPStatus.BAD_REQUEST
        except ModelUnusable as unusable:
            self.failure, call.lost = unusable, False
            status = HTTPStatus.UNAUTHORIZED
        else:
            self.failure, call.lost, call.answered = None, False, True
            charged = None if price is None else price.charged(call.tokens)
            call.usd = bound if charged is None else charged
            return HTTPStatus.OK, answer
        if not call.lost:
            call.usd = 0.0
        return status, _error(str(self.failure))


def _error(message: str) -> dict[str, Any]:
    """An error that both protocols know."""
    return {"type": "error", "error": {"type": "peerassay", "message": message}}
