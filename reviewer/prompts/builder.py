"""The prompts of one reviewer, put together from a form, a stance, examples and the templates beside this file.

A conversation runs: system, form, examples, paper, task. All but the task is the same for every member of an ensemble,
every reflection and the meta-review of a paper, so that providers can keep it in their prompt caches.

A form of version 2 stands in the system prompt, as an object to fill in, see `forms.form`; forms of version 1 are
asked as they always were: in words before the paper, and again as JSON schema in the system prompt.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from ...data.errors import InputError, unknown
from ...data.files import read_text, validated
from ...data.records import Paper
from ...llm.messages import Message, Request
from ...presentation.pages import environment
from ..forms.form import Form, answer_types, as_template, takes_decimals
from ..protocol import fingerprint_of

FOLDER = Path(__file__).parent
TEMPLATES = environment(FOLDER, kind="text")
SHOTS = FOLDER / "shots"


class Prompts:
    """All texts that a language model gets for one form, in one stance, with the same examples."""

    def __init__(self, form: Form, *, stance: str = "neutral", shots: int | str = 0) -> None:
        """`stance` is a bundled name or a text file; `shots` how many bundled examples, or a TOML file with some.

        Raises InputError for an unknown stance, a file that cannot be used, or examples without a review in this form.
        """
        self.form = form
        self.stance = load_stance(stance)
        self.examples = load_examples(form, shots)
        version_2 = {"venue": form.venue, "form": as_template(form), "decimals": takes_decimals(form)}
        self.system = self._rendered("system", stance=self.stance, **(version_2 if form.version == 2 else {}))
        self.schema = answer_types(form) if form.version == 2 else form.answer_schema()

    @cached_property
    def fingerprint(self) -> str:
        """Twelve hex digits over all texts that may enter a prompt, the form's schema included."""
        return fingerprint_of(
            templates={path.name: read_text(path) for path in sorted(self._folder.glob("*.j2"))},
            stance=self.stance,
            form=self.system if self.form.version == 2 else self.form.instructions(),
            schema=self.schema,
            examples=[(example.text, as_json(example.review)) for example in self.examples],
        )

    def request(self, messages: tuple[Message, ...]) -> Request:
        """The messages with the form and whatever else the model is told before them."""
        return Request(
            system=self.system if self.form.version == 2 else f"{self.system}\n\n{self.json_instruction()}",
            messages=messages,
            answer=self.schema,
        )

    def paper(self, paper: Paper) -> str:
        """The form, the examples and the paper's text between fences that the text cannot contain."""
        digest = hashlib.sha256(paper.text.encode("utf-8", "replace")).hexdigest()[:12]
        return self._rendered(
            "paper",
            form=self.form.instructions(),
            examples=[(example.text, as_json(example.review)) for example in self.examples],
            fence=f"paper-{digest}",
            text=paper.text,
        )

    def review(self) -> str:
        """The task after the paper: to review it."""
        return self._rendered("review")

    def reflect(self, round: int, rounds: int) -> str:
        """The task to look at one's review again, for the `round`-th of `rounds` times (from 1)."""
        return self._rendered("reflect", round=round, rounds=rounds)

    def meta(self, reviews: Sequence[Mapping[str, Any]]) -> str:
        """The task of an area chair: one review in the same form out of these."""
        written = as_json([dict(review) for review in reviews])
        digest = hashlib.sha256(written.encode()).hexdigest()[:12]
        return self._rendered("meta", count=len(reviews), fence=f"reviews-{digest}", reviews=written)

    def repair(self, error: str) -> str:
        """The task to answer again, since the last answer could not be used."""
        return self._rendered("repair", error=error)

    def json_instruction(self) -> str:
        """How a form of version 1 is answered where the provider does not enforce it: as JSON by this schema."""
        return self._rendered("json", schema=json.dumps(self.form.answer_schema(brief=True)))

    @property
    def _folder(self) -> Path:
        return FOLDER / f"v{self.form.version}"

    def _rendered(self, template: str, **variables: object) -> str:
        return TEMPLATES.get_template(f"{self._folder.name}/{template}.j2").render(**variables).strip()


def load_stance(name_or_path: str) -> str:
    """The paragraph of a bundled stance, or the text of a user's file.

    Raises InputError for an unknown name, an unreadable or an empty file.
    """
    bundled: dict[str, str] = tomllib.loads(read_text(FOLDER / "stances.toml"))
    if name_or_path in bundled:
        return bundled[name_or_path].strip()
    path = Path(name_or_path)
    if not path.is_file():
        raise unknown("stance", name_or_path, bundled, hint="or the path of a text file")
    text = read_text(path).strip()
    if not text:
        raise InputError(f"{path}: the stance is empty; write a paragraph that tells the reviewer how to judge")
    return text


def as_json(value: object) -> str:
    """Indented JSON with whole numbers written as such: 7 rather than 7.0."""
    return json.dumps(_plain(value), indent=2, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Example(NamedTuple):
    """A manuscript and its review, as the form's `parse` gives it."""

    text: str
    review: dict[str, Any]


class WrittenExample(BaseModel):
    """An example as it stands in a file: `reviews` by the name of the form."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1)
    reviews: dict[str, dict[str, Any]]


class ExampleFile(BaseModel):
    """A TOML file of examples: tables `[[examples]]` with `text` and `[examples.reviews.FORM]`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    examples: tuple[WrittenExample, ...] = Field(min_length=1)


def load_examples(form: Form, shots: int | str) -> tuple[Example, ...]:
    """The first `shots` bundled examples, or all of those in a user's TOML file.

    Raises InputError for a number that is not on offer, and for a file that cannot be read, or in which an example has
    no review in this form or one that the form refuses.
    """
    if isinstance(shots, str) and not shots.isdecimal():
        return _examples_of(Path(shots), form)
    files = sorted(SHOTS.glob("*.toml"))
    if not 0 <= int(shots) <= len(files):
        raise InputError(f"shots = {shots}: choose 0 to {len(files)}, or give the path of a TOML file with examples")
    return tuple(example for path in files[: int(shots)] for example in _examples_of(path, form))


def _examples_of(path: Path, form: Form) -> tuple[Example, ...]:
    try:
        written = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not TOML ({error})") from None
    found = validated(ExampleFile, written, str(path))
    return tuple(_checked(example, form, f"{path}: example {n}") for n, example in enumerate(found.examples, start=1))


def _checked(example: WrittenExample, form: Form, where: str) -> Example:
    if form.name not in example.reviews:
        raise InputError(
            f"{where} has no review in form {form.name}; it has {', '.join(sorted(example.reviews)) or 'none'}: "
            "give a TOML file with examples in your form, or shots = 0"
        )
    try:
        return Example(example.text.strip(), form.parse(example.reviews[form.name]))
    except ValueError as error:
        raise InputError(f"{where}, review in form {form.name}: {error}") from None
