r"""The values that a drawing in a paper's source plots: `\addplot coordinates {(1, 0.31)}` and tables written in it.

Each is of what its legend, a coordinate in words and the labels of the axes name. Coordinates along the other axis are
places, and no values. Files of data that a plot reads are none of the source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ...data.papers.tex.commands import argument, option
from .tex_flat import flatten

PLOT = re.compile(r"\\addplot3?\+?(?![A-Za-z])")
KIND = re.compile(r"[^;{]*?\b(?P<kind>coordinates|table)\s*(?=[\[{])")
POINT = re.compile(
    r"\(\s*(?P<x>[^,()]+?)\s*,\s*(?P<y>[^,()]+?)\s*\)(?:\s*\+-\s*\(\s*(?P<dx>[^,()]*?)\s*,\s*(?P<dy>[^,()]*?)\s*\))?"
)
ENTRY = re.compile(r"\s*;?\s*\\addlegendentry(?=\s*[\[{])")
ENTRIES = re.compile(r"\\legend\s*(?=\{)|\blegend\s+entries\s*=\s*(?=\{)")
LABEL = re.compile(r"\b(?P<of>title|[xy]label)\s*=\s*(?P<open>\{)?")
ACROSS = re.compile(r"\bxbar\b")
COLUMN = re.compile(r"\by(?P<index>\s+index)?\s*=\s*\{?(?P<name>[^,\]}]+)")
COMMAND = re.compile(r"\\\\|\n")
NUMERIC = re.compile(r"[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?\Z")


class Plotted(NamedTuple):
    """One value as it is written, its spread behind ±, what it is of, and where it stands."""

    text: str
    row: str
    column: str
    offset: int


def plotted_values(source: str, start: int, end: int) -> Iterator[Plotted]:
    """The values of the plots in source[start:end]."""
    labels = {found["of"]: _words(source, found, end) for found in LABEL.finditer(source, start, end)}
    legends = _legends(source, start, end)
    for number, found in enumerate(PLOT.finditer(source, start, end)):
        options = source[found.end() : option(source, found.end())]
        kind = KIND.match(source, found.end(), end)
        body = argument(source, option(source, kind.end())) if kind else None
        if kind is None or body is None:
            continue
        entry = ENTRY.match(source, body[1], end)
        own = argument(source, option(source, entry.end())) if entry else None
        legend = _flat(own[0]) if own else legends[number] if number < len(legends) else ""
        across = ACROSS.search(options) or ACROSS.search(source, start, found.start())
        column = " ".join(filter(None, (labels.get("title"), labels.get("xlabel" if across else "ylabel"))))
        points = _points if kind["kind"] == "coordinates" else _rows
        for place, value, offset in points(source, kind.end(), body, bool(across)):
            words = "" if NUMERIC.match(place) else place
            yield Plotted(value, f"{legend} {words}".strip(), column, offset)


def _points(source: str, _: int, body: tuple[str, int], across: bool) -> Iterator[tuple[str, str, int]]:
    start = body[1] - len(body[0]) - 1
    for point in POINT.finditer(source, start, body[1]):
        value, place, spread = (
            (point["x"], point["y"], point["dx"]) if across else (point["y"], point["x"], point["dy"])
        )
        shown = f"{value} ± {spread}" if spread and spread != "0" else value
        yield _flat(place), shown, point.start()


def _rows(source: str, options: int, body: tuple[str, int], across: bool) -> Iterator[tuple[str, str, int]]:
    """The rows of a table that is written in the source; of a file's name there are none."""
    offset = body[1] - len(body[0]) - 1
    rows = [re.split(r"\s*,\s*|\s+", row.strip()) for row in COMMAND.split(body[0]) if row.strip()]
    if len(rows) < 2:
        return
    named = not any(NUMERIC.match(cell) for cell in rows[0][1:])
    wanted = COLUMN.search(source, options, offset)
    index = 0 if across else 1
    if wanted and wanted["index"]:
        index = int(wanted["name"]) if wanted["name"].strip().isdecimal() else index
    elif wanted and named and wanted["name"].strip() in rows[0]:
        index = rows[0].index(wanted["name"].strip())
    for row in rows[named:]:
        if index < len(row):
            yield _flat(row[1 - index] if index < 2 <= len(row) else row[0]), row[index], offset


def _legends(source: str, start: int, end: int) -> list[str]:
    found = ENTRIES.search(source, start, end)
    words = argument(source, found.end()) if found else None
    return [_flat(word) for word in words[0].split(",")] if words else []


def _words(source: str, found: re.Match[str], end: int) -> str:
    if found["open"]:
        words = argument(source, found.end() - 1)
        return _flat(words[0]) if words else ""
    return _flat(re.split(r"[,\]\n]", source[found.end() : end], maxsplit=1)[0])


def _flat(text: str) -> str:
    return " ".join(flatten(text, 0, len(text)).text.split())
