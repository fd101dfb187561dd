"""The reviewer card as a PDF: one page of A4, with each figure's interval and number of papers."""

from __future__ import annotations

from collections.abc import Sequence

from ...presentation.drawing import ALARM, GREY, INK
from ...presentation.numbers import signed
from ...presentation.report import Report
from .figures import ChangeFigures, StressFigures
from .printing import LEADING
from .profile_table import profile_table
from .result import ReviewerStress
from .sheet import HEIGHT, MARGIN, WIDTH, Column, Sheet, set_in
from .summary import short, summary_table
from .tables import FAMILIES

WHOLE = Column(MARGIN, WIDTH - 2 * MARGIN)
LOOK = tuple(Column(MARGIN + left, width) for left, width in ((0, 128), (132, 78), (214, 98), (316, 211)))
PROFILE = Column(MARGIN, 168)
FOREST = Column(MARGIN + 184, WIDTH - 2 * MARGIN - 184)
NAMES, WORDS = 84.0, 116.0
"""Points of the names of changes, and of their figures, beside the drawing."""
SIZE, SMALL, FINE = 7.0, 6.2, 5.6
HIGHEST = 14.0
"""Points of a row of the drawing, at most."""
NOTE_LINES = 9
FACTS = ("Decisions of the reviewer", "Labels", "Text", "Attacks", "Rewriter", "Seed", "Begun", "Version")


def card_pdf(card: Report, stress: ReviewerStress) -> bytes:
    """The page."""
    sheet = Sheet()
    top = _head(sheet, card)
    look = summary_table(stress.figures, stress.rated, stress.naming)
    top = _title(sheet, "In one look", WHOLE, top)
    top = sheet.rows(look.rows, LOOK, top, SIZE) + 12
    foot = _foot(sheet, card)
    _profile(sheet, stress, top, foot)
    _forest(sheet, stress.figures, top, foot)
    return sheet.saved(card.title)


def _head(sheet: Sheet, card: Report) -> float:
    top = sheet.paragraph(card.title, WHOLE, MARGIN, 14, fontweight="bold")
    top = sheet.paragraph(card.subject, WHOLE, top + 1, 8.5, color=INK)
    facts = [f"{name}: {value}" for name, value in card.facts if name in FACTS]
    return sheet.paragraph("  ·  ".join(facts), WHOLE, top + 2, FINE, color=GREY) + 8


def _title(sheet: Sheet, words: str, column: Column, top: float) -> float:
    return sheet.paragraph(words, column, top, 9, fontweight="bold") + 2


def _foot(sheet: Sheet, card: Report) -> float:
    """Notes and how to read the page, from its lower edge up; returns where they begin."""
    reading = (
        "Figures with 95% intervals. Shifts: changed less intact, the same paper; full mark: beyond chance after Holm; "
        "red: it should not move the score and does, or should lower it and is not shown to. All tables, terms and the "
        "command: card.html."
    )
    lines = [line for note in card.notes for line in set_in(note, WHOLE.width, FINE)]
    if len(lines) > NOTE_LINES:
        lines = [*lines[: NOTE_LINES - 1], "(further notes: card.html)"]
    lines += set_in(reading, WHOLE.width, FINE)
    start = HEIGHT - MARGIN - len(lines) * LEADING * FINE
    sheet.rule(start - 4, WHOLE)
    for number, line in enumerate(lines):
        sheet.line(line, MARGIN, start + number * LEADING * FINE, FINE, color=GREY)
    return start - 8


def _profile(sheet: Sheet, stress: ReviewerStress, top: float, foot: float) -> None:
    """Name, value and remark one below the other; those that have no room are left to the page in HTML."""
    top = _title(sheet, "On papers as they are", PROFILE, top)
    for name, value, remark in profile_table(stress.figures, stress.rated).rows:
        lines = len(set_in(remark, PROFILE.width, FINE)) + len(set_in(f"{name}: {value}", PROFILE.width, SMALL))
        if top + lines * LEADING * SMALL > foot - SMALL:
            sheet.line("further figures: card.html", PROFILE.left, top, FINE, color=GREY)
            return
        top = sheet.paragraph(f"{name}: {value}", PROFILE, top, SMALL)
        top = sheet.paragraph(remark, PROFILE, top, FINE, color=GREY) + 2.5


def _forest(sheet: Sheet, figures: StressFigures, top: float, foot: float) -> None:
    top = _title(sheet, "What moves the score: shift in SD of intact papers, n", FOREST, top)
    rows: list[ChangeFigures | str] = []
    for family, title in FAMILIES.items():
        changes = [row for row in figures.at_most(family) if row.relative.value is not None]
        rows += [title, *changes] if changes else []
    if not rows:
        why = "Not known: its scores of intact papers are all alike, or nothing was changed."
        sheet.paragraph(why, FOREST, top, SMALL)
        return
    axis = 14.0
    most = int((foot - axis - top) / (LEADING * FINE))
    left_out = len(rows) - most if len(rows) > most else 0
    rows = rows[: most - 1] if left_out else rows
    step = min((foot - axis - top) / (len(rows) + bool(left_out)), HIGHEST)
    _draw(sheet, rows, top, step)
    if left_out:
        sheet.line(f"and {left_out + 1} more: card.html", FOREST.left, top + len(rows) * step + axis, FINE, color=GREY)


def _draw(sheet: Sheet, rows: Sequence[ChangeFigures | str], top: float, step: float) -> None:
    """A row for each change, in line with its name and its figures."""
    left, width = FOREST.left + NAMES, FOREST.width - NAMES - WORDS
    axes = sheet.axes(left, top, width, len(rows) * step)
    axes.set(ylim=(len(rows), 0), yticks=[])
    axes.tick_params(labelsize=FINE, length=2, pad=1)
    axes.axvline(0, color="#bbbbbb", linewidth=0.7)
    for number, row in enumerate(rows):
        place = top + (number + 0.5) * step - FINE / 2 - 0.5
        if isinstance(row, str):
            sheet.line(row.partition(":")[0], FOREST.left, place, FINE, fontweight="bold")
            continue
        found, wrong = row.relative, row.moved if row.expected == "same" else not row.noticed
        colour = ALARM if wrong else GREY
        if found.low is not None and found.high is not None:
            axes.plot([found.low, found.high], [number + 0.5] * 2, color=colour, linewidth=1)
        inside = colour if row.moved else "white"
        axes.plot([found.value or 0.0], [number + 0.5], "o", markersize=3, color=colour, markerfacecolor=inside)
        words = str(signed(found.value, found.low, found.high, 2)) if found.value else "0"
        sheet.fitted(short(row), Column(FOREST.left + 6, NAMES - 10), place, FINE)
        sheet.fitted(f"{words}  n={found.n}", Column(left + width + 6, WORDS - 6), place, FINE)
