"""What the two official SDKs have in common: a client per endpoint, a way to post a body and to read its failure."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from .addresses import completion_in, hint
from .errors import CallFailed, Problem
from .messages import Reply, Request
from .provider import raise_for
from .refusals import Body, Quirks

CONNECT = 15.0
"""Seconds that a connection may take."""


class SdkProvider(ABC):
    """A model behind an SDK. The SDK's own retries are off: ours see each refusal and each cost."""

    kind: ClassVar[str]
    own_base_url: ClassVar[str]
    fields: ClassVar[tuple[str, ...]]
    """Those of which every completion has one."""

    def __init__(self, model: str, *, base_url: str | None, key: str, key_name: str) -> None:
        self.model = model
        self.base_url = (base_url or self.own_base_url).rstrip("/")
        self._key, self._key_name = key, key_name
        self._client: Any = None

    @abstractmethod
    def open_client(self, **options: Any) -> Any:
        """The SDK's asynchronous client with these options."""

    @abstractmethod
    def api_error(self) -> type[Exception]:
        """What the SDK raises for all that goes wrong with a call."""

    @abstractmethod
    def timeout(self, seconds: float, *, connect: float) -> Any:
        """The SDK's limits of time for one attempt and for its connection."""

    @abstractmethod
    def path(self, quirks: Quirks) -> str:
        """The endpoint's path below the base URL."""

    @abstractmethod
    def body(self, request: Request, quirks: Quirks) -> Body:
        """The request as the endpoint's JSON body; what the quirks name is left out or said otherwise."""

    @abstractmethod
    def read(self, answer: Mapping[str, Any]) -> Reply:
        """The endpoint's JSON answer as a Reply without price. Raises CallFailed where it has no content."""

    @property
    def client(self) -> Any:
        """The SDK's client, made when it is first needed (importing an SDK takes a second)."""
        if self._client is None:
            self._client = self.open_client(api_key=self._key or "none", base_url=self.base_url, max_retries=0)
        return self._client

    async def send(self, request: Request, quirks: Quirks, *, timeout: float) -> Reply:
        """One attempt. Raises CallFailed, ModelUnusable or NeedsQuirk."""
        body, path = self.body(request, quirks), self.path(quirks)
        advice = hint(self.base_url, self.kind)
        try:
            answer = await self._posted(path, body, request, timeout)
            return self.read(completion_in(answer, self.fields, f"{self.base_url}{path}", advice))
        except TimeoutError:
            raise CallFailed("no answer in time", "timeout", maybe_billed=True) from None
        except (self.api_error(), Problem) as error:
            raise_for(
                error,
                model=self.model,
                where=self.base_url,
                key_name=self._key_name,
                key=self._key,
                quirks=quirks,
                sent=body,
                advice=advice,
            )

    async def _posted(self, path: str, body: Body, request: Request, timeout: float) -> Any:
        """The endpoint's JSON, or the text of what is none. Raises what the SDK raises, and TimeoutError."""
        limits = self.timeout(timeout, connect=min(timeout, CONNECT))
        options: Any = {"timeout": limits, "headers": {"X-Peerassay-Sample": str(request.sample)}}
        try:
            async with asyncio.timeout(timeout):  # the SDK's limit begins anew with every byte
                return await self.client.post(path, cast_to=object, body=body, options=options)
        except ValueError as error:
            return getattr(error, "doc", "")

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()
