"""The sentence around a find, in texts whose headings, captions and tables have no full stop."""

from __future__ import annotations

from .scrub_patterns import CREDITS, HEADING, ROW, SECTION, SENTENCE_BEGIN, SENTENCE_END

LONGEST_SENTENCE = 600
LONGEST_HEADING = 6
"""Words of a line that begins like a statement's heading, where no text follows on the line."""


def sentence_around(body: str, start: int, stop: int) -> tuple[int, int]:
    """The span widened to its sentence: to the marks that end sentences, to blank lines, headings and rows of tables.

    Where nothing of these stands within `LONGEST_SENTENCE` characters, that end of the span stays where it is.
    """
    return _begin(body, start), _end(body, stop)


def _begin(body: str, start: int) -> int:
    first = max(0, start - LONGEST_SENTENCE)
    found = max((m.end() for m in SENTENCE_END.finditer(body, first, start)), default=-1)
    line = body.rfind("\n", first, start) + 1
    while line > max(found, first):
        above = body.rfind("\n", 0, line - 1) + 1
        if _ends_above(body, above, line):
            return line
        line = above
    return found if found >= 0 else start


def _ends_above(body: str, above: int, line: int) -> bool:
    """Whether the line from `above` to `line` is no part of the sentence below it."""
    if HEADING.match(body, above):
        return True
    if len(body[above:line].split()) <= LONGEST_HEADING and (CREDITS.match(body, above) or SECTION.match(body, above)):
        return True
    if body[above:line].rstrip().endswith((",", "-", "–")):
        return False
    return bool(SENTENCE_BEGIN.match(body, line) or (ROW.match(body, above) and body[line].isupper()))


def _end(body: str, stop: int) -> int:
    closing = SENTENCE_END.search(body, stop, stop + LONGEST_SENTENCE)
    end = stop if not closing else closing.start() if closing[0][0] == "\n" else closing.end()
    heading = HEADING.search(body, body.find("\n", stop, end) + 1, end) if "\n" in body[stop:end] else None
    return heading.start() - 1 if heading else end
