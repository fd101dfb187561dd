"""Headings of Markdown without "#": underlined ones, HTML, bold lines that are known or where there are no others."""

from __future__ import annotations

import re
from collections import Counter

from .sections import is_heading

FENCE = re.compile(r"^(```+|~~~+).*?(?:^\1|\Z)", re.DOTALL | re.MULTILINE)
MARKED = re.compile(r"^(#{1,6})[ \t]+\S", re.MULTILINE)
UNDERLINED = re.compile(
    r"(?:\A|(?<=\n\n))[ ]{0,3}(?![#>|*+~`-]|\d+[.)]\s)([^\n|]{1,150}?)[ \t]*\n[ ]{0,3}(={2,}|-{2,})[ \t]*(?=\n|\Z)"
)
BOLD = re.compile(r"(?:\A|(?<=\n\n))(\*\*|__)(?!\s)([^*_\n]{1,100}?)(?<!\s)\1[:.]?[ \t]*(?=\n|\Z)")
HTML = re.compile(r"^[ ]{0,3}<h([1-6])\b[^>\n]*>([^<\n]{1,200})</h\1>[ \t]*$", re.MULTILINE | re.IGNORECASE)
FEWEST = 2


def with_marks(text: str) -> str:
    """The text with its headings marked by "#"; code is left as it is."""
    fences = [found.span() for found in FENCE.finditer(text)]
    starts, ends = [0, *(end for _, end in fences)], [*(start for start, _ in fences), len(text)]
    prose = [HTML.sub(_of_html, UNDERLINED.sub(_mark, text[a:b])) for a, b in zip(starts, ends, strict=True)]
    marks = Counter(mark for part in prose for mark in MARKED.findall(part))
    if sum(marks.values()) >= FEWEST:
        usual = marks.most_common(1)[0][0]
        prose = [BOLD.sub(lambda bold: f"{usual} {bold[2]}" if is_heading(bold[2]) else bold[0], p) for p in prose]
    elif sum(len(BOLD.findall(part)) for part in prose) >= FEWEST:
        prose = [BOLD.sub(lambda bold: f"## {bold[2]}", part) for part in prose]
    code = [text[start:end] for start, end in fences]
    return "".join(part for pair in zip(prose, [*code, ""], strict=True) for part in pair)


def _of_html(found: re.Match[str]) -> str:
    return f"{'#' * int(found[1])} {found[2].strip()}"


def _mark(found: re.Match[str]) -> str:
    return f"{'#' if found[2][0] == '=' else '##'} {found[1]}"
