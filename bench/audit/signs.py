"""Signs that a text may bear: n-grams of characters, shapes of lines, whole lines, counts. Each is there or not.

A family finds the signs of one text as 64-bit keys with the places where they stand. Letter-blind families see "a" for
every run of lower-case letters, "A" for capitals and "0" for digits, so that layout and marks are left and words are
not. Runs of lower-case letters and single spaces alone are no sign: they are words, which the probes of words weigh.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...reviewer import surface
from ...statistics.arrays import Floats
from .alphabet import Alphabet, Keys, code_points, hashed, windows

Places: TypeAlias = tuple[Keys, NDArray[np.intp], NDArray[np.intp]]
"""Keys of signs in the order of the text, (m,), and where each begins and ends, in characters."""
LITERAL_LENGTHS = (3, 4, 5, 6)
BLIND_LENGTHS = (3, 4, 5, 6, 8)
LONGEST_LINE = 60
"""Characters of a line up to which it is a sign as a whole."""
TAILS = (0.05, 0.1, 0.9, 0.95)
"""Quantiles of a surface count on the calibration papers; at or beyond one of them is a sign."""


class Family(Protocol):
    """Signs of one kind."""

    @property
    def name(self) -> str:
        """What its signs are called in a table."""
        ...

    def places(self, text: str) -> Places:
        """The signs of a text."""
        ...

    def pattern(self, key: int, found: str, /) -> str:
        """How a sign is written in a table, from the characters `found` at one of its places."""
        ...


@dataclass(frozen=True)
class Characters:
    """Sequences of `length` characters that are not words alone."""

    alphabet: Alphabet
    length: int
    name: str = "characters"

    def places(self, text: str) -> Places:
        """The signs of a text."""
        codes = np.concatenate([[np.uint8(0)], self.alphabet.literal[code_points(text)], [np.uint8(0)]])
        keys = windows(codes, self.length)
        marks = ~self.alphabet.plain[codes]
        marks[1:] |= (codes[1:] == codes[:-1]) & (codes[1:] == self.alphabet.literal[ord(" ")])
        marked = np.concatenate([[0], marks.cumsum()])
        starts = np.flatnonzero(marked[self.length :] > marked[: len(keys)])
        return keys[starts], np.maximum(starts - 1, 0), np.minimum(starts - 1 + self.length, len(text))

    def pattern(self, _key: int, found: str, /) -> str:
        """How a sign is written in a table."""
        return found


@dataclass(frozen=True)
class BlindCharacters:
    """Sequences of `length` letter-blind characters."""

    alphabet: Alphabet
    length: int
    name: str = "letter-blind characters"

    def places(self, text: str) -> Places:
        """The signs of a text."""
        codes, begin = self.alphabet.shape(text)
        keys = windows(codes, self.length)
        ends = np.append(begin, len(text))[self.length :]
        return keys, begin[: len(keys)], ends[: len(keys)]

    def pattern(self, _key: int, found: str, /) -> str:
        """How a sign is written in a table."""
        return letter_blind(found)


@dataclass(frozen=True)
class Lines:
    """Whole lines up to LONGEST_LINE characters, as they are or letter-blind."""

    blind: bool

    @property
    def name(self) -> str:
        """What its signs are called in a table."""
        return "shape of a line" if self.blind else "line"

    def places(self, text: str) -> Places:
        """The signs of a text."""
        keys, starts, ends = [], [], []
        start = 0
        for line in text.split("\n"):
            if line.strip() and len(line) <= LONGEST_LINE:
                keys.append(hashed(letter_blind(line) if self.blind else line))
                starts.append(start)
                ends.append(start + len(line))
            start += len(line) + 1
        return np.array(keys, dtype=np.uint64), np.array(starts, dtype=np.intp), np.array(ends, dtype=np.intp)

    def pattern(self, _key: int, found: str, /) -> str:
        """How a sign is written in a table."""
        return letter_blind(found) if self.blind else found


@dataclass(frozen=True)
class Marks:
    """At least 2, 4, 8, ... of a character that is no lower-case letter."""

    alphabet: Alphabet
    name: str = "number of a character"

    def places(self, text: str) -> Places:
        """The signs of a text."""
        codes = self.alphabet.literal[code_points(text)]
        found, first, counts = np.unique(codes, return_index=True, return_counts=True)
        kept = ~self.alphabet.plain[found]
        found, first, counts = found[kept], first[kept], counts[kept]
        powers = np.log2(counts).astype(np.intp)
        times = np.concatenate([np.arange(1, power + 1) for power in powers]) if len(powers) else powers
        starts = np.repeat(first, powers)
        return np.repeat(found, powers).astype(np.uint64) * 64 + times.astype(np.uint64), starts, starts + 1

    def pattern(self, key: int, found: str, /) -> str:
        """How a sign is written in a table."""
        return f"{2 ** (key % 64)} or more of {found!r}"


@dataclass(frozen=True)
class Counts:
    """A surface count at or beyond a quantile of the calibration papers."""

    limits: Floats
    """(TAILS, counts)"""
    name: str = "surface count"

    @classmethod
    def of(cls, values: Floats) -> Counts:
        """The quantiles of the counts (papers, counts)."""
        return cls(np.quantile(values, TAILS, axis=0))

    def places(self, text: str) -> Places:
        """The signs of a text."""
        values = surface.read(text)
        low = np.array(TAILS)[:, None] < 0.5
        spread = self.limits[-1] > self.limits[0]
        keys = np.flatnonzero(np.where(low, values <= self.limits, values >= self.limits) & spread).astype(np.uint64)
        nowhere = np.zeros(len(keys), dtype=np.intp)
        return keys, nowhere, nowhere

    def pattern(self, key: int, _found: str, /) -> str:
        """How a sign is written in a table."""
        tail, count = divmod(key, self.limits.shape[1])
        side = "at most" if TAILS[tail] < 0.5 else "at least"
        return f"{surface.NAMES[count]}: {side} {self.limits[tail, count]:.4g}"


def families(texts: Sequence[str], counts: Floats) -> list[Family]:
    """All families, with the alphabet and the quantiles of calibration papers: texts, and their surface counts."""
    alphabet = Alphabet.of(texts)
    return [
        *(Characters(alphabet, length) for length in LITERAL_LENGTHS),
        *(BlindCharacters(alphabet, length) for length in BLIND_LENGTHS),
        Lines(blind=False),
        Lines(blind=True),
        Marks(alphabet),
        Counts.of(counts),
    ]


def letter_blind(text: str) -> str:
    """The text with "a" for each run of lower-case letters, "A" for capitals, "0" for digits."""
    shape: list[str] = []
    for c in text:
        kind = "A" if c.isupper() else "a" if c.isalpha() else "0" if c.isdigit() else ""
        if not kind or not shape or shape[-1] != kind:
            shape.append(kind or c)
    return "".join(shape)
