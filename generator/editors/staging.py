"""A request's files while blocks are tried on them: a file takes all blocks of an answer or none."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable
from pathlib import Path

from .apply import apply_block
from .blocks import Block
from .protocol import Texts


class Staging:
    """The files as they would become. `problems` says, by file, what keeps an answer's blocks from being applied."""

    def __init__(self, before: Texts) -> None:
        self.before = before
        self.after = dict(before)
        self.names = {path.as_posix(): path for path in before}
        self.problems: dict[str, str] = {}
        self.refused: dict[str, str] = {}

    @property
    def whole(self) -> bool:
        """Whether no file is left whose blocks could not be applied."""
        return not self.problems

    def stage(self, blocks: Iterable[Block]) -> None:
        """Apply an answer's blocks, file by file; a file that has some is rid of its earlier problem."""
        by_file: dict[str, list[Block]] = {}
        for block in blocks:
            by_file.setdefault(block.file, []).append(block)
        self.refused = {}
        for name, its_blocks in by_file.items():
            if name not in self.names:
                self.refused[name] = f"{name}: not one of the editable files ({', '.join(self.names)})"
                continue
            self.problems.pop(name, None)
            self._stage(self.names[name], its_blocks)

    def _stage(self, path: Path, blocks: list[Block]) -> None:
        name, text = path.as_posix(), self.after[path]
        self.after[path] = self.before[path]
        for number, block in enumerate(blocks, start=1):
            try:
                text = apply_block(text, block)
            except ValueError as error:
                self.problems[name] = f"{name}, block {number} of {len(blocks)}: {error}"
                return
        if problem := syntax_problem(path, text):
            self.problems[name] = f"{name}: {problem}"
        else:
            self.after[path] = text


def syntax_problem(path: Path, text: str | None) -> str:
    """Why Python would not read the file, with the line; empty where it would, and for other files."""
    if path.suffix != ".py" or text is None:
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        line = f" in line {error.lineno}: {(error.text or '').strip()}" if error.lineno else ""
        return f"not valid Python with these blocks ({error.msg}{line})"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"not valid Python with these blocks ({error})"
    return ""
