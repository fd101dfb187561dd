"""Where two JSON documents differ."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard


class _Missing:
    """A value that is not there."""

    def __repr__(self) -> str:
        return "nothing"


MISSING = _Missing()

Difference = tuple[str, Any, Any]


def difference(a: Any, b: Any, where: str = "", *, tolerance: float = 0.0, defaults: bool = False) -> Difference | None:
    """The first place where two JSON values differ, and both values; numbers may differ by the relative tolerance.

    With `defaults`, names that only `b` has are passed over.
    """
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        pairs = (
            (str(key), a.get(key, MISSING), b.get(key, MISSING))
            for key in (*a, *(k for k in b if k not in a and not defaults))
        )
    elif _is_list(a) and _is_list(b):
        longest = max(len(a), len(b))
        pairs = ((str(i), *(x[i] if i < len(x) else MISSING for x in (a, b))) for i in range(longest))
    elif _is_number(a) and _is_number(b):
        return None if a == b or math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance / 1e3) else (where, a, b)
    else:
        return None if type(a) is type(b) and a == b else (where, a, b)
    inner = (
        difference(x, y, f"{where}.{key}".lstrip("."), tolerance=tolerance, defaults=defaults) for key, x, y in pairs
    )
    return next((found for found in inner if found is not None), None)


def excerpt(value: Any) -> str:
    """A value for a message: its JSON, cut to a line."""
    text = repr(value) if value is MISSING else json.dumps(value, ensure_ascii=True)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
