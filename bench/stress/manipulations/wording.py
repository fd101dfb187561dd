"""The word lists and templates of the manipulations, which are data files."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ....data.files import read_text


@functools.cache
def words_of(name: str) -> dict[str, Any]:
    """The content of the file of this name."""
    return tomllib.loads(read_text(Path(__file__).parent / f"{name}.toml"))


@functools.cache
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


def any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    """One pattern, for either case, out of several."""
    return _compiled(tuple(patterns))
