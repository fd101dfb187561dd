"""Where two JSON documents differ."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeGuard


class _Missing:
    """A value that is not there."""

    def __repr__(self) -> str:
        return "nothing"


MISSING = _Missing()

Difference = tuple[str, Any, Any]


def difference(a: Any, b: Any, *, tolerance: float = 0.0, defaults: bool = False) -> Difference | None:
    """The first of `differences`; None where there is none."""
    return next(differences(a, b, tolerance=tolerance, defaults=defaults), None)


def differences(
    a: Any, b: Any, where: str = "", *, tolerance: float = 0.0, defaults: bool = False
) -> Iterator[Difference]:
    """Where two JSON values differ, each with both values; numbers may differ by the relative tolerance.

    With `defaults`, names that only `b` has are passed over.
    """
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        pairs = [
            (str(key), a.get(key, MISSING), b.get(key, MISSING))
            for key in (*a, *(k for k in b if k not in a and not defaults))
        ]
    elif _is_list(a) and _is_list(b):
        longest = max(len(a), len(b))
        pairs = [(str(i), *(x[i] if i < len(x) else MISSING for x in (a, b))) for i in range(longest)]
    else:
        if not _equal(a, b, tolerance):
            yield where, a, b
        return
    for key, x, y in pairs:
        yield from differences(x, y, f"{where}.{key}".lstrip("."), tolerance=tolerance, defaults=defaults)


def excerpt(value: Any) -> str:
    """A value for a message: its JSON, cut to a line."""
    text = repr(value) if value is MISSING else json.dumps(value, ensure_ascii=True)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _equal(a: Any, b: Any, tolerance: float) -> bool:
    if _is_number(a) and _is_number(b):
        return a == b or math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance / 1e3)
    return type(a) is type(b) and a == b


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
