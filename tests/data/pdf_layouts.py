"""PDF pages in the layouts that venues and tools give them, with the same words: content streams for `made_pdfs`."""

from __future__ import annotations

from collections.abc import Sequence

from made_pdfs import text

TITLE = "Careful Weighing of Clouds"
ABSTRACT = [
    "We weigh clouds with a balance of our own making and find that",
    "most of them are lighter than they look from below at noon.",
]
BODY = [
    "Clouds have been looked at by many people in many places, and",
    "few of them were weighed, which is why we do it here at last.",
    "Our scale is large, slow and well calibrated by hand each day.",
    "It holds a cloud for an hour, after which the cloud moves on.",
    "We count what rain is left in the pan and note it in a book.",
]
REFERENCES = ["[1] A. Nimbus. On Rain. Journal of Skies, 2019.", "[2] B. Cirrus. On Ice. In Heights, 2020."]
LINES = [
    "Abstract", *ABSTRACT, "1 Introduction", *BODY, "2 Method", *BODY[::-1], "3 Conclusion", *BODY[2:4],
    "References", *REFERENCES,
]  # fmt: skip
"""Of the paper below its title."""
STEP = 16
"""Points from line to line."""


def page(
    lines: Sequence[str] = LINES, *, title: str = TITLE, x: float = 110, top: float = 690, size: float = 10
) -> str:
    """A title in large print and the lines below it."""
    head = text(title, x=x, y=top + 40, size=17) if title else ""
    return head + "".join(text(line, x=x, y=top - STEP * n, size=size) for n, line in enumerate(lines))


def ruler(numbers: Sequence[str], *, x: float, top: float = 690, size: float = 7, every: int = 1) -> str:
    """Numbers beside the lines of `page`."""
    return "".join(text(number, x=x, y=top - STEP * every * n, size=size) for n, number in enumerate(numbers))


def drawn_first_to_last(*parts: Sequence[tuple[str, float, float, float]]) -> str:
    """Words with x, y and size, one of each part in turn."""
    longest = max(map(len, parts))
    turns = [word for n in range(longest) for part in parts for word in part[n : n + 1]]
    return "".join(text(word, x=x, y=y, size=size) for word, x, y, size in turns)


def row_by_row(left: Sequence[str], right: Sequence[str], *, top: float = 690) -> str:
    """Two columns, of which each row is drawn before the next one."""
    columns = ((left, 60), (right, 330))
    return drawn_first_to_last(*([(w, x, top - STEP * n, 8) for n, w in enumerate(c)] for c, x in columns))


WIDTHS = dict.fromkeys("abdeghnopqu", 556) | dict.fromkeys("cksvxyz", 500) | dict.fromkeys("ijl", 222)
WIDTHS |= {"f": 278, "t": 278, "r": 333, "m": 833, "w": 722, " ": 278, "W": 944}
"""Of letters in Helvetica, in thousandths of its size."""


def glyph_by_glyph(words: str, *, x: float, y: float, size: float = 10) -> str:
    """Each letter as a text of its own, spaces left out."""
    drawn = []
    for letter in words:
        drawn += [text(letter, x=round(x, 3), y=y, size=size)] if letter != " " else []
        x += WIDTHS[letter] * size / 1000
    return "".join(drawn)


def numbered(kind: str) -> str:
    """The page with line numbers of a kind."""
    count = len(LINES)
    plain = [str(n) for n in range(1, count + 1)]
    if kind == "left":
        return page() + ruler(plain, x=80)
    if kind == "right":
        return page() + ruler(plain, x=520)
    if kind == "both":
        return page() + ruler(plain, x=60) + ruler(plain, x=520)
    if kind == "fifth":
        return page() + ruler([str(n) for n in range(5, count + 1, 5)], x=80, top=690 - 4 * STEP, every=5)
    if kind == "zeros":
        return page() + ruler([f"{n:03d}" for n in range(54, 54 + count)], x=80)
    if kind == "dotted":
        return page() + ruler([f"{n}." for n in range(1, count + 1)], x=70)
    if kind == "ruler beside blank lines":
        return ruler([f"{n:03d}" for n in range(42)], x=70) + page()
    interleaved = [(word, 110.0, 690.0 - STEP * n, 10.0) for n, word in enumerate(LINES)]
    beside = [(number, 80.0, 690.0 - STEP * n, 7.0) for n, number in enumerate(plain)]
    return text(TITLE, x=110, y=730, size=17) + drawn_first_to_last(interleaved, beside)


NUMBERED = ("left", "right", "both", "fifth", "zeros", "dotted", "ruler beside blank lines", "line by line")
