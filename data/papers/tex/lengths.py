"""Lengths as TeX has them, whole numbers of scaled points, and tests of two."""

from __future__ import annotations

import re

FACTORS = {"pt": (1, 1), "pc": (12, 1), "in": (7227, 100), "bp": (7227, 7200), "cm": (7227, 254), "mm": (7227, 2540),
           "dd": (1238, 1157), "cc": (14856, 1157)}  # fmt: skip
"""Points to a unit; those that depend on the font (em, ex) are none of them."""
POINT = 65536
LENGTH = r"([+-]?)\s*(?=[\d.,])(\d{0,9})(?:[.,](\d*))?\s*(pt|pc|in|bp|cm|mm|dd|cc|sp|em|ex)"
COMPARED = re.compile(rf"\s*{LENGTH}\s*([<>=])\s*{LENGTH}[ ]?", re.IGNORECASE)


def compared(test: re.Match[str]) -> bool | None:
    """Whether what `COMPARED` has found holds, None where a unit's length is not known."""
    left, right = (scaled(*test.group(at, at + 1, at + 2, at + 3)) for at in (1, 6))
    if left is None or right is None:
        same = test[4].lower() == test[9].lower()
        if not same:
            return None
        left, right = (_decimal(*test.group(at, at + 1, at + 2)) for at in (1, 6))
    return {"<": left < right, ">": left > right, "=": left == right}[test[5]]


def scaled(sign: str, whole: str, fraction: str | None, unit: str) -> int | None:
    """A length in scaled points, rounded as TeX rounds it (The TeXbook, chapter 10; tex.web, section 458)."""
    number, part = int(whole or 0), _decimal("", "", fraction)
    unit = unit.lower()
    if unit == "sp":
        return -number if sign == "-" else number
    if unit not in FACTORS:
        return None
    times, by = FACTORS[unit]
    rounded = int(part * POINT + 0.5)
    points, rest = divmod(number * times, by)
    found = points * POINT + (times * rounded + POINT * rest) // by
    return -found if sign == "-" else found


def _decimal(sign: str, whole: str, fraction: str | None) -> float:
    found = float(f"{whole or 0}.{fraction or 0}")
    return -found if sign == "-" else found
