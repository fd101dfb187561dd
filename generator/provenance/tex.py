"""The passages of a LaTeX paper: sentences, captions and table cells, each with file and line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ...data.papers.tex.commands import argument, option
from ...data.papers.tex.document import TexDocument
from ...data.papers.tex.verbatim import ENVIRONMENTS
from .passages import PaperPassage, Part, of_paragraph, part_of
from .tex_flat import Flat, flatten
from .tex_formulae import formula_values
from .tex_plots import plotted_values
from .tex_table import table_values

LEVELS = {"part": 0, "chapter": 0, "section": 0, "subsection": 1, "subsubsection": 2, "paragraph": 3, "subparagraph": 4}
FLOATS = "table|figure|wraptable|wrapfigure|sidewaystable|sidewaysfigure|SCfigure"
TABULARS = "tabular|tabularx|tabulary|longtable|longtabu|tabu|xltabular|supertabular|xtabular|NiceTabular|tblr|longtblr"
MATH = "equation|align|gather|multline|eqnarray|displaymath|math|flalign|alignat|tikzpicture|algorithm|algorithmic"
FORMULAE = set(MATH.split("|")) - {"tikzpicture", "algorithm", "algorithmic"}
CODE = "|".join(ENVIRONMENTS)
BLOCK = re.compile(
    rf"\\(?P<heading>{'|'.join(LEVELS)})\*?(?![A-Za-z])|\\(?P<appendix>appendix)(?![A-Za-z])|(?P<display>\\\[|\$\$)"
    rf"|\\begin\s*\{{(?P<block>abstract|thebibliography|{CODE}|{FLOATS}|{TABULARS}|{MATH})(?P<star>\*?)\}}"
)
TITLE = re.compile(r"\\(?:icml|paper)?title(?=\s*[\[{])")
ABSTRACT = re.compile(r"\\abstract(?=\s*\{)")
CAPTION = re.compile(r"\\(?:sub)?caption(?:of\s*\{\w+\})?\*?(?=\s*[\[{])")
TABULAR = re.compile(rf"\\begin\s*\{{(?P<name>(?:{TABULARS})\*?)\}}")
NODE = re.compile(
    r"\b(?:node|pic)\s*(?:\[[^\]]*\]\s*|\([^()]*\)\s*|at\s*\([^()]*\)\s*)*(?=\{)|\b(?:title|[xyz]label)\s*=\s*(?=\{)"
    r"|\\(?:legend|addlegendentry)\s*(?:\[[^\]]*\]\s*)?(?=\{)"
)
"""What stands before the words of a drawing."""
BLANK = re.compile(r"\n[ \t]*\n")


@dataclass
class _Reading:
    source: TexDocument
    headings: list[tuple[int, str]] = field(default_factory=list)
    caption: str = ""
    """Of the float that is read."""
    found: list[PaperPassage] = field(default_factory=list)

    @property
    def titles(self) -> list[str]:
        return [title for _, title in self.headings]


def tex_passages(source: TexDocument) -> list[PaperPassage]:
    """The passages of a paper in order, those of skipped parts included."""
    state = _Reading(source, [(0, "Title")])
    title = last_argument(source, TITLE, source.stop)
    if title is not None:
        _paragraphs(state, *title)
    state.headings = [(0, "Abstract")]
    abstract = last_argument(source, ABSTRACT, source.start)
    if abstract is not None:
        _paragraphs(state, *abstract)
    _read(state, source.start, source.stop)
    return state.found


def last_argument(source: TexDocument, command: re.Pattern[str], end: int) -> tuple[int, int] | None:
    """Where the argument of the last such command before `end` begins and ends; None without one."""
    found = [match.end() for match in command.finditer(source.text, 0, end)]
    inner = argument(source.text, option(source.text, found[-1])) if found else None
    return (inner[1] - len(inner[0]) - 1, inner[1] - 1) if inner is not None else None


def _read(state: _Reading, start: int, end: int) -> None:
    text = state.source.text
    position = start
    while (found := BLOCK.search(text, position, end)) is not None:
        _paragraphs(state, position, found.start())
        position = _block(state, found, end)
    _paragraphs(state, position, end)


def _block(state: _Reading, found: re.Match[str], end: int) -> int:
    """Read what begins at a heading or an environment; gives where it ends."""
    text, after = state.source.text, found.end()
    if found["heading"]:
        return _heading(state, found["heading"], after)
    if found["appendix"]:
        state.headings = [(0, "Appendix")]
        return after
    if found["display"]:
        closing = text.find("\\]" if found["display"] == "\\[" else "$$", after, end)
        if closing < 0:
            return after
        _formula(state, after, closing)
        return closing + 2
    name = found["block"] + found["star"]
    closing = text.find(f"\\end{{{name}}}", after, end)
    stop = closing if closing >= 0 else end
    if found["block"] == "abstract":
        state.headings = [(0, "Abstract")]
        _read(state, after, stop)
        state.headings = [(0, "Introduction")]
    elif found["block"] in FLOATS.split("|"):
        _float(state, after, stop)
    elif found["block"] in TABULARS.split("|"):
        _table(state, after, stop, name, "")
    elif found["block"] in ENVIRONMENTS:
        _code(state, after, stop)
    elif found["block"] in FORMULAE:
        _formula(state, after, stop)
    elif found["block"] == "tikzpicture":
        _drawing(state, after, stop)
    return stop


def _drawing(state: _Reading, start: int, end: int) -> None:
    """The words in a drawing, of its nodes, titles and legends, and the values that it plots."""
    text = state.source.text
    for value in plotted_values(text, start, end):
        state.found.append(
            PaperPassage(
                text=value.text,
                kind="cell",
                part=_float_part(state.titles),
                section=" / ".join(state.titles),
                names=f"{value.row} | {value.column}",
                around=(state.caption, *reversed(state.titles)),
                places=((0, state.source.where(value.offset)),),
                shown=f"{value.column}: {value.row} {value.text}",
            )
        )
    for found in NODE.finditer(text, start, end):
        words = argument(text, found.end())
        if words is not None:
            _paragraphs(state, words[1] - len(words[0]) - 1, words[1] - 1)


def _formula(state: _Reading, start: int, end: int) -> None:
    """The rows of a displayed formula that state a value; they are of what they and the sentence before them name."""
    before = state.found[-1] if state.found and state.found[-1].kind == "text" else None
    led = before.text if before and not before.text.rstrip().endswith((".", "!", "?")) else ""
    around = (*((before.text, *before.around) if before else ()), *reversed(state.titles))
    for flat, begin, stop, words in formula_values(state.source.text, start, end):
        state.found.append(
            PaperPassage(
                text=flat.text[begin:stop].replace("\n", " "),
                kind="formula",
                part=part_of(state.titles),
                section=" / ".join(state.titles),
                names=f"{led} {words}".strip(),
                around=around,
                places=tuple(_places(state.source, flat, begin, stop)),
                shown=f"{led} {words}".strip(),
            )
        )


def _code(state: _Reading, start: int, end: int) -> None:
    """The lines of a listing."""
    text, position = state.source.text, start
    while position < end:
        stop = text.find("\n", position, end)
        stop = stop if stop >= 0 else end
        flat = flatten(text, position, stop)
        if flat.text.strip():
            places = _places(state.source, flat, 0, len(flat.text))
            pieces = of_paragraph(flat.text, places, state.titles, part_of(state.titles))
            state.found += [_as(piece, "code") for piece in pieces]
        position = stop + 1


def _heading(state: _Reading, name: str, after: int) -> int:
    text = state.source.text
    title = argument(text, option(text, after))
    if title is None:
        return after
    flat = flatten(text, title[1] - len(title[0]) - 1, title[1] - 1)
    level = LEVELS[name]
    state.headings = [(depth, words) for depth, words in state.headings if depth < level and words != "Abstract"]
    state.headings.append((level, " ".join(flat.text.split())))
    if any(sign.isdigit() for sign in flat.text):
        places = _places(state.source, flat, 0, len(flat.text))
        state.found += of_paragraph(flat.text.replace("\n", " "), places, state.titles, part_of(state.titles))
    return title[1]


def _paragraphs(state: _Reading, start: int, end: int) -> None:
    """The sentences of a stretch of running text."""
    flat = flatten(state.source.text, start, end)
    position = 0
    for found in [*BLANK.finditer(flat.text), None]:
        stop = found.start() if found else len(flat.text)
        text = flat.text[position:stop]
        if text.strip():
            places = _places(state.source, flat, position, stop)
            line = text.replace("\n", " ")
            state.found += of_paragraph(line, places, state.titles, part_of(state.titles))
        position = found.end() if found else stop


def _float(state: _Reading, start: int, end: int) -> None:
    """The captions and tables of a float, and the words beside them. They are checked even in a part that is not."""
    text = state.source.text
    captions: list[str] = []
    taken: list[tuple[int, int]] = []
    for found in CAPTION.finditer(text, start, end):
        words = argument(text, option(text, found.end()))
        if words is None:
            continue
        flat = flatten(text, words[1] - len(words[0]) - 1, words[1] - 1)
        captions.append(" ".join(flat.text.split()))
        taken.append((found.start(), words[1]))
        _caption(state, flat)
    for found in TABULAR.finditer(text, start, end):
        stop = text.find(f"\\end{{{found['name']}}}", found.end(), end)
        if stop >= 0 and not any(begin <= found.start() < last for begin, last in taken):
            taken.append((found.start(), stop))
            _table(state, found.end(), stop, found["name"], " ".join(captions))
    state.caption = " ".join(captions)
    _beside(state, sorted(taken), start, end)
    state.caption = ""


def _beside(state: _Reading, taken: list[tuple[int, int]], start: int, end: int) -> None:
    """The words of a float that stand in no caption and no table; listings and drawings in it are read as such."""
    part = _float_part(state.titles)
    before = len(state.found)
    position = start
    for begin, last in [*taken, (end, end)]:
        if begin > position:
            _read(state, position, begin)
        position = max(position, last)
    state.found[before:] = [PaperPassage(**{**vars(piece), "part": part}) for piece in state.found[before:]]


def _float_part(titles: list[str]) -> Part:
    part = part_of(titles)
    return "set-up" if part == "skipped" else part


def _caption(state: _Reading, flat: Flat) -> None:
    places = _places(state.source, flat, 0, len(flat.text))
    pieces = of_paragraph(flat.text.replace("\n", " "), places, state.titles, _float_part(state.titles))
    state.found += [_as(piece, "caption") for piece in pieces]


def _as(piece: PaperPassage, kind: str) -> PaperPassage:
    return PaperPassage(**{**vars(piece), "kind": kind})


def _table(state: _Reading, start: int, end: int, name: str, caption: str) -> None:
    source = state.source
    titles = state.titles
    part = _float_part(titles)
    for value in table_values(source.text, start, end, name):
        flat = value.cell.flat
        state.found.append(
            PaperPassage(
                text=flat.text.replace("\n", " "),
                kind="cell",
                part=part,
                section=" / ".join(titles),
                names=f"{value.row} | {value.column}",
                around=(caption, *reversed(titles)),
                places=tuple(_places(source, flat, 0, len(flat.text))),
                shown=f"{value.column}: {value.line}",
            )
        )


def _places(source: TexDocument, flat: Flat, start: int, end: int) -> list[tuple[int, str]]:
    """Where in flat[start:end], counted from its start, each new line of the source begins."""
    places: list[tuple[int, str]] = []
    for index, offset in enumerate(flat.offsets[start:end]):
        place = source.where(offset)
        if not places or places[-1][1] != place:
            places.append((index, place))
    return places or [(0, source.where(flat.offsets[start - 1] if start else source.start))]
