r"""What a paper defines: commands with their parameters, switches and other names of commands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .commands import argument

NO_VALUE = "-NoValue-"
TRUE, FALSE = "-True-", "-False-"
PARAMETER_TEXT = re.compile(r"#(\d)")


@dataclass(frozen=True)
class Parameter:
    r"""One parameter of a command.

    `kind` is "m" (an argument), "o" (in brackets, `default` without them), "s" (a star), "d" (between `signs`), "t" (a
    sign that may stand there, `signs`), "u" (up to `signs`), "g" (in braces, may be missing), "b" (the body of an
    environment, which ends before `signs`) or "x" (`signs` must stand there and is no argument).
    """

    kind: str
    default: str = NO_VALUE
    signs: str = ""


@dataclass(frozen=True)
class Macro:
    """A command that the paper defines."""

    body: str
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True)
class Letter(Macro):
    r"""A character by another name, from \let."""


@dataclass(frozen=True)
class Count:
    r"""A count register, from \newcount, \countdef and \newcounter; the command `count REGISTER` has its value."""

    register: str


@dataclass(frozen=True)
class Constant:
    r"""A number: of \chardef, or in a count register, None where the source does not tell it."""

    value: int | None


@dataclass(frozen=True)
class Alias:
    r"""Another name of a command that the paper does not define, from \let."""

    name: str


@dataclass(frozen=True)
class EnvironmentDefinition:
    """An environment that the paper defines."""

    begin: Macro
    end: str


@dataclass(frozen=True)
class Switch:
    r"""A conditional, from \newif."""

    on: bool


Meaning = Macro | Alias | EnvironmentDefinition | Switch | Count | Constant


def of_newcommand(count: int, default: str | None) -> tuple[Parameter, ...]:
    r"""The parameters of a \newcommand with so many arguments, the first optional where it has a default."""
    first = () if default is None or count < 1 else (Parameter("o", default),)
    return (*first, *(Parameter("m") for _ in range(min(count, 9) - len(first))))


def of_def(text: str) -> tuple[Parameter, ...]:
    r"""The parameters of a \def from its parameter text: "#1#2", "#1,#2;"."""
    text = text.strip()
    pieces = PARAMETER_TEXT.split(text)
    found = [Parameter("x", signs=pieces[0].strip())] if pieces[0].strip() else []
    for delimiter in pieces[2::2]:
        found.append(Parameter("u", signs=delimiter.strip()) if delimiter.strip() else Parameter("m"))
    return tuple(found)


def of_xparse(text: str) -> tuple[Parameter, ...]:
    """The parameters of an xparse command: "s o m", "O{0.5} m", "d() m"."""
    found: list[Parameter] = []
    position = 0
    while position < len(text):
        sign = text[position]
        position += 1
        if sign == ">":
            _, position = _braced(text, position)
        elif sign in "mvb":
            found.append(Parameter("b" if sign == "b" else "m"))
        elif sign == "s":
            found.append(Parameter("s"))
        elif sign in "oOgG":
            default, position = _braced(text, position) if sign.isupper() else (NO_VALUE, position)
            found.append(Parameter(sign.lower(), default))
        elif sign == "t":
            found.append(Parameter("t", signs=text[position : position + 1]))
            position += 1
        elif sign in "rRdD":
            signs = text[position : position + 2]
            default, position = _braced(text, position + 2) if sign.isupper() else (NO_VALUE, position + 2)
            found.append(Parameter("d", default, signs))
    return tuple(found[:9])


def _braced(text: str, position: int) -> tuple[str, int]:
    if not text[position:].lstrip().startswith("{"):
        return "", position
    return argument(text, position) or (text[position:].lstrip()[1:], len(text))
