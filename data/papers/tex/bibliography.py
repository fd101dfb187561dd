r"""The entries of a bibliography: from BibTeX, from a .bbl file, or from `thebibliography` in the text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .bibtex import problem_lines, read_entries
from .commands import argument, bibliography_names
from .document import TexDocument
from .plain_text import plain

YEAR = re.compile(r"\b(?:19|20)\d\d[a-z]?\b")
BIBITEM = re.compile(r"\\bibitem\s*(?P<label>\[(?:[^\[\]{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\])?\s*\{(?P<key>[^{}]*)\}")
VENUES = ("journal", "journaltitle", "booktitle", "howpublished", "publisher", "school", "institution", "archiveprefix")
BBL_ENTRY = re.compile(r"\\entry\{([^{}]*)\}\{[^{}]*\}\{[^{}]*\}")
BBL_FIELD = re.compile(r"\\(?:field|strng|verb)\s*\{(\w+)\}\s*\{")
BBL_FAMILY = re.compile(
    r"family=\s*\{((?:[^{}]|\{[^{}]*\})*)\}(?:[^{}]|\{[^{}]*\})*?given=\s*\{((?:[^{}]|\{[^{}]*\})*)\}"
)


@dataclass(frozen=True)
class Reference:
    """One work: its authors as cited ("Ho et al."), its year, the line that lists it, its title if known."""

    who: str
    year: str
    line: str
    title: str = ""


def reference_of(fields: Mapping[str, str]) -> Reference:
    """The work that an entry's fields describe."""
    names = [_name(name) for name in re.split(r"\s+and\s+", fields.get("author") or fields.get("editor") or "") if name]
    year = next(iter(YEAR.findall(fields.get("year") or fields.get("date") or "")), "")
    title = plain(fields.get("title", ""))
    venue = next((plain(fields[name]) for name in VENUES if fields.get(name)), "")
    parts = (", ".join(first for first, _ in names), title, venue, year)
    line = ". ".join(part.rstrip(".") for part in parts if part) + "."
    return Reference(_cited([last for _, last in names]) or title, year, line, title)


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


def from_bbl(text: str) -> dict[str, Reference]:
    """The entries of a .bbl file by key, whether BibTeX or biblatex wrote it."""
    entries = list(BBL_ENTRY.finditer(text))
    found = from_bibitems(text)
    ends = [entry.start() for entry in entries[1:]] + [len(text)]
    for entry, end in zip(entries, ends, strict=False):
        body = text[entry.end() : end].partition("\\endentry")[0]
        fields: dict[str, str] = {}
        for field in BBL_FIELD.finditer(body):
            value = argument(body, field.end() - 1)
            fields.setdefault(field[1], value[0] if value else "")
        names = [f"{family}, {given}" for family, given in BBL_FAMILY.findall(body)]
        found.setdefault(entry[1].strip(), reference_of({"author": " and ".join(names), **fields}))
    return found


@dataclass(frozen=True)
class Bibliography:
    """What a source's bibliographies hold, by key; `problems` name files that are missing, `notes` broken entries."""

    entries: dict[str, Reference]
    named: bool
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    def entry(self, key: str) -> Reference | None:
        """The entry of a key, whose case does not count where no entry has it exactly so, as in BibTeX."""
        found = self.entries.get(key)
        return found or next((entry for name, entry in self.entries.items() if name.lower() == key.lower()), None)


def bibliography_of(document: TexDocument) -> Bibliography:
    r"""The works that a paper can cite: its own list, the .bib files that it names or carries, and the .bbl beside it.

    A .bib file that is missing is a problem unless a .bbl or the paper's own list stands in for it.
    """
    entries = from_bibitems(document.body)
    listed = bool(entries)
    names = list(dict.fromkeys(bibliography_names(document.text[: document.stop])))
    notes: list[str] = []
    problems: list[str] = []
    strings: dict[str, str] = {}
    for command, name in names:
        text, problem = document.asked(name, (".bib", ""), f"\\{command}{{{name}}}")
        if text is None and "\\jobname" in name:
            text, _ = document.asked(name.replace("\\jobname", document.main.stem), (".bib", ""), "")
        if text is None:
            problems.append(problem)
            continue
        parsed = read_entries(text, strings)
        notes += [f"{name}.bib, {line}" for line in problem_lines(parsed)]
        for entry in parsed:
            for key in entry.keys:
                entries.setdefault(key, reference_of(entry.fields))
    bbl, _ = document.asked(f"{document.main.stem}.bbl", ("",), "")
    for key, entry in from_bbl(bbl or "").items():
        entries.setdefault(key, entry)
    stands_in = listed or bbl is not None
    return Bibliography(entries, bool(names) or stands_in, tuple(notes), () if stands_in else tuple(problems))


def cited_as(command: str, references: list[Reference]) -> str:
    r"""The text of a citation: "Ho et al. (2020)" for \citet, "(Ho et al., 2020; ...)" for the others."""
    command = command.lower()
    if command == "nocite":
        return ""
    if command in ("citet", "textcite", "citealt", "textcites"):
        return "; ".join(f"{r.who} ({r.year})" if r.year else r.who for r in references)
    if command == "citeauthor":
        return "; ".join(r.who for r in references)
    words = "; ".join((r.year if command in ("citeyear", "citeyearpar") else f"{r.who}, {r.year}") for r in references)
    return words if command in ("citealp", "citeyear") else f"({words})"
