"""Markdown as converters, editors and chats write it, made plain: what stands around a text, and dress on headings."""

from __future__ import annotations

import re

from .plain import whole_capitals

QUOTED = re.compile(r"^[ ]{0,3}>[ ]?", re.MULTILINE)
QUOTED_SHARE = 0.9
"""From this share of quoted lines on the whole text is a quotation."""
WRAPPED = re.compile(r"\A\s*(```+|~~~+)[ \t]*(?:markdown|md)[ \t]*\n(.*)\n\1[ \t]*\s*\Z", re.DOTALL | re.IGNORECASE)
TITLE_BLOCK = re.compile(r"\A%[ \t]*([^\n]+(?:\n[ \t]+[^\n]+)*)\n(?:%[^\n]*\n){0,2}")
QUOTED_ABSTRACT = re.compile(r"^>[ ]?[*_#\s]{0,6}Abstract\b.*(?:\n>.*)*", re.MULTILINE | re.IGNORECASE)
LEADING_PICTURES = re.compile(r"\A(?:\s*!\[[^\]\n]*\]\([^)\n]*\)[ \t]*\n)+")
MARKS = re.compile(
    r"^(?::{3,}.*|[ ]{0,3}<a\s+(?:id|name)=[^<>\n]*>[ ]*(?:</a>)?[ \t]*)(?:\n|\Z)", re.MULTILINE | re.IGNORECASE
)
"""Lines that only mark a block of pandoc's or a place."""
HEADING = re.compile(r"^([ ]{0,3}#{1,6}[ \t]+|#{2,6}(?=\d|[A-Z]))([^\n]*)$", re.MULTILINE)
ATTRIBUTES = re.compile(r"[ \t]*\{\s*[#.-][^{}\n]*\}[ \t]*$")
LINK = re.compile(r"\[([^\]\n]+)\]\(#[^)\n]*\)")
PICTOGRAM = re.compile("^[\u2190-\u2bff\ufe0f\u200d\U0001f000-\U0001faff\\s]+")


def unwrapped_markdown(text: str) -> tuple[str, str]:
    """The text without the quotation or fence around the whole of it, and the title of pandoc's title block."""
    lines = [line for line in text.split("\n") if line.strip()]
    if lines and sum(line.lstrip().startswith(">") for line in lines) >= QUOTED_SHARE * len(lines):
        text = QUOTED.sub("", text)
    if wrapped := WRAPPED.match(text):
        text = wrapped[2]
    block = TITLE_BLOCK.match(text)
    title = " ".join(block[1].split()) if block else ""
    return LEADING_PICTURES.sub("", text[block.end() :] if block else text), title


def plain_marks(text: str) -> str:
    """The text, outside code, without marks of places and blocks, its abstract unquoted and its headings plain."""
    text = QUOTED_ABSTRACT.sub(lambda found: QUOTED.sub("", found[0]), MARKS.sub("", text))
    return whole_capitals(HEADING.sub(_plain_heading, text))


def _plain_heading(found: re.Match[str]) -> str:
    title = LINK.sub(r"\1", ATTRIBUTES.sub("", found[2]))
    title = PICTOGRAM.sub("", re.sub(r"\\([.\-_*()])", r"\1", title.replace("**", "")))
    return f"{found[1].rstrip()} {title.strip()}"
