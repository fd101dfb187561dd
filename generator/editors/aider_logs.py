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

UNUSABLE = re.compile(r"litellm\.(?:AuthenticationError|NotFoundError|PermissionDeniedError)")

SAID = re.compile(r"^(?!####|>|# aider chat).*$", re.MULTILINE)
"""Lines of the chat file that are the model's."""

MOST = 500
"""Characters that are kept of what was said."""


@dataclass(frozen=True)
class AiderUsage:
    """The calls of a model that were answered; `usd` as Aider reckons it."""

    calls: int
    tokens: Tokens
    usd: float

    def cost(self, price: Price | None) -> float | None:
        """US dollars: Aider's figure, from the prices it was told, else ours; None: price or tokens unknown."""
        return None if price is None else self.usd or price.charged(self.tokens)


def read_usage(events: Path) -> AiderUsage:
    """The `message_send` events of the file, added up. A line that is no event is passed over."""
    calls, tokens, usd = 0, Tokens(), 0.0
    for line in _text(events).splitlines():
        try:
            event = json.loads(line)
            if event["event"] != "message_send":
                continue
            properties = event["properties"]
            tokens_sent = Tokens(uncached=int(properties["prompt_tokens"]), output=int(properties["completion_tokens"]))
            usd += float(properties["cost"])
        except (ValueError, KeyError, TypeError):
            continue
        calls, tokens = calls + 1, tokens + tokens_sent
    return AiderUsage(calls, tokens, usd)


@dataclass(frozen=True)
class AiderReport:
    """What Aider and the model have said. `complaints` once each, in order."""

    words: tuple[str, ...]
    lines: tuple[str, ...]
    """The model's lines around its blocks."""
    complaints: tuple[str, ...]
    gave_up: bool
    unusable: bool


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
        gave_up=bool(GAVE_UP.search(printed)),
        unusable=bool(UNUSABLE.search(printed)),
    )


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
