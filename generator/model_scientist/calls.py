"""Asking the model for an answer of a given form: prompts, what many requests share in front, the filled-in form."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from ...data.files import read_text
from ...llm.messages import ContentPart, ImagePart, Message, Request
from ...llm.structured import Forgetful, ask
from ...presentation.pages import environment
from .settings import Settings

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).with_name("prompts")
EATEN = re.compile(r"[\x08\x0c]|\t(?=ext|imes|heta|au\b|o\b|abular|ilde|able)|\r(?=ef|ight|ho\b|ule|aise)")
"""What is left of a LaTeX command whose backslash was not doubled in JSON."""


def rendered(prompt: str, **variables: object) -> str:
    """A prompt with its variables. An undefined one is an error of ours."""
    return _templates().get_template(f"{prompt}.j2").render(**variables).strip()


def fenced(text: str, name: str) -> str:
    """The text between two lines that it cannot contain: their code is made from it."""
    word = f"data-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:12]}"
    return f'<{word} name="{name}">\n{text.strip()}\n</{word}>'


def cut(text: str, most: int) -> str:
    """The text, at most so many characters of it, and a word on what is left out."""
    return text if len(text) <= most else f"{text[:most]}\n(cut off: {most} of {len(text)} characters)"


def prompts() -> dict[str, str]:
    """All prompts by file name."""
    return {path.name: read_text(path) for path in sorted(FOLDER.glob("*.j2"))}


@cache
def _templates() -> Environment:
    found = environment(FOLDER, kind="text")
    filters: dict[str, Any] = found.filters
    filters |= {"fenced": fenced, "cut": cut}
    return found


class AnswerForm(BaseModel):
    """A form that the model fills in: every field is required, and fields that it adds do not count."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"additionalProperties": False})


Filled = TypeVar("Filled", bound=AnswerForm)


@dataclass(frozen=True)
class Conversation:
    """What was said before the next question: the shared beginning in parts, then task and answer in turn."""

    system: str
    shared: tuple[str, ...]
    turns: tuple[tuple[str, str], ...] = ()

    def messages(self, task: str, images: Sequence[ContentPart | ImagePart] = ()) -> tuple[Message, ...]:
        """The conversation that ends with the task; `images`, with words between them, stand before its first one."""
        first, *later = [*(asked for asked, _ in self.turns), task]
        shared = (ContentPart(text=f"{text}\n\n", shared=True) for text in self.shared)
        messages = [Message(role="user", parts=(*shared, *images, ContentPart(text=first)))]
        for (_, said), again in zip(self.turns, later, strict=True):
            messages.append(Message(role="assistant", parts=(ContentPart(text=said),)))
            messages.append(Message(role="user", parts=(ContentPart(text=again),)))
        return tuple(messages)

    def after(self, task: str, answer: AnswerForm) -> Conversation:
        """The conversation after this task was answered so."""
        return Conversation(self.system, self.shared, (*self.turns, (task, answer.model_dump_json())))


@dataclass(frozen=True)
class StructuredModel:
    """A model with the settings of all its calls."""

    client: Forgetful
    settings: Settings

    async def ask(
        self,
        form: type[Filled],
        conversation: Conversation,
        task: str,
        stage: str,
        *,
        sample: int = 0,
        images: Sequence[ContentPart | ImagePart] = (),
        check: Callable[[Filled], None] = lambda _: None,
    ) -> Filled:
        """The filled-in form. `check` raises ValueError, in words for the model, for one that is of no use.

        Raises UnusableAnswer where the model gives none even after a repair, and what the model raises.
        """
        schema = schema_of(form)
        request = Request(
            system=f"{conversation.system}\n\n{rendered('json')}",
            messages=conversation.messages(f"{task}\n\nJSON schema: {json.dumps(schema)}", images),
            answer=schema,
            temperature=self.settings.temperature,
            effort=self.settings.effort,
            max_tokens=self.settings.max_tokens,
            sample=sample,
            stage=stage,
        )

        def parse(value: Any) -> Filled:
            made = filled(form, value)
            check(made)
            return made

        return await ask(self.client, request, parse, lambda problem: rendered("repair", error=problem), replies=[])


def schema_of(form: type[AnswerForm]) -> dict[str, Any]:
    """The form's JSON schema as the providers take it: no property may be left out or added, and no title."""
    return _without_titles(form.model_json_schema())


def _without_titles(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {
            name: {key: _without_titles(part) for key, part in value.items()}
            if name in ("properties", "$defs")
            else _without_titles(value)
            for name, value in schema.items()
            if name != "title"
        }
    return [_without_titles(part) for part in schema] if isinstance(schema, list) else schema


def filled(form: type[Filled], value: Any) -> Filled:
    """The form with the model's values. Raises ValueError, in words for the model, for one that does not fit."""
    try:
        return form.model_validate(value)
    except ValidationError as error:
        found = [f"{'.'.join(map(str, e['loc'])) or 'the answer'}: {e['msg']}" for e in error.errors()[:5]]
        raise ValueError("; ".join(found)) from None


def latex(text: str) -> str:
    """The text, where it is LaTeX that came through JSON whole; letters and their accents are one character.

    Raises ValueError where a backslash was lost.
    """
    if EATEN.search(text):
        raise ValueError("a LaTeX command lost its backslash; in JSON a backslash is written twice")
    return unicodedata.normalize("NFC", text.strip())


def _not_empty(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


NOT_EMPTY, STRIPPED, LATEX = AfterValidator(_not_empty), AfterValidator(str.strip), AfterValidator(latex)
ONE_LINE = AfterValidator(lambda text: " ".join(text.split()))
"""For the fields of forms."""


def names_among(names: Sequence[str], known: Sequence[str]) -> list[str]:
    """The names that are known, each once, in order."""
    return [name for name in dict.fromkeys(names) if name in set(known)]
