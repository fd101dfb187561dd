r"""A paper from its LaTeX source: title, abstract, text with references, and what the source hides."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..invisible import HiddenText
from .bibliography import Bibliography, bibliography_of, cited_as
from .commands import citations, command_argument
from .document import read_tex
from .plain_text import plain, reference_list, to_text
from .visibility import without_hidden

WORDS_AFTER = 5
"""Words behind the end of the document from which on they are set aside as hidden."""
TITLE = "title|icmltitle|papertitle|inlinetitle"


@dataclass
class Citations:
    """What a source cites, by key, and what of it is found."""

    bibliography: Bibliography
    cited: list[str]

    @property
    def missing(self) -> list[str]:
        """The keys without an entry."""
        return [key for key in self.cited if self.bibliography.entry(key) is None]

    def write(self, command: str, keys: str) -> str:
        """The text of one citation; a key without an entry stands in brackets."""
        entries = {key: self.bibliography.entry(key) for key in keys.split(",") if key}
        found = [entry for entry in entries.values() if entry is not None]
        lost = [f"[{key}]" for key, entry in entries.items() if entry is None and command != "nocite"]
        return " ".join(part for part in (cited_as(command, found) if found else "", *lost) if part)

    def listed(self) -> dict[str, str]:
        """The lines of the cited works, by key, in alphabetical order."""
        found = {key: entry.line for key in self.cited if (entry := self.bibliography.entry(key)) is not None}
        return dict(sorted(found.items(), key=lambda item: item[1].lower()))


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
    document = read_tex(path, content)
    preamble = document.preamble
    body, hidden = without_hidden(document.body, preamble)
    bibliography = bibliography_of(document)
    written = Citations(bibliography, _keys(body, bibliography))
    title = plain(without_hidden(command_argument(preamble + body, TITLE) or "")[0])
    abstract = command_argument(preamble, "abstract")
    text = to_text(body, written.write, reference_list(written.listed()))
    if abstract and "## Abstract" not in text:
        text = f"## Abstract\n\n{to_text(without_hidden(abstract, preamble)[0], written.write)}\n\n{text}"
    notes = [*document.problems, *document.notes, *bibliography.notes]
    if written.cited:
        notes += bibliography.problems
    if written.missing:
        notes.append(f"{len(written.missing)} citations without entry ({', '.join(written.missing[:5])})")
    if not bibliography.named and written.cited:
        notes.append("no bibliography in the source")
    left = plain(document.after)
    if len(left.split()) >= WORDS_AFTER:
        hidden = (*hidden, HiddenText(kind="after-end", text=left))
    return TexText(f"# {title}\n\n{text}" if title else text, title, len(written.listed()), hidden, tuple(notes))


def _keys(body: str, bibliography: Bibliography) -> list[str]:
    """The keys that the body cites, each once; \nocite{*} cites all."""
    keys = [key for citation in citations(body) for key in citation.keys]
    if "*" in keys:
        keys += bibliography.entries
    return [key for key in dict.fromkeys(keys) if key != "*"]
