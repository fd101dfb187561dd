"""Many patterns searched for in a text at once: only those that can begin with a word are tried where the word stands.

Searching for each pattern on its own costs a walk through the text each. Most begin with one of a few words, which are
read off the pattern; at each word of the text a look-up of its first letters gives the few patterns to try.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

LETTERS = 5
"""First letters of a word that are looked up."""
MOST = 4000
"""Beginnings of a pattern that are followed; with more it is searched for on its own."""
ANYWHERE = "\n"
"""Stands for the beginning of a pattern before its word boundary."""
WORD = re.compile(rf"\b\w{{1,{LETTERS}}}")
QUANTIFIER = re.compile(r"(?:(?P<sign>[?*+])|\{(?P<least>\d*),?(?P<most>\d*)\})[?+]?")
GROUP = re.compile(r"\((?P<kind>\?(?:[:>]|<?[=!]))?")
CLASS = re.compile(r"\[(?P<negated>\^?)(?P<members>(?:\\.|[^\]\\])+)\]")


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
    try:
        cut = {_word(beginning) for beginning in _Beginnings(pattern).of_either({ANYWHERE})}
    except _UnknownError:
        return None
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


def _open(beginnings: set[str]) -> set[str]:
    """Those that are followed further: shorter than `LETTERS`, and nothing but a word."""
    return {b for b in beginnings if len(b) < LETTERS and (b == ANYWHERE or re.fullmatch(r"\w*", b))}


class _Beginnings:
    """Reads a regular expression from left to right; each method reads a part of it.

    It gives the `beginnings` followed by what that part can begin with, as far as `LETTERS` need it, and raises
    _UnknownError where that is not plain. A space stands for whatever ends a word.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def of_either(self, beginnings: set[str]) -> set[str]:
        """Alternatives, up to the end of their group."""
        found = self._of_row(beginnings)
        while self.pattern[self.at : self.at + 1] == "|":
            self.at += 1
            found = found | self._of_row(beginnings)
        return found

    def _of_row(self, beginnings: set[str]) -> set[str]:
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            if len(beginnings) > MOST:
                raise _UnknownError
            followed = _open(beginnings)
            beginnings = (beginnings - followed) | self._of_repeated(followed)
        return beginnings

    def _of_repeated(self, beginnings: set[str]) -> set[str]:
        """An item with the quantifier behind it."""
        start = self.at
        found = once = self._of_item(beginnings)
        quantifier = QUANTIFIER.match(self.pattern, self.at)
        if quantifier is None:
            return found
        if quantifier["sign"] != "?" and quantifier["most"] != "1":
            while once := _open(once):
                self.at = start
                once = self._of_item(once) - found
                found = found | once
        self.at = quantifier.end()
        optional = quantifier["sign"] in ("?", "*") or quantifier["least"] in ("", "0")
        return found | beginnings if optional else found

    def _of_item(self, beginnings: set[str]) -> set[str]:
        """A letter, an escape, a class or a group."""
        if group := GROUP.match(self.pattern, self.at):
            return self._of_group(group, beginnings)
        if self.pattern.startswith(r"\b", self.at):
            self.at += 2
            return {"" if b == ANYWHERE else f"{b} " if b else b for b in beginnings}
        if ANYWHERE in beginnings:
            raise _UnknownError
        if members := CLASS.match(self.pattern, self.at):
            self.at = members.end()
            return self._of_class(members, beginnings)
        escaped = self.pattern[self.at] == "\\"
        self.at += 2 if escaped else 1
        sign = self.pattern[self.at - 1]
        return self._known(not sign.isalnum() if escaped else sign not in ".^$", {b + sign for b in beginnings})

    def _of_group(self, group: re.Match[str], beginnings: set[str]) -> set[str]:
        plain = group["kind"] in (None, "?:", "?>")
        self.at = group.end()
        found = self.of_either(beginnings if plain else set())
        self.at += 1
        return self._known(plain, found or beginnings)

    def _of_class(self, found: re.Match[str], beginnings: set[str]) -> set[str]:
        if found["negated"]:
            return self._known(found["members"].startswith(r"\w"), {f"{b} " for b in beginnings})
        plain = not re.search(r"\\|.-.", found["members"])
        return self._known(plain, {b + letter for b in beginnings for letter in found["members"]})

    @staticmethod
    def _known(known: bool, beginnings: set[str]) -> set[str]:
        if beginnings and not known:
            raise _UnknownError
        return beginnings
