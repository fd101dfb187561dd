"""The reading order of columns on a PDF's pages.

Most files draw one column after the other, and their order is kept; where a file draws two columns row by row, rows of
a table are told from rows of prose by the words of each side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from .objects import Box
from .words import Line, Word

COLUMN_GAP = 0.95
"""Distance of two words over the size of the print, from which on they may stand in two columns."""
SAME_ROW = 0.5
"""Difference of height over that of the print within a row."""
FEWEST_ROWS = 6
BOTH_SIDES = 0.5
"""Share of the rows between two columns that have words on both sides."""
STARTS = 0.7
"""Share of the rows with two sides whose right side starts at one place, give or take the size of the print."""
PROSE = 3
"""Words of a side on average; a table has fewer."""
TAKES_TURNS = 0.4
"""Changes of side, over the rows, of a file that draws row by row."""
SMALLEST_SIDE = 0.2
"""Share of the width of the page's text, at the left and at the right of the place where the right column starts."""


@dataclass(frozen=True)
class _Piece:
    order: int
    line: Line
    box: Box


def in_reading_order(lines: Sequence[Line]) -> list[Line]:
    """The lines of a page, those of columns that are drawn row by row one column after the other."""
    pieces = [_Piece(n, piece, piece.box) for n, piece in enumerate(p for line in lines for p in _pieces(line))]
    rows = _level_rows([piece for piece in pieces if piece.line.words[0].along])
    spans = list(_columned(rows))
    if not spans:
        return list(lines)
    ordered = [piece.line for piece in pieces if not piece.line.words[0].along]
    done = 0
    for start, stop, middle in spans:
        ordered += _in_one_line(rows[done:start])
        block = [piece for row in rows[start:stop] for piece in row]
        ordered += [piece.line.at_hyphen() or piece.line for piece in block if piece.box[2] <= middle]
        ordered += [piece.line.at_hyphen() or piece.line for piece in block if piece.box[0] >= middle]
        done = stop
    return ordered + _in_one_line(rows[done:])


def _pieces(line: Line) -> Iterator[Line]:
    """The parts of a line between wide gaps."""
    start = 0
    for index, (before, after) in enumerate(pairwise(line.words), start=1):
        if after.box[0] - before.box[2] > COLUMN_GAP * max(before.size, after.size):
            yield Line(line.words[start:index])
            start = index
    yield Line(line.words[start:], line.broken)


def _level_rows(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """From the top to the bottom, each from left to right."""
    rows: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda piece: -_height(piece)):
        size = max(piece.line.words[0].size, 1.0)
        if rows and _height(rows[-1][0]) - _height(piece) <= SAME_ROW * size:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.box[0]) for row in rows]


def _height(piece: _Piece) -> float:
    return sorted(word.middle for word in piece.line.words)[len(piece.line.words) // 2]


def _columned(rows: Sequence[Sequence[_Piece]]) -> Iterator[tuple[int, int, float]]:
    """First and last row (exclusive) of each block of two columns that take turns, with the middle between them."""
    boxes = [piece.box for row in rows for piece in row]
    if not boxes:
        return
    left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
    middle = _gutter(rows, left, right)
    if middle is None:
        return
    start = 0
    for index in range(len(rows) + 1):
        if index == len(rows) or any(piece.box[0] < middle < piece.box[2] for piece in rows[index]):
            if _take_turns(rows[start:index], middle):
                yield start, index, middle
            start = index + 1


def _gutter(rows: Sequence[Sequence[_Piece]], left: float, right: float) -> float | None:
    """The place between two pieces of a row that the fewest pieces of others cross, of most rows with two sides."""
    edge = SMALLEST_SIDE * (right - left)
    gaps = [
        (before.box[2], after.box[0])
        for row in rows
        for before, after in pairwise(row)
        if left + edge <= after.box[0] <= right - edge
    ]
    if len(gaps) < FEWEST_ROWS:
        return None
    places = {round(end - 1) for _, end in gaps} | {round((start + end) / 2) for start, end in gaps}
    return max(places, key=lambda place: (sum(start < place < end for start, end in gaps), -place))


def _take_turns(rows: Sequence[Sequence[_Piece]], middle: float) -> bool:
    sides = [([p for p in row if p.box[2] <= middle], [p for p in row if p.box[0] >= middle]) for row in rows]
    both = [(one, other) for one, other in sides if one and other]
    if len(both) < max(FEWEST_ROWS, BOTH_SIDES * len(rows)):
        return False
    starts = sorted(other[0].box[0] for _, other in both)
    usual, size = starts[len(starts) // 2], both[0][1][0].line.words[0].size
    if sum(abs(start - usual) <= size for start in starts) < STARTS * len(both):
        return False
    for side in zip(*both, strict=True):
        words = [word for pieces in side for piece in pieces for word in piece.line.words]
        lettered = sum(any(map(str.isalpha, word.text)) for word in words)
        if lettered < PROSE * len(both) or sum(len(pieces) > 1 for pieces in side) > len(both) / 2:
            return False
    drawn = sorted((piece.order, piece.box[2] <= middle) for row in rows for piece in row)
    turns = sum(a != b for (_, a), (_, b) in pairwise(drawn))
    return turns >= TAKES_TURNS * len(rows)


def _in_one_line(rows: Sequence[Sequence[_Piece]]) -> list[Line]:
    """Rows over the whole width as one line each."""
    return [
        Line(tuple(_spaced(word) for piece in row for word in piece.line.words), row[-1].line.broken) for row in rows
    ]


def _spaced(word: Word) -> Word:
    return word if word.gap else replace(word, gap=" ")
