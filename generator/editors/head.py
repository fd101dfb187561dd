"""Lines above the blocks of an answer that say what it is: `LABEL: twice the width`, `SET: WIDTH = 128`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

FIELD = re.compile(r"^[\s>*_#`-]*([A-Z]{3,12})\W{0,2}:[*_`]*\s*(.*?)[*_`\s]*$")
SET, DONE = "SET", "DONE"
"""A constant that gets another value, by rule; instead of all other lines: there is nothing to do, and why."""


@dataclass(frozen=True)
class Head:
    """The lines that an answer may have, those that it needs, and those that may stand instead of them."""

    known: tuple[str, ...]
    needed: tuple[str, ...]
    instead: tuple[str, ...] = (DONE,)

    def read(self, lines: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The fields by name, each as often as it stands there; a line without a name goes on with the one before."""
        found: dict[str, list[str]] = {}
        open_field = ""
        for line in lines:
            field = FIELD.match(line)
            if field and field[1] in self.known:
                open_field = field[1]
                found.setdefault(open_field, []).append(field[2].strip())
            elif not line.strip():
                open_field = ""
            elif open_field:
                found[open_field][-1] += f" {line.strip()}"
        return {name: tuple(values) for name, values in found.items()}

    def missing(self, fields: Iterable[str]) -> list[str]:
        """The lines that are still to be given."""
        given = set(fields)
        return [] if given & set(self.instead) else [name for name in self.needed if name not in given]
