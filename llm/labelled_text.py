"""An answer in lines, headings, a table or tags with the names that were asked for, where JSON was asked for.

    overall: 7              **Overall:** 7          ## Overall          | Overall | 7 |
    decision: accept        **Decision:** Accept    7                   <decision>accept</decision>

What stands before the first name is no answer. A name with two values makes the whole unreadable.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

BULLET = re.compile(r"\s*(?:[-*•]|\d+[.)])\s+")
FENCE = re.compile(r"^\s*(?:```|~~~).*$", re.MULTILINE)
DRESS = "*_`\"' \t"


def labelled_values(text: str, names: Iterable[str]) -> dict[str, object]:
    """The values by name, as texts or lists of texts; empty where a name is missing or has several values."""
    asked = list(names)
    text = FENCE.sub("", text)
    for read in (_tags, _rows, _lines):
        found = read(text, asked)
        values = {name: {value.strip() for given, value in found if given == name} for name in asked}
        if asked and all(len(given) == 1 for given in values.values()):
            return {name: _value(given.pop()) for name, given in values.items()}
    return {}


def _spelt(name: str) -> str:
    """A pattern of the name, with blanks, hyphens or underscores between its words."""
    return r"[ _-]".join(map(re.escape, name.split("_")))


def _tags(text: str, names: list[str]) -> list[tuple[str, str]]:
    found = [
        (name, value)
        for name in names
        for value in re.findall(
            rf"<(?:parameter=)?{_spelt(name)}>(.*?)</(?:{_spelt(name)}|parameter)>", text, re.DOTALL | re.IGNORECASE
        )
    ]
    calls = re.findall(r"<arg_key>\s*(\w+)\s*</arg_key>\s*<arg_value>(.*?)</arg_value>", text, re.DOTALL)
    return [*found, *calls]


def _rows(text: str, names: list[str]) -> list[tuple[str, str]]:
    """Rows of a table of two columns."""
    return [
        (name, value.strip(DRESS))
        for name in names
        for value in re.findall(
            rf"^\s*\|[ \t*_`]*{_spelt(name)}[ \t*_`]*\|([^|\n]*)\|[ \t]*$", text, re.MULTILINE | re.IGNORECASE
        )
    ]


def _lines(text: str, names: list[str]) -> list[tuple[str, str]]:
    """What stands behind the names that begin a line, up to the next one."""
    heads: list[tuple[int, int, str]] = []
    for name in names:
        label = re.compile(
            rf"^[ \t>]*(?:(?:[-*•]|\d+[.)])[ \t]+)?(?P<mark>#{{1,6}}[ \t]*|[*_`\"]+)?(?:\d+[.)][ \t]*)?{_spelt(name)}"
            rf"[*_`\"]*[ \t]*(?P<sign>[:：=][*_]*|(?(mark)[ \t]*$|(?!)))",
            re.MULTILINE | re.IGNORECASE,
        )
        heads += [(found.start(), found.end(), name) for found in label.finditer(text)]
    heads.sort()
    ends = [*(start for start, _, _ in heads[1:]), len(text)] if heads else []
    return [(name, text[begin:end].strip()) for (_, begin, name), end in zip(heads, ends, strict=True)]


def _value(text: str) -> str | list[str]:
    text = re.sub(r"\A[|>][+-]?\s*\n", "", text.strip()).strip()
    lines = [line for line in text.split("\n") if line.strip()]
    if lines and all(BULLET.match(line) for line in lines):
        return [BULLET.sub("", line).strip() for line in lines]
    return text.strip(DRESS) if "\n" not in text else text
