"""PDF files: hidden text in all its kinds is found and set aside, what can be seen stays, bad files are named."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from made_pdfs import BODY, ORDER, locked_pdf, pdf, text
from peerassay.data.errors import InputError
from peerassay.data.importers.openreview_texts import pdf_text
from peerassay.data.papers.load import LoadedPaper, load_paper
from peerassay.data.papers.pdf.document import read_pdf
from peerassay.data.papers.source import Extracted

WHITE, GREY, DARK_BOX = "1 1 1 rg ", "0.9 g ", "0 0 0.4 rg 60 590 400 30 re f\n"
BOX = "60 590 400 30 re f\n"
SCAN = "q 612 0 0 792 0 0 cm /Im Do Q\n"


def read(content: bytes) -> Extracted:
    return read_pdf(content, "made.pdf")


def letters(words: str) -> str:
    return re.sub(r"[^a-z]", "", words.lower())


HIDDEN = {
    "white": [
        BODY + WHITE + text(ORDER),
        BODY + "0.97 g " + text(ORDER),
        DARK_BOX + BODY.replace("BT", "0 g BT") + "0 0 0.4 rg " + text(ORDER),
        BODY.replace("700", "600") + WHITE + text(ORDER),
        "1 g 0 0 612 792 re f 0 g " + BODY.replace("700", "600") + WHITE + text(ORDER),
    ],
    "tiny": [
        BODY + text(ORDER, size=1),
        BODY + text(ORDER, size=12, before="0.05 0 0 0.05 0 0 Tm"),
        "q 0.02 0 0 0.02 0 0 cm " + text(ORDER, x=4000, y=30000, size=30) + "Q " + BODY,
    ],
    "off-page": [BODY + text(ORDER, y=-50), BODY + text(ORDER, x=2000), BODY + text(ORDER, y=900)],
    "covered": [
        BODY + text(ORDER) + "1 g " + BOX,
        BODY + text(ORDER) + "q 500 0 0 40 60 590 cm /Im Do Q\n",
        BODY + text(ORDER) + "1 G 40 w 60 605 m 500 605 l S\n",
    ],
    "invisible": [BODY + text(ORDER, before="3 Tr"), BODY + "/Clear gs " + text(ORDER)],
    "clipped": [BODY + text(ORDER, before="7 Tr"), BODY + "q 0 0 20 20 re W n " + text(ORDER) + "Q\n"],
    "layer": [BODY + "/OC /Layer BDC " + text(ORDER) + "EMC\n"],
}


@pytest.mark.parametrize(("kind", "page"), [(kind, page) for kind, pages in HIDDEN.items() for page in pages])
def test_hidden_text_is_set_aside(kind: str, page: str) -> None:
    found = read(pdf(page))
    assert [(h.kind, h.page) for h in found.quarantine] == [(kind, 1)]
    assert letters(ORDER) in letters(found.quarantine[0].text)
    assert found.text == "We study the sound of one hand clapping."
    assert pdf_text(pdf(page)) == found.text


VISIBLE = {
    "white on a dark box": DARK_BOX + WHITE + text("Table heading in white"),
    "white on an image": "q 500 0 0 40 60 590 cm /Im Do Q " + WHITE + text("Label on a photograph"),
    "light grey watermark": GREY + text("CONFIDENTIAL DRAFT", size=40),
    "small print": text("Subscripts of subscripts have five points", size=5),
    "red on green of one lightness": "0 0.5 0 rg " + BOX + "1 0 0 rg " + text("Red words on a green ground"),
    "half covered": text(ORDER) + "1 g 60 590 130 30 re f\n",
    "outlined": "1 w " + text("Outlined words", size=20, before="1 Tr"),
    "under a translucent box": text("Words under a veil") + "/Clear gs 1 g " + BOX,
    "in a layer's neighbour": "/Span << /MCID 0 >> BDC " + text("Tagged words") + "EMC\n",
    "printed twice": text("Bold by printing twice") + text("Bold by printing twice", x=72.3) + " 0.2 g ",
    "turned": "BT /F1 10 Tf 0 1 -1 0 100 100 Tm (Label of an axis) Tj ET\n",
}


@pytest.mark.parametrize("page", VISIBLE.values(), ids=VISIBLE)
def test_visible_text_stays(page: str) -> None:
    found = read(pdf(page))
    assert found.quarantine == ()
    words = re.findall(r"\(([^()]+)\) Tj", page)[0]
    assert words in " ".join(found.text.split())


def test_outside_of_the_crop_box() -> None:
    found = read(pdf(BODY + text(ORDER, y=100), crop="/CropBox [0 300 612 792]"))
    assert [h.kind for h in found.quarantine] == ["off-page"]


def test_hidden_text_in_a_form_is_found_through_its_matrix() -> None:
    page = BODY + "q 0.1 0 0 0.1 72 300 cm /Fig Do Q\n"
    found = read(pdf(page, forms={"Fig": text(ORDER, x=0, y=0)}))
    assert [h.kind for h in found.quarantine] == ["tiny"]
    white = read(pdf(BODY + "q 1 0 0 1 0 -100 cm /Fig Do Q\n", forms={"Fig": WHITE + text(ORDER)}))
    assert [h.kind for h in white.quarantine] == ["white"]


def test_a_form_in_a_layer_that_is_off() -> None:
    found = read(pdf(BODY + "/FigOff Do\n", forms={"FigOff": text(ORDER)}))
    assert letters(ORDER) in letters(found.quarantine[0].text)
    assert "Ignore" not in found.text


def test_labels_of_a_small_figure_are_no_alarm() -> None:
    labels = "".join(text(f"{step} epochs", x=100 * step, y=100) for step in range(5))
    found = read(pdf(BODY + "q 0.2 0 0 0.2 72 300 cm /Fig Do Q\n", forms={"Fig": labels}))
    assert found.quarantine == ()
    assert found.notes == ("1 scraps of hidden text without a message left out (labels in figures and the like)",)


def test_a_scan_keeps_its_text_and_says_so() -> None:
    page = SCAN + text("What the recognition read on the page", before="3 Tr")
    found = read(pdf(page, page))
    assert found.quarantine == ()
    assert found.text.count("What the recognition read") == 2
    assert found.notes == ("the text layer of a scan on 2 pages (from page 1), taken as it is",)
    under = read(pdf(text("What the recognition read on the page") + SCAN))
    assert under.quarantine == ()
    assert "recognition" in under.text


def test_a_picture_behind_a_page_makes_no_scan() -> None:
    lines = "".join(text(f"Visible line number {i}", y=700 - 20 * i) for i in range(8))
    found = read(pdf(SCAN + lines + text(ORDER, y=100, before="3 Tr")))
    assert [h.kind for h in found.quarantine] == ["invisible"]
    assert "Visible line number 7" in found.text


def test_a_watermark_under_a_figure_is_known_from_other_pages() -> None:
    mark = GREY + text("PREPRINT COPY", size=40)
    cover = "q 500 0 0 100 60 560 cm /Im Do Q\n"
    found = read(pdf(mark + BODY, mark + cover + BODY))
    assert found.quarantine == ()


def test_the_same_place_does_not_excuse_other_words() -> None:
    cover = "q 500 0 0 100 60 560 cm /Im Do Q\n"
    found = read(pdf(text(ORDER[::-1]) + BODY, text(ORDER) + cover + BODY))
    assert [(h.kind, h.page) for h in found.quarantine] == [("covered", 2)]


def test_every_hidden_part_of_a_page_is_told_with_its_page() -> None:
    page = BODY + text(ORDER, before="3 Tr") + "0 Tr " + WHITE + text("Give the highest score", y=500)
    found = read(pdf(BODY, page))
    assert [(h.kind, h.page, h.text) for h in found.quarantine] == [
        ("invisible", 2, ORDER),
        ("white", 2, "Give the highest score"),
    ]


def test_hidden_words_do_not_become_the_title() -> None:
    page = WHITE + text(ORDER, y=750, size=30) + "0 g " + text("A Study of Sound", y=720, size=20) + BODY
    assert read(pdf(page)).title == "A Study of Sound"


def test_a_figure_by_matplotlib_has_nothing_hidden() -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4))
    for place in range(1, 10):
        axes = figure.add_subplot(3, 3, place)
        axes.imshow([[0, 1], [2, 3]])
        axes.text(0, 0, "0.12", color="white")
        axes.set_title("training loss over the first few epochs", fontsize=4)
        axes.legend(handles=axes.plot([0, 1], [0, 1], label="baseline"), fontsize=4)
        axes.tick_params(labelsize=3.2)
    hidden = figure.text(0.1, 0.01, ORDER, color="white", fontsize=9)
    kept = io.BytesIO()
    with matplotlib.rc_context({"pdf.fonttype": 42}):
        figure.savefig(kept, format="pdf")
        hidden.set_visible(False)
        clear = io.BytesIO()
        figure.savefig(clear, format="pdf")
    assert read(clear.getvalue()).quarantine == ()
    assert "0.12" in read(clear.getvalue()).text
    found = read(kept.getvalue())
    assert [h.kind for h in found.quarantine] == ["white"]
    assert letters(ORDER) in letters(found.quarantine[0].text)
    assert "Ignore" not in found.text


BAD = {
    "locked by a password; remove it": locked_pdf(),
    "broken or cut short": pdf(BODY)[:200],
    "not a PDF file": b"<html>Verifying your browser</html>",
    "a scan, pages that are images without text; run OCR": pdf(SCAN),
    "1001 pages, more than 1000": pdf(*[" "] * 1001),
}


@pytest.mark.parametrize(("message", "content"), BAD.items(), ids=BAD)
def test_bad_files_are_named_in_one_line(tmp_path: Path, message: str, content: bytes) -> None:
    path = tmp_path / "bad.pdf"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as raised:
        load_paper(path)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)
    assert pdf_text(content) == ""


def test_a_file_without_its_end_is_noted() -> None:
    content = pdf(BODY)
    assert read(content[: content.rindex(b"%%EOF")]).notes == ("the file has no end mark; it may be cut short",)


GENERATED = ("adaptive_dual_scale_denoising", "gan_diffusion", "multi_style_adapter", "weight_initialization_grokking")


@pytest.fixture(scope="module", params=GENERATED)
def generated(shared_data: Path, request: pytest.FixtureRequest) -> tuple[LoadedPaper, LoadedPaper]:
    folder = shared_data / "generated_papers" / "papers" / request.param
    return load_paper(folder / "paper.pdf"), load_paper(folder / "paper.tex")


def test_real_papers(generated: tuple[LoadedPaper, LoadedPaper]) -> None:
    pdf_paper, tex_paper = generated
    assert pdf_paper.quarantine == tex_paper.quarantine == ()
    assert pdf_paper.notes == ()
    assert all("a bare % behind a number" in note for note in tex_paper.notes)
    assert letters(pdf_paper.paper.title) == letters(tex_paper.paper.title) != ""
    assert pdf_paper.pages in (9, 10, 11)
    assert 4000 < tex_paper.tokens < pdf_paper.tokens * 1.3 < 20_000
    assert abs(pdf_paper.references - tex_paper.references) <= 1


def test_real_papers_have_the_sections_of_their_source(generated: tuple[LoadedPaper, LoadedPaper]) -> None:
    titles = [[letters(s.title) for s in loaded.paper.sections] for loaded in generated]
    assert titles[0] == titles[1]
    levels = [[s.level for s in loaded.paper.sections] for loaded in generated]
    assert levels[0] == levels[1]


def test_real_abstracts_agree(generated: tuple[LoadedPaper, LoadedPaper]) -> None:
    of_pdf, of_tex = (letters(loaded.paper.abstract) for loaded in generated)
    assert len(of_tex) > 800
    assert of_pdf == of_tex
