"""A model's answer without the reasoning that stands before it: what is thought is a draft, and never the answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .messages import Reply

Span = tuple[int, int]

NAMES = r"think(?:ing)?|thoughts?|reason(?:ing)?|reflection|scratch_?pad|analysis|seed:think|antml:thinking"
OPENING = re.compile(
    rf"<(?:{NAMES})(?:\s[^<>]*)?>|<unused94>|\[(?:THINK|REASONING)\]|<\|(?:START_THINKING|begin_of_thought)\|>|◁think▷",
    re.IGNORECASE,
)
CLOSING = re.compile(
    rf"</(?:{NAMES})\s*>|<unused95>|\[/(?:THINK|REASONING)\]|<\|(?:END_THINKING|end_of_thought)\|>|◁/think▷",
    re.IGNORECASE,
)
LATER = re.compile(rf"(?:(?<=\n)|(?<=[.:!?}}]\s))\s*(?:{OPENING.pattern})", re.IGNORECASE)
"""A tag that opens reasoning behind words, not one that a sentence speaks of."""
STRIPPED = re.compile(r"\A\s*analysis(?:.*assistantfinal|(?=[A-Z]))", re.DOTALL)
"""Channels of which a server has dropped the tokens: "analysisWe need ...assistantfinal{...}"."""
GRANITE = re.compile(r"\A\s*Here is my thought process:.*\n?\s*Here is my response:", re.DOTALL)
CHANNEL = re.compile(r"<\|channel\|>\s*(\w+)[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>")
CHANNEL_END = re.compile(r"<\|(?:end|return|start|call|channel)\|>")
ANSWER = re.compile(
    r"\A\s*(?:<answer>|<\|(?:START_RESPONSE|begin_of_solution)\|>)(.*?)"
    r"(?:</answer>|<\|(?:END_RESPONSE|end_of_solution)\|>)?\s*\Z",
    re.DOTALL,
)


class ReasoningOnly(ValueError):
    """There is reasoning and no answer behind it; `used_up` where it took all tokens that an answer may have."""

    def __init__(self, message: str, *, used_up: bool) -> None:
        super().__init__(message)
        self.used_up = used_up


def final_answer(reply: Reply, max_tokens: int, *, quoted: Sequence[Span] = ()) -> str:
    """The text of the reply without its reasoning.

    Dropped are all before the last closing tag (or, where nothing stands behind it, all from the first opening tag
    on), what follows a tag that is opened and never closed, and every channel but the last final one. Tags within the
    spans `quoted` (objects or edit blocks of the answer) are text, as where a paper on such models is reviewed.

    Raises ReasoningOnly where nothing else is there, with the limit of tokens where that was reached.
    """
    text, thought = without_reasoning(reply.text, quoted=quoted)
    if text.strip() or not (thought or reply.reasoned):
        return text
    if reply.stop == "length":
        raise ReasoningOnly(
            f"max_tokens={max_tokens} were used up by reasoning, so that no answer came; allow more (?max_tokens=...)",
            used_up=True,
        )
    raise ReasoningOnly("there is only reasoning, and no answer behind it; close it and give the answer", used_up=False)


def without_reasoning(text: str, *, quoted: Sequence[Span] = ()) -> tuple[str, bool]:
    """The text behind the reasoning, and whether there was any."""
    channels = [found for found in CHANNEL.finditer(text) if not _within(found.start(), quoted)]
    if channels:
        final = [found for found in channels if found[1].lower() == "final"]
        final = final or [found for found in channels if " to=" in found[0]]  # the answer as a call of a tool
        if not final:
            return "", True
        end = CHANNEL_END.search(text, final[-1].end())
        return text[final[-1].end() : end.start() if end else len(text)], len(channels) > 1
    if stripped := STRIPPED.match(text) or GRANITE.match(text):
        return text[stripped.end() :] if stripped[0].strip() != "analysis" else "", True
    closed = [found.end() for found in CLOSING.finditer(text) if not _within(found.start(), quoted)]
    rest = text[closed[-1] if closed else 0 :]
    if OPENING.match(rest.lstrip()):
        # a draft that broke off in the reasoning may seem to be one with the answer
        return without_reasoning(text) if quoted and not closed else ("", True)
    start = len(text) - len(rest)
    late = next((found for found in LATER.finditer(text, start) if not _within(found.end() - 1, quoted)), None)
    if late:
        return text[start : late.start()], True
    opened = OPENING.search(text) if closed and not rest.strip() else None
    if opened and text[: opened.start()].strip():
        return text[: opened.start()], True
    answer = ANSWER.match(rest)
    return (answer[1] if answer else rest), bool(closed)


def _within(place: int, spans: Sequence[Span]) -> bool:
    return any(start <= place < end for start, end in spans)
