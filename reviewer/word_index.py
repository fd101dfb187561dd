"""Many patterns searched for in a text at once: only those that can begin with a word are tried where the word stands.

Searching for each pattern on its own costs a walk through the text each. Most begin with one of a few words, which are
read off the pattern; at each word of the text a look-up of its first letters gives the few patterns to try.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from typing import Any

LETTERS = 5
"""First letters of a word that are looked up."""
MOST = 4000
"""Beginnings of a pattern that are followed; with more it is searched for on its own."""
NO_WORD = [(sre.NEGATE, None), (sre.CATEGORY, sre.CATEGORY_WORD)]
WORD = re.compile(rf"\b\w{{1,{LETTERS}}}")


class WordIndex:
    """Named patterns, ready to be searched for together.

    A pattern that begins with a word boundary and a word is tried at the words it can begin with, so that its matches
    may overlap; any other is searched for with `finditer`.
    """

    def __init__(self, patterns: Iterable[tuple[str, str]], flags: int = 0) -> None:
        self._by_word: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
        self._anywhere: list[tuple[str, re.Pattern[str]]] = []
        for name, pattern in patterns:
            compiled = re.compile(pattern, flags)
            words = first_letters(pattern)
            if words is None:
                self._anywhere.append((name, compiled))
            for word in words or ():
                self._by_word.setdefault(word, []).append((name, compiled))

    def search(self, text: str) -> Iterator[tuple[str, re.Match[str]]]:
        """Name and match of all that is found, pattern by pattern or word by word."""
        for name, pattern in self._anywhere:
            yield from ((name, found) for found in pattern.finditer(text))
        for word in WORD.finditer(text):
            for name, pattern in self._by_word.get(word[0], ()):
                if found := pattern.match(text, word.start()):
                    yield name, found

    def match_at(self, text: str, places: Iterable[int]) -> Iterator[tuple[str, re.Match[str]]]:
        """Name and match of all that begins at one of the places."""
        for place in places:
            word = WORD.match(text, place)
            candidates = self._by_word.get(word[0], ()) if word else ()
            for name, pattern in (*candidates, *self._anywhere):
                if found := pattern.match(text, place):
                    yield name, found


def first_letters(pattern: str) -> frozenset[str] | None:
    """The first `LETTERS` letters (fewer for a shorter word) of the words that the pattern can begin with.

    None where it need not begin with a word boundary and a word, or where its beginnings are too many or unknown.
    """
    parsed = list(sre_parser.parse(pattern))
    if not parsed or parsed[0] != (sre.AT, sre.AT_BOUNDARY):
        return None
    try:
        beginnings = _extend({""}, parsed[1:])
    except _UnknownError:
        return None
    cut = {_word(beginning) for beginning in beginnings}
    return None if "" in cut or len(cut) > MOST else frozenset(cut)


class _UnknownError(Exception):
    """A beginning that is no plain letter."""


def _word(beginning: str) -> str:
    """The word at the beginning; unknown where it ends before it is known to be over or long enough."""
    found = re.match(r"\w*", beginning)
    word = found[0] if found else ""
    if len(word) < LETTERS and word == beginning:
        raise _UnknownError
    return word[:LETTERS]


def _extend(beginnings: set[str], items: Iterable[tuple[Any, Any]]) -> set[str]:
    """The beginnings followed by what the items can begin with, as far as `LETTERS` need it."""
    for kind, value in items:
        open_ones = {b for b in beginnings if len(b) < LETTERS and re.fullmatch(r"\w*", b)}
        if not open_ones:
            return beginnings
        if len(beginnings) > MOST:
            raise _UnknownError
        beginnings = (beginnings - open_ones) | _after(open_ones, kind, value)
    return beginnings


def _after(beginnings: set[str], kind: Any, value: Any) -> set[str]:
    if kind is sre.LITERAL:
        return {b + chr(value) for b in beginnings}
    if kind is sre.SUBPATTERN:
        return _extend(beginnings, value[-1])
    if kind is sre.ATOMIC_GROUP:
        return _extend(beginnings, value)
    if kind is sre.BRANCH:
        return set().union(*(_extend(beginnings, branch) for branch in value[1]))
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        least, most, item = value
        once = _extend(beginnings, item) if most else set()
        return once | (beginnings if least == 0 else set())
    if kind is sre.IN and all(sort is sre.LITERAL for sort, _ in value):
        return {b + chr(letter) for b in beginnings for _, letter in value}
    if kind is sre.IN and value[:2] == NO_WORD:
        return {b + " " for b in beginnings}
    if (kind, value) == (sre.AT, sre.AT_BOUNDARY):
        return {f"{b} " if b else b for b in beginnings}
    raise _UnknownError
