"""The library that Hugging Face folders are written and read with."""

from __future__ import annotations

from importlib.util import find_spec

from ..errors import InputError


def require_datasets() -> None:
    """Raises InputError where the library is missing."""
    if find_spec("datasets") is None:
        raise InputError("Hugging Face folders need the library: pip install 'peerassay[hf]'")
