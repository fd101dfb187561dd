"""Whether a paper is fit to be handed in: what its PDF shows, how many pages, slips that ChkTeX finds in its source."""

from __future__ import annotations

import math
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from ...data.errors import InputError
from ...data.files import read_text
from ...data.papers.pdf.one_thread import one_thread
from .document import masked_source
from .log import LONGEST_CONTEXT, Problem, source_lines
from .pages import REFERENCES, filled, pages_of_floats
from .source import PLACEHOLDERS, check_source

UNRESOLVED = re.compile(r"\?\?|\[\?\]|\(\?\)|\(\?[,;]|[,;] \?\)")
MOST_OVERFULL = 10.0
"""Points by which a line may be too long before it is seen."""
BLEED = 2.0
"""Points by which an object may stand out of the page."""
FEWEST_WORDS = 300
STARTED = 0.03
"""Share of a page below which it has not been begun: the references open it."""
TWO_COLUMNS = "[two-column]{peerassay}"
SHORTEST_LIST = 5
"""Words in a list of references, at least."""
WATCHED = (9, 10, 11, 14, 15, 16, 17, 18, 25, 28, 31, 34, 35, 37, 40)
"""ChkTeX's numbers: brackets without partners (9, 10, 15 to 17), dots (11), spaces around
brackets (37), arguments (14), quotes (18), exponents of several digits (25), fragile text (28, 31, 34), names of
functions (35), punctuation in formulas (40). What is taste only, as spaces before labels, is left out."""
PUNCTUATION, BRACKET_SPACES = "40", "37"
BRACKET_SPACE = re.compile(r"[(\[]\s|\s[)\]]")
MATH_BRACKET = re.compile(r"\\(?:left|big|Big|bigg|Bigg)l?\s*[(\[]\s*|\s*\\(?:right|big|Big|bigg|Bigg)r?\s*[)\]]")
CHKTEX_LINE = re.compile(r"(?P<file>.*?):(?P<line>\d+):(?P<column>\d+):(?P<number>\d+):(?P<message>.*)")
CHKTEX_SECONDS = 20


class PdfCheck(BaseModel):
    """What a PDF holds. `length` is that before the references in pages, `main_pages` how many it fills or begins."""

    model_config = ConfigDict(frozen=True)

    pages: int
    main_pages: int
    length: float
    words: int
    fonts_embedded: bool
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there is no error among the problems."""
        return all(problem.severity != "error" for problem in self.problems)


def check_pdf(
    pdf: Path, *, tex: Path | None = None, compiled: Sequence[Problem] = (), page_limit: int | None = None
) -> PdfCheck:
    """Look through a PDF.

    With `tex`, its source file, sections and figures are checked too (see `check_source`); with `compiled`, the
    problems from compiling, lines more than 10 pt too long count as errors. `page_limit` is for the pages before
    the references. Raises InputError for a file that is no PDF.
    """
    columns = 2 if tex and TWO_COLUMNS in read_text(tex) else 1
    pages, loose, out, length = _looked_at(pdf, columns)
    text = "\n".join(pages)
    main_pages = len(pages) if length is None else math.ceil(length - STARTED)
    found = [*_on_pages(pages), *out]
    if loose:
        message = f"fonts that are not embedded: {', '.join(sorted(loose))}"
        found.append(Problem(kind="font", severity="warning", message=message))
    if length is None:
        found.append(Problem(kind="bibliography", message="there is no list of references"))
    elif len(REFERENCES.split(text)[-1].split()) < SHORTEST_LIST:
        found.append(Problem(kind="bibliography", page=int(length) + 1, message="the list of references is empty"))
    if page_limit is not None and main_pages > page_limit:
        message = f"{length or main_pages:.1f} pages before the references, {page_limit} are allowed"
        found.append(Problem(kind="pages", message=message))
    if len(text.split()) < FEWEST_WORDS:
        found.append(Problem(kind="text", severity="warning", message=f"only {len(text.split())} words"))
    found += _far_out(compiled)
    if tex:
        found += [*check_source(tex), *pages_of_floats(pages[:main_pages], read_text(tex))]
    return PdfCheck(
        pages=len(pages),
        main_pages=main_pages,
        length=len(pages) if length is None else round(length, 2),
        words=len(text.split()),
        fonts_embedded=not loose,
        problems=tuple(dict.fromkeys(found)),
    )


def _on_pages(pages: Sequence[str]) -> Iterator[Problem]:
    """References that were not resolved and placeholders, by page; pages without anything."""
    for number, page in enumerate(pages, start=1):
        for found in UNRESOLVED.finditer(page):
            around = " ".join(page[max(0, found.start() - 40) : found.end() + 20].split())
            message = f"a reference or citation was not resolved: … {around} …"
            yield Problem(kind="undefined reference", page=number, message=message, subject=found[0])
        for found in PLACEHOLDERS.finditer(page):
            yield Problem(kind="text", page=number, message=f"placeholder {found[0]!r}", subject=found[0])
        if not page.strip():
            yield Problem(kind="pages", severity="warning", page=number, message="a page without text")


def _far_out(compiled: Sequence[Problem]) -> Iterator[Problem]:
    for problem in compiled:
        if problem.kind == "overfull" and (problem.points or 0) > MOST_OVERFULL:
            yield problem.model_copy(update={"severity": "error"})


@one_thread
def _looked_at(pdf: Path, columns: int) -> tuple[list[str], set[str], list[Problem], float | None]:
    """The text of the pages, fonts that are not embedded, objects that stand out, and the pages before references."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(pdf)
    except (pypdfium2.PdfiumError, OSError) as error:
        raise InputError(f"{pdf}: not a PDF file that can be read ({error})") from None
    pages: list[str] = []
    loose: set[str] = set()
    out: list[Problem] = []
    length: float | None = None
    try:
        for number, page in enumerate(document, start=1):
            textpage = page.get_textpage()
            pages.append(textpage.get_text_range().replace("\r\n", "\n"))
            share = filled(page, textpage, columns)
            length = length if share is None else number - 1 + share
            outside = sorted({_name(thing) for thing in _objects(page, loose) if _stands_out(thing, page.get_size())})
            if outside:
                message = f"{' and '.join(outside)} beyond the edge of the page"
                out.append(Problem(kind="overfull", page=number, message=message))
            textpage.close()
            page.close()
    finally:
        document.close()
    return pages, loose, out, length


