"""The syntax of .bib files: entries with their raw fields, and the line of everything that is broken."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

MONTHS = {name.lower()[:3]: name for name in (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December")}  # fmt: skip
START = re.compile(r"@[ \t]*([A-Za-z]+)\s*([{(])")
NAME = re.compile(r"\s*([^\s={}(),\"#%']+)\s*=\s*")
BARE = re.compile(r"[^\s{}(),#\"=]+")


@dataclass(frozen=True)
class Entry:
    """One entry: kind and field names in lower case, values as they stand in the file, without their delimiters."""

    kind: str
    key: str
    fields: Mapping[str, str]
    line: int


class _Broken(Exception):
    """The entry cannot be read from this place on."""


def parse_entries(text: str) -> tuple[list[Entry], list[str]]:
    """The entries and the problems, "line N: what".

    As BibTeX reads it: what stands between entries is a comment, @string defines abbreviations, "#" joins values,
    braces nest, parentheses may stand for the outer braces. Unlike BibTeX, reading goes on behind a broken entry, at
    the next "@" that begins a line.
    """
    entries: list[Entry] = []
    problems: list[str] = []
    strings = dict(MONTHS)
    place, line, counted = 0, 1, 0
    while found := START.search(text, place):
        kind = found[1].lower()
        line += text.count("\n", counted, found.start())
        counted = found.start()
        place = found.end()
        if kind == "comment":
            continue
        reader = _Reader(text, place, strings)
        try:
            if kind == "preamble":
                reader.value()
            elif kind == "string":
                strings |= reader.fields()
            else:
                entries.append(Entry(kind, reader.key(), reader.fields(), line))
            place = reader.place
        except _Broken as problem:
            problems.append(f"line {line}: @{kind}: {problem}")
            following = re.compile(r"^[ \t]*@", re.MULTILINE).search(text, place)
            place = following.start() if following else len(text)
    return entries, problems


class _Reader:
    """Reads one entry from behind its opening brace."""

    def __init__(self, text: str, place: int, strings: Mapping[str, str]) -> None:
        self.text = text
        self.place = place
        self.strings = strings

    def key(self) -> str:
        found = re.compile(r"\s*([^\s,{}=\"]*)\s*(?=[,})])").match(self.text, self.place)
        if found is None:
            raise _Broken("no key")
        self.place = found.end()
        return found[1]

    def fields(self) -> dict[str, str]:
        """The fields up to and with the closing brace; the first of two of the same name counts."""
        fields: dict[str, str] = {}
        while True:
            self._skip(",")
            if self._at("})"):
                self.place += 1
                return fields
            found = NAME.match(self.text, self.place)
            if found is None:
                raise _Broken(f"no field and no end where it says {self._here()}")
            self.place = found.end()
            fields.setdefault(found[1].lower(), self.value())

    def value(self) -> str:
        """Pieces joined by "#"."""
        pieces = [self._piece()]
        self._skip()
        while self._at("#"):
            self.place += 1
            pieces.append(self._piece())
            self._skip()
        return "".join(pieces)

    def _piece(self) -> str:
        self._skip()
        if self._at('{"'):
            return self._delimited('"' if self._at('"') else "}")
        found = BARE.match(self.text, self.place)
        if found is None:
            raise _Broken(f"no value where it says {self._here()}")
        self.place = found.end()
        return self.strings.get(found[0].lower(), found[0])

    def _delimited(self, closing: str) -> str:
        """The text up to the closing delimiter outside all inner braces."""
        start, depth = self.place + 1, 0
        for found in re.compile(r'[{}"]').finditer(self.text, start):
            if depth == 0 and found[0] == closing:
                self.place = found.end()
                return self.text[start : found.start()]
            depth += {"{": 1, "}": -1}.get(found[0], 0)
            if depth < 0:
                break
        raise _Broken("a value does not end")

    def _skip(self, separators: str = "") -> None:
        while self.place < len(self.text) and (self.text[self.place].isspace() or self.text[self.place] in separators):
            self.place += 1

    def _at(self, characters: str) -> bool:
        return self.place < len(self.text) and self.text[self.place] in characters

    def _here(self) -> str:
        return repr(self.text[self.place : self.place + 20] or "end of file")
