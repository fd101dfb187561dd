"""The model behind the endpoints: what a call is answered, what it costs, and what goes wrong with it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from peerassay.llm.messages import Tokens

from .accounting import Accounts, PromptCache, Remembered
from .calls import Answer, ApiError, ModelCall, Stop, Wire, tokens_of
from .faults import CONTENT, FaultPlan, Kind, fault_plan, spoil
from .rewriter import Habit
from .scripted import Behaviour, Memories, ScriptedReviewer

MOST_BODIES = 1_000_000


@dataclass(frozen=True)
class Options:
    """How the server behaves. Times in seconds; `port` 0 takes a free one; else as in `Behaviour` and `FaultPlan`."""

    port: int = 0
    latency: float = 0.0
    faults: str | Mapping[str, Any] | FaultPlan = ""
    batch_seconds: float = 0.5
    spread: float = 0.0
    contradict: float = 0.0
    gullible: bool = False
    restless: bool = False
    seed: int = 0
    memories: Memories = field(default_factory=dict)
    weaknesses: Mapping[str, float] | None = None
    remarks: Mapping[str, str] = field(default_factory=dict)
    rewriter: Habit = ""


@dataclass(frozen=True)
class PendingAnswer:
    """An answer in the making: its prompt has been read and its text is known, but no time has passed yet."""

    call: ModelCall
    answer: Answer
    prefixes: list[bytes]


class LoopbackEngine:
    """The model, its books and its faults."""

    def __init__(self, options: Options) -> None:
        self.options = options
        behaviour = Behaviour(
            options.spread,
            options.contradict,
            options.gullible,
            options.restless,
            options.seed,
            options.memories,
            options.weaknesses,
            options.remarks,
            options.rewriter,
        )
        self.reviewer = ScriptedReviewer(behaviour)
        self.answers = 0
        self.plan = fault_plan(options.faults)
        self.reset()

    def reset(self) -> None:
        """Forget what was done, and start the fault plan again."""
        self.accounts = Accounts()
        self.cache = PromptCache()
        self.arrivals = Remembered(MOST_BODIES)
        self.set_faults(self.plan)

    def set_faults(self, plan: FaultPlan) -> None:
        """Follow another plan from now on; attempts count from 0 again."""
        self.plan = plan
        self.attempts = Remembered(MOST_BODIES)
        self.plan_began = time.monotonic()

    def refuse_crowd(self, wire: Wire) -> None:
        """Raises the rate-limit error in the plan's storm or where too many calls are in flight, and its refusal."""
        if self.plan.refuse:
            raise wire.errors.invalid(self.plan.refuse)
        stormy = time.monotonic() - self.plan_began < self.plan.storm
        crowded = self.plan.max_in_flight is not None and self.accounts.in_flight > self.plan.max_in_flight
        if stormy or crowded:
            self.accounts.faults["storm" if stormy else "max-in-flight"] += 1
            raise wire.errors.rate_limited(self.plan.retry_after)

    def fitted(self, call: ModelCall, wire: Wire) -> ModelCall:
        """The call as the plan's context holds it: with no more room for the answer than is left, and maybe cut.

        Raises ApiError, in llama.cpp's words, where the prompt is longer and is not to be cut.
        """
        room, size = self.plan.context, tokens_of(len(call.prompt))
        if room is None:
            return call
        if size >= room and self.plan.context_cut:
            self.accounts.faults["context-cut"] += 1
            call, size = replace(call, texts=(call.prompt[-2 * room :],)), room // 2
        if size >= room:
            self.accounts.faults["context"] += 1
            raise wire.errors.invalid(
                f"request ({size} tokens) exceeds the available context size ({room} tokens), try increasing it"
            )
        return replace(call, max_tokens=min(call.max_tokens or room, room - size))

    def draw(self, call: ModelCall) -> Kind | None:
        """The fault of this attempt at the call."""
        return self.plan.draw(call, self.attempts.add(call.key))

    def fail(self, kind: Kind, wire: Wire) -> None:
        """Raises the error of a fault that is told by a status; other faults pass."""
        errors = {"429": lambda: wire.errors.rate_limited(self.plan.retry_after)}
        errors |= {"500": wire.errors.broken, "503": wire.errors.busy}
        if kind in errors:
            self.accounts.faults[kind] += 1
            raise errors[kind]()

    def latency(self, fault: Kind | None) -> float:
        """Seconds that the answer takes."""
        if fault != "slow":
            return self.options.latency
        self.accounts.faults["slow"] += 1
        return 10 * self.options.latency if self.plan.slow_seconds is None else self.plan.slow_seconds

    def begin(self, call: ModelCall, fault: Kind | None) -> PendingAnswer:
        """Read the prompt, against the prompt cache as it is now, and think of the answer."""
        sample = call.sample if call.sample is not None else str(self.arrivals.add(call.body_key))
        text, fields = self.reviewer.answer(call, sample)
        stop: Stop = "end"
        spoilt = spoil(fault, call, text, fields) if fault in CONTENT else None
        if fault and spoilt:
            self.accounts.faults[fault] += 1
            text, stop = spoilt
        if call.max_tokens is not None and tokens_of(len(text)) > call.max_tokens:
            text, stop = text[: 4 * call.max_tokens], "length"
        read, prefixes = self.cache.look_up(call)
        self.answers += 1
        tokens = read + Tokens(output=tokens_of(len(text)))
        return PendingAnswer(call, Answer(self.answers, text, stop, tokens), prefixes)

    def complete(self, work: PendingAnswer) -> None:
        """The work is done: it is billed, and its prefixes are in the prompt cache."""
        self.accounts.bill(work.answer.tokens)
        self.cache.keep(work.prefixes)

    def batched(self, wire: Wire, custom_id: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and body of the answer to one request of a batch. Faults of the connection do not happen there."""
        try:
            call = self.fitted(read_call(wire, body), wire)
            fault = self.draw(replace(call, sample=custom_id))
            if fault in ("500", "503"):
                self.fail(fault, wire)
        except ApiError as error:
            self.accounts.batch["errors"] += 1
            return error.status, wire.errors.body(error)
        work = self.begin(call, fault)
        self.complete(work)
        self.accounts.finish_batched(replace(call, sample=custom_id))
        return 200, wire.answer(call, work.answer)


def read_call(wire: Wire, body: Any, sample: str | None = None) -> ModelCall:
    """The request in the endpoint's dialect. Raises ApiError for one that the provider would refuse."""
    try:
        call = wire.read(body)
    except (AttributeError, TypeError, KeyError):
        raise wire.errors.invalid("The request's body does not have the form of this endpoint.") from None
    return call if sample is None else replace(call, sample=sample)
