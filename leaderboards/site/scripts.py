"""Data as scripts that call a function of the page: a page that is a file may load a script, but fetch nothing."""

from __future__ import annotations

import json


def script(function: str, document: object) -> str:
    """A call of the function with the document: ASCII without "<", so that nothing can take it for markup."""
    text = json.dumps(document, separators=(",", ":"), allow_nan=False)
    return f"{function}({text.replace('<', chr(92) + 'u003c')});\n"


def short(value: float | None, digits: int = 8) -> float | None:
    """A number in so many significant digits."""
    return None if value is None else float(f"{value:.{digits}g}")
