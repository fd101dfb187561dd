"""The card as a PDF: one page of A4 whose text stays on it and overlaps nowhere, whatever there is to say."""

from __future__ import annotations

from itertools import combinations

import pypdfium2
import pytest
from peerassay.bench.stress.card import card_of
from peerassay.bench.stress.card_pdf import card_pdf
from peerassay.bench.stress.result import StressOutcome, measured
from peerassay.bench.stress.run import StressRun

from tests.bench.stressed import THREE, made_papers, stressed

Box = tuple[float, float, float, float]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> StressRun:
    asked = {"manipulations": THREE[1:], "attacks": ("abstract",), "rounds": 1, "defences": True}
    return stressed(tmp_path_factory.mktemp("card"), made_papers(16), "floor:length", **asked)[1]


def page(run: StressRun, one: StressOutcome) -> tuple[str, list[Box]]:
    """The text of the only page and where its lines stand: left, bottom, right, top."""
    document = pypdfium2.PdfDocument(card_pdf(card_of(run, one), one.stress))
    assert len(document) == 1
    assert document[0].get_size() == pytest.approx((595.3, 841.9), abs=0.1)
    text = document[0].get_textpage()
    return text.get_text_bounded(), [text.get_rect(i) for i in range(text.count_rects())]


def overlap(a: Box, b: Box) -> bool:
    """Whether two lines of text cover each other by more than a point."""
    return min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 1


def check(boxes: list[Box]) -> None:
    assert all(left >= 30 and right <= 565 and bottom >= 30 and top <= 812 for left, bottom, right, top in boxes)
    assert not any(overlap(a, b) for a, b in combinations(boxes, 2))


def test_a_card_fits_on_its_page_with_its_figures(run: StressRun) -> None:
    [one] = measured(run)
    text, boxes = page(run, one)
    check(boxes)
    for words in ("In one look", "On papers as they are", "padding", "n=16", "floor:length", "Gains by an attack"):
        assert words in text


def test_what_has_no_room_is_told_and_nothing_is_cut(run: StressRun) -> None:
    [one] = measured(run)
    changes = one.stress.figures.changes
    more = [c.model_copy(update={"name": f"{c.name}-{'long-' * 6}{n}"}) for c in changes for n in range(40)]
    figures = one.stress.figures.model_copy(update={"changes": more})
    notes = [f"{'A long word of warning about all of this. ' * 5}{n}" for n in range(12)]
    stress = one.stress.model_copy(update={"figures": figures, "notes": notes})
    entry = one.entry.model_copy(update={"name": "openai/a-model-of-a-long-name" * 6})
    text, boxes = page(run, StressOutcome(entry, one.scores, stress))
    check(boxes)
    assert "more: card.html" in text and "(further notes: card.html)" in text
