r"""The entries of a bibliography: from BibTeX, from a .bbl file, or from `thebibliography` in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .latex import plain
from .latex_syntax import argument

ENTRY = re.compile(r"@\s*(\w+)\s*[{(]\s*", re.ASCII)
FIELD = re.compile(r"\s*,?\s*([\w+-]+)\s*=\s*")
KEY = re.compile(r"\s*([^,\s{}=]+)\s*(?=[,})])")
VALUE = re.compile(r"[^\s,{}#\"]+")
YEAR = re.compile(r"\b(?:19|20)\d\d[a-z]?\b")
BIBITEM = re.compile(r"\\bibitem\s*(?P<label>\[(?:[^\[\]{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\])?\s*\{(?P<key>[^{}]*)\}")
VENUES = ("journal", "booktitle", "howpublished", "publisher", "school", "institution", "archiveprefix")
SKIPPED = {"comment", "preamble"}


@dataclass(frozen=True)
class Reference:
    """One work: its authors as cited ("Ho et al."), its year, and the line that lists it."""

    who: str
    year: str
    line: str


def from_bibtex(text: str) -> dict[str, Reference]:
    """The entries of a .bib file by key; what cannot be read is passed over."""
    macros: dict[str, str] = {}
    found: dict[str, Reference] = {}
    for match in ENTRY.finditer(text):
        kind = match[1].lower()
        if kind in SKIPPED:
            continue
        if kind == "string":
            macros |= _fields(text, match.end(), macros)
            continue
        key = KEY.match(text, match.end())
        if key and key[1] not in found:
            found[key[1]] = _reference(_fields(text, key.end(), macros))
    return found


def _fields(text: str, position: int, macros: dict[str, str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    while match := FIELD.match(text, position):
        value, position = _value(text, match.end(), macros)
        fields.setdefault(match[1].lower(), value)
        if position <= match.start():
            break
    return fields


def _value(text: str, position: int, macros: dict[str, str]) -> tuple[str, int]:
    """A value, its parts joined by "#": a group, a text in quotes, a number or the name of a string."""
    parts: list[str] = []
    while position < len(text):
        if text[position] == "{":
            group = argument(text, position)
            if group is None:
                return "".join(parts), len(text)
            part, position = group
        elif text[position] == '"':
            part, position = _quoted(text, position + 1)
        else:
            word = VALUE.match(text, position)
            if word is None:
                break
            part, position = macros.get(word[0].lower(), word[0]), word.end()
        parts.append(part)
        joined = re.compile(r"\s*#\s*").match(text, position)
        if not joined:
            break
        position = joined.end()
    return "".join(parts), position


def _quoted(text: str, start: int) -> tuple[str, int]:
    depth = 0
    for match in re.compile(r"\\.|[{}\"]", re.DOTALL).finditer(text, start):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if match[0] == '"' and depth == 0:
            return text[start : match.start()], match.end()
    return text[start:], len(text)


def _reference(fields: dict[str, str]) -> Reference:
    names = [_name(name) for name in re.split(r"\s+and\s+", fields.get("author") or fields.get("editor") or "") if name]
    year = next(iter(YEAR.findall(fields.get("year") or fields.get("date") or "")), "")
    title = plain(fields.get("title", ""))
    venue = next((plain(fields[name]) for name in VENUES if fields.get(name)), "")
    parts = (", ".join(first for first, _ in names), title, venue, year)
    return Reference(
        _cited([last for _, last in names]) or title, year, ". ".join(p.rstrip(".") for p in parts if p) + "."
    )


def _name(name: str) -> tuple[str, str]:
    """A name as it is written out, and the last name: "Ho, Jonathan" gives "Jonathan Ho" and "Ho"."""
    last, comma, first = plain(name).partition(",")
    if comma:
        return f"{first.strip()} {last.strip()}".strip(), last.strip()
    return last.strip(), last.split()[-1] if last.split() else ""


def _cited(last_names: list[str]) -> str:
    if len(last_names) > 2 or "others" in last_names:
        return f"{last_names[0]} et al."
    return " & ".join(last_names)


def from_bibitems(text: str) -> dict[str, Reference]:
    r"""The entries of a `thebibliography` by key, the labels read as natbib writes them: [Ho et al.(2020)Ho, Jain]."""
    items = list(BIBITEM.finditer(text))
    found: dict[str, Reference] = {}
    ends = [item.start() for item in items[1:]] + [len(text)]
    for item, end in zip(items, ends, strict=False):
        body = text[item.end() : end].partition("\\end{thebibliography}")[0]
        line = plain(body)
        who, _, rest = plain((item["label"] or "")[1:-1]).partition("(")
        years = YEAR.findall(rest) or YEAR.findall(line)[-1:]
        found.setdefault(item["key"].strip(), Reference(who.strip(), years[0] if years else "", line))
    return found


def cited_as(command: str, references: list[Reference]) -> str:
    r"""The text of a citation: "Ho et al. (2020)" for \citet, "(Ho et al., 2020; ...)" for the others."""
    if command == "nocite":
        return ""
    if command.lower() in ("citet", "textcite", "citealt"):
        return "; ".join(f"{r.who} ({r.year})" if r.year else r.who for r in references)
    if command == "citeauthor":
        return "; ".join(r.who for r in references)
    words = "; ".join((r.year if command in ("citeyear", "citeyearpar") else f"{r.who}, {r.year}") for r in references)
    return words if command in ("citealp", "citeyear") else f"({words})"