def _objects(page: Any, loose: set[str]) -> Iterator[Any]:
    """The objects of a page; fonts of text that are not embedded are put into `loose`."""
    from pypdfium2 import raw

    fonts: dict[int, bool] = {}
    for thing in page.get_objects(max_depth=3):
        if thing.type == raw.FPDF_PAGEOBJ_TEXT:
            font = raw.FPDFTextObj_GetFont(thing.raw)
            key = raw.ctypes.cast(font, raw.ctypes.c_void_p).value or 0
            if font and key not in fonts:
                fonts[key] = raw.FPDFFont_GetIsEmbedded(font) == 1
                if not fonts[key]:
                    loose.add(_font_name(font))
        if thing.level == 0:
            yield thing


def _font_name(font: Any) -> str:
    from pypdfium2 import raw

    size = raw.FPDFFont_GetBaseFontName(font, None, 0)
    buffer = raw.ctypes.create_string_buffer(size)
    raw.FPDFFont_GetBaseFontName(font, buffer, size)
    return buffer.value.decode("utf-8", "replace") or "one without a name"


def _name(thing: Any) -> str:
    from pypdfium2 import raw

    names = {raw.FPDF_PAGEOBJ_TEXT: "text", raw.FPDF_PAGEOBJ_IMAGE: "an image", raw.FPDF_PAGEOBJ_FORM: "a figure"}
    return names.get(thing.type, "a drawing")


def _stands_out(thing: Any, size: tuple[float, float]) -> bool:
    try:
        left, bottom, right, top = thing.get_bounds()
    except RuntimeError:
        return False
    if right <= left or top <= bottom:
        return False
    return left < -BLEED or bottom < -BLEED or right > size[0] + BLEED or top > size[1] + BLEED


def run_chktex(folder: Path, main: str = "paper.tex") -> tuple[Problem, ...]:
    """The slips in `main` and the files that it puts in; none where ChkTeX is not installed (see `missing_tools`)."""
    program = shutil.which("chktex")
    if program is None:
        return ()
    watched = [f"-w{number}" for number in WATCHED]
    try:
        done = subprocess.run(
            [program, "-q", "-g0", "-x", "-n", "all", *watched, "-f", "%f:%l:%c:%n:%m\n", main],
            cwd=folder,
            env={"PATH": os.environ.get("PATH", ""), "HOME": os.devnull},
            capture_output=True,
            timeout=CHKTEX_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return ()
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    told = [found for found in map(CHKTEX_LINE.fullmatch, lines) if found and not _is_factorial(found, folder)]
    slips = [_slip(found, folder) for found in told]
    return tuple(slip for slip in slips if not _is_verbatim(slip, folder) and not _is_math_space(slip))


def _is_verbatim(slip: Problem, folder: Path) -> bool:
    """Whether the line is one of code, in which ChkTeX has no business."""
    shown = masked_source("\n".join(source_lines(folder, slip.file)), comments=False).split("\n")
    return bool(slip.line and slip.line <= len(shown) and not shown[slip.line - 1].strip())


def _is_factorial(found: re.Match[str], folder: Path) -> bool:
    """Whether the punctuation that ends a formula is the factorial's; columns are those of bytes."""
    lines, number, column = source_lines(folder, found["file"]), int(found["line"]), int(found["column"])
    line = lines[number - 1].encode() if number <= len(lines) else b""
    return found["number"] == PUNCTUATION and line[column - 1 : column] == b"!"


def _is_math_space(slip: Problem) -> bool:
    r"""Whether all spaces within brackets stand at \left or \right, in a formula, where they are not printed."""
    return slip.subject == BRACKET_SPACES and not BRACKET_SPACE.search(MATH_BRACKET.sub("", slip.context))


def _slip(found: re.Match[str], folder: Path) -> Problem:
    lines, number = source_lines(folder, found["file"]), int(found["line"])
    context = lines[number - 1].strip()[:LONGEST_CONTEXT] if number <= len(lines) else ""
    return Problem(
        kind="chktex", severity="note", file=found["file"], line=number, message=found["message"].strip(),
        subject=found["number"], context=context,
    )  # fmt: skip
