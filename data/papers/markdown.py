"""A paper from Markdown: front matter read, hidden HTML and comments set aside, headings of any form marked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from .invisible import HiddenKind, HiddenText
from .markdown_forms import LEADING_PICTURES, plain_marks, unwrapped_markdown
from .sections import is_heading
from .source import Extracted

LETTERS = 3
"""Comments of fewer letters are marks, no messages."""
MOST_OPEN = 50
"""Unseen elements that may lack their end; the next one takes the rest of the text."""
NEXT = "\n\n"
FENCE = re.compile(r"^(```+|~~~+).*?(?:^\1|\Z)", re.DOTALL | re.MULTILINE)
FRONT = re.compile(r"\A\s*(---|\+\+\+)[ \t]*\n(.*?)\n(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
FRONT_FIELD = r"^%s[ \t]*[:=][ \t]*(?:[|>][+-]?\d?[ \t]*(?=\n))?(.*(?:\n(?:[ \t]+.*|[ \t]*(?=\n)))*)"
COMMENT = re.compile(
    r"<!--(.*?)(?:-->|\Z)|^\[[^\]\n]*\]:[ \t]*(?:#|<>)[ \t]*[(\"']([^\n]*)[)\"'][ \t]*$", re.DOTALL | re.MULTILINE
)
TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
VOID = {"br", "hr", "img", "input", "meta", "link", "col", "wbr", "source", "area"}
UNSEEN = re.compile(
    r"""display\s*:\s*none | visibility\s*:\s*(?:hidden|collapse) | opacity\s*:\s*(?:0?\.0|0)\d*\s*(?:[;"'!]|$)
      | font-size\s*:\s*(?:0|0?\.\d+|[12](?:\.\d+)?(?:px|pt))\s*(?:[a-z%]*)\s*(?:[;"'!]|$)
      | (?<!-)color\s*[:=]\s*["']?\s*(?:white\b|transparent\b|\#fff(?:fff)?\b|rgba?\(\s*255\s*,\s*255\s*,\s*255)
      | text-indent\s*:\s*-\d{4} | (?:^|\s)hidden(?:\s|=|$)""",
    re.IGNORECASE | re.VERBOSE,
)
GROUND = re.compile(r"background(?:-color)?\s*:\s*(?!\s*(?:white|transparent|none|#fff(?:fff)?\b))", re.IGNORECASE)
MARKED = re.compile(r"^(#{1,6})[ \t]+\S", re.MULTILINE)
UNDERLINED = re.compile(
    r"(?:\A|(?<=\n\n))[ ]{0,3}(?![#>|*+~`-]|\d+[.)]\s)([^\n|]{1,150}?)[ \t]*\n[ ]{0,3}(={2,}|-{2,})[ \t]*(?=\n|\Z)"
)
BOLD = re.compile(r"(?:\A|(?<=\n\n))(\*\*|__)(?!\s)([^*_\n]{1,100}?)(?<!\s)\1[:.]?[ \t]*(?=\n|\Z)")
HTML_HEADING = re.compile(r"^[ ]{0,3}<h([1-6])\b[^>\n]*>([^<\n]{1,200})</h\1>[ \t]*$", re.MULTILINE | re.IGNORECASE)
FEWEST_HEADINGS = 2


def read_markdown(text: str) -> Extracted:
    """Read Markdown, the title by its front matter, of which the abstract stays as a section before the others."""
    text, title = unwrapped_markdown(text)
    front = FRONT.match(text)
    if front:
        title, abstract = _field(front[2], "title"), _field(front[2], "abstract")
        text = f"{f'# Abstract{NEXT}{abstract}{NEXT}' if abstract else ''}{text[front.end() :]}"
    found: list[HiddenText] = []
    pieces: list[str] = []
    position = 0
    for fence in [*FENCE.finditer(text), None]:
        pieces.append(_shown(plain_marks(text[position : fence.start() if fence else len(text)]), found))
        if fence:
            pieces.append(fence[0])
            position = fence.end()
    text = LEADING_PICTURES.sub("", "".join(pieces))
    return Extracted(text, title, tuple(found))


def _field(front: str, name: str) -> str:
    """A field of a front matter as one line; empty where it is missing."""
    found = re.search(FRONT_FIELD % name, front, re.MULTILINE | re.IGNORECASE)
    return " ".join(found[1].split()).strip("\"'").strip() if found else ""


def _shown(text: str, found: list[HiddenText]) -> str:
    """The text without comments and unseen elements, which are added to `found`."""

    def comment(match: re.Match[str]) -> str:
        _keep(found, "comment", match[1] if match[1] is not None else match[2])
        return ""

    text = COMMENT.sub(comment, text)
    pieces: list[str] = []
    position = 0
    for start, content, end in _unseen(text):
        pieces.append(text[position:start])
        _keep(found, "style", TAG.sub(" ", content))
        position = end
    return "".join(pieces) + text[position:]


def _keep(found: list[HiddenText], kind: HiddenKind, text: str) -> None:
    words = " ".join(text.split())
    if sum(character.isalpha() for character in words) >= LETTERS:
        found.append(HiddenText(kind=kind, text=words))


def _unseen(text: str) -> Iterator[tuple[int, str, int]]:
    """Start, content and end of each outermost element whose attributes hide it; one not closed ends its paragraph."""
    position = left_open = 0
    while opening := TAG.search(text, position):
        position = opening.end()
        closing, name, attributes = opening[1], opening[2].lower(), opening[3]
        if closing or name in VOID or not UNSEEN.search(attributes) or GROUND.search(attributes):
            continue
        stop, end = _closed(text, position, name) if left_open < MOST_OPEN else (len(text), len(text))
        left_open += stop == end
        yield opening.start(), text[position:stop], end
        position = end


def _closed(text: str, position: int, name: str) -> tuple[int, int]:
    """Where the content of an element ends and where its closing tag does."""
    depth = 1
    for tag in TAG.finditer(text, position):
        if tag[2].lower() == name and not tag[3].rstrip().endswith("/"):
            depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.start(), tag.end()
    blank = text.find("\n\n", position)
    return (blank, blank) if blank >= 0 else (len(text), len(text))


def with_marked_headings(text: str) -> str:
    """The text with its headings marked by "#"; code is left as it is."""
    fences = [found.span() for found in FENCE.finditer(text)]
    starts, ends = [0, *(end for _, end in fences)], [*(start for start, _ in fences), len(text)]
    parts = (text[start:end] for start, end in zip(starts, ends, strict=True))
    prose = [HTML_HEADING.sub(_html_heading, UNDERLINED.sub(_underlined_heading, part)) for part in parts]
    marks = Counter(mark for part in prose for mark in MARKED.findall(part))
    if sum(marks.values()) >= FEWEST_HEADINGS:
        usual = marks.most_common(1)[0][0]
        prose = [BOLD.sub(lambda bold: f"{usual} {bold[2]}" if is_heading(bold[2]) else bold[0], p) for p in prose]
    elif sum(len(BOLD.findall(part)) for part in prose) >= FEWEST_HEADINGS:
        prose = [BOLD.sub(lambda bold: f"## {bold[2]}", part) for part in prose]
    code = [text[start:end] for start, end in fences]
    return "".join(part for pair in zip(prose, [*code, ""], strict=True) for part in pair)


def _html_heading(found: re.Match[str]) -> str:
    return f"{'#' * int(found[1])} {found[2].strip()}"


def _underlined_heading(found: re.Match[str]) -> str:
    return f"{'#' if found[2][0] == '=' else '##'} {found[1]}"
