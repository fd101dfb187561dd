"""How results are to be read, from options and a TOML file.

baseline = "plain"
primary = ["accuracy"]
title = "Does width help?"
decimal = "comma"

[columns]
run = ["method", "lr"]
dataset = "task"
ignore = ["notes"]

[better]
accuracy = "higher"

[labels]
plain = "Plain network"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from ...data.errors import InputError, unknown
from ...data.files import read_text, validated
from .cells import Decimal
from .directions import BETTER, Better
from .study import Reading


class ReadingFile(BaseModel):
    """The TOML file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: dict[str, str | tuple[str, ...]] = {}
    better: dict[str, Better] = {}
    labels: dict[str, str] = {}
    primary: tuple[str, ...] = ()
    baseline: str = ""
    decimal: Decimal | None = None
    title: str = ""
    notes: str = ""


def reading_of(
    mapping: Path | None, columns: Iterable[str], better: Iterable[str], primary: Sequence[str], baseline: str | None,
    decimal: str | None, title: str | None, notes: Path | None,
) -> Reading:  # fmt: skip
    """What a person has said, options before the file. Raises InputError for what is not of the form or unknown."""
    file = _file(mapping) if mapping else ReadingFile()
    named = {role: (names,) if isinstance(names, str) else names for role, names in file.columns.items()}
    for role, names in _pairs(columns, "--column", "ROLE=NAME"):
        named[role] = tuple(name.strip() for name in names.split(","))
    ways = dict(file.better)
    for metric, way in _pairs(better, "--better", "METRIC=lower or METRIC=higher"):
        if way not in BETTER:
            raise unknown(f"direction of {metric}", way, BETTER)
        ways[metric] = "lower" if way == "lower" else "higher"
    text = read_text(notes).strip() if notes else file.notes
    heading, rest = _titled(text)
    chosen: Decimal | None = file.decimal if decimal is None else "comma" if decimal == "comma" else "point"
    return Reading(
        columns=named, better=ways, labels=file.labels, primary=tuple(primary) or file.primary,
        baseline=baseline or file.baseline, decimal=chosen, title=title or file.title or heading, notes=rest,
    )  # fmt: skip


def _file(path: Path) -> ReadingFile:
    try:
        return validated(ReadingFile, tomllib.loads(read_text(path)), str(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not TOML ({error})") from None


def _pairs(given: Iterable[str], option: str, form: str) -> Iterable[tuple[str, str]]:
    for text in given:
        name, sign, value = text.rpartition("=") if option == "--better" else text.partition("=")
        if not (sign and name.strip() and value.strip()):
            raise InputError(f"{option} {text}: expected {form}")
        yield name.strip(), value.strip()


def _titled(notes: str) -> tuple[str, str]:
    """The heading of a text in Markdown, and the rest; a text without one has no title."""
    first, _, rest = notes.partition("\n")
    return (first.lstrip("#").strip(), rest.strip()) if first.startswith("#") else ("", notes)
