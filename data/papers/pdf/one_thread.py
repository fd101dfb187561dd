"""PDFium in one thread at a time: it is not made for more, and ends the process where two use it at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from threading import RLock
from typing import ParamSpec, TypeVar

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
_PDFIUM = RLock()


def one_thread(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """A function that uses PDFium, waiting for all others; no document may outlive its call."""

    @wraps(function)
    def alone(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        with _PDFIUM:
            return function(*args, **kwargs)

    return alone
