"""Pieces of a paper in which numbers are looked for, and what each piece says about them.

Parts of a paper. *Checked*: abstract, introduction, experiments, results, discussion, conclusion, appendices, every
table and every caption, and any section under another name. *Set-up* (experimental set-up, implementation,
hyperparameters, data): numbers may also be settings of the experiment; one that is neither is reported apart.
*Skipped*: related work, background, preliminaries, method, theory, acknowledgements, references; numbers in there are
about others or definitions. A subsection whose title says nothing of its own belongs to the part that it is in.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

Part = Literal["checked", "set-up", "skipped"]
Kind = Literal["text", "caption", "cell", "row", "code", "formula"]

CITED = "\ue000"
"""Stands where a text cites a work."""
SYMBOL = "\ue001"
"""Stands in front of a symbol that a formula gives a value."""
SETUP = re.compile(
    r"set-?\s?up|(?<!problem )settings?|implementation|hyper-?parameter|training details|protocol|reproducibility"
    r"|experimental (?:details|design)|^data(?:sets?)?$|^datasets?\b|model architecture|^baselines?$|^architecture",
    re.IGNORECASE,
)
SKIPPED = re.compile(
    r"related|background|preliminar|problem (?:setting|statement|formulation|definition)|^(?:our |the |proposed )*"
    r"(?:method|methods|methodology|approach|model)\b|theor(?:y|etical)|proof|acknowledg|^references|bibliography"
    r"|ethic|impact statement|notation",
    re.IGNORECASE,
)
CHECKED = re.compile(
    r"abstract|introduction|result|experiment|evaluation|ablation|analysis|discussion|conclusion|limitation|findings"
    r"|comparison|appendix|supplement|summary",
    re.IGNORECASE,
)
NUMBERING = re.compile(r"^\s*(?:\d+|[A-Z])(?:\.\d+)*\.?\s+(?=\w)")
RESULTS = re.compile(r"\bresults?\b", re.IGNORECASE)
"""Under such a heading everything is checked, also "Results / Fine-tuned hyperparameters"."""
ENDS = re.compile(r"(?<=[.!?])[\"')\]]?\s+(?=[\"'(\[]?[A-Z$])|(?<=[。！？])\s*")
NO_END = re.compile(
    r"(?:\b(?:e\.g|i\.e|et al|etc|vs|cf|approx|resp|Fig|Figs|Sec|Eq|Eqs|Tab|No|Dr|w\.r\.t)\.|\b[A-Z]\.)\Z"
)


@dataclass(frozen=True)
class PaperPassage:
    """A sentence, a caption, a cell or line of a table, a line of a listing, or the value of a displayed formula.

    `names` says what its numbers are of: the sentence itself, or the heads of the cell's row and column. `around` are
    the texts to ask next, from near to far. `places` are the positions in the text at which a new place begins.
    """

    text: str
    kind: Kind
    part: Part
    section: str
    names: str
    around: tuple[str, ...]
    places: tuple[tuple[int, str], ...]
    shown: str = ""

    def where(self, position: int) -> str:
        """File and line, or page, of a position in the text."""
        return self.places[max(0, bisect_right(self.places, (position, "\uffff")) - 1)][1]

    def context(self, start: int, end: int, most: int = 160) -> str:
        """The row, or as much of the sentence around a number as fits; at most `most` characters."""
        if self.shown:
            return _cut(self.shown, most)
        if len(self.text) <= most:
            return _tidy(self.text)
        begin = max(0, min((start + end - most) // 2 + 3, len(self.text) - most + 3))
        piece = self.text[begin : begin + most - 6]
        return _tidy(("…" if begin else "") + piece + ("…" if begin + len(piece) < len(self.text) else ""))


def _tidy(text: str) -> str:
    return " ".join(text.replace(CITED, "").replace(SYMBOL, "").split())


def _cut(text: str, most: int) -> str:
    tidy = _tidy(text)
    return tidy if len(tidy) <= most else tidy[: most - 1] + "…"


def part_of(headings: list[str]) -> Part:
    """The part to which text under these headings belongs, the outermost first."""
    titles = [NUMBERING.sub("", title) for title in headings]
    if any(RESULTS.search(title) for title in titles):
        return "checked"
    for title in reversed(titles):
        if SETUP.search(title):
            return "set-up"
        if SKIPPED.search(title):
            return "skipped"
        if CHECKED.search(title):
            return "checked"
    return "checked"


def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence of a paragraph."""
    spans: list[tuple[int, int]] = []
    start = 0
    for found in ENDS.finditer(text):
        if not NO_END.search(text[start : found.start()]):
            spans.append((start, found.start()))
            start = found.end()
    return [*spans, (start, len(text))] if text[start:].strip() else spans


def of_paragraph(text: str, places: list[tuple[int, str]], headings: list[str], part: Part) -> list[PaperPassage]:
    """The sentences of a paragraph; around each are those before it, the nearest first, and the headings."""
    found: list[PaperPassage] = []
    earlier: list[str] = []
    for start, end in sentences(text):
        sentence = text[start:end]
        inside = [(max(0, position - start), place) for position, place in places if start < position < end]
        first = places[max(0, bisect_right(places, (start, "\uffff")) - 1)][1]
        around = (*reversed(earlier), *reversed(headings))
        marks = ((0, first), *inside)
        found.append(PaperPassage(sentence, "text", part, " / ".join(headings), sentence, around, marks))
        earlier.append(sentence)
    return found
