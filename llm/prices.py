"""What models cost: US dollars per million tokens, as dated data that a user can override.

The bundled prices.toml has the vendors' list prices as of its dates. Another file of the same form, named by the
environment variable PEERASSAY_PRICES, adds to it and overrides it:

    [[endpoint]]
    host = "localhost:8000"             # of the base URL; with or without the port
    source = "own machine"
    date = 2026-11-01
    batch = 1.0                         # factor for batch mode; 1 where it is left out
    [endpoint.models]
    my-model = { input = 0.0, output = 0.0 }
    other = { input = 0.5, cached = 0.1, written = 0.6, output = 2.0, batch = 0.5 }
    [endpoint.models.stepped]           # a call with more input than `above` is dearer throughout
    input = 0.5
    output = 2.0
    long = { above = 100000, input = 1.0, output = 3.0 }

A model's dated snapshot has its price: "gpt-4o" stands for "gpt-4o-2024-08-06" too, unless that has an entry of its
own. A model without a price on the host that is called costs an unknown amount, never 0.
"""

from __future__ import annotations

import datetime
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from ..data.errors import InputError
from ..data.files import read_text, validated
from .messages import Tokens

BUNDLED = Path(__file__).with_name("prices.toml")
SNAPSHOT = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{8}|latest)$")
PER = 1_000_000
"""Tokens that a price is for."""

Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Rates(BaseModel):
    """US dollars per million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: Dollars
    cached: Dollars | None = Field(default=None, description="input from the provider's cache; None: as other input")
    written: Dollars | None = Field(default=None, description="input written to that cache; None: as other input")
    output: Dollars

    def of(self, tokens: Tokens) -> float:
        """US dollars for the tokens at these rates."""
        cached = self.input if self.cached is None else self.cached
        written = self.input if self.written is None else self.written
        dollars = (
            tokens.uncached * self.input
            + tokens.cached * cached
            + tokens.written * written
            + tokens.output * self.output
        )
        return dollars / PER


class LongRates(Rates):
    """The rates of a whole call whose input has more than `above` tokens, where the provider has such a step."""

    above: int = Field(ge=0)


class Tariff(Rates):
    """The rates of a model, with the step that some providers have for long inputs."""

    long: LongRates | None = None


class ModelPrice(Tariff):
    """A model in a price file."""

    batch: Dollars | None = Field(default=None, description="factor for batch mode; None: the endpoint's")


class Price(Tariff):
    """The price of a model on an endpoint, with where and when it was read."""

    batch: Dollars = Field(default=1.0, description="factor for batch mode")
    source: str
    date: str

    def cost(self, tokens: Tokens, *, batch: bool = False) -> float:
        """US dollars for one call's tokens."""
        rates = self.long if self.long is not None and tokens.input > self.long.above else self
        return rates.of(tokens) * (self.batch if batch else 1.0)

    def charged(self, tokens: Tokens, *, batch: bool = False) -> float | None:
        """What an answered call has cost; None, not known, where the endpoint has counted no tokens and some cost."""
        return self.cost(tokens, batch=batch) if tokens.input or not self.upper_bound(1, 1) else None

    def upper_bound(self, input_tokens: int, output_tokens: int, *, batch: bool = False) -> float:
        """US dollars that a call with at most so many tokens can cost: all input at its dearest."""
        steps: list[Rates] = [self]
        if self.long is not None and input_tokens > self.long.above:
            steps.append(self.long)
        dearest = max(rate or 0.0 for step in steps for rate in (step.input, step.cached, step.written))
        output = max(step.output for step in steps)
        return (input_tokens * dearest + output_tokens * output) / PER * (self.batch if batch else 1.0)


class Endpoint(BaseModel):
    """One [[endpoint]] of a price file."""

    model_config = ConfigDict(extra="forbid")

    host: str = Field(min_length=1)
    provider: str | None = Field(default=None, description="whose calls go here where no base URL is given")
    source: str
    date: datetime.date
    batch: Dollars = 1.0
    models: dict[str, ModelPrice]

    def prices(self) -> Iterator[tuple[str, Price]]:
        """The models' names and their prices."""
        for name, model in self.models.items():
            rates = {"batch": self.batch} | model.model_dump(exclude_none=True)
            yield name, Price.model_validate(rates | {"source": self.source, "date": self.date.isoformat()})


class Prices:
    """The prices of the files that were read; later files override earlier ones."""

    def __init__(self) -> None:
        self._hosts: dict[str, str] = {}
        self._prices: dict[tuple[str, str], Price] = {}

    @classmethod
    def load(cls, extra: Path | None = None, *, environ: Mapping[str, str] = os.environ) -> Self:
        """The bundled prices, overridden by the file in PEERASSAY_PRICES and that by `extra`.

        Raises InputError where a file cannot be read, naming the entry and the field that are wrong.
        """
        prices = cls()
        named = environ.get("PEERASSAY_PRICES")
        for path in (BUNDLED, Path(named) if named else None, extra):
            if path is not None:
                prices._add(path)
        return prices

    def find(self, provider: str, model: str, base_url: str | None) -> Price | None:
        """The price of a model at a base URL (None: the provider's own); None where it is not known."""
        for host in _hosts_of(base_url) if base_url else [self._hosts.get(provider, "")]:
            for name in (model, SNAPSHOT.sub("", model)):
                if (host, name) in self._prices:
                    return self._prices[host, name]
        return None

    def models(self) -> list[str]:
        """The models at the providers' own addresses whose prices are known, as PROVIDER/MODEL."""
        return [f"{by}/{name}" for by, own in self._hosts.items() for host, name in self._prices if host == own]

    def _add(self, path: Path) -> None:
        for number, entry in enumerate(_entries(path), start=1):
            host = entry.get("host", "no host") if isinstance(entry, dict) else "no table"
            endpoint = validated(Endpoint, entry, f"{path}: [[endpoint]] {number} ({host})")
            if endpoint.provider:
                self._hosts[endpoint.provider] = endpoint.host.lower()
            for name, price in endpoint.prices():
                self._prices[endpoint.host.lower(), name] = price


def _entries(path: Path) -> list[Any]:
    """The [[endpoint]] tables of a price file."""
    try:
        content = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not TOML ({error})") from None
    entries = content.pop("endpoint", None)
    if not isinstance(entries, list) or content:
        found = f"{next(iter(content))!r}" if content else "none"
        raise InputError(f"{path}: prices stand under [[endpoint]] and nothing else; found {found}")
    return entries


def _hosts_of(base_url: str) -> list[str]:
    """The host of a URL, as "host:port" and as "host"; empty where there is none."""
    try:
        split = urlsplit(base_url if "://" in base_url else f"//{base_url}")
    except ValueError:
        return []
    place = split.netloc.rpartition("@")[2].lower()
    return [place, split.hostname or ""] if place else []
