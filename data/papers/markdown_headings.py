"""Headings of Markdown that are no lines marked by "#": underlined ones, and bold lines where there are no others."""

from __future__ import annotations

import re

FENCE = re.compile(r"^(```+|~~~+).*?(?:^\1|\Z)", re.DOTALL | re.MULTILINE)
MARKED = re.compile(r"^#{1,6}[ \t]+\S", re.MULTILINE)
UNDERLINED = re.compile(
    r"(?:\A|(?<=\n\n))[ ]{0,3}(?![#>|*+~`-]|\d+[.)]\s)([^\n|]{1,150}?)[ \t]*\n[ ]{0,3}(={2,}|-{2,})[ \t]*(?=\n|\Z)"
)
BOLD = re.compile(r"(?:\A|(?<=\n\n))(\*\*|__)(?!\s)([^*_\n]{1,100}?)(?<!\s)\1[:.]?[ \t]*(?=\n|\Z)")
FEWEST = 2


def with_marks(text: str) -> str:
    """The text with its headings marked by "#"; code is left as it is."""
    fences = [found.span() for found in FENCE.finditer(text)]
    starts, ends = [0, *(end for _, end in fences)], [*(start for start, _ in fences), len(text)]
    prose = [UNDERLINED.sub(_mark, text[start:end]) for start, end in zip(starts, ends, strict=True)]
    if sum(len(MARKED.findall(part)) for part in prose) < FEWEST and sum(len(BOLD.findall(p)) for p in prose) >= FEWEST:
        prose = [BOLD.sub(lambda found: f"## {found[2]}", part) for part in prose]
    code = [text[start:end] for start, end in fences]
    return "".join(part for pair in zip(prose, [*code, ""], strict=True) for part in pair)


def _mark(found: re.Match[str]) -> str:
    return f"{'#' if found[2][0] == '=' else '##'} {found[1]}"
