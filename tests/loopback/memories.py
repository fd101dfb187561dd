"""What the scripted model remembers of papers: planted, so that tests and demos know the truth."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from peerassay.data.errors import InputError
from peerassay.data.files import read_text

FORM = frozenset({"recall", "outcome"})
OUTCOMES = ("accepted", "rejected")
SURE = {"accepted": 0.95, "rejected": 0.05}
"""The quality that the scripted reviewer sees in a paper whose outcome it remembers."""

Memories = Mapping[str, str]
"""Titles of papers and what became of them."""


def read_memories(path: Path) -> dict[str, str]:
    """The memories in a file of lines TITLE, tab, accepted or rejected. Raises InputError for another line."""
    memories: dict[str, str] = {}
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        title, _, outcome = line.partition("\t")
        if not title.strip() or outcome.strip() not in OUTCOMES:
            raise InputError(f"{path}:{number}: expected TITLE, a tab, and one of {', '.join(OUTCOMES)}")
        memories[title.strip()] = outcome.strip()
    return memories


def remembered(paper: str, memories: Memories) -> str | None:
    """The outcome of the paper, where a title that is remembered stands in it."""
    return next((outcome for title, outcome in memories.items() if title in paper), None)


def answer(schema: dict[str, Any], paper: str, memories: Memories) -> dict[str, Any] | None:
    """What is remembered of the paper; None where the form does not ask for that."""
    if frozenset(schema.get("properties") or {}) != FORM:
        return None
    outcome = remembered(paper, memories)
    return {"recall": "outcome" if outcome else "no", "outcome": outcome or "unknown"}
