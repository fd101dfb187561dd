"""What Aider's logs say that it did."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from .blocks import parse_blocks

GAVE_UP = re.compile(r"Only \d+ reflections allowed, stopping\.")

COMPLAINTS = re.compile(
    r"^(?:# \d+ SEARCH/REPLACE blocks? failed to match!|Skipping edits to .+|The LLM did not conform .+"
    r"|Only \d+ reflections allowed, stopping\.|litellm\.\w+:.+|\S*(?:Error|Exception): .+)",
    re.MULTILINE,
)

CUT = re.compile(r"^Model \S+ has hit a token limit!$", re.MULTILINE)
SAID = re.compile(r"^(?!####|>|# aider chat).*$", re.MULTILINE)
"""Lines of the chat file that are the model's."""

MOST = 500
"""Characters that are kept of what was said."""


@dataclass(frozen=True)
class AiderReport:
    """What Aider and the model have said. `complaints` once each, in order."""

    words: tuple[str, ...]
    lines: tuple[str, ...]
    """The model's lines around its blocks."""
    complaints: tuple[str, ...]
    last: str
    """The last line that Aider has printed."""
    gave_up: bool
    cut: bool
    """The last answer ended at a limit of tokens; none of it was used."""


def read_report(chat: Path, output: Path, known: Collection[str]) -> AiderReport:
    """What stands in the chat file and in Aider's output."""
    said = "\n".join(SAID.findall(_text(chat)))
    answer = parse_blocks(said, known)
    words = answer.words
    printed = _text(output)
    complaints = dict.fromkeys(match[0].strip()[:MOST] for match in COMPLAINTS.finditer(printed))
    return AiderReport(
        words=(words[:MOST],) if words else (),
        lines=answer.outside,
        complaints=tuple(complaints),
        last=next((line.strip()[:MOST] for line in reversed(printed.splitlines()) if line.strip()), ""),
        gave_up=bool(GAVE_UP.search(printed)),
        cut=bool(CUT.search(printed)),
    )


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
