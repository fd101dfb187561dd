"""The built-in editor: asks a model for search/replace blocks, and shows it what could not be applied.

The files on disk change at the end, all together. A file takes all blocks of an answer or none of them, and where a
file's blocks cannot be applied even after the repairs, no file changes. Blocks for files that are not editable are
refused, reported, and hold nothing else up.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ...data.files import read_text, write_atomic
from ...llm.messages import ContentPart, Message, Reply, Request, Tokens
from ...llm.model import MeteredModel
from ...llm.reasoning import ReasoningOnly, final_answer
from ...presentation.pages import environment
from ...reviewer.protocol import fingerprint_of
from .blocks import DIVIDER, HEAD, TAIL, ParsedBlocks, block_spans, parse_blocks
from .protocol import EditRequest, EditResult, Texts, changed_files, diff_of, inside, read_files
from .staging import Staging

if TYPE_CHECKING:
    from jinja2 import Environment

PROMPTS = Path(__file__).with_name("prompts")
NOTHING = "NO CHANGE"
MOST_WORDS = 500
"""Characters of what the model says that are kept."""


@dataclass
class BuiltinEditor:
    """An editor in this process. `repairs`: how often the model is shown what could not be applied."""

    model: MeteredModel
    repairs: int = 2
    max_tokens: int = 8192
    temperature: float | None = None
    name: str = "builtin"

    @property
    def fingerprint(self) -> str:
        """Over the model, the settings and the prompts."""
        return fingerprint_of(
            editor=self.name,
            model=self.model.identity,
            repairs=self.repairs,
            max_tokens=self.max_tokens,
            temperature=self.temperature,
            prompts={path.name: read_text(path) for path in sorted(PROMPTS.glob("*.j2"))},
        )

    async def edit(self, workspace: Path, request: EditRequest) -> EditResult:
        """As in `Editor`. Where the model cannot be reached, or the budget ends, the files are as before."""
        start = time.perf_counter()
        read_only = read_files(workspace, request.read_only)
        work = _Work(Staging(read_files(workspace, request.files)))
        conversation = Request(
            system=_rendered("system", head=HEAD, divider=DIVIDER, tail=TAIL, nothing=NOTHING),
            messages=(_opening(request, work.staging.before, read_only),),
            max_tokens=self.max_tokens,
            temperature=self.temperature,
            stage=request.stage,
        )
        await self._converse(conversation, work)
        result = work.result(time.perf_counter() - start)
        for name in result.changed:
            path = work.staging.names[name]
            write_atomic(inside(workspace, path), work.staging.after[path] or "")
        return result

    async def _converse(self, conversation: Request, work: _Work) -> None:
        """Ask until all is applied, the model has nothing to add, or the repairs are used up."""
        asked: list[Request] = []
        for _ in range(1 + self.repairs):
            reply = await self.model.complete(conversation)
            asked.append(conversation)
            work.take(reply, self.max_tokens)
            if work.finished:
                break
            turns = (_message("assistant", reply.text or "(an empty answer)"), _message("user", work.repair()))
            conversation = conversation.model_copy(update={"messages": (*conversation.messages, *turns)})
        if not work.settled:
            for useless in asked:
                self.model.forget(useless)


@dataclass
class _Work:
    """One edit under way."""

    staging: Staging
    replies: list[Reply] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    """What is wrong with the last answer as a whole; nothing of it is staged then."""
    finished: bool = False
    """No further answer is asked for."""

    @property
    def problems(self) -> tuple[str, ...]:
        """All that the last answer has left undone."""
        return (*self.staging.problems.values(), *self.staging.refused.values(), *self.unreadable)

    @property
    def settled(self) -> bool:
        """Whether the files may be written: something is to change, and no file's blocks are left."""
        return self.staging.whole and self.staging.after != self.staging.before

    def take(self, reply: Reply, max_tokens: int) -> None:
        """Stage the blocks of an answer to a request of so many tokens."""
        self.replies.append(reply)
        if reply.stop == "refusal":
            self.unreadable, self.finished = [f"the model refused: {_short(reply.text) or 'without a word'}"], True
            return
        try:
            text = final_answer(reply, max_tokens, quoted=block_spans(reply.text))
        except ReasoningOnly as error:
            self.unreadable, self.finished = [str(error)], error.used_up
            return
        answer = parse_blocks(text, self.staging.names)
        if answer.words:
            self.words.append(_short(answer.words))
        if not answer.blocks and not answer.problems and NOTHING in answer.words:
            self.finished = True
            self.unreadable = [] if self.settled else [*self.unreadable, "the model sees nothing to change"]
            return
        self.unreadable = _unreadable(answer, cut=reply.stop == "length")
        if not self.unreadable:
            self.staging.stage(answer.blocks)
        if not self.problems and self.staging.after == self.staging.before:
            self.unreadable = ["the blocks leave the files as they are"]
        self.finished = not self.problems

    def repair(self) -> str:
        """What the model is told after an answer that could not all be applied."""
        staging = self.staging
        kept = [name for name in changed_files(staging.before, staging.after) if name not in staging.problems]
        return _rendered(
            "repair",
            problems=self.problems,
            unreadable=bool(self.unreadable),
            dropped=sorted(staging.problems),
            kept=kept,
            nothing=NOTHING,
        )

    def result(self, seconds: float) -> EditResult:
        """What is to be told, and which files are to be written."""
        before, after = self.staging.before, self.staging.after if self.settled else self.staging.before
        paid = [reply for reply in self.replies if not reply.reused]
        usd = [reply.usd for reply in paid]
        changed = changed_files(before, after)
        return EditResult(
            ok=bool(changed),
            changed=changed,
            diff=diff_of(before, after),
            messages=tuple(self.words),
            problems=self.problems,
            tokens=sum((reply.tokens for reply in paid), Tokens()),
            usd=None if None in usd else sum(cost for cost in usd if cost is not None),
            seconds=seconds,
        )


def _unreadable(answer: ParsedBlocks, *, cut: bool) -> list[str]:
    if cut:
        return [*answer.problems, "the answer was cut off at the limit of tokens; answer more briefly"]
    if not answer.blocks and not answer.problems:
        return [f"the answer holds no block; give blocks, or the line {NOTHING}"]
    return answer.problems


def _opening(request: EditRequest, editable: Texts, read_only: Texts) -> Message:
    """The files, which later requests may have too, and the task."""
    files = _rendered("files", editable=_shown(editable), read_only=_shown(read_only))
    names = [path.as_posix() for path in editable]
    task = _rendered("task", instruction=request.instruction, names=names)
    return Message(role="user", parts=(ContentPart(text=files, shared=True), ContentPart(text=task)))


def _shown(texts: Texts) -> list[tuple[str, str | None, str]]:
    """Name, text and the word of a fence that the text cannot contain."""
    return [
        (
            path.as_posix(),
            text and text.removesuffix("\n"),
            f"file-{hashlib.sha256((text or '').encode()).hexdigest()[:12]}",
        )
        for path, text in texts.items()
    ]


def _message(role: Literal["user", "assistant"], text: str) -> Message:
    return Message(role=role, parts=(ContentPart(text=text),))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MOST_WORDS else f"{text[:MOST_WORDS]}…"


@cache
def _templates() -> Environment:
    return environment(PROMPTS, kind="text")


def _rendered(name: str, **values: Any) -> str:
    return _templates().get_template(f"{name}.j2").render(**values)
