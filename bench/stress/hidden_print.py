"""Ways to plant an order in a printed paper so that its reader does not see it, or sees it in a figure."""

from __future__ import annotations

import re
from collections.abc import Callable

from .printing import BODY, LEADING, LEFT, WHITE, WIDTH, Plant, Print, broken, glyph_of

Hide = Callable[[str], Plant]
FOOT = 52.0
"""Points from the lower edge: below the print of a page."""
SMALL, TINY, LABEL = 6.0, 1.0, 5.0
SHOWN = (
    "Further details of the setup and additional results are given in the supplementary material, where all settings "
    "of the experiments are listed and each figure is repeated for the remaining seeds. "
)
"""What a reader sees in place of font-mapped text."""


def white(words: str) -> Plant:
    """White print on the white foot of the first page."""
    return lambda made: _lines(made, words, LEFT, FOOT, SMALL, WHITE)


def tiny(words: str) -> Plant:
    """Print of one point."""
    return lambda made: _lines(made, words, LEFT, FOOT, TINY)


def off_page(words: str) -> Plant:
    """Print below the lower edge of the first page."""
    return lambda made: _lines(made, words, LEFT, -40.0, SMALL)


def covered(words: str) -> Plant:
    """Print under a white rectangle."""

    def plant(made: Print) -> None:
        _lines(made, words, LEFT, FOOT, SMALL)
        made.rectangle(made.pages[0], LEFT - 2, 0, WIDTH - 2 * LEFT + 4, FOOT + SMALL + 2, WHITE)

    return plant


def font_mapped(words: str) -> Plant:
    """Print whose glyphs say one thing and whose character codes say the order: a font that lies to whoever copies."""

    def plant(made: Print) -> None:
        shown = (SHOWN * (len(words) // len(SHOWN) + 1))[: len(words)]
        font = made.load_mapped_font(to_unicode(words), [0, *(glyph_of(c) for c in shown)])
        done = 1
        for number, line in enumerate(broken(words, SMALL, WIDTH - 2 * LEFT)):
            codes = range(done, done + len(line))
            made.write_codes(made.pages[0], font, codes, LEFT, FOOT - number * LEADING * SMALL, SMALL)
            done = codes.stop + 1

    return plant if words else _nothing


def in_figure(words: str) -> Plant:
    """A bar chart on a page behind the first, with the order among its labels in small print; no chart without one."""

    def plant(made: Print) -> None:
        page = made.new_page(1)
        heights = (40, 55, 62, 70, 78)
        for number, height in enumerate(heights):
            made.rectangle(page, LEFT + 60 * number, 600, 40, height, (120, 120, 160))
            made.write(page, f"setting {number + 1}", LEFT + 60 * number, 590, LABEL)
        _lines(made, words, LEFT + 60 * len(heights), 670, LABEL, width=180, page=len(made.pages) - 1)
        made.write(page, "Figure 1: Results of the five settings, higher is better.", LEFT, 570, BODY)

    return plant if words else _nothing


def _nothing(_: Print) -> None:
    """What is planted where there is no order."""


def with_metadata(content: bytes, words: str) -> bytes:
    """The file with the words as title, subject and keywords in its information dictionary."""
    encoded = (b"\xfe\xff" + words.encode("utf-16-be")).hex().encode()
    info = b"<< /Title <%s> /Subject <%s> /Keywords <%s> >>" % (encoded, encoded, encoded)
    start, size = _last(rb"startxref\s+(\d+)", content), _last(rb"/Size\s+(\d+)", content)
    root = re.findall(rb"/Root\s+(\d+ \d+ R)", content)[-1]
    place = len(content) + 1
    added = b"\n%d 0 obj\n%s\nendobj\n" % (size, info)
    table = b"xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root %s /Info %d 0 R /Prev %d >>\n" % (
        size, place, size + 1, root, size, start,
    )  # fmt: skip
    return content + added + table + b"startxref\n%d\n%%%%EOF\n" % (len(content) + len(added))


def _last(pattern: bytes, content: bytes) -> int:
    return int(re.findall(pattern, content)[-1])


def _lines(
    made: Print, words: str, x: float, y: float, size: float, colour: tuple[int, ...] = (0, 0, 0),
    width: float = WIDTH - 2 * LEFT, page: int = 0,
) -> None:  # fmt: skip
    for number, line in enumerate(broken(words, size, width) if words else []):
        made.write(made.pages[page], line, x, y - number * LEADING * size, size, colour)


def to_unicode(words: str) -> bytes:
    """A CMap of the codes from 1 on to these characters."""
    pairs = "".join(f"<{n:04x}> <{c.encode('utf-16-be').hex()}>\n" for n, c in enumerate(words, start=1))
    lines = pairs.splitlines()
    blocks = [lines[i : i + 100] for i in range(0, len(lines), 100)]
    maps = "".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar\n" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /Planted def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{maps}endcmap\n"
        "CMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode()
