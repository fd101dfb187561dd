"""A paper from a Word file (.docx): headings, paragraphs and tables as Markdown, hidden text set aside."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from ..errors import InputError
from .invisible import HiddenKind, HiddenText
from .markdown import with_marked_headings
from .source import Extracted

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
LONGEST_HEADING = 100
LETTERS = 3
"""Hidden runs of fewer letters are no messages."""
TINY = 4.0
"""Points; smaller print is not meant to be read."""
NEARLY_WHITE = 235
MOST_BYTES = 300_000_000
"""Unpacked; more is no paper."""


def read_docx(content: bytes, name: str) -> Extracted:
    """Read a Word file as Markdown, the title by its style; `name` is for messages.

    Raises InputError for a file that is broken, locked or too large, and where python-docx is not installed.
    """
    document = _opened(content, name)
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    title = ""
    blocks: list[str] = []
    quarantine: list[HiddenText] = []
    for element in _blocks(document.element.body):
        if element.tag == f"{W}tbl":
            blocks.append("\n".join(_rows(Table(element, document), quarantine)))
            continue
        paragraph = Paragraph(element, document)
        text = _visible(paragraph, quarantine).strip()
        style = (paragraph.style.name if paragraph.style is not None else "") or ""
        if not text:
            continue
        if style == "Title" and not title:
            title = " ".join(text.split())
            blocks.append(f"# {title}")
        else:
            blocks.append(f"{_mark(style)}{_bold(paragraph, text)}")
    return Extracted(with_marked_headings("\n\n".join(blocks)), title, tuple(quarantine))


def _blocks(body: Any) -> Iterator[Any]:
    """The paragraphs and tables, those in content controls too, without what is in tables and text boxes."""
    for element in body.iter(f"{W}p", f"{W}tbl"):
        if next(element.iterancestors(f"{W}tbl", f"{W}txbxContent"), None) is None:
            yield element


def _bold(paragraph: Any, text: str) -> str:
    """The text, marked where all of a short paragraph is bold: a heading of those who use no styles."""
    runs = [run for run in paragraph.runs if run.text.strip()]
    bold = len(text) <= LONGEST_HEADING and runs and all(run.bold for run in runs)
    return f"**{text}**" if bold else text


def _opened(content: bytes, name: str) -> Any:
    try:
        import docx
    except ModuleNotFoundError:
        raise InputError("reading Word files needs python-docx: pip install python-docx") from None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MOST_BYTES:
                raise InputError(f"{name}: more than {MOST_BYTES // 10**6} MB unpacked; give the paper alone")
        return docx.Document(io.BytesIO(content))
    except InputError:
        raise
    except Exception as error:  # python-docx and lxml raise many kinds on broken files
        raise InputError(f"{name}: broken Word file ({type(error).__name__}); save it again or make a PDF") from None


def _mark(style: str) -> str:
    """The mark of a heading or of an item of a list, by the name of the paragraph's style."""
    if style.startswith("Heading "):
        level = style.removeprefix("Heading ").strip()
        return f"{'#' * min(6, int(level) + 1)} " if level.isdecimal() else "## "
    return "- " if style.startswith("List") else ""


def _rows(table: Any, quarantine: list[HiddenText]) -> Iterator[str]:
    for row in table.rows:
        cells: list[Any] = []
        for cell in row.cells:
            if all(cell._tc is not other._tc for other in cells):
                cells.append(cell)
        texts = [" ".join(_visible(part, quarantine) for part in cell.paragraphs) for cell in cells]
        yield " | ".join(" ".join(text.split()) for text in texts)


def _visible(paragraph: Any, quarantine: list[HiddenText]) -> str:
    """The text of a paragraph without its hidden runs, which are added to the quarantine."""
    shown: list[str] = []
    hidden: dict[HiddenKind, list[str]] = {}
    for run, text in _runs(paragraph):
        kind = None if run is None else _hidden(run, paragraph)
        (shown if kind is None else hidden.setdefault(kind, [])).append(text)
    for kind, texts in hidden.items():
        text = " ".join("".join(texts).split())
        if sum(map(str.isalpha, text)) >= LETTERS:
            quarantine.append(HiddenText(kind=kind, text=text))
    return "".join(shown)


def _runs(paragraph: Any) -> Iterator[tuple[Any, str]]:
    """The runs of a paragraph with their texts, inserted and linked ones too, deleted ones left out; formulas alone."""
    from docx.text.run import Run

    for element in paragraph._p.iter(f"{W}r", f"{MATHS}t"):
        if next(element.iterancestors(f"{W}del", f"{W}moveFrom", FALLBACK), None) is not None:
            continue
        if element.tag == f"{MATHS}t":
            yield None, element.text or ""
        else:
            run = Run(element, paragraph)
            yield run, run.text


def _hidden(run: Any, paragraph: Any) -> HiddenKind | None:
    """Why a run is not seen, by its own format or else by that of its styles; None where it is seen."""
    fonts = [run.font, *(style.font for style in _styles(run.style)), *(s.font for s in _styles(paragraph.style))]
    if next((font.hidden for font in fonts if font.hidden is not None), False):
        return "invisible"
    size = next((font.size.pt for font in fonts if font.size is not None), None)
    if size is not None and size < TINY:
        return "tiny"
    colour = next((font.color.rgb for font in fonts if font.color is not None and font.color.rgb is not None), None)
    white = colour is not None and min(colour) >= NEARLY_WHITE
    return "white" if white and not _shaded(run, paragraph) else None


def _styles(style: Any) -> Iterator[Any]:
    """The style and those that it is based on."""
    depth = 0
    while style is not None and depth < 10:
        yield style
        style, depth = style.base_style, depth + 1


def _shaded(run: Any, paragraph: Any) -> bool:
    """Whether the run stands on a ground of some colour: highlighted, shaded, or in a shaded paragraph or cell."""
    for element in (run._r, paragraph._p, *paragraph._p.iterancestors("{*}tc")):
        for shade in element.xpath("./w:rPr/w:shd | ./w:pPr/w:shd | ./w:tcPr/w:shd"):
            fill = next((value for key, value in shade.attrib.items() if key.endswith("}fill")), "auto")
            if fill.lower() not in ("auto", "ffffff"):
                return True
    return run.font.highlight_color is not None
