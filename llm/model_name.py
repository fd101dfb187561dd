"""How a model is named, and which key it needs."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..data.errors import InputError
from . import anthropic_provider, openai_provider
from .errors import ModelUnusable
from .provider import host_of

PROVIDERS = ("openai", "anthropic")

KEYS = {
    "api.openai.com": "OPENAI_API_KEY",
    "api.anthropic.com": "ANTHROPIC_API_KEY",
    "openrouter.ai": "OPENROUTER_API_KEY",
    "api.deepseek.com": "DEEPSEEK_API_KEY",
}
"""The environment variable that holds the key for a host. No key is ever sent to a host that is not named for it."""

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

SPEC = re.compile(r"(?P<provider>[a-z]+)/(?P<model>(?:(?!://)[^?\s])+?)(?:@(?P<base_url>https?://[^?\s]+))?")


@dataclass(frozen=True)
class ModelName:
    """`openai/MODEL`, `anthropic/MODEL` or either with `@BASE_URL`."""

    provider: str
    model: str
    base_url: str | None = None

    @classmethod
    def parse(cls, text: str) -> ModelName:
        """Raises InputError where the text is no such name, or has a user's name or password in its address."""
        found = SPEC.fullmatch(text)
        address = found["base_url"] if found else None
        if found and address and re.match(r"https?://[^/]*@", address):
            raise InputError(
                f"{found['provider']}/{found['model']}: the address has a user name or a password in it, which would "
                f"get into files; leave it out, and name the variable of a key with ?key_env=NAME"
            )
        if not found or found["provider"] not in PROVIDERS or (address and not _has_host(address)):
            raise InputError(f"{text!r} names no model; write openai/MODEL, anthropic/MODEL or openai/MODEL@BASE_URL")
        return cls(found["provider"], found["model"], address)

    @property
    def address(self) -> str:
        """The base URL, the provider's own where none was given."""
        own = openai_provider.BASE_URL if self.provider == "openai" else anthropic_provider.BASE_URL
        return self.base_url or own

    @property
    def host(self) -> str:
        """The host of the address."""
        return host_of(self.address)

    def __str__(self) -> str:
        return f"{self.provider}/{self.model}" + (f"@{self.base_url}" if self.base_url else "")


def _has_host(address: str) -> bool:
    """Whether the URL names a host, and a port that there can be where it names one."""
    try:
        split = urlsplit(address)
        return bool(split.hostname) and split.port != 0
    except ValueError:
        return False


def key_for(name: ModelName, key_env: str | None = None) -> tuple[str, str]:
    """The name of the environment variable and the key in it; an empty key where the endpoint needs none.

    Raises ModelUnusable where the endpoint needs one and the variable is not set, or `key_env` is no variable's name.
    """
    if key_env is not None and not VARIABLE.fullmatch(key_env):
        raise ModelUnusable(
            f"{name}: key_env takes the name of an environment variable, such as MY_KEY, and never the key itself"
        )
    azure = name.host.endswith(".openai.azure.com")
    variable = key_env or KEYS.get(name.host) or ("AZURE_OPENAI_API_KEY" if azure else "")
    if not variable:
        return "?key_env=NAME", ""
    key = os.environ.get(variable, "").strip()
    if not key:
        raise ModelUnusable(f"{name}: no key; set the environment variable {variable}")
    if not key.isascii() or any(c.isspace() for c in key):
        raise ModelUnusable(f"{name}: the key in {variable} has characters that no key has; copy it anew")
    return variable, key
