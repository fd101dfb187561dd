"""The entries of .bib files, read with bibtexparser; a broken entry is named and costs none of its neighbours."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bibtexparser.exceptions import ParsingException
from bibtexparser.model import (
    Block,
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    Entry,
    ParsingFailedBlock,
    String,
)
from bibtexparser.splitter import Splitter

from ...errors import InputError
from ..source import decoded

MONTHS = {name.lower()[:3]: name for name in (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December")}  # fmt: skip
META = re.compile(r"@comment\s*\{\s*jabref.*?(?=^\s*@|\Z)", re.IGNORECASE | re.DOTALL | re.MULTILINE)
COMMENT = re.compile(r"@comment(?=[\s{(])", re.IGNORECASE)
APART = re.compile(r"^([ \t]*@)[ \t]+(?=[A-Za-z]+[ \t]*[{(])", re.MULTILINE)
AT_LINE = re.compile(r"^(?=[ \t]*@)", re.MULTILINE)
START = re.compile(r"@[ \t]*([A-Za-z]+)\s*[{(]\s*([^\s,{}()=\"]*)")
FIELD = re.compile(r"[\s,]*([A-Za-z][\w+.:-]*)\s*=\s*", re.ASCII)
BARE = re.compile(r"[^\s{}(),#\"=]+")
VALUE_END = re.compile(r'[}"]\s*(?:[,})\n]|\Z)')
SIGN = re.compile(r'\\.|[{}"]', re.DOTALL)
NAMED = (DuplicateBlockKeyBlock, DuplicateFieldKeyBlock)
INHERITED = {"booktitle": "title"}
"""What an entry takes under another name from the entry that its `crossref` names."""


@dataclass(frozen=True)
class BibEntry:
    """One entry: kind and field names in lower case, values as they stand in the file, without their delimiters.

    `problem` says what is broken in it; then `fields` are those that could be read.
    """

    kind: str
    key: str
    fields: Mapping[str, str]
    line: int
    problem: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The key, and the further ones that biblatex's field `ids` gives; none for an entry without a key."""
        others = (key.strip() for key in self.fields.get("ids", "").split(","))
        return tuple(key for key in (self.key.strip(), *others) if key)


def read_entries(text: str, strings: dict[str, str] | None = None) -> list[BibEntry]:
    """The entries in order, the broken ones included.

    As BibTeX reads it: what stands between entries is a comment, @string defines abbreviations (`strings` has those of
    earlier files, and takes up new ones), "#" joins values, an entry inherits from the one that its `crossref` names,
    of two fields of one name the first counts. Unlike BibTeX, reading goes on behind a broken entry.
    """
    strings = {} if strings is None else strings
    for month, name in MONTHS.items():
        strings.setdefault(month, name)
    entries: list[BibEntry] = []
    for line, block in _blocks(text):
        if isinstance(block, String):
            value, _ = _value(str(block.value), 0, strings)
            strings[block.key.lower()] = value
        else:
            entries += _entry(block, line, strings)
    return _inherited(entries)


