r"""A paper from its LaTeX source: title, abstract, text with references, and what the source hides."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from . import latex_tables as known
from .bibliography import BIBITEM, Reference, cited_as, from_bibitems, from_bibtex
from .hidden_tex import without_hidden
from .invisible import HiddenText
from .latex import plain, reference_list, to_text
from .latex_syntax import command_argument, definitions, expanded
from .tex_source import TexSource, read_tex

WORDS_AFTER = 5
"""Words behind the end of the document from which on they are set aside as hidden."""
CITE = re.compile(
    rf"\\({'|'.join(sorted(known.CITES, key=len, reverse=True))})\*?(?:\s*\[[^\[\]]*\])*\s*\{{([^{{}}]*)\}}"
)
BIB_FILES = re.compile(r"\\(?:bibliography|addbibresource(?:\[[^\]]*\])?)\s*\{([^{}]*)\}")
TITLE = "title|icmltitle|papertitle|inlinetitle"
OWN = {*known.HEADINGS, *known.CITES, *known.DROPPED, *known.BREAKS, *known.LETTERS, "caption", "footnote", "item"}
"""Commands that keep their meaning even where a paper defines them anew."""


@dataclass
class Citations:
    """What a source cites, by key, and what of it is found."""

    entries: dict[str, Reference]
    cited: list[str]
    missing: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.missing = [key for key in self.cited if key not in self.entries]

    def write(self, command: str, keys: str) -> str:
        """The text of one citation; a key without an entry stands in brackets."""
        names = [key for key in keys.split(",") if key]
        found = [self.entries[key] for key in names if key in self.entries]
        lost = [f"[{key}]" for key in names if key not in self.entries and command != "nocite"]
        return " ".join(part for part in (cited_as(command, found) if found else "", *lost) if part)

    def listed(self) -> dict[str, str]:
        """The lines of the cited works, by key, in alphabetical order."""
        lines = {key: self.entries[key].line for key in self.cited if key in self.entries}
        return dict(sorted(lines.items(), key=lambda item: item[1].lower()))


@dataclass(frozen=True)
class TexText:
    """The text with the title at its head, and what was found beside it."""

    text: str
    title: str
    references: int
    quarantine: tuple[HiddenText, ...]
    notes: tuple[str, ...]


def tex_text(path: Path, content: str) -> TexText:
    """The paper whose main file is at `path` and holds `content`."""
    source = read_tex(path, content)
    preamble, body, after = source.parts
    early, preamble = definitions(preamble)
    late, body = definitions(body)
    macros = {name: macro for name, macro in (early | late).items() if name not in OWN}
    body, hidden = without_hidden(expanded(body, macros), preamble)
    citations = _citations(source, path, preamble, body)
    title = plain(without_hidden(expanded(command_argument(preamble + body, TITLE) or "", macros))[0])
    abstract = command_argument(preamble, "abstract")
    text = to_text(body, citations.write, reference_list(citations.listed()))
    if abstract and "## Abstract" not in text:
        text = f"## Abstract\n\n{to_text(without_hidden(abstract, preamble)[0], citations.write)}\n\n{text}"
    notes = list(source.notes)
    if citations.missing:
        notes.append(f"{len(citations.missing)} citations without entry ({', '.join(citations.missing[:5])})")
    if not BIB_FILES.search(preamble + body) and not BIBITEM.search(body) and citations.cited:
        notes.append("no bibliography in the source")
    left = plain(after)
    if len(left.split()) >= WORDS_AFTER:
        hidden = (*hidden, HiddenText(kind="after-end", text=left))
    return TexText(f"# {title}\n\n{text}" if title else text, title, len(citations.listed()), hidden, tuple(notes))


def _citations(source: TexSource, path: Path, preamble: str, body: str) -> Citations:
    """What the body cites; entries come from the body's own list, the .bib files named, or the .bbl beside."""
    keys = [key.strip() for found in CITE.finditer(body) for key in found[2].split(",")]
    names = [name.strip() for found in BIB_FILES.finditer(preamble + body) for name in found[1].split(",")]
    entries = from_bibitems(body)
    for name in names:
        stem = name.removesuffix(".bib")
        for key, entry in from_bibtex(source.beside(f"{stem}.bib") or "").items():
            entries.setdefault(key, entry)
    if not entries:
        entries = from_bibitems(source.beside(f"{path.stem}.bbl") or "")
    if "*" in keys:
        keys += entries
    return Citations(entries, [key for key in dict.fromkeys(keys) if key and key != "*"])
