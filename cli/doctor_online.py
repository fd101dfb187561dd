"""Do the keys work? One small request to each provider that has one, through its own SDK."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from ..llm.endpoint_errors import raise_for
from ..llm.errors import CallFailed, ModelUnusable
from ..llm.model_name import KEYS, ModelName, key_for
from ..llm.provider import host_of
from .check import Check, missing, ready, version_of

TIMEOUT = 10.0
"""Seconds that a provider may take."""


@dataclass(frozen=True)
class KeyedProvider:
    """Who can be asked with a key. `base_url` is None for an SDK's own; `path` is what is asked for."""

    name: str
    kind: Literal["openai", "anthropic"]
    base_url: str | None = None
    path: str = "/models"


PROVIDERS = (
    KeyedProvider("OpenAI", "openai"),
    KeyedProvider("Anthropic", "anthropic", path="/v1/models?limit=1"),
    KeyedProvider("OpenRouter", "openai", "https://openrouter.ai/api/v1", path="/key"),
    KeyedProvider("DeepSeek", "openai", "https://api.deepseek.com"),
    KeyedProvider("Azure OpenAI", "openai", "https://RESOURCE.openai.azure.com/openai/v1"),
)
"""OpenRouter lists its models to anybody, so it is asked about the key itself."""


def key_of(provider: KeyedProvider) -> tuple[str, str, str]:
    """The environment variable, the key in it, and what is wrong with that (empty where nothing is)."""
    name = ModelName(provider.kind, "MODEL", provider.base_url)
    variable = KEYS.get(name.host, "AZURE_OPENAI_API_KEY")
    if not os.environ.get(variable, "").strip():
        return variable, "", f"{variable} is not set"
    try:
        return *key_for(name), ""
    except ModelUnusable as problem:
        return variable, "", str(problem).partition(": ")[2]


def ask_providers(addresses: Mapping[str, str | None]) -> list[Check]:
    """A check for each provider that has a key; `addresses` has other base URLs to ask, by name."""
    with ThreadPoolExecutor(len(PROVIDERS)) as pool:
        answers = pool.map(lambda provider: _ask(provider, addresses.get(provider.name)), PROVIDERS)
        return [answer for answer in answers if answer is not None]


def _ask(provider: KeyedProvider, address: str | None) -> Check | None:
    variable, key, problem = key_of(provider)
    if problem or version_of(provider.kind) is None:
        return None
    if "RESOURCE" in (provider.base_url or "") and not address:
        return ready("Models", f"{provider.name} online", "not asked: every resource has an address of its own")
    base_url = address or ModelName(provider.kind, "MODEL", provider.base_url).address
    where = host_of(base_url)
    try:
        _get(provider, base_url, variable, key)
    except (ModelUnusable, CallFailed) as failure:
        costs = f"no reviews by models of {provider.name}"
        mend = (
            f"export {variable}=..." if "refused the key" in str(failure) else "look at the connection and the address"
        )
        return missing("Models", f"{provider.name} online", str(failure), costs=costs, mend=mend)
    return ready("Models", f"{provider.name} online", f"{where} takes the key")


def _get(provider: KeyedProvider, base_url: str, variable: str, key: str) -> None:
    """One request. Raises ModelUnusable or CallFailed."""
    if provider.kind == "anthropic":
        import anthropic as sdk

        client = sdk.Anthropic(api_key=key, base_url=base_url, timeout=TIMEOUT, max_retries=0)
    else:
        import openai as sdk

        client = sdk.OpenAI(api_key=key, base_url=base_url, timeout=TIMEOUT, max_retries=0)
    try:
        with client:
            client.get(provider.path, cast_to=object)
    except sdk.APIError as error:
        raise_for(error, model="", where=host_of(base_url), key_name=variable, key=key, quirks=frozenset(), sent={})
