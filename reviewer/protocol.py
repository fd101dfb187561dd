"""What a reviewer is to the rest of the suite."""

from __future__ import annotations

import asyncio
import contextvars
import hashlib
import inspect
import json
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from numbers import Real
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel, ConfigDict, ValidationError, field_serializer

from ..data.errors import InputError
from ..data.files import whole_characters
from ..data.records import Paper
from .review import Review

Result = TypeVar("Result")
TIMEOUT = 600.0
"""Seconds that a plug-in may take for one paper."""


@runtime_checkable
class Reviewer(Protocol):
    """Anything that turns a paper into a review.

    `fingerprint` changes whenever the reviews could: reviews are kept and reused under it.
    A reviewer may also have `traits`, see `Traits`.
    """

    name: str
    fingerprint: str

    async def review(self, paper: Paper) -> Review:
        """The review of one paper. Raises where it fails; the caller records that as a failed review."""
        ...


class Traits(BaseModel):
    """What the benchmark should know of a reviewer beyond its reviews."""

    model_config = ConfigDict(frozen=True)

    kind: str = "reviewer"
    scale: tuple[float, float] | None = None
    """Lowest and highest score, where scores are on the scale of human ratings (only then is there a mean error)."""
    accept_at: float | None = None
    """The form's own rule: accept from this score on."""
    decision_rule: str = "own decision"
    """Where the reviewer's own decisions come from."""
    text: Literal["", "raw", "scrubbed", "unknown"] = ""
    """On which text stored reviews were written; empty for reviews that are made on the text of the run."""
    model: str = ""
    """The language model that reviews; empty where none does, or where it is not known."""
    released: date | None = None
    """When that model came out; None where it is not known."""
    cutoff: date | None = None
    """Up to when its vendor says that it was trained; None where it is not known."""
    booked: bool = False
    """Whether its calls stand in the run's ledger, so that their cost is known call by call."""
    trained_on: frozenset[str] = frozenset()
    """`paper_key` of papers that this reviewer was fitted on; figures on them would be in-sample."""

    @field_serializer("trained_on", when_used="json")
    def _in_order(self, trained_on: frozenset[str]) -> list[str]:
        """Sorted, so that the same traits are always written, and hashed, alike."""
        return sorted(trained_on)


def traits_of(reviewer: Reviewer) -> Traits:
    """The reviewer's traits, the defaults where it has none."""
    return getattr(reviewer, "traits", None) or Traits()


def repeatable(reviewer: Reviewer) -> bool:
    """Whether another review of the same paper could be another one: not by rules, weights, or stored reviews."""
    return traits_of(reviewer).kind not in ("floor", "learned", "replay")


def check_name(name: str, spec: str) -> None:
    """Keep the names of the rows that every table has for these. Raises InputError for one of them."""
    if name.startswith(("floor:", "learned:", "recall:")):
        raise InputError(f"{spec}: the name {name!r} belongs to a reviewer of ours; choose another")


def paper_key(paper_id: str) -> str:
    """Eight hex digits that stand for a paper in a list of training papers."""
    return hashlib.sha256(paper_id.encode()).hexdigest()[:8]


def fingerprint_of(**parts: Any) -> str:
    """Twelve hex digits over the canonical JSON of what determines a reviewer's output."""
    canonical = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


@dataclass
class FunctionReviewer:
    """A plain function as a reviewer.

    The function takes a Paper and returns a Review, a mapping of Review's fields, or a number (the score); it may be
    a coroutine function. A plain function runs in a thread of its own, which is left alone where it takes longer than
    `timeout` seconds; it does not keep the program from ending.
    """

    name: str
    function: Callable[[Paper], Any] | Callable[[Paper], Awaitable[Any]]
    fingerprint: str = ""
    traits: Traits = field(default_factory=Traits)
    timeout: float | None = TIMEOUT
    """Seconds for one review; None: without a limit."""

    def __post_init__(self) -> None:
        if not self.fingerprint:
            self.fingerprint = fingerprint_of(
                name=self.name, function=getattr(self.function, "__qualname__", ""), source=_source_of(self.function)
            )

    async def review(self, paper: Paper) -> Review:
        """The function's answer as a Review.

        Raises what the function raises, RuntimeError where it takes too long, ValueError for an unusable answer.
        """
        limit = asyncio.timeout(self.timeout)
        try:
            async with limit:
                return await self._answer(paper)
        except TimeoutError:
            if not limit.expired():
                raise
            raise RuntimeError(f"no answer within {self.timeout:g} s") from None

    async def _answer(self, paper: Paper) -> Review:
        if inspect.iscoroutinefunction(self.function):
            answer = await self.function(paper)
        else:
            answer, seconds = await in_own_thread(self._timed, paper)
            if not inspect.isawaitable(answer):
                return _took(as_review(answer, paper.id), seconds)
            answer = await answer
        return as_review(answer, paper.id)

    def _timed(self, paper: Paper) -> tuple[Any, float]:
        """The answer and the seconds that it took, without the wait for a free thread."""
        start = time.perf_counter()
        return self.function(paper), time.perf_counter() - start


async def in_own_thread(function: Callable[..., Result], *arguments: Any) -> Result:
    """The function's result, from a daemon thread: one that hangs does not keep the program from ending."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def settle(outcome: Result | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(outcome)  # type: ignore[arg-type]
        else:
            future.set_exception(RuntimeError(str(error)) if isinstance(error, StopIteration) else error)

    def run() -> None:
        outcome, error = None, None
        try:
            outcome = function(*arguments)
        except BaseException as raised:
            error = raised
        with suppress(RuntimeError):  # the loop has ended without waiting
            loop.call_soon_threadsafe(settle, outcome, error)

    threading.Thread(target=contextvars.copy_context().run, args=(run,), daemon=True).start()
    return await future


def _took(review: Review, seconds: float) -> Review:
    """The review with its seconds, where it does not tell them itself."""
    if review.usage.seconds:
        return review
    return review.model_copy(update={"usage": review.usage.model_copy(update={"seconds": seconds})})


def _source_of(function: Callable[..., Any]) -> str:
    """The text of the file that the function stands in; what that file imports does not count."""
    try:
        return Path(inspect.getsourcefile(function) or "").read_text(encoding="utf-8")
    except (OSError, TypeError, UnicodeDecodeError):
        return repr(function)


def as_review(answer: Any, paper_id: str) -> Review:
    """A Review from a Review, a mapping of its fields, or a score.

    Raises ValueError of one line for anything else, an answer without score and decision among it.
    """
    if isinstance(answer, Review):
        return answer.model_copy(update={"paper_id": paper_id})
    if isinstance(answer, bool) or not isinstance(answer, (Real, Mapping)):
        raise ValueError(f"expected a Review, a mapping or a number, got {type(answer).__name__}")
    fields = whole_characters(dict(answer)) if isinstance(answer, Mapping) else {"overall": answer}
    if not {"overall", "decision", "status"} & {*fields}:
        there = ", ".join(map(str, fields)) or "nothing"
        raise ValueError(f"the answer has neither `overall` nor `decision` (it has {there}); name the score `overall`")
    try:
        return Review.model_validate({**fields, "paper_id": paper_id})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise ValueError(f"unusable answer: {f'{name}: ' if name else ''}{first['msg']}") from None
