"""The texts of forms in little memory, so that several reviewers read what was made once.

Forms of a paper differ in a few passages: each is compressed against the intact text, to a few hundred bytes.
"""

from __future__ import annotations

import zlib

from ...data.records import Paper

KEPT = 200_000_000
"""Bytes that are kept at most; forms beyond these are made anew where they are read."""
WINDOW = 32_768
"""Bytes of an earlier text that the compression looks back on."""


class KeptTexts:
    """Papers in their forms by the ids of forms."""

    def __init__(self) -> None:
        self._intact: dict[str, bytes] = {}
        self._packed: dict[str, bytes] = {}
        self._bytes = 0

    def keep(self, form: str, read: Paper) -> None:
        """Keep what a reviewer reads of a paper in this form; the first of a paper is what the others are like."""
        content = read.model_dump_json().encode()
        packing = zlib.compressobj(6, zdict=self._intact.setdefault(read.id, content[:WINDOW]))
        packed = packing.compress(content) + packing.flush()
        if form not in self._packed and self._bytes + len(packed) <= KEPT:
            self._packed[form] = packed
            self._bytes += len(packed)

    def get(self, form: str, paper: str) -> Paper | None:
        """The paper in this form; None where it is not kept."""
        packed = self._packed.get(form)
        if packed is None:
            return None
        content = zlib.decompressobj(zdict=self._intact[paper]).decompress(packed)
        return Paper.model_validate_json(content)
