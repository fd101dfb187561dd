"""The settings of an experiment: numbers that its code and its configuration files give a name."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...data.errors import InputError
from ...data.files import read_json, read_text

CONFIGURATIONS = ("config.json", "settings.json", "knobs.json", "args.json")


@dataclass(frozen=True)
class Setting:
    """A number with its name, for example `learning_rate`, and the file that it stands in."""

    name: str
    value: float
    file: str


def read_settings(folder: Path, codes: Iterable[tuple[str, str]] = ()) -> list[Setting]:
    """The settings in the Python and configuration files of a results folder and its runs, and in further code."""
    found: dict[Setting, None] = {}
    for file, code in [*code_files(folder), *codes]:
        try:
            tree = ast.parse(code)
        except (SyntaxError, ValueError, RecursionError):
            continue
        found |= dict.fromkeys(Setting(name, value, file) for name, value in _named(tree))
    files = [folder / name for name in CONFIGURATIONS]
    files += [run / name for run in sorted(folder.glob("run_*")) for name in CONFIGURATIONS]
    for path in [path for path in files if path.is_file()]:
        found |= dict.fromkeys(Setting(name, value, path.name) for name, value in _leaves("", read_json(path)))
    return list(found)


def code_files(folder: Path) -> list[tuple[str, str]]:
    """Names and texts of the Python files of a results folder and its runs, each text once.

    Those that cannot be read are left out.
    """
    found: dict[str, str] = {}
    for path in [*sorted(folder.glob("*.py")), *sorted(folder.glob("*/*.py"))]:
        try:
            found.setdefault(read_text(path), path.name)
        except InputError:
            continue
    return [(name, text) for text, name in found.items()]


def _named(tree: ast.AST) -> Iterator[tuple[str, float]]:
    """Numbers that are assigned, passed by name, defaults of parameters or options, or values of a dictionary."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield from _assigned(target, node.value)
        elif isinstance(node, ast.AnnAssign):
            yield from _assigned(node.target, node.value)
        elif isinstance(node, ast.Call):
            yield from _call(node)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant):
                    yield from _pair(str(key.value), value)
        elif isinstance(node, ast.arguments):
            named = [*node.posonlyargs, *node.args]
            for argument, default in zip(named[len(named) - len(node.defaults) :], node.defaults, strict=True):
                yield from _pair(argument.arg, default)
            for argument, default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
                yield from _pair(argument.arg, default)


def _assigned(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, float]]:
    """The numbers of `a = 1`, `self.a = 1` and `a, b = 1, 2`."""
    both = (ast.Tuple, ast.List)
    if isinstance(target, both) and isinstance(value, both) and len(target.elts) == len(value.elts):
        for part, own in zip(target.elts, value.elts, strict=True):
            yield from _assigned(part, own)
    else:
        name = target.id if isinstance(target, ast.Name) else target.attr if isinstance(target, ast.Attribute) else ""
        yield from _pair(name, value)


def _call(node: ast.Call) -> Iterator[tuple[str, float]]:
    """Numbers passed by name; an option's default is that of its long name: of `-b`, `--batch-size` the second."""
    options = [str(part.value) for part in node.args if isinstance(part, ast.Constant)]
    is_option = getattr(node.func, "attr", "") == "add_argument" and options
    for keyword in node.keywords:
        named = max(options, key=len).lstrip("-") if is_option and keyword.arg == "default" else keyword.arg
        yield from _pair(named or "", keyword.value)


def _pair(name: str, node: ast.expr | None) -> Iterator[tuple[str, float]]:
    if isinstance(node, (ast.Tuple, ast.List)):
        for element in node.elts:
            yield from _pair(name, element)
        return
    value = _number(node)
    if name and value is not None:
        yield name, value


def _number(node: ast.expr | None) -> float | None:
    """The value of a numeric constant, with its sign; of a product or power of two constants too."""
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        return float(node.value) if abs(node.value) < 1e300 else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        inner = _number(node.operand)
        return inner if inner is None or isinstance(node.op, ast.UAdd) else -inner
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div, ast.Pow, ast.Add, ast.Sub)):
        return _computed(node.op, _number(node.left), _number(node.right))
    return None


def _computed(operator: ast.operator, left: float | None, right: float | None) -> float | None:
    if left is None or right is None:
        return None
    try:
        if isinstance(operator, ast.Mult):
            value = left * right
        elif isinstance(operator, ast.Div):
            value = left / right
        elif isinstance(operator, ast.Pow):
            value = left**right
        else:
            value = left + right if isinstance(operator, ast.Add) else left - right
    except (OverflowError, ZeroDivisionError):
        return None
    return value if isinstance(value, float) and abs(value) < 1e300 else None


def _leaves(name: str, value: Any) -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(str(key), inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(name, inner)
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(as_float(value)):
        yield name, as_float(value)


def as_float(value: float) -> float:
    """The number; infinity with its sign for an integer that is larger than any float."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
