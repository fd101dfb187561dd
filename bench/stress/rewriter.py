"""A language model that rewrites passages of papers: presentation alone, checked, and within the run's budget."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import json
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ...data.errors import InputError
from ...data.files import read_text
from ...data.papers.tokens import estimate_tokens
from ...data.records import Paper
from ...llm.errors import BudgetReached, CallFailed
from ...llm.messages import ContentPart, Message, Reply, Request, Tokens
from ...llm.session import Session
from ...llm.structured import UnusableAnswer, ask
from ...reviewer.panel.discussion import usage_of
from ...reviewer.panel.panel import PanelReviewer
from ...reviewer.protocol import Expectation, fingerprint_of
from ...reviewer.spec import load_reviewer
from .rewrite_checks import fault_of
from .rewrites import Rewrite, Rewrites, digest_of, key_of

PROMPTS = Path(__file__).parent / "rewrites.toml"
CALL_WORDS = 600
"""Words of the passages of a call, of a paragraph more where that is longer."""
ROOM = 2
"""Tokens that an answer may have for each of its passages', where that is more than the settings allow."""
FORM = {
    "type": "object",
    "properties": {"paragraphs": {"type": "array", "items": {"type": "string"}}},
    "required": ["paragraphs"],
    "additionalProperties": False,
}
Done = Callable[[int, int], None]
"""Called with calls done and calls in all."""


class Job(NamedTuple):
    """A paper whose passages are to be rewritten: which, and in which style."""

    paper: Paper
    target: str
    style: str


class Rewriter:
    """Asks the model of a panel, with its effort, temperature and limit of tokens; `rewrites` has what came of it."""

    def __init__(self, panel: PanelReviewer, rewrites: Rewrites, *, concurrency: int) -> None:
        self.model, self.rewrites = panel.model, rewrites
        self.settings = panel.settings
        self.name = f"rewriter {panel.name}"
        self.fingerprint = fingerprint_of(
            rewriter=1, model=self.model.identity, effort=self.settings.effort, temperature=self.settings.temperature,
            words=prompts(),
        )  # fmt: skip
        self.failures: dict[str, str] = {}
        """By paper, why a call came to nothing in this start: the next one asks again."""
        self._slots = asyncio.Semaphore(concurrency)
        self._stopped: Exception | None = None

    @classmethod
    def of(cls, spec: str, session: Session) -> Rewriter:
        """The rewriter of a SPEC. Raises InputError for one that names no language model, and ModelUnusable."""
        panel = load_reviewer(spec, session=session)
        if not isinstance(panel, PanelReviewer):
            raise InputError(f"--rewriter {spec}: takes a language model, as openai/MODEL or anthropic/MODEL")
        return cls(panel, Rewrites(), concurrency=session.concurrency)

    @property
    def identity(self) -> str:
        """What the rewritten texts of a run are known to be by."""
        return f"{self.name.removeprefix('rewriter ')} ({self.fingerprint})"

    async def write(self, jobs: Sequence[Job], done: Done = lambda *_: None) -> None:
        """Have rewritten what is not yet; papers of which that failed stand in `failures`.

        Raises BudgetReached and ModelUnusable, with all kept that was answered before.
        """
        calls = [(job, texts) for job in jobs for texts in self._calls(job)]
        made = 0

        async def one(job: Job, texts: list[str]) -> None:
            nonlocal made
            async with self._slots:
                if self._stopped is None:
                    await self._ask(job, texts)
                made += 1
                done(made, len(calls))

        await asyncio.gather(*(one(job, texts) for job, texts in calls))
        if self._stopped is not None:
            raise self._stopped

    def expect(self, jobs: Sequence[Job]) -> Expectation:
        """What that will take."""
        read = written = count = 0
        for job in jobs:
            for texts in self._calls(job):
                asked = self.request(job.style, texts)
                read += estimate_tokens(asked.system) + estimate_tokens(asked.messages[0].text)
                written += sum(map(estimate_tokens, texts))
                count += 1
        tokens, price = Tokens(uncached=read, output=written), self.model.price
        usd = None if price is None else price.cost(tokens, batch=self.model.batched)
        return Expectation(calls=count, tokens=tokens, usd=usd)

    def request(self, style: str, texts: Sequence[str]) -> Request:
        """The call about these passages, which are fenced: they are data."""
        words = prompts()
        shown = json.dumps(list(texts), ensure_ascii=False, indent=1)
        fence = f"passage-{hashlib.sha256(shown.encode('utf-8', 'replace')).hexdigest()[:12]}"
        body = f"{words['styles'][style]['task'].strip()}\n\n<{fence}>\n{shown}\n</{fence}>"
        return Request(
            system=f"{words['system'].strip()}\n\n{words['answer'].strip()}",
            messages=(Message(role="user", parts=(ContentPart(text=body),)),),
            answer=FORM,
            temperature=self.settings.temperature,
            effort=self.settings.effort,
            max_tokens=max(self.settings.max_tokens, ROOM * sum(map(estimate_tokens, texts))),
            stage="rewrite",
        )

    async def aclose(self) -> None:
        """Close the model's connections."""
        await self.model.aclose()

    def _calls(self, job: Job) -> list[list[str]]:
        """The passages that are to be rewritten, call by call."""
        calls: list[list[str]] = []
        words = CALL_WORDS
        for text in self.rewrites.lacking(job.paper, job.target, job.style):
            count = len(text.split())
            if words + count > CALL_WORDS:
                calls.append([])
                words = 0
            calls[-1].append(text)
            words += count
        return calls

    async def _ask(self, job: Job, texts: list[str]) -> None:
        replies: list[Reply] = []
        written: list[str] = []
        try:
            written = await ask(
                self.model, self.request(job.style, texts), lambda a: read_paragraphs(a, len(texts)), _again,
                replies=replies,
            )  # fmt: skip
        except UnusableAnswer:
            pass
        except CallFailed as failure:
            self.failures[job.paper.id] = f"{failure.kind}: {failure}"
            return
        except (BudgetReached, InputError) as end:
            self._stopped = self._stopped or end
            return
        usd = usage_of(replies).usd
        share = None if usd is None else usd / len(texts)
        for place, before in enumerate(texts):
            fault = fault_of(before, written[place]) if written else "there was no answer of use"
            after = "" if fault else written[place]
            self.rewrites.add(
                Rewrite(
                    key=key_of(job.style, before),
                    style=job.style,
                    paper=job.paper.id,
                    text=after,
                    digest=digest_of(after) if after else "",
                    refused=fault,
                    usd=share,
                )
            )


@functools.cache
def prompts() -> dict[str, Any]:
    """What the model is told: `system`, `answer`, and `styles` with what each `says` and its `task`."""
    return tomllib.loads(read_text(PROMPTS))


def read_paragraphs(answer: Any, count: int) -> list[str]:
    """The rewritten paragraphs, each in one line. Raises ValueError for anything but so many texts."""
    said = answer.get("paragraphs") if isinstance(answer, dict) else None
    said = [said] if isinstance(said, str) else said
    texts = [one for one in said if isinstance(one, str) and one.strip()] if isinstance(said, list) else []
    if not isinstance(said, list) or not len(said) == len(texts) == count:
        raise ValueError(f"paragraphs takes a list of exactly {count} texts; got {answer!r:.200}")
    return [" ".join(one.split()) for one in texts]


def _again(error: str) -> str:
    return f"Your last answer could not be used: {error}\n\n{prompts()['answer'].strip()}"
