"""What Aider's logs say that it did and took."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from ...llm.messages import Tokens
from ...llm.prices import Price
from .blocks import parse_blocks

GAVE_UP = re.compile(r"Only \d+ reflections allowed, stopping\.")

COMPLAINTS = re.compile(
    r"^(?:# \d+ SEARCH/REPLACE blocks? failed to match!|Skipping edits to .+|The LLM did not conform .+"
    r"|Only \d+ reflections allowed, stopping\.|litellm\.\w+:.+|\S*(?:Error|Exception): .+)",
    re.MULTILINE,
)

CUT = re.compile(r"^Model \S+ has hit a token limit!$", re.MULTILINE)
LOST = re.compile(
    rf"{CUT.pattern}|^litellm\.(?:Timeout|\w+: .*(?:Connection error|Invalid response object|timed out))", re.MULTILINE
)
"""Lines that tell of an answer that may be charged for and that Aider leaves out of its counts."""

UNUSABLE = re.compile(r"litellm\.(?:AuthenticationError|NotFoundError|PermissionDeniedError)")

SAID = re.compile(r"^(?!####|>|# aider chat).*$", re.MULTILINE)
"""Lines of the chat file that are the model's."""

MOST = 500
"""Characters that are kept of what was said."""


@dataclass(frozen=True)
class AiderUsage:
    """The tokens of each call of a model that was answered; Aider does not tell which of the input were cached."""

    calls: tuple[Tokens, ...] = ()

    @property
    def tokens(self) -> Tokens:
        """Of all calls."""
        return sum(self.calls, Tokens())

    def cost(self, price: Price | None) -> float | None:
        """US dollars at our price (Aider's own figure is from a list of its own); None: price or tokens unknown."""
        charged = [None if price is None else price.charged(tokens) for tokens in self.calls]
        return None if None in charged else sum(filter(None, charged))


def read_usage(events: Path) -> AiderUsage:
    """The `message_send` events of the file. A line that is no event is passed over."""
    calls: list[Tokens] = []
    for line in _text(events).splitlines():
        try:
            event = json.loads(line)
            if event["event"] != "message_send":
                continue
            counts = event["properties"]
            calls.append(Tokens(uncached=int(counts["prompt_tokens"]), output=int(counts["completion_tokens"])))
        except (ValueError, KeyError, TypeError):
            continue
    return AiderUsage(tuple(calls))


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
    unusable: bool
    cut: bool
    """The last answer ended at a limit of tokens; none of it was used."""
    lost: int
    """Answers that may be charged for and stand in no count."""


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
        unusable=bool(UNUSABLE.search(printed)),
        cut=bool(CUT.search(printed)),
        lost=len(LOST.findall(printed)),
    )


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
