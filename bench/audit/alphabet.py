"""The characters of a text as small numbers, and windows of them as hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]


_BEYOND = 255

_CODEPOINTS = 0x110000


@dataclass(frozen=True)
class Alphabet:
    """Code points as bytes: the 254 that most texts have, one byte for all others; and the same letter-blind."""

    literal: NDArray[np.uint8]
    blind: NDArray[np.uint8]
    runs: NDArray[np.bool_]
    """(256,) bytes of the letter-blind text whose runs count as one."""
    plain: NDArray[np.bool_]
    """(256,) bytes of lower-case letters and the space."""

    @classmethod
    def of(cls, texts: Sequence[str]) -> Alphabet:
        """The alphabet of the texts."""
        counts = np.zeros(_CODEPOINTS, dtype=np.int32)
        for text in texts:
            counts[np.unique(code_points(text))] += 1
        counts[[ord(c) for c in "aA0 \n"]] = len(texts) + 1
        common = np.argsort(-counts, kind="stable")[: _BEYOND - 1]
        literal = np.full(_CODEPOINTS, _BEYOND, dtype=np.uint8)
        literal[common] = np.arange(1, _BEYOND)
        blind = literal.copy()
        seen = [(int(point), chr(point)) for point in np.flatnonzero(counts)]
        lower = [point for point, c in seen if c.isalpha() and not c.isupper()]
        for points, stands in (
            (lower, "a"),
            ([p for p, c in seen if c.isupper()], "A"),
            ([p for p, c in seen if c.isdigit()], "0"),
        ):
            blind[points] = literal[ord(stands)]
        runs, plain = np.zeros(256, dtype=bool), np.zeros(256, dtype=bool)
        runs[[literal[ord(c)] for c in "aA0"]] = True
        plain[literal[[*lower, ord(" ")]]] = True
        plain[_BEYOND] = False
        return cls(literal, blind, runs, plain)

    def shape(self, text: str) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
        """The letter-blind bytes of a text between two zeros, and the character at which each begins."""
        codes = np.concatenate([[np.uint8(0)], self.blind[code_points(text)], [np.uint8(0)]])
        first = np.ones(len(codes), dtype=bool)
        first[1:] = (codes[1:] != codes[:-1]) | ~self.runs[codes[1:]]
        return codes[first], np.maximum(np.flatnonzero(first) - 1, 0)


def code_points(text: str) -> NDArray[np.uint32]:
    """The code points of a text, shape (characters,)."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def windows(codes: NDArray[np.uint8], length: int) -> Keys:
    """Every `length` bytes in a row as one key."""
    count = max(len(codes) - length + 1, 0)
    keys = np.zeros(count, dtype=np.uint64)
    for offset in range(length):
        keys = (keys << np.uint64(8)) | codes[offset : offset + count]
    return keys


def hashed(line: str) -> int:
    """A line as a number of 64 bits."""
    return int.from_bytes(hashlib.blake2b(line.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
