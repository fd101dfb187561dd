"""Search/replace blocks in a model's answer.

    experiment.py
    <<<<<<< SEARCH
    lines that stand in the file
    =======
    lines to stand there instead
    >>>>>>> REPLACE

A fence (```) may stand around a block. A block without a file's name belongs to the file of the block before it, or to
the only file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

HEAD, DIVIDER, TAIL = "<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE"
OPENS = r"<{5,9} ?(?:SEARCH|ORIGINAL|search)"
CLOSES = r">{5,9} ?(?:REPLACE|UPDATED|replace)"
IS_HEAD = re.compile(rf"(?P<file>[^\s<>]+ )?{OPENS}\s*")
IS_DIVIDER = re.compile(r"={7}\s*")
LIKE_DIVIDER = re.compile(r"={5,9}\s*")
IS_TAIL = re.compile(rf"{CLOSES}\s*")
WHOLE = re.compile(rf"^(?:\S+ )?{OPENS}\s*$(?:(?!^(?:\S+ )?{OPENS}\s*$).)*?^{CLOSES}\s*$", re.MULTILINE | re.DOTALL)
FENCE = re.compile(r"\s*(```|~~~)")
DECORATION = "`*\"':#()[] \t"
LOOK_BACK = 4
"""Lines above a block among which its file's name is looked for."""


@dataclass(frozen=True)
class EditBlock:
    """One replacement, line by line and without line ends; an empty search is for a new file."""

    file: str
    search: tuple[str, ...]
    replace: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([self.file, HEAD, *self.search, DIVIDER, *self.replace, TAIL])


@dataclass
class ParsedBlocks:
    """What a model's answer holds: blocks, what is wrong with the writing of others, and the words around them."""

    blocks: list[EditBlock] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    words: str = ""
    outside: tuple[str, ...] = ()
    """The lines around the blocks, the names of files left out."""


def parse_blocks(text: str, known: Collection[str]) -> ParsedBlocks:
    """The blocks of an answer, in its order. `known` are the names of the files that were shown."""
    lines = text.replace("\r\n", "\n").split("\n")
    answer = ParsedBlocks()
    words: list[str] = []
    file, at, free_from = "", 0, 0
    while at < len(lines):
        head = IS_HEAD.fullmatch(lines[at])
        if not head:
            words.append(lines[at])
            at += 1
            continue
        file = _file_above([*lines[free_from:at], head["file"] or ""], known) or file or _only(known)
        end, block = _block(lines, at, file)
        if isinstance(block, EditBlock):
            answer.blocks.append(block)
        else:
            answer.problems.append(f"{file or 'a block'}: {block}")
        at = free_from = end
    answer.outside = tuple(_without_names(words, known))
    answer.words = " ".join(" ".join(answer.outside).split())
    return answer


def _only(known: Collection[str]) -> str:
    """The file that was shown, where it was one."""
    return next(iter(known)) if len(known) == 1 else ""


def block_spans(text: str) -> list[tuple[int, int]]:
    """Where the blocks of an answer stand, in characters."""
    return [found.span() for found in WHOLE.finditer(text)]


def _block(lines: list[str], head: int, file: str) -> tuple[int, EditBlock | str]:
    """The line after the block that begins at `head`, and the block or what is wrong with it."""
    dividers: list[int] = []
    for at in range(head + 1, len(lines)):
        if IS_HEAD.fullmatch(lines[at]):
            return at, f"a block has no line {TAIL}"
        if IS_DIVIDER.fullmatch(lines[at]):
            dividers.append(at)
        if IS_TAIL.fullmatch(lines[at]):
            dividers = dividers or [n for n in range(head + 1, at) if LIKE_DIVIDER.fullmatch(lines[n])]
            if len(dividers) != 1:
                return at + 1, f"a block has {len(dividers)} lines {DIVIDER} and has to have one"
            if not file:
                return at + 1, f"the name of its file has to stand on the line above {HEAD}"
            [middle] = dividers
            return at + 1, EditBlock(file, tuple(lines[head + 1 : middle]), tuple(lines[middle + 1 : at]))
    return len(lines), f"the last block has no line {TAIL}"


def _file_above(lines: list[str], known: Collection[str]) -> str:
    """The file named closely above a block: a known one, else what looks like a name, else nothing."""
    near = [line for line in reversed(lines[-LOOK_BACK:]) if line.strip(DECORATION)]
    for line in near:
        name = _bare(re.split(r"\s|(?<=[a-z]):(?=\w)", line.strip())[-1])
        if name in known:
            return name
        if (whole := _bare(line)) in known:
            return whole
    unknown = [_bare(line) for line in near if not FENCE.match(line)][:1]
    return next((name for name in unknown if re.fullmatch(r"\S*[./]\S*\w", name)), "")


def _bare(name: str) -> str:
    return name.strip(DECORATION).removeprefix("./")


def _without_names(words: list[str], known: Collection[str]) -> Iterator[str]:
    return (line for line in words if not FENCE.match(line) and _bare(line) not in known)
