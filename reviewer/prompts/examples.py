"""Examples of reviews that a prompt shows."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from ...data.errors import InputError
from ...data.files import read_text, validated
from ..forms.form import Form

FOLDER = Path(__file__).parent


SHOTS = FOLDER / "shots"


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
