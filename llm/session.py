"""What all models of one start of a command share, and how a model is named and found."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from ..data.errors import InputError
from . import anthropic_provider, openai_provider
from .anthropic_provider import AnthropicBatchApi
from .batch_api import Fail
from .batch_open import BatchEndpoint, Pace
from .batch_queue import BatchQueue
from .budget import Budget
from .cache import ReplyCache
from .config import Config
from .endpoint_errors import raise_for
from .errors import ModelUnusable
from .health import Health
from .ledger import Ledger
from .limiter import AdaptiveLimiter
from .model import MeteredModel, Metering, RetryPolicy
from .model_name import ModelName, key_for
from .openai_batches import OpenAIBatchApi
from .prices import Price, Prices
from .provider import Provider


@dataclass
class Session:
    """Cache, prices, budget, ledger and limits of one start of a command."""

    metering: Metering = field(default_factory=lambda: Metering(None, Budget(None), Ledger()))
    prices: Prices = field(default_factory=Prices.load)
    concurrency: int = 8
    cached: bool = True
    """Replies are kept and reused; the file is opened with the first model."""
    dry: bool = False
    """No call will be made: models need no key."""
    batch: bool = False
    """Calls go out in the providers' batches, see `batch_queue`."""
    pace: Pace = field(default_factory=Pace)
    """Of the batches."""
    on_batch: Callable[[str], None] = lambda _: None
    """Called with a line whenever something happens to a batch."""
    on_note: Callable[[str], None] = lambda _: None
    """Called with a line whenever the way of asking an endpoint changes; the lines are kept in `notes`."""
    notes: list[str] = field(default_factory=list)
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    config: Config = field(default_factory=Config)
    """What the retry policy and the pace were made of."""
    _health: dict[tuple[str, str], Health] = field(default_factory=dict)
    _models: list[MeteredModel] = field(default_factory=list)
    _queues: dict[tuple[str, ...], BatchQueue] = field(default_factory=dict)

    @classmethod
    def within(
        cls,
        budget: float | None = None,
        *,
        concurrency: int = 8,
        cached: bool = True,
        dry: bool = False,
        batch: bool = False,
        config: Config | None = None,
    ) -> Session:
        """A session that may spend so many US dollars, None: without a limit.

        Raises InputError for a budget that is negative, infinite or NaN.
        """
        if budget is not None and not math.isfinite(budget):
            raise InputError(f"--budget {budget} is not a number of US dollars")
        metering = Metering(None, Budget(budget), Ledger())
        config = config or Config()
        return cls(
            metering,
            concurrency=concurrency,
            cached=cached,
            dry=dry,
            batch=batch,
            pace=config.pace(),
            retry=config.retry(),
            config=config,
        )

    def connect(
        self, name: ModelName, *, key_env: str | None = None, price: Price | None = None, timeout: float | None = None
    ) -> MeteredModel:
        """The model. `price` goes before the price tables; `timeout` is that of one attempt, in seconds.

        Raises ModelUnusable where its key is missing, or its price is unknown though there is a budget, and InputError
        for batches without a cache.
        """
        if self.cached and not self.dry and self.metering.cache is None:
            self.metering.cache = ReplyCache()
        price = price or self.prices.find(name.provider, name.model, name.base_url)
        if self.metering.budget.limit is not None and price is None:
            raise ModelUnusable(
                f"--budget: the price of {name} is unknown; give it with ?price_in=...&price_out=... "
                f"(US dollars per million tokens) or in a price file (PEERASSAY_PRICES)"
            )
        variable, key = ("", "") if self.dry else key_for(name, key_env)
        model = MeteredModel(
            provider=_provider(name, variable, key),
            price=price,
            metering=self.metering,
            health=self._health_of(name),
            retry=self.retry if timeout is None else replace(self.retry, timeout=timeout),
            batched=self.batch,
        )
        if self.batch and not self.dry:
            fail = partial(raise_for, model=name.model, where=name.address, key_name=variable, key=key)
            model.batches = self._queue(model, fail)
        self._models.append(model)
        return model

    def _health_of(self, name: ModelName) -> Health:
        """One for all connections to the model at its address."""
        place = (name.address, name.model)
        if place not in self._health:
            self._health[place] = Health(name.address, AdaptiveLimiter(self.concurrency), self._note)
        return self._health[place]

    def _note(self, line: str) -> None:
        self.notes.append(line)
        self.on_note(line)

    def _queue(self, model: MeteredModel, fail: Fail) -> BatchQueue:
        """The batches of the model: one queue for all connections to it, with the price and the key of the first."""
        place = tuple(model.identity.values())
        if place not in self._queues:
            self._queues[place] = self._new_queue(model, fail)
        return self._queues[place]

    def _new_queue(self, model: MeteredModel, fail: Fail) -> BatchQueue:
        provider = model.provider
        if isinstance(provider, openai_provider.OpenAIProvider):
            api = OpenAIBatchApi(provider, fail, model.retry.timeout)
        else:
            assert isinstance(provider, anthropic_provider.AnthropicProvider)
            api = AnthropicBatchApi(provider, fail, model.retry.timeout)
        endpoint = BatchEndpoint(
            provider, api, fail, model.price, self.metering, model.retry, self.pace, self._note_batch
        )
        return BatchQueue(endpoint)

    def open_ledger(self, path: Path, spent: float = 0.0) -> None:
        """Book from now on in this file; what it has of earlier starts, and `spent`, counts against the budget."""
        self.metering.ledger = Ledger(path)
        self.metering.budget = Budget(self.metering.budget.limit, self.metering.ledger.spent + spent)

    def _note_batch(self, line: str) -> None:
        self.on_batch(line)

    async def aclose(self) -> None:
        """Close all connections."""
        for model in self._models:
            await model.aclose()


def _provider(name: ModelName, variable: str, key: str) -> Provider:
    kind = openai_provider.OpenAIProvider if name.provider == "openai" else anthropic_provider.AnthropicProvider
    return kind(name.model, base_url=name.base_url, key=key, key_name=variable)
