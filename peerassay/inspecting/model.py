"""Inspect's model as the one that our panels ask."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any, NoReturn

from inspect_ai.event import ModelEvent
from inspect_ai.log import transcript
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    Content,
    ContentImage,
    ContentReasoning,
    ContentText,
    GenerateConfig,
    Model,
    ModelOutput,
    ResponseSchema,
    get_model,
)
from inspect_ai.model._generate_config import active_generate_config
from inspect_ai.model._model import use_model_event_sink
from inspect_ai.util import JSONSchema, LimitExceededError

from ..llm.budget import Budget
from ..llm.endpoint_errors import raise_for
from ..llm.errors import CallFailed, ModelUnusable
from ..llm.health import Health
from ..llm.ledger import Ledger
from ..llm.limiter import AdaptiveLimiter
from ..llm.messages import ContentPart, ImagePart, Message, Reply, Request, Stop, Tokens
from ..llm.model import MeteredModel, Metering, RetryPolicy
from ..llm.openai_provider import OpenAIProvider
from ..llm.prices import Prices
from ..llm.refusals import NeedsQuirk, Quirks
from ..reviewer.panel.panel import PanelReviewer, panel_of
from ..reviewer.protocol import fingerprint_of

STOPS: Mapping[str, Stop] = {"max_tokens": "length", "model_length": "length", "content_filter": "refusal"}
UNLIMITED = 10_000
"""Calls at once: Inspect has limits of its own (`--max-connections`)."""


class InspectProvider(OpenAIProvider):
    """The model that an eval is run with, whoever makes it; Inspect retries, caches and counts its calls.

    What is sent is described in OpenAI's form, by which refusals are understood.
    """

    kind = "inspect"

    def __init__(self, model: Model, *, in_log: bool) -> None:
        super().__init__(str(model), base_url=model.api.base_url or "inspect", key="", key_name="of the model")
        self._asked = model
        self._in_log = in_log

    async def send(self, request: Request, quirks: Quirks, *, timeout: float) -> Reply:  # noqa: ARG002
        """One call by Inspect. Raises CallFailed, ModelUnusable or NeedsQuirk, and what limits of Inspect raise."""
        try:
            with nullcontext() if self._in_log else prompts_withheld():
                output = await self._asked.generate(_messages(request, quirks), config=_config(request, quirks))
        except LimitExceededError as limit:
            raise CallFailed(f"a limit of the eval: {limit.message}", "request", maybe_billed=True) from None
        except Exception as error:
            self._refuse(error, request, quirks)
        return _reply(output)

    def _refuse(self, error: Exception, request: Request, quirks: Quirks) -> NoReturn:
        """Raises what an error of a provider means for the call; Inspect wraps the last one of its attempts."""
        last = getattr(error, "last_attempt", None)
        cause = (last.exception() if last is not None else None) or error
        sent = self.body(request, quirks)
        try:
            raise_for(
                cause, model=self.model, where=self.base_url, key_name=self._key_name, key="", quirks=quirks, sent=sent
            )
        except (CallFailed, ModelUnusable, NeedsQuirk):
            raise
        except Exception as other:
            words = " ".join(str(other).split())[:300]
            raise CallFailed(f"{type(other).__name__}: {words}", "request") from other

    async def aclose(self) -> None:
        """Nothing: the model is Inspect's."""


def inspect_panel(options: Mapping[str, Any], *, in_log: bool, model: Model | None = None) -> PanelReviewer:
    """A panel that asks Inspect's model (None: the eval's) by our prompts; `options` are those after `?` of a SPEC.

    Without `in_log` the prompts, which hold the papers' texts, stay out of the log. Raises InputError for an option
    that is unknown or wrong.
    """
    asked = model or get_model()
    config = asked.config.merge(active_generate_config())
    if config.max_tokens is not None:
        options = {"max_tokens": config.max_tokens, **options}
    provider = InspectProvider(asked, in_log=in_log)
    name = str(asked)
    kind, _, rest = name.partition("/")
    price = Prices.load().find(kind, rest, None)

    def connect() -> MeteredModel:
        return MeteredModel(
            provider=provider,
            price=price,
            metering=Metering(None, Budget(None), Ledger()),
            health=Health(name, AdaptiveLimiter(UNLIMITED)),
            retry=RetryPolicy(attempts=1, timeout=math.inf),
        )

    words = {key: str(value) for key, value in options.items()}
    panel = panel_of(connect, f"inspect/{name}", words, rest or name, where="options of the review")
    chosen = config.model_dump(exclude_none=True, exclude={"max_tokens", *NO_MATTER})
    if chosen:
        panel.fingerprint = fingerprint_of(panel=panel.fingerprint, config=chosen)
    return panel


NO_MATTER = frozenset(
    ("max_retries", "timeout", "attempt_timeout", "max_connections", "adaptive_connections", "cache", "batch")
)
"""Settings of Inspect that change no answer."""


def _messages(request: Request, quirks: Quirks) -> list[ChatMessage]:
    words, turns = request.opened(by_user="no system" in quirks)
    system: list[ChatMessage] = [ChatMessageSystem(content=words)] if words else []
    return [*system, *(_turn(message) for message in turns)]


def _turn(message: Message) -> ChatMessage:
    if message.role == "assistant":
        return ChatMessageAssistant(content=message.text)
    return ChatMessageUser(content=[_part(part) for part in message.parts] if message.images else message.text)


def _part(part: ContentPart | ImagePart) -> Content:
    return ContentText(text=part.text) if isinstance(part, ContentPart) else ContentImage(image=part.url)


def _config(request: Request, quirks: Quirks) -> GenerateConfig:
    config = GenerateConfig(max_tokens=request.max_tokens)
    if request.temperature is not None and "no temperature" not in quirks:
        config.temperature = request.temperature
    if request.effort is not None and "no effort" not in quirks:
        config = config.merge(GenerateConfig.model_validate({"reasoning_effort": request.effort}))
    if request.answer is not None and "no schema" not in quirks:
        schema = JSONSchema.model_validate(request.answer)
        config.response_schema = ResponseSchema(name="answer", json_schema=schema, strict=True)
    return config


def _reply(output: ModelOutput) -> Reply:
    """The answer without the reasoning that Inspect tells apart. Raises CallFailed where there is none."""
    if output.error or not output.choices:
        raise CallFailed((output.error or "an answer without content")[:300], "server", maybe_billed=True)
    message = output.message
    usage = output.usage
    parts = [] if isinstance(message.content, str) else message.content
    return Reply(
        text=message.text,
        stop=STOPS.get(output.stop_reason, "end"),
        reasoned=any(isinstance(part, ContentReasoning) for part in parts),
        model=output.model,
        tokens=Tokens(
            uncached=usage.input_tokens,
            cached=usage.input_tokens_cache_read or 0,
            written=usage.input_tokens_cache_write or 0,
            output=usage.output_tokens,
        )
        if usage
        else Tokens(),
    )


@contextmanager
def prompts_withheld() -> Iterator[None]:
    """Calls within are logged with their answers, the prompts left out."""
    with use_model_event_sink(_WithoutPrompts()):
        yield


class _WithoutPrompts:
    """Takes the events of calls, and logs them when they are complete."""

    def on_pending(self, event: ModelEvent) -> None:
        """Nothing: its prompt would be in the log."""

    def on_complete(self, event: ModelEvent) -> None:
        """Log the call without its prompt and without the raw call."""
        characters = sum(len(message.text) for message in event.input)
        event.input = [ChatMessageUser(content=f"(a prompt of {characters:,} characters, kept out of this log)")]
        event.call = None
        transcript()._event(event)
