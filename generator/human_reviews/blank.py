"""An empty review form as a TOML file, for a person to fill in with any editor."""

from __future__ import annotations

import json
import shlex
import textwrap
from collections.abc import Iterator
from pathlib import Path

from ...data.errors import printable
from ...reviewer.forms.field import FormField
from ...reviewer.forms.form import Form
from .version import PaperVersion

WIDTH = 100
EMPTY = {"text": '"""\n"""', "list": "[\n]", "score": '""', "flag": '""', "decision": '""'}
ANSWERS = {
    "text": "a text",
    "list": "texts, each in quotation marks and followed by a comma; none where there are none",
    "flag": '"yes" or "no"',
    "decision": '"accept" or "reject"',
}


def file_of(folder: Path) -> str:
    """What the form for the paper of an idea's folder is called."""
    folder = folder.resolve()
    return f"review-{folder.parent.name}-{folder.name}.toml"


def handing_in(folder: Path, file: Path) -> str:
    """The command that hands a filled form in; who has filled it in comes behind it."""
    return f"peerassay scientist review {shlex.quote(str(folder))} --form {shlex.quote(str(file))}"


def blank_form(form: Form, version: PaperVersion, questions: str) -> str:
    """The form, called `questions`, for this version of a paper; `read_filled` reads it when it is filled in."""
    head = [
        *_comment(f"Review of {version.title}"),
        *_comment("Fill in what stands empty, and hand it in:"),
        f'#   {handing_in(Path(printable(version.folder)), Path("THIS_FILE"))} --by "Your Name"',
        *_comment(f"Form: {form.title}. {form.rule}"),
        "",
        f'paper = "{version.paper}"',
        f'sha256 = "{version.sha256}"  # of the paper.pdf that this is a review of',
        f"form = {json.dumps(questions)}",
        "",
        "[answers]",
    ]
    return "\n".join([*head, *(line for field in form.fields for line in _field(field))]) + "\n"


def _field(field: FormField) -> Iterator[str]:
    asked = f"number {field.scale}" if field.kind == "score" else ANSWERS[field.kind]
    yield ""
    yield from _comment(f"{field.title}: {field.instructions or ''}".rstrip(": "))
    yield from _comment(f"Answer: {asked}.{f' {field.meanings}.' if field.labels else ''}")
    yield f"{field.name} = {EMPTY[field.kind]}"


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(" ".join(text.split()), WIDTH)]
