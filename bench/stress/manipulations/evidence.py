"""Degradations of a paper's evidence: baselines, uncertainty, and numbers that do not hold."""

from __future__ import annotations

import random
import re

from ....data.records import Paper
from ..manipulation import NotApplicable
from ..parts import Edit, body_of, edited, nested, prose_of, removal, spans, with_text
from ..section_kinds import closing_places, spans_of
from .wording import any_of, words_of

ROW = re.compile(r"^[ \t]*\|[^\n]*\|[ \t]*$", re.MULTILINE)
RULE = re.compile(r"[\s|:=-]+")
DECIMAL = re.compile(
    r"(?<!\bSection )(?<!\bSec\. )(?<!\bSections )(?<!\bAppendix )(?<![\w.,$\\{^-])\d{1,3}\.\d{1,4}(?![\d\w.,]*[\w}])"
)
SHIFT = (0.15, 0.6)
"""By what share of itself a number is moved, at least and at most."""
NUMBER_FIRST = re.compile(r"\s*\|[\s*]*[\d.,×-]+[\s*]*\|")
"""A row of a table of settings."""

BASELINES, UNCERTAINTY, OVERCLAIMS = (
    words_of("degradations")[name] for name in ("baselines", "uncertainty", "overclaims")
)


def baselines_removed(paper: Paper, strength: float, rng: random.Random) -> Paper:
    """A share of the sentences that compare with others' work, and of the rows of others in tables."""
    pattern = any_of(BASELINES["sentences"])
    found = [s for s in prose_of(paper) if pattern.search(_flat(paper.text, s))]
    edits = [removal(paper.text, a, b) for a, b in found] + [Edit(a, b) for a, b in _rows_of_others(paper)]
    return _without(paper, edits, strength, rng, "no sentence or row that compares with others' work")


def seeds_removed(paper: Paper, strength: float, rng: random.Random) -> Paper:
    """A share of what is said of seeds, spread, intervals and tests, in sentences and in tables."""
    whole, piece = any_of(UNCERTAINTY["sentences"]), any_of(UNCERTAINTY["pieces"])
    pieces = [Edit(a, b) for a, b in spans(piece, paper.text, 0, body_of(paper)[1])]
    found = [removal(paper.text, a, b) for a, b in prose_of(paper) if whole.search(_flat(paper.text, (a, b)))]
    apart = [e for e in pieces if not any(s.start < e.end and e.start < s.end for s in found)]
    return _without(paper, found + apart, strength, rng, "nothing said of seeds, spread or intervals")


def contradictions(paper: Paper, strength: float, rng: random.Random) -> Paper:
    """A share of the decimal numbers in sentences moved by 15% to 60% of themselves, against the tables."""
    places = [span for a, b in prose_of(paper) for span in spans(DECIMAL, paper.text, a, b)]
    if not places:
        raise NotApplicable("no decimal number in a sentence")
    edits = [Edit(a, b, _moved(paper.text[a:b], rng)) for a, b in places]
    return with_text(paper, edited(paper.text, nested(edits, strength, rng)))


def overclaims(paper: Paper, strength: float, rng: random.Random) -> Paper:
    """Claims with numbers of which the paper has no evidence, in abstract, introduction and conclusion."""
    places = closing_places(paper)
    if not places:
        raise NotApplicable("no abstract, introduction or conclusion found")
    templates = list(OVERCLAIMS["templates"])
    rng.shuffle(templates)
    edits = [
        Edit(place, place, f" {templates[n % len(templates)].format(**_invented(rng))}")
        for n, place in enumerate(places[: len(templates)])
    ]
    return with_text(paper, edited(paper.text, nested(edits, strength, rng)))


def _invented(rng: random.Random) -> dict[str, str]:
    return {"n": str(rng.randint(3, 40)), "m": str(rng.randint(12, 60)), "p": f"{rng.uniform(9, 95):.1f}"}


def _moved(number: str, rng: random.Random) -> str:
    """The number moved up or down, with as many decimals, never the same."""
    decimals = len(number.partition(".")[2])
    share = rng.uniform(*SHIFT) * rng.choice((-1, 1))
    moved = f"{float(number) * (1 + share):.{decimals}f}"
    return moved if moved != number else f"{float(number) + 10**-decimals:.{decimals}f}"


def _rows_of_others(paper: Paper) -> list[tuple[int, int]]:
    """Rows of the tables of results: those called baseline, or else all but the paper's own, the last if none is."""
    own, baseline = any_of(BASELINES["own"]), any_of(BASELINES["rows"])
    rows: list[tuple[int, int]] = []
    for start, end in spans_of(paper, "experiments"):
        table: list[tuple[int, int]] = []
        for a, b in [*spans(ROW, paper.text, start, end), (end + 2, end + 2)]:
            if table and a > table[-1][1] + 1:
                lines = [row for row in table[1:] if not RULE.fullmatch(paper.text[slice(*row)])]
                body = [row for row in lines if not NUMBER_FIRST.match(paper.text[slice(*row)])]
                named = [row for row in body if baseline.search(paper.text[slice(*row)])]
                marked = [row for row in body if own.search(paper.text[slice(*row)])]
                rows += [(x, y + 1) for x, y in named or body if named or (x, y) not in (marked or body[-1:])]
                table = []
            table.append((a, b))
    return rows


def _without(paper: Paper, edits: list[Edit], strength: float, rng: random.Random, reason: str) -> Paper:
    if not edits:
        raise NotApplicable(reason)
    return with_text(paper, edited(paper.text, nested(sorted(edits), strength, rng)))


def _flat(text: str, span: tuple[int, int]) -> str:
    return " ".join(text[slice(*span)].split())
