"""Characters that a reader does not see and a model does: found in any text, taken out, decoded where they carry words.

Unicode's format characters have honest uses (emoji, Persian, line breaking), so single ones are only removed. Reported
is what can carry a message: tag characters and runs of variation selectors (both spell bytes), long runs of zero-width
characters, and text under a direction override, which is shown in another order than it is stored in.
"""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

HiddenKind = Literal[
    "white", "tiny", "off-page", "covered", "invisible", "clipped", "layer", "font-mapped",
    "zero-width", "bidi", "tags", "selectors",
    "phantom", "after-end", "comment", "style",
]  # fmt: skip
LONG_RUN = 4
"""Zero-width characters in a row from which on they are reported."""

FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{2,6}\U000e007f")
TAGS = re.compile("[\U000e0000-\U000e007f]+")
SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
OVERRIDE = re.compile("[\u202d\u202e]([^\u202c\u202d\u202e\n]*)\u202c?")
ZERO_WIDTH = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
                        "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffc\U0001d173-\U0001d17a]+")  # fmt: skip
CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
LINE_ENDS = re.compile("\r\n?|[\x0c\x85\u2028\u2029]")


class HiddenText(BaseModel):
    """Text that was in a file and that its reader would not see."""

    model_config = ConfigDict(frozen=True)

    kind: HiddenKind
    page: int | None = Field(default=None, description="from 1, for PDF")
    text: str = Field(description="what was hidden, whole")


def clean(text: str) -> tuple[str, tuple[HiddenText, ...]]:
    """The text without invisible and control characters, lines ended by a newline, and what deserves a report.

    A joiner between two letters of a script that needs it, and a selector behind an emoji, stay.
    """
    if text.isascii() and not CONTROL.search(text) and not LINE_ENDS.search(text):
        return text, ()
    found: list[HiddenText] = []

    def tags(match: re.Match[str]) -> str:
        found.append(HiddenText(kind="tags", text="".join(chr(ord(c) - 0xE0000) for c in match[0] if c > "\U000e001f")))
        return ""

    def selectors(match: re.Match[str]) -> str:
        if len(match[0]) > 1:
            found.append(HiddenText(kind="selectors", text=_selected(match[0])))
        return match[0] if match[0] == "\ufe0f" else ""

    def override(match: re.Match[str]) -> str:
        if match[1].strip():
            found.append(HiddenText(kind="bidi", text=match[1]))
        return ""

    def zero_width(match: re.Match[str]) -> str:
        if len(match[0].replace("\u00ad", "")) >= LONG_RUN:
            found.append(HiddenText(kind="zero-width", text=" ".join(f"U+{ord(c):04X}" for c in match[0])))
        return match[0] if _joins(match) else ""

    text = CONTROL.sub("", LINE_ENDS.sub("\n", text))
    text = TAGS.sub(tags, FLAG.sub("\U0001f3f4", text))
    text = SELECTORS.sub(selectors, OVERRIDE.sub(override, text))
    return ZERO_WIDTH.sub(zero_width, text), tuple(found)


def invisible_count(text: str) -> int:
    """How many format characters `clean` takes out of the text; soft hyphens and control characters do not count."""
    if text.isascii():
        return 0
    runs = [m[0] for m in TAGS.finditer(text)] + [m[0] for m in ZERO_WIDTH.finditer(text) if not _joins(m)]
    return sum(len(run.replace("\u00ad", "")) for run in runs)


def _joins(run: re.Match[str]) -> bool:
    """Whether this is one joiner between two characters beyond Latin script, where it has its use."""
    before, after = run.string[run.start() - 1 : run.start()], run.string[run.end() : run.end() + 1]
    return run[0] in "\u200c\u200d" and before > "\u02ff" and after > "\u02ff"


def _selected(run: str) -> str:
    """The bytes that a run of variation selectors spells, as text: U+FE00 is 0, U+E0100 is 16."""
    codes = bytes(ord(c) - 0xFE00 if c <= "\ufe0f" else min(ord(c) - 0xE0100 + 16, 255) for c in run)
    return codes.decode("utf-8", "backslashreplace")
