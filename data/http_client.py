"""A rate-limited HTTP client: kept answers, a steady pace, capped retries, and a circuit breaker for what fails."""

from __future__ import annotations

import asyncio
import contextlib
import email.utils
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

Answer = TypeVar("Answer")
AGENT = "peerassay (automated literature search)"
BUSY = {429, 500, 502, 503, 504}
MOST_BYTES = 20_000_000


@dataclass(frozen=True)
class RequestPolicy:
    """How a server is treated; all times in seconds.

    `interval` lies between the starts of two requests; one question is tried at most `attempts` times and waits at
    most `max_wait` in all between them; after `failures` failed questions in a row (one, where nothing answers at
    all) the server is left alone for `cooldown`.
    """

    interval: float = 1.0
    attempts: int = 4
    max_wait: float = 30.0
    first_pause: float = 1.0
    longest_pause: float = 16.0
    connect: float = 5.0
    timeout: float = 20.0
    failures: int = 3
    cooldown: float = 600.0


class RequestFailed(Exception):
    """A question got no answer; one line without addresses or keys.

    `grave`: no further question would fare better (no connection, a refused key, a used-up allowance). `status` is the
    server's, 0 where it gave none.
    """

    def __init__(self, reason: str, *, grave: bool = False, cooldown: float = 0.0, status: int = 0) -> None:
        super().__init__(reason)
        self.grave = grave
        self.cooldown = cooldown
        self.status = status


class CircuitOpen(Exception):
    """The server failed before and is being left alone; said once already."""


class _Retryable(Exception):
    """One request was refused in a way that may pass; `after` as the server asks, in seconds."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class ResponseCache(Protocol):
    """Kept answers of servers."""

    def get(self, source: str, question: str) -> str | None:
        """The kept answer; None for none."""
        ...

    def put(self, source: str, question: str, answer: str) -> None:
        """Keep the answer."""
        ...


@dataclass
class RateLimitedClient:
    """The client of one server: one request at a time, and never one that the policy forbids.

    `headers` and `secrets` (parameters of the address such as a key) go out with each request, but are neither part
    of what is kept nor of any message. `follows` redirects is for servers that get neither.
    """

    name: str
    url: str
    policy: RequestPolicy
    cache: ResponseCache | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    key_hint: str = ""
    follows: bool = False
    most_bytes: int = MOST_BYTES
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
    _failed: int = 0
    _open_until: float = 0.0
    _next_start: float = 0.0
    _locks: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = field(default_factory=WeakKeyDictionary)

    async def ask(self, parameters: Mapping[str, str], read: Callable[[str], Answer]) -> Answer:
        """What `read` makes of the answer; `read` raises ValueError (KeyError, TypeError) for one it cannot use.

        Raises RequestFailed where there is no usable answer, CircuitOpen where the server is being left alone.
        """
        question = f"{self.url}?{urlencode(sorted(parameters.items()))}"
        kept = self.cache.get(self.name, question) if self.cache else None
        if kept is not None:
            with contextlib.suppress(RequestFailed):
                return _understood(kept, read)
        async with self._locks.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
            if self.clock() < self._open_until:
                raise CircuitOpen(self.name)
            try:
                text = (await self._persistently(self.url, parameters)).decode("utf-8", "replace")
                answer = _understood(text, read)
            except RequestFailed as failure:
                raise self._counted(failure) from None
            self._failed = 0
        if self.cache:
            self.cache.put(self.name, question, text)
        return answer

    async def download(self, url: str) -> bytes:
        """The content at an address of the server, without a look at kept answers. Raises RequestFailed."""
        async with self._locks.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
            return await self._persistently(url, {})

    def _counted(self, failure: RequestFailed) -> RequestFailed:
        """Count the failure; with the last one that is borne the circuit opens, and the reason says so."""
        self._failed += 1
        if not failure.grave and self._failed < self.policy.failures:
            return failure
        cooldown = max(self.policy.cooldown, failure.cooldown)
        self._open_until = self.clock() + cooldown
        return RequestFailed(f"{failure}; left alone for {cooldown / 60:.0f} min", grave=True)

    async def _persistently(self, url: str, parameters: Mapping[str, str]) -> bytes:
        left, pause, attempt = self.policy.max_wait, self.policy.first_pause, 1
        while True:
            await self._pace()
            try:
                return await self._request(url, parameters)
            except _Retryable as refused:
                wait = pause if refused.after is None else refused.after
                if wait > left:
                    asked = refused.after is not None
                    raise RequestFailed(f"{refused}, next try in {wait:.0f} s", grave=asked, cooldown=wait) from None
                if attempt == self.policy.attempts:
                    raise RequestFailed(f"{refused}, {attempt} times") from None
            await self.sleep(wait)
            left, pause, attempt = left - wait, min(2 * pause, self.policy.longest_pause), attempt + 1

    async def _pace(self) -> None:
        early = self._next_start - self.clock()
        if early > 0:
            await self.sleep(early)
        self._next_start = self.clock() + self.policy.interval

    async def _request(self, url: str, parameters: Mapping[str, str]) -> bytes:
        """One request. Redirects are not followed where a key in the headers would follow them to any host."""
        import httpx2

        limits = httpx2.Timeout(self.policy.timeout, connect=self.policy.connect)
        headers = {"User-Agent": AGENT, **self.headers}
        try:
            async with (
                asyncio.timeout(self.policy.timeout),
                httpx2.AsyncClient(timeout=limits, headers=headers, follow_redirects=self.follows) as client,
                client.stream("GET", url, params={**parameters, **self.secrets}) as response,
            ):
                self._check(response.status_code, response.headers)
                return await _body(response.aiter_bytes(), self.most_bytes)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise RequestFailed(f"no connection ({type(error).__name__})", grave=True) from None
        except (httpx2.TransportError, httpx2.DecodingError, TimeoutError) as error:
            raise _Retryable(f"no answer ({type(error).__name__})") from None
        except (httpx2.InvalidURL, ValueError, ImportError) as error:
            reason = f"cannot be asked ({type(error).__name__}); check the key and the proxy settings"
            raise RequestFailed(reason, grave=True) from None

    def _check(self, status: int, headers: Mapping[str, str]) -> None:
        if status in BUSY:
            raise _Retryable("rate limit" if status == 429 else f"server error {status}", retry_after(headers))
        if status in (401, 403):
            raise RequestFailed(f"refused ({status}){self.key_hint and f'; check {self.key_hint}'}", grave=True)
        if status != 200:
            raise RequestFailed(f"answered with status {status}", status=status)


async def _body(chunks: AsyncIterator[bytes], most: int) -> bytes:
    """The answer, which is cut off by an error where it grows beyond all use."""
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > most:
            raise RequestFailed(f"answered with more than {most // 1_000_000} MB")
    return bytes(body)


def _understood(text: str, read: Callable[[str], Answer]) -> Answer:
    try:
        return read(text)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise RequestFailed("the answer was not understood") from None


def retry_after(headers: Mapping[str, str], *names: str) -> float | None:
    """The wait in `Retry-After` or other headers of these names (seconds or a date), at least 0; None for none."""
    after = next((value for name in ("Retry-After", *names) if (value := headers.get(name))), "")
    with contextlib.suppress(ValueError):
        seconds = float(after)
        return max(0.0, seconds) if math.isfinite(seconds) else None
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        return max(0.0, email.utils.parsedate_to_datetime(after).timestamp() - time.time())
    return None
