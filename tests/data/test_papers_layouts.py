"""PDFs in the layouts of venues and tools: title, abstract, sections and words are found, and nothing around them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from made_pdfs import ORDER, pdf, text
from pdf_layouts import (
    ABSTRACT,
    BODY,
    LINES,
    NUMBERED,
    REFERENCES,
    STEP,
    TITLE,
    glyph_by_glyph,
    numbered,
    page,
    row_by_row,
    ruler,
)
from peerassay.data.errors import InputError
from peerassay.data.papers.load import LoadedPaper, load_paper
from peerassay.data.papers.pdf.document import read_pdf
from peerassay.data.papers.source import Extracted
from peerassay.reviewer.scrub import scrub_paper

SECTIONS = ["Abstract", "1 Introduction", "2 Method", "3 Conclusion", "References"]


def read(content: bytes) -> Extracted:
    return read_pdf(content, "made.pdf")


def loaded(tmp_path: Path, content: bytes, name: str = "made.pdf") -> LoadedPaper:
    path = tmp_path / name
    path.write_bytes(content)
    return load_paper(path)


def assert_whole(paper: LoadedPaper) -> None:
    """Nothing is lost, nothing is added."""
    assert paper.paper.title == TITLE
    assert paper.paper.abstract == " ".join(ABSTRACT)
    assert [section.title for section in paper.paper.sections] == SECTIONS
    assert paper.references == len(REFERENCES)
    assert paper.paper.text.split() == " ".join([TITLE, *LINES]).split()


def test_a_plain_page(tmp_path: Path) -> None:
    assert_whole(loaded(tmp_path, pdf(page())))


@pytest.mark.parametrize("kind", NUMBERED)
def test_line_numbers_do_not_enter_the_text(tmp_path: Path, kind: str) -> None:
    assert_whole(loaded(tmp_path, pdf(numbered(kind))))


def test_line_numbers_go_on_over_pages_to_the_last_lines() -> None:
    first, rest = LINES[:18], LINES[18:]
    pages = [
        page(first) + ruler([str(n) for n in range(1, 19)], x=80),
        page(rest[:2], title="") + ruler(["19", "20"], x=80),
    ]
    assert read(pdf(*pages)).text.split() == " ".join([TITLE, *first, *rest[:2]]).split()


def test_a_word_broken_at_the_end_of_a_numbered_line_is_whole() -> None:
    broken = ["This is a sentence that has a hyphen-", "ated word in it, and a well-", "known one."]
    lines = [*LINES[:4], *broken, *LINES[5:]]
    content = pdf(page(lines) + ruler([str(n) for n in range(1, len(lines) + 1)], x=520))
    assert "hyphenated word in it, and a well-known one." in " ".join(read(content).text.split())


@pytest.mark.parametrize(
    "kept",
    [
        [f"Visible line number {n}" for n in range(20)],
        [f"{n}. We do what is to be done in step {n}, with care" for n in range(1, 20)],
        [f"{n}     {n * n}     {n**3}" for n in range(1, 20)],
    ],
    ids=["last words", "a list", "a table"],
)
def test_numbers_of_the_text_itself_stay(kept: list[str]) -> None:
    assert read(pdf(page([*BODY, *kept, *BODY]))).text.split() == " ".join([TITLE, *BODY, *kept, *BODY]).split()


def test_heads_feet_and_page_numbers_do_not_enter_the_text() -> None:
    banner, running = "Under review as a conference paper at SKIES 2025", "Nimbus and Cirrus"
    pages = [
        text(banner, x=110, y=770, size=9) + page(LINES[:10]) + text("1", x=300, y=40, size=9),
        text(running, x=110, y=770, size=9) + page(LINES[10:18], title="") + text("2", x=300, y=40, size=9),
        text(running, x=110, y=770, size=9) + page(LINES[18:], title="") + text("3", x=300, y=40, size=9),
    ]
    assert read(pdf(*pages)).text.split() == " ".join([TITLE, *LINES]).split()


def test_a_title_that_heads_the_other_pages_stays() -> None:
    head = text(TITLE, x=110, y=730, size=9)
    found = read(pdf(page(LINES[:18]), head + page(LINES[18:], title="")))
    assert found.title == TITLE
    assert found.text.split() == " ".join([TITLE, *LINES]).split()


def test_lines_that_come_back_within_the_text_stay() -> None:
    pages = [page(BODY * 3, title=""), page(BODY * 3, title="")]
    assert read(pdf(*pages)).text.split() == " ".join(BODY * 6).split()


def test_columns_drawn_row_by_row_are_read_one_after_the_other() -> None:
    left, right = LINES[:14], LINES[14:]
    found = read(pdf(text(TITLE, x=110, y=730, size=17) + row_by_row(left, right)))
    assert found.text.split() == " ".join([TITLE, *LINES]).split()
    assert found.title == TITLE


def test_columns_drawn_one_after_the_other_keep_their_order() -> None:
    content = page(LINES[:14], x=60, size=8) + page(LINES[14:], title="", x=330, size=8)
    assert read(pdf(content)).text.split() == " ".join([TITLE, *LINES]).split()


def test_a_table_is_read_row_by_row() -> None:
    rows = [(f"method {n}", f"{n}.5", f"{n}.7") for n in range(12)]
    drawn = "".join(
        text(cell, x=110 + 130 * c, y=690 - STEP * r, size=10)
        for r, row in enumerate(rows)
        for c, cell in enumerate(row)
    )
    assert read(pdf(drawn)).text.split() == " ".join(" ".join(row) for row in rows).split()


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_is_turned_is_read_as_if_it_were_not(tmp_path: Path, turn: int) -> None:
    assert_whole(loaded(tmp_path, pdf(page(), crop=f"/Rotate {turn}")))


@pytest.mark.parametrize("matrix", ["0 1 -1 0 700 0", "-1 0 0 -1 700 900", "0 -1 1 0 0 700"])
def test_text_that_is_turned_on_its_page_is_read(tmp_path: Path, matrix: str) -> None:
    wide = "/CropBox [-1000 -1000 2000 2000] /MediaBox [-1000 -1000 2000 2000]"
    assert_whole(loaded(tmp_path, pdf(f"{matrix} cm\n{page()}", crop=wide)))


def test_a_stamp_up_the_side_is_no_title() -> None:
    stamp = "BT /F1 20 Tf 0 1 -1 0 34 200 Tm (arXiv:2401.01234v1 [cs.LG] 1 Jan 2024) Tj ET\n"
    found = read(pdf(stamp + page()))
    assert found.title == TITLE
    assert "arXiv" not in found.text


def test_a_title_set_letter_by_letter() -> None:
    spaced = "D E E P   C L O U D S"
    assert read(pdf(page(title=spaced))).title == "DEEP CLOUDS"


def test_text_drawn_letter_by_letter() -> None:
    words = glyph_by_glyph("Weighing clouds by hand", x=110, y=500)
    assert "Weighing clouds by hand" in " ".join(read(pdf(page(LINES[:5]) + words)).text.split())


@pytest.mark.parametrize(
    "banner",
    [
        "Published as a conference paper at SKIES 2024",
        "Preprint. Under review.",
        "Anonymous authors",
        "Research Article",
    ],
)
def test_a_banner_in_large_print_is_no_title(banner: str) -> None:
    assert read(pdf(text(banner, x=60, y=765, size=22) + page())).title == TITLE


def test_a_heading_is_no_title(tmp_path: Path) -> None:
    heading = text("1 Introduction", x=110, y=720, size=18)
    assert loaded(tmp_path, pdf(heading + page(BODY, title=""))).paper.title == ""


def test_codes_of_tex_fonts_without_a_map_are_ligatures() -> None:
    for codes in ("\\013\\014\\015\\016\\017", "\\033\\034\\035\\036\\037"):
        font = f"BT /F1 10 Tf 110 300 Td (o{codes}ice) Tj ET\n"
        assert "offfiflffifflice" in read(pdf(page() + font)).text.replace(" ", "")


SCAN = "612 0 0 792 0 0 cm /Im Do\n"


def test_pages_that_are_images_are_told() -> None:
    found = read(pdf(page(), f"q {SCAN} Q", f"q {SCAN} Q"))
    assert found.notes == (
        "2 of 3 pages are images without text (from page 2) and were not read; run OCR first "
        "(ocrmypdf --skip-text IN.pdf OUT.pdf)",
    )
    with pytest.raises(InputError, match=r"a scan, pages that are images without text; run OCR first \(ocrmypdf"):
        read(pdf(f"q {SCAN} Q" + text("7", y=40)))


def test_a_file_is_read_by_its_content(tmp_path: Path) -> None:
    for name in ("made", "2408.06292", "made.txt", "made.pdf.part"):
        assert_whole(loaded(tmp_path, pdf(page()), name))
    junk = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n" * 40
    assert_whole(loaded(tmp_path, junk + pdf(page())))
    assert loaded(tmp_path, pdf(page()) + b"\0" * 600).notes == ()
    with pytest.raises(InputError, match=r"not a PDF file, .*: a web page .*; download the paper itself"):
        loaded(tmp_path, b"<!DOCTYPE html><html><body>403 Forbidden</body></html>")


def test_hidden_text_is_set_aside_on_a_turned_page() -> None:
    found = read(pdf(page() + text(ORDER, y=100, before="1 1 1 rg"), crop="/Rotate 90"))
    assert [hidden.kind for hidden in found.quarantine] == ["white"]
    assert ORDER not in found.text


def test_a_narrow_abstract_keeps_its_lines_beside_names(tmp_path: Path) -> None:
    narrow = ["BERT and GPT on WikiText", "Adam Lion AdaGrad Shampoo", "are compared by us on a budget."]
    paper = loaded(tmp_path, pdf(page(["Abstract", *narrow, "1 Introduction", *BODY * 3]))).paper
    assert paper.abstract == " ".join(narrow)
    scrubbed = scrub_paper(paper, max_words=None)
    assert all(line in scrubbed.text for line in narrow)


KEPT = Path(__file__).resolve().parents[1] / "fuzz" / "kept" / "pdf"


def test_files_that_crashed_once_end_with_a_text_or_a_clean_error(tmp_path: Path) -> None:
    seeds = [path.read_bytes() for path in sorted(KEPT.glob("*.pdf"))] + [
        pdf(page())[:cut] for cut in (400, 1500, 3000)
    ]
    for number, content in enumerate(seeds):
        try:
            loaded(tmp_path, content, f"{number}.pdf")
        except InputError as error:
            assert "\n" not in str(error)


WHOLE = ["Abstract", "1 Introduction", "1.1 Contributions", "2 Related Work", "3 Method", "4 Results", "5 Conclusion",
         "References", "A Appendix Proofs"]  # fmt: skip
FILLER = ["Abstract", "1 Introduction", "References"]
OTHERS = {
    "17-pdflscape": ["Abstract", "1 Results", "2 Conclusion"],
    "41-scan-cover": FILLER,
    "43-glyphwise": FILLER,
    "44-rowwise-columns": ["1 Introduction", "2 Related Work"],
    "47-spaced-title": ["ABSTRACT", *FILLER[1:]],
    "49-arxiv-vertical": FILLER,
}
REFUSED = {"29-html": "a web page", "30-empty": "empty", "40-scanned": "a scan, pages that are images"}


def words(paper: LoadedPaper) -> list[str]:
    return sorted(re.findall(r"[A-Za-z]{2,}", paper.paper.text.partition("Abstract")[2]))


def test_shared_pdfs(shared_cases: Path) -> None:
    plain = words(load_paper(shared_cases / "09-pdf" / "01-onecol.pdf"))
    for path in sorted((shared_cases / "09-pdf").iterdir()):
        if path.suffix in (".tex", ".png"):
            continue
        if path.stem in REFUSED:
            with pytest.raises(InputError, match=REFUSED[path.stem]):
                load_paper(path)
            continue
        paper = load_paper(path)
        assert [section.title for section in paper.paper.sections] == OTHERS.get(path.stem, WHOLE), path.name
        if path.stem != "44-rowwise-columns":
            assert paper.paper.title.startswith("TITLEMARK"), path.name
        if path.stem not in OTHERS:
            assert paper.references == 2, path.name
            assert paper.paper.abstract.endswith("We find that a fifth of them fluctuate."), path.name
            assert path.stem == "33-two-up" or words(paper) == plain, path.name
        assert bool(paper.notes) == (path.stem in ("11-a5-small", "41-scan-cover")), path.name


def test_shared_narrow_abstracts_survive_reading_and_scrubbing(shared_cases: Path) -> None:
    for path in sorted((shared_cases / "20-narrow-abstract").glob("*.pdf")):
        source = path.with_suffix(".tex").read_text()
        abstract = source.partition("\\begin{abstract}")[2].partition("\\end{abstract}")[0].replace("\\%", "%")
        paper = load_paper(path).paper
        scrubbed = scrub_paper(paper, max_words=None)
        told = "".join(abstract.split())
        assert "".join(paper.abstract.split()) == told, path.name
        assert "".join(scrubbed.abstract.split()) == told, path.name
        assert told in "".join(scrubbed.text.split()), path.name


STYLES = {
    "two columns, numbered": r"\documentclass[twocolumn]{article}\usepackage[switch]{lineno}\linenumbers",
    "every fifth, right": r"\documentclass{article}\usepackage[right,modulo]{lineno}\linenumbers",
    "heads that name the section": r"\documentclass[twocolumn]{article}\usepackage{fancyhdr}\pagestyle{fancy}",
    "landscape": r"\documentclass[landscape]{article}",
    "heads": r"\documentclass[twoside]{article}\pagestyle{myheadings}\markboth{Nimbus}{Weighing}",
}


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="needs pdflatex")
@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_papers_set_by_latex(tmp_path: Path, style: str) -> None:
    paragraph = " ".join([*BODY, *ABSTRACT])
    body = "".join(rf"\section{{{name}}}{f'{paragraph} ' * 9}" for name in ("Introduction", "Method", "Results"))
    (tmp_path / "made.tex").write_text(
        rf"{style}\title{{{TITLE}}}\author{{Ann Nimbus}}\date{{}}\begin{{document}}\maketitle"
        rf"\begin{{abstract}}{' '.join(ABSTRACT)}\end{{abstract}}{body}\end{{document}}"
    )
    for _ in range(2):
        done = subprocess.run(["pdflatex", "-interaction=batchmode", "made.tex"], cwd=tmp_path, capture_output=True)
        if done.returncode:
            pytest.skip("a package of this style is not installed")
    paper = load_paper(tmp_path / "made.pdf").paper
    assert paper.title == TITLE
    assert paper.abstract == " ".join(ABSTRACT)
    assert [section.title for section in paper.sections] == ["Abstract", "1 Introduction", "2 Method", "3 Results"]
    told = paper.text.partition("Abstract")[2]
    assert sorted(re.findall(r"\w+", told)) == sorted(
        re.findall(r"\w+", " ".join([*ABSTRACT, *["1 Introduction 2 Method 3 Results"], *[paragraph] * 27]))
    )
