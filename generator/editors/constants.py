"""Constants that an answer gives another value by one line, `SET: WIDTH = 128`, as blocks made by rule."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path

from .blocks import EditBlock
from .head import SET
from .protocol import Texts

SETTING = re.compile(r"^([A-Za-z_]\w*)\s*(?::[^=]+)?=\s*(.+)$")


def constant_block(texts: Texts, setting: str) -> EditBlock:
    """`NAME = VALUE` as a block for the first file that assigns the name at its top level.

    Raises ValueError, in words for the model, where the line is of another form, the value is no Python, or no file
    has such a constant.
    """
    form = SETTING.match(setting.strip().strip("`"))
    if form is None:
        raise ValueError(f"{SET}: {setting}: write `{SET}: NAME = VALUE`")
    name, value = form[1], form[2].strip()
    try:
        ast.parse(value, mode="eval")
    except SyntaxError:
        raise ValueError(f"{SET}: {name}: the value `{value}` is no Python expression") from None
    for path, text in texts.items():
        if path.suffix == ".py" and text and (block := _replaced(path.as_posix(), text, name, value)):
            return block
    raise ValueError(f"{SET}: no editable file assigns {name} at its top level; change it with a block")


def with_constants(texts: Texts, settings: Iterable[str]) -> tuple[dict[Path, str | None], tuple[str, ...]]:
    """The texts with each setting `NAME = VALUE` made, and what is wrong with those that cannot be."""
    changed, problems = dict(texts), []
    for setting in settings:
        try:
            block = constant_block(changed, setting)
        except ValueError as problem:
            problems.append(str(problem))
            continue
        old, new = ("\n".join(lines) for lines in (block.search, block.replace))
        changed[Path(block.file)] = (changed[Path(block.file)] or "").replace(old, new, 1)
    return changed, tuple(problems)


def _replaced(file: str, text: str, name: str, value: str) -> EditBlock | None:
    """The lines of the last assignment to the name as a block."""
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return None
    found = [node for node in body if isinstance(node, (ast.Assign, ast.AnnAssign)) and _assigns(node, name)]
    old = found[-1].value if found else None
    if old is None or old.end_lineno is None or old.end_col_offset is None:
        return None
    lines = text.split("\n")
    first, last = lines[old.lineno - 1].encode(), lines[old.end_lineno - 1].encode()
    new = f"{first[: old.col_offset].decode()}{value}{last[old.end_col_offset :].decode()}"
    start = found[-1].lineno - 1
    before, after = lines[start : old.lineno - 1], lines[start : old.end_lineno]
    return EditBlock(file, tuple(after), (*before, *new.split("\n")))


def _assigns(node: ast.Assign | ast.AnnAssign, name: str) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)
