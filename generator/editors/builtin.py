"""The built-in editor: asks a model for search/replace blocks, and shows it what could not be applied.

The files on disk change at the end, all together. A file takes all blocks of an answer or none of them, and where a
file's blocks cannot be applied even after the repairs, no file changes. Blocks for files that are not editable are
refused, reported, and hold nothing else up.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ...data.files import read_text, write_atomic
from ...llm.messages import ContentPart, Message, Request
from ...llm.model import MeteredModel
from ...presentation.pages import environment
from ...reviewer.protocol import fingerprint_of
from .blocks import DIVIDER, HEAD, TAIL
from .protocol import EditRequest, EditResult, Texts, inside, read_files
from .staging import Staging
from .work import NOTHING, EditWork

if TYPE_CHECKING:
    from jinja2 import Environment

PROMPTS = Path(__file__).with_name("prompts")


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
        work = EditWork(Staging(read_files(workspace, request.files)), request.head)
        how = _rendered("system", head=HEAD, divider=DIVIDER, tail=TAIL, nothing=NOTHING)
        conversation = Request(
            system=f"{request.manner}\n\n{how}".strip(),
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

    async def _converse(self, conversation: Request, work: EditWork) -> None:
        """Ask until all is applied, the model has nothing to add, or the repairs are used up."""
        asked: list[Request] = []
        for _ in range(1 + self.repairs):
            reply = await self.model.complete(conversation)
            asked.append(conversation)
            work.take(reply, self.max_tokens)
            if work.finished:
                break
            turns = (_message("assistant", reply.text or "(an empty answer)"), _message("user", self._repair(work)))
            conversation = conversation.model_copy(update={"messages": (*conversation.messages, *turns)})
        if not work.settled and not work.declined:
            for useless in asked:
                self.model.forget(useless)

    def _repair(self, work: EditWork) -> str:
        """What the model is told after an answer that could not all be applied."""
        return _rendered(
            "repair",
            problems=work.problems,
            unreadable=bool(work.unreadable),
            dropped=sorted(work.staging.problems),
            kept=work.kept,
            headed=bool(work.fields),
            nothing=NOTHING,
        )


def _opening(request: EditRequest, editable: Texts, read_only: Texts) -> Message:
    """The files, which later requests may have too, and the task."""
    files = _rendered("files", editable=_shown(editable), read_only=_shown(read_only))
    names = [path.as_posix() for path in editable]
    task = _rendered("task", instruction=request.instruction, names=names)
    shared = (*(f"{text}\n\n" for text in request.opening), files)
    parts = (*(ContentPart(text=text, shared=True) for text in shared), ContentPart(text=task))
    return Message(role="user", parts=parts)


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


@cache
def _templates() -> Environment:
    return environment(PROMPTS, kind="text")


def _rendered(name: str, **values: Any) -> str:
    return _templates().get_template(f"{name}.j2").render(**values)
