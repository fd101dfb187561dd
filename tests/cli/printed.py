"""Reading what commands print."""

from __future__ import annotations

import re


def has_row(out: str, *cells: str) -> bool:
    """Whether a line of a table, or of a part of one, begins with these cells."""
    rows = (re.split(r"\s{2,}", line.strip()) for line in out.splitlines())
    return any(tuple(row[: len(cells)]) == cells for row in rows)
