"""Word files, made here by python-docx: headings, abstract, tables, hidden text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from made_pdfs import ORDER
from peerassay.data.papers.find import find_papers
from peerassay.data.papers.load import LoadedPaper, load_paper

SAID = "We weigh clouds and find that most of them are light."


def document(*, styled: bool = True) -> Any:
    made = docx.Document()
    if styled:
        made.add_paragraph("On Clouds", style="Title")
    else:
        made.add_paragraph("On Clouds")
    made.add_paragraph("Ann Nimbus")
    for level, name, text in ((1, "Abstract", SAID), (1, "Introduction", "Clouds are many."), (2, "Aims", "To weigh.")):
        if styled:
            made.add_heading(name, level)
        else:
            made.add_paragraph().add_run(name).bold = True
        made.add_paragraph(text)
    table = made.add_table(rows=2, cols=3)
    for row, cells in zip(table.rows, (("Cloud", "Weight", "Age"), ("Cirrus", "0.957", "2")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    if styled:
        made.add_heading("References", 1)
    made.add_paragraph("[1] A. Nimbus. On Rain. 2019.", style="List Bullet" if styled else None)
    return made


def loaded(made: Any, folder: Path) -> LoadedPaper:
    path = folder / "paper.docx"
    made.save(str(path))
    return load_paper(path)


def test_headings_abstract_tables_and_references(tmp_path: Path) -> None:
    found = loaded(document(), tmp_path)
    assert (found.paper.title, found.paper.abstract, found.paper.source) == ("On Clouds", SAID, "docx")
    told = [(section.title, section.level) for section in found.paper.sections]
    assert told == [("Abstract", 1), ("Introduction", 1), ("Aims", 2), ("References", 1)]
    assert "Cloud | Weight | Age\nCirrus | 0.957 | 2" in found.paper.text
    assert found.references == 1
    assert found.quarantine == ()


def test_bold_lines_are_headings_of_those_who_use_no_styles(tmp_path: Path) -> None:
    found = loaded(document(styled=False), tmp_path)
    assert (found.paper.title, found.paper.abstract) == ("On Clouds", SAID)
    assert [section.title for section in found.paper.sections] == ["Abstract", "Introduction", "Aims"]


def hide(run: Any, kind: str) -> None:
    if kind == "invisible":
        run.font.hidden = True
    elif kind == "white":
        run.font.color.rgb = RGBColor(255, 255, 255)
    else:
        run.font.size = Pt(1)


@pytest.mark.parametrize("kind", ["invisible", "white", "tiny"])
def test_hidden_text_is_set_aside(tmp_path: Path, kind: str) -> None:
    made = document()
    hide(made.add_paragraph("Seen. ").add_run(ORDER), kind)
    hide(made.tables[0].rows[0].cells[0].paragraphs[0].add_run(f"{ORDER} in a table"), kind)
    found = loaded(made, tmp_path)
    assert {(hidden.kind, hidden.text) for hidden in found.quarantine} == {(kind, ORDER), (kind, f"{ORDER} in a table")}
    assert ORDER not in found.paper.text
    assert "Seen." in found.paper.text


def test_hidden_by_a_style_and_white_on_a_dark_ground(tmp_path: Path) -> None:
    made = document()
    style = made.styles.add_style("Ghost", 1)
    style.font.hidden = True
    made.add_paragraph(ORDER, style=style)
    cell = made.tables[0].rows[0].cells[1]
    hide(cell.paragraphs[0].add_run(" in white on blue"), "white")
    shade = OxmlElement("w:shd")
    shade.set(qn("w:fill"), "003366")
    cell._tc.get_or_add_tcPr().append(shade)
    found = loaded(made, tmp_path)
    assert [(hidden.kind, hidden.text) for hidden in found.quarantine] == [("invisible", ORDER)]
    assert "in white on blue" in found.paper.text


def test_insertions_stay_and_deletions_go(tmp_path: Path) -> None:
    made = document()
    paragraph = made.add_paragraph("It is ")
    for tag, words, holder in (("w:ins", "inserted", "w:t"), ("w:del", "deleted", "w:delText")):
        change, run, text = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(holder)
        text.text = words
        run.append(text)
        change.append(run)
        paragraph._p.append(change)
    text = loaded(made, tmp_path).paper.text
    assert "It is inserted" in text
    assert "deleted" not in text


def test_word_files_in_a_folder_are_papers(tmp_path: Path) -> None:
    document().save(str(tmp_path / "draft.docx"))
    assert [path.name for path in find_papers([str(tmp_path)])] == ["draft.docx"]