def bib_text(path: Path) -> str:
    """The text of a .bib file in UTF-8, UTF-16 or Latin-1. Raises InputError where it cannot be read or is no text."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    return decoded(content, str(path))[0]


def problem_lines(entries: list[BibEntry]) -> list[str]:
    """One line for each broken entry: "line 3: @article a1: ..."."""
    return [f"line {e.line}: @{e.kind} {e.key or 'without a key'}: {e.problem}" for e in entries if e.problem]


def _blocks(text: str) -> list[tuple[int, Block]]:
    """The blocks of the library, each with its line. Where it gives up, each entry is read by itself."""
    text = META.sub(lambda found: "\n" * found[0].count("\n"), text)
    text = APART.sub(r"\1", COMMENT.sub("", text))
    whole = _split(text)
    if whole is not None:
        return whole
    blocks: list[tuple[int, Block]] = []
    line = 1
    for piece in AT_LINE.split(text):
        split = _split(piece)
        if split is None:
            split = [(1, ParsingFailedBlock(error=ValueError("cannot be read"), start_line=0, raw=piece))]
        blocks += [(line + number - 1, block) for number, block in split]
        line += piece.count("\n")
    return blocks


def _split(text: str) -> list[tuple[int, Block]] | None:
    """The blocks with their lines from 1, None where the library fails; its warnings are ours to tell."""
    logger = logging.getLogger("bibtexparser")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        blocks = Splitter(bibstr=text).split().blocks
        return [((block.start_line or 0) + 1, block) for block in _extended(blocks, text)]
    except (ParsingException, LookupError, ValueError, TypeError, AttributeError):
        return None
    finally:
        logger.setLevel(level)


def _extended(blocks: Sequence[Block], text: str) -> Iterator[Block]:
    """The blocks, the failed ones with all their text up to the next line that begins with "@"."""
    position = 0
    for block in blocks:
        if isinstance(block, ParsingFailedBlock) and not isinstance(block, NAMED) and block.raw:
            start = text.find(block.raw, position)
            position = max(position, start + 1)
            following = AT_LINE.search(text, start + len(block.raw)) if start >= 0 else None
            raw = text[start : following.start() if following else len(text)] if start >= 0 else block.raw
            yield ParsingFailedBlock(error=block.error, start_line=block.start_line, raw=raw)
        else:
            yield block


def _entry(block: Block, line: int, strings: Mapping[str, str]) -> Iterator[BibEntry]:
    if isinstance(block, NAMED) and block.ignore_error_block is not None:
        block = block.ignore_error_block
    if isinstance(block, Entry):
        fields: dict[str, str] = {}
        problem = ""
        for field in block.fields:
            value, rest = _value(str(field.value), 0, strings)
            fields.setdefault(field.key.lower(), value)
            if rest.strip():
                problem = problem or f"no comma behind the field {field.key}"
                for name, further in _fields(rest, strings):
                    fields.setdefault(name, further)
        yield BibEntry(block.entry_type.lower(), block.key, fields, line, problem)
    elif isinstance(block, ParsingFailedBlock):
        raw = block.raw or ""
        start = START.match(raw.lstrip())
        if start is None or start[1].lower() in ("comment", "preamble", "string"):
            return
        body = raw.lstrip()[start.end() :]
        reason = " ".join(str(getattr(block.error, "abort_reason", "") or "cannot be read").split())
        problem = "its braces or quotes do not close" if "nexpected" in reason else reason
        yield BibEntry(start[1].lower(), start[2], dict(_fields(body, strings, broken=True)), line, problem)


def _fields(text: str, strings: Mapping[str, str], *, broken: bool = False) -> Iterator[tuple[str, str]]:
    """The fields that can be read in a piece of an entry; in a `broken` one a value ends at the first "},"."""
    while found := FIELD.match(text):
        value, text = _value(text, found.end(), strings, broken=broken)
        yield found[1].lower(), value


def _value(text: str, position: int, strings: Mapping[str, str], *, broken: bool = False) -> tuple[str, str]:
    """A value, its pieces joined by "#", and the text behind it."""
    pieces: list[str] = []
    while True:
        while text[position : position + 1].isspace():
            position += 1
        sign = text[position : position + 1]
        if sign in ("{", '"') and sign:
            ended = VALUE_END.search(text, position + 1) if broken else None
            end = ended.start() if ended else _closing(text, position + 1, "}" if sign == "{" else '"')
            pieces.append(text[position + 1 : end])
            position = end + 1
        elif word := BARE.match(text, position):
            pieces.append(strings.get(word[0].lower(), word[0]))
            position = word.end()
        following = re.compile(r"\s*#").match(text, position)
        if following is None:
            return "".join(pieces), text[position:]
        position = following.end()


def _closing(text: str, position: int, closing: str) -> int:
    """Where the delimiter stands that ends a value outside of all inner braces; the end of the text without one."""
    depth = 0
    for found in SIGN.finditer(text, position):
        if depth == 0 and found[0] == closing:
            return found.start()
        depth += {"{": 1, "}": -1}.get(found[0], 0)
    return len(text)


def _inherited(entries: list[BibEntry]) -> list[BibEntry]:
    """The entries with the fields that they lack from the entry that their `crossref` or `xdata` names."""
    by_key = {entry.key.lower(): entry for entry in reversed(entries) if not entry.problem}
    found: list[BibEntry] = []
    for entry in entries:
        parent = by_key.get((entry.fields.get("crossref") or entry.fields.get("xdata") or "").strip().lower())
        if parent is None or parent is entry:
            found.append(entry)
            continue
        fields = {**parent.fields, **entry.fields}
        for name, source in INHERITED.items():
            if name not in entry.fields and name not in parent.fields and source in parent.fields:
                fields[name] = parent.fields[source]
        if "title" not in entry.fields and "xdata" not in entry.fields:
            fields.pop("title", None)
        found.append(BibEntry(entry.kind, entry.key, fields, entry.line, entry.problem))
    return found
