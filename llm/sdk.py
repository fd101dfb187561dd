"""What the two official SDKs have in common: a client per endpoint, a way to post a body and to read its failure."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from .errors import CallFailed
from .messages import Reply, Request
from .provider import Body, Quirks, host_of, raise_for


class SdkProvider(ABC):
    """A model behind an SDK. The SDK's own retries are off: ours see each refusal and each cost."""

    kind: ClassVar[str]
    own_base_url: ClassVar[str]

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
        body = self.body(request, quirks)
        options: Any = {"timeout": timeout, "headers": {"X-Peerassay-Sample": str(request.sample)}}
        try:
            answer = await self.client.post(self.path(quirks), cast_to=object, body=body, options=options)
        except self.api_error() as error:
            raise_for(
                error,
                model=self.model,
                where=host_of(self.base_url),
                key_name=self._key_name,
                key=self._key,
                quirks=quirks,
                sent=body,
            )
        except ValueError:
            raise CallFailed("the answer's body is not JSON", "server", maybe_billed=True) from None
        return self.read(answer)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()
