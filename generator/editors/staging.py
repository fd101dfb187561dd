"""A request's files while blocks are tried on them: a file takes all blocks of an answer or none.

A search/replace block is applied exactly where that works, else forgiving of blanks, never by guess.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from pathlib import Path

from .blocks import EditBlock
from .protocol import Texts

Lines = list[str]
ALIKE = 0.5
"""Share of characters that two places have in common, from which on they are called similar."""
MOST_SHOWN = 12
"""Lines that are shown of the place most like a search."""


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

    def stage(self, blocks: Iterable[EditBlock]) -> None:
        """Apply an answer's blocks, file by file; a file that has some is rid of its earlier problem."""
        by_file: dict[str, list[EditBlock]] = {}
        for block in blocks:
            by_file.setdefault(block.file, []).append(block)
        self.refused = {}
        for name, its_blocks in by_file.items():
            if name not in self.names:
                self.refused[name] = f"{name}: not one of the editable files ({', '.join(self.names)})"
                continue
            self.problems.pop(name, None)
            self._stage(self.names[name], its_blocks)

    def _stage(self, path: Path, blocks: list[EditBlock]) -> None:
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


def apply_block(text: str | None, block: EditBlock) -> str:
    """The text with the block's replacement; `text` None is a file that does not exist.

    The search lines must stand in one place: as they are, else but for blanks at line ends, else but for a common
    indentation, which the replacement then gets too. Raises ValueError that says what to do where they do not.
    """
    if not any(map(str.strip, block.search)):
        if text and text.strip():
            raise ValueError("the file is there already; SEARCH has to hold the lines that are replaced")
        return "".join(f"{line}\n" for line in block.replace)
    if text is None:
        raise ValueError("there is no such file; leave SEARCH empty to make it")
    lines = text.split("\n")
    end = [lines.pop()] if lines[-1] == "" else []
    start, replacement = _place(lines, block)
    lines[start : start + len(block.search)] = replacement
    return "\n".join(lines + end) if lines else ""


def _place(lines: Lines, block: EditBlock) -> tuple[int, Lines]:
    """Where the block belongs, counted from 0, and the lines to stand there."""
    search, replace = list(block.search), list(block.replace)
    for fitted in (_exact, _but_for_ends, _but_for_indentation):
        found = _all_fits(lines, search, replace, fitted)
        if len(found) > 1:
            where = ", ".join(str(start + 1) for start, _ in found[:5])
            raise ValueError(
                f"the SEARCH lines stand {len(found)} times in the file (from lines {where}); "
                f"add lines around them until they stand only once"
            )
        if found:
            return found[0]
    raise ValueError(f"the SEARCH lines do not stand in the file{_most_alike(lines, search)}")


Fit = Callable[[Lines, Lines, Lines], Lines | None]
"""Lines of the file, of the search and of the replacement -> the lines to put there; None where they do not match."""


def _all_fits(lines: Lines, search: Lines, replace: Lines, fitted: Fit) -> list[tuple[int, Lines]]:
    size = len(search)
    windows = ((start, lines[start : start + size]) for start in range(len(lines) - size + 1))
    fits = ((start, fitted(window, search, replace)) for start, window in windows)
    return [(start, fit) for start, fit in fits if fit is not None]


def _exact(window: Lines, search: Lines, replace: Lines) -> Lines | None:
    return replace if window == search else None


def _but_for_ends(window: Lines, search: Lines, replace: Lines) -> Lines | None:
    if [line.rstrip() for line in window] != [line.rstrip() for line in search]:
        return None
    returns = all(line.endswith("\r") for line in window)
    return [f"{line}\r" for line in replace] if returns else replace


def _but_for_indentation(window: Lines, search: Lines, replace: Lines) -> Lines | None:
    there, meant = _indentation(window), _indentation(search)
    if _moved(search, meant, there) != [line.rstrip() for line in window]:
        return None
    return _moved(replace, meant, there)


def _indentation(lines: Lines) -> str:
    """The blanks that all lines but the empty ones begin with."""
    full = [line for line in lines if line.strip()]
    first, last = (min(full), max(full)) if full else ("", "")
    common = next(
        (at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last))
    )
    return first[: min(common, len(first) - len(first.lstrip()))]


def _moved(lines: Lines, old: str, new: str) -> Lines | None:
    """The lines with another indentation; None where a line does not have the old one."""
    if any(line.strip() and not line.startswith(old) for line in lines):
        return None
    return [f"{new}{line[len(old) :]}".rstrip() if line.strip() else "" for line in lines]


def _most_alike(lines: Lines, search: Lines) -> str:
    """The place of the file that is most like the search, in words; empty where none is."""
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2("\n".join(search))
    best, likeness = 0, 0.0
    for start in range(max(1, len(lines) - len(search) + 1)):
        matcher.set_seq1("\n".join(lines[start : start + len(search)]))
        if matcher.quick_ratio() > likeness and matcher.ratio() > likeness:
            best, likeness = start, matcher.ratio()
    if likeness < ALIKE:
        return ""
    shown = "\n".join(lines[best : best + min(len(search), MOST_SHOWN)])
    return f"; the most similar place, from line {best + 1} on, reads:\n{shown}"
