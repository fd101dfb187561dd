"""One model at one endpoint: what OpenAI's and Anthropic's official SDKs have in common, and wrong addresses told."""

from __future__ import annotations

import asyncio
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlsplit

from .endpoint_errors import raise_for
from .error_text import error_text, is_page
from .errors import CallFailed, ErrorResponse
from .messages import Reply, Request
from .refusals import Body, Quirks

CONNECT = 15.0
"""Seconds that a connection may take."""


class Provider(ABC):
    """One model at one endpoint, behind an SDK. Stateless but for its connection pool.

    The SDK's own retries are off: ours see each refusal and each cost.
    """

    kind: ClassVar[str]
    own_base_url: ClassVar[str]
    fields: ClassVar[tuple[str, ...]]
    """Those of which every completion has one."""

    def __init__(self, model: str, *, base_url: str | None, key: str, key_name: str) -> None:
        self.model = model
        self.base_url = (base_url or self.own_base_url).rstrip("/")
        self._key, self._key_name = key, key_name
        self._client: Any = None

    @property
    def name(self) -> str:
        """`provider/model`."""
        return f"{self.kind}/{self.model}"

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
        headers = {"X-Peerassay-Sample": str(request.sample)}
        body = self.body(request, quirks)
        return self.read(await self.post(self.path(quirks), body, quirks, headers=headers, timeout=timeout))

    async def post(
        self, path: str, body: Body, quirks: Quirks, *, headers: Mapping[str, str], timeout: float
    ) -> Mapping[str, Any]:
        """The endpoint's JSON answer to a body, whoever wrote it. Raises CallFailed, ModelUnusable or NeedsQuirk."""
        advice = hint(self.base_url, self.kind)
        try:
            answer = await self._posted(path, body, headers, timeout)
            return completion_in(answer, self.fields, f"{self.base_url}{path}", advice)
        except TimeoutError:
            raise CallFailed("no answer in time", "timeout", maybe_billed=True) from None
        except (self.api_error(), ErrorResponse) as error:
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

    async def _posted(self, path: str, body: Body, headers: Mapping[str, str], timeout: float) -> Any:
        """The endpoint's JSON, or the text of what is none. Raises what the SDK raises, and TimeoutError."""
        limits = self.timeout(timeout, connect=min(timeout, CONNECT))
        options: Any = {"timeout": limits, "headers": headers}
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


VERSIONED = re.compile(r"/v\d|/openai\b|/compat", re.IGNORECASE)


def hint(base_url: str, kind: str) -> str:
    """What may be wrong with the base URL of an endpoint of this kind, "openai" or "anthropic"."""
    path = urlsplit(base_url).path.rstrip("/")
    for ending in ("/chat/completions", "/completions", "/responses", "/messages", "/models"):
        if path.endswith(ending):
            return f"leave {ending} out of the address"
    if kind == "anthropic":
        return "leave /v1 out of the address" if path.endswith("/v1") else "check the address"
    return "check the address" if VERSIONED.search(path) else "is /v1 missing at its end?"


def completion_in(answer: Any, fields: Sequence[str], url: str, advice: str) -> Mapping[str, Any]:
    """The answer of status 200 as the JSON of a completion, which has one of the fields.

    Raises ErrorResponse for an error that was sent with status 200 but names its own, and CallFailed of kind "address"
    for anything else.
    """
    if isinstance(answer, str):
        answer = _decoded(answer)
    if isinstance(answer, Mapping) and any(name in answer for name in fields):
        return answer
    said = error_text(answer)
    if isinstance(answer, Mapping) and (status := _status_in(answer)) is not None:
        raise ErrorResponse(status, answer)
    raise CallFailed(f"{url} answered with {_described(answer, said)}, not a chat completion: {advice}", "address")


def _decoded(text: str) -> Any:
    """The JSON that the text is, although it is not declared as such; the text where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _status_in(answer: Mapping[str, Any]) -> int | None:
    """The HTTP status that an error object names."""
    error = answer.get("error")
    for place in (error if isinstance(error, Mapping) else {}, answer):
        for name in ("code", "status", "status_code", "statusCode"):
            found = str(place.get(name) or "")
            if re.fullmatch(r"[45]\d\d", found):
                return int(found)
    return None


def _described(answer: Any, said: str) -> str:
    if isinstance(answer, str):
        if not answer.strip():
            return "nothing"
        return said if is_page(answer) else f"text ({said[:100]})"
    if isinstance(answer, Mapping) and ("error" in answer or "detail" in answer):
        return f"an error ({said[:200]})"
    names = ", ".join(map(str, list(answer)[:5])) if isinstance(answer, Mapping) else type(answer).__name__
    return f"other JSON ({names or 'empty'})"


def host_of(base_url: str) -> str:
    """The host that a base URL names, in lower case."""
    return (urlsplit(base_url).hostname or base_url).lower()
