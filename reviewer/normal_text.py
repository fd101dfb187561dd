"""A text without the disguises that letters can wear."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator

HOMOGLYPHS = str.maketrans(
    "аеорсухіјѕԁһқӏԛԝвкмнтАВЕЗКМНОРСТУХІЈЅҮαεικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ‘’ʼ“”„‐‑–—−ıɡ",
    "aeopcyxijsdhklqwbkmhtABE3KMHOPCTYXIJSYaeiknoptuxABEZHIKMNOPTYX'''\"\"\"-----ig",
)

TOKEN = r"(?<=[^\W\d_])-[^\S\n]*\n\s*(?=[^\W\d_])|[^\S\n]*\n\s*(?:\d{1,4}[^\S\n]*\n\s*)*|[^\S\n]{2,}|[^\S\n ]|[*`]+"

APART = re.compile(r"(?<![^\W\d_])[^\W\d_](?:[ \n.*·_-]{1,2}[^\W\d_]){9,}(?![^\W\d_])")

NO_LETTER = re.compile(r"[\W\d_]+")


class NormalText:
    """`text` without disguise, and the place in the original of each part of it.

    Compatibility forms, accents and look-alikes become plain letters, invisible characters go, a run of spaces becomes
    one, a line end "\\n" and a blank line "\\n\\n", emphasis marks and the numbers of lines go, and words that a
    hyphen parts at a line end are joined.
    """

    def __init__(self, original: str) -> None:
        plain = {char: _plain(char) for char in set(original) if not char.isascii()}
        irregular = "".join(re.escape(char) for char, form in plain.items() if len(form) != 1)
        text = original.translate({ord(char): form for char, form in plain.items() if len(form) == 1})
        token = re.compile(f"[{irregular}]+|{TOKEN}" if irregular else TOKEN)
        parts: list[str] = []
        self._normal, self._original = [0], [0]
        position = length = 0
        for found in token.finditer(text):
            start, end = found.span()
            form = _token_form(found[0], plain)
            parts += [text[position:start], form]
            length += start - position
            for normal, place in ((length, start), (length + len(form), end)):
                self._normal.append(normal)
                self._original.append(place)
            length += len(form)
            position = end
        self.text = "".join([*parts, text[position:]])

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original of a non-empty span of `text`."""
        return self._place(start), self._place(end - 1) + 1

    def letters_apart(self) -> Iterator[tuple[int, int, str]]:
        """Start, end and letters of the runs of ten or more single letters with spaces or dots between them."""
        for run in APART.finditer(self.text):
            yield run.start(), run.end(), NO_LETTER.sub("", run[0])

    def _place(self, position: int) -> int:
        segment = bisect_right(self._normal, position) - 1
        place = self._original[segment] + position - self._normal[segment]
        following = self._original[segment + 1] if segment + 1 < len(self._original) else place + 1
        return min(place, max(following - 1, self._original[segment]))


def _plain(char: str) -> str:
    """What the character looks like; nothing for one that cannot be seen."""
    if 0xE0020 <= ord(char) <= 0xE007E:
        return chr(ord(char) - 0xE0000)
    if char.isspace():
        return char
    decomposed = unicodedata.normalize("NFKD", char).translate(HOMOGLYPHS)
    return "".join(c for c in decomposed if unicodedata.category(c) not in ("Mn", "Cf", "Me"))


def _token_form(token: str, plain: dict[str, str]) -> str:
    if token[0] in plain and not token.isspace():
        return "".join(plain.get(char, char) for char in token)
    if token[0] in "-*`":
        return ""
    blank = token.count("\n") > 1 and token.isspace()
    return "\n\n" if blank else "\n" if "\n" in token else " "
