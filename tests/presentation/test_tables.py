"""Tables: the same cells in a terminal, Markdown, CSV, LaTeX and HTML."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from pathlib import Path

import pytest
from peerassay.presentation.cell import NONE, Cell
from peerassay.presentation.formats import csv_text, latex, markdown, written
from peerassay.presentation.numbers import about, between, counted, dollars, number, show_p, signed, usd
from peerassay.presentation.pages import html
from peerassay.presentation.table import Table
from peerassay.presentation.terminal import as_text, layout

LONG = "openai/some-model-with-a-long-name_temperature_0.1_setting_number_4"
ROWS = tuple(
    (
        name,
        between(auc, 0.646, 0.734),
        number(0.35),
        show_p(0.0001),
        "1 (1–2)",
        "not resolved: about 3,900 papers would",
    )
    for name, auc in ((LONG, 0.691), ("floor:length", 0.701), ("humans & co. <b>, 50% | _", 0.711))
)
HEADS = ("Reviewer", "AUC", "Average precision", "p (Holm)", "Rank (order, 95%)", "At .05")
TABLE = Table("Scores: a_b & c", HEADS, ROWS, "A note of 5% # {x}.", "AUC")


def test_a_cell_is_its_text_and_knows_its_number() -> None:
    cell = between(0.6912, 0.6, 0.7)
    assert cell == ".691 [.600, .700]"
    assert (cell.value, cell.low, cell.high) == (0.6912, 0.6, 0.7)
    assert (number(None), number(-0.02, 2), show_p(0.0004)) == (NONE, "-.02", "<.001")
    assert (number(-0.0004, 2), number(-0.5, 0)) == (".00", "0")
    assert signed(0.12, -0.03, 0.27, 2) == "+.12 [−.03, .27]"


def test_money_and_counts_have_one_form_each() -> None:
    assert [usd(v) for v in (None, 0, 0.0031, 12.4, 1234.5)] == ["unknown", "0.00", "0.0031", "12.40", "1,234.50"]
    assert (dollars(None), dollars(0.5)) == ("price unknown", "$0.5000")
    assert (counted(1, "page"), counted(1200, "page"), counted(2, "entry", "entries")) == (
        "1 page", "1,200 pages", "2 entries")  # fmt: skip
    assert about(3184) == "about 3,180"


def test_rows_go_by_the_headline_and_those_without_a_number_last() -> None:
    rows = (("x", number(0.5)), ("y", NONE), ("z", number(0.7)), ("w", number(0.5)))
    table = Table("t", ("a", "AUC"), rows, "", "AUC")
    assert [row[0] for row in table.sorted().rows] == ["z", "x", "w", "y"]


def test_empty_columns_go_and_the_first_stays() -> None:
    assert Table("t", ("a", "b", "c"), ((NONE, NONE, "1"), (NONE, NONE, NONE))).compact().heads == ("a", "c")


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_no_line_is_wider_and_no_word_is_broken(width: int) -> None:
    text = as_text([TABLE], width)
    assert max(map(len, text.splitlines())) <= width
    words = {word for row in [TABLE.heads, *TABLE.rows] for cell in row[1:] for word in cell.split()}
    assert words - {"[.646,", ".734]"} <= set(text.split())
    assert "[.646, .734]" in text
    assert not any(line.endswith(" ") for line in text.splitlines())


def test_each_part_of_a_wide_table_names_its_rows() -> None:
    parts = layout(TABLE, 60)
    assert len(parts) > 1
    assert all(columns[0] == 0 for columns, _ in parts)
    assert sorted({i for columns, _ in parts for i in columns}) == list(range(len(HEADS)))
    assert as_text([TABLE], 60).count("floor:length") == len(parts)


def test_a_table_without_rows_and_one_of_a_single_column_are_drawn() -> None:
    assert "nothing" in as_text([Table("nothing", ("a", "b"), ())])
    assert "x" in as_text([Table("t", ("a",), (("x",),))])


def test_markdown_escapes_what_would_end_a_cell() -> None:
    lines = markdown(TABLE).splitlines()
    assert lines[0] == "### Scores: a_b & c"
    assert lines[3] == "| --- | ---: | ---: | ---: | ---: | --- |"
    assert lines[6].startswith(r"| humans & co. <b>, 50% \| _ | .711 [.646, .734] |")


def test_csv_has_unrounded_numbers_and_the_ends_of_intervals() -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(TABLE))))
    assert (rows[0]["AUC"], rows[0]["AUC low"], rows[0]["AUC high"]) == ("0.691", "0.646", "0.734")
    assert rows[0]["p (Holm)"] == "0.0001"
    assert csv_text(Table("t", ("a", "b"), (("x", NONE), ("y", Cell("2", 2.0))))) == "a,b\nx,\ny,2.0\n"


def test_latex_is_escaped_and_in_the_style_of_booktabs() -> None:
    text = latex(TABLE)
    assert r"\toprule" in text and r"\bottomrule" in text
    assert r"humans \& co. \textless{}b\textgreater{}, 50\% \textbar{} \_" in text
    assert r".691 {\footnotesize {[}.646, .734{]}}" in text
    assert r"\ensuremath{-}.02" in latex(Table("t", ("a", "b"), (("x", number(-0.02, 2)),)))


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs LaTeX")
def test_latex_compiles(tmp_path: Path) -> None:
    body = written([TABLE, TABLE.sorted()], "latex")
    source = "\\documentclass{article}\\usepackage[T1]{fontenc}\\usepackage{textcomp,booktabs}\\begin{document}\n"
    (tmp_path / "t.tex").write_text(f"{source}{body}\n\\end{{document}}\n")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


def test_html_is_escaped_and_sets_intervals_apart() -> None:
    page = html(TABLE, {"floor:length": "floor"})
    assert '<tr class="floor">' in page
    assert "&lt;b&gt;" in page and "<b>" not in page
    assert "<td><bdi>.691</bdi> <small>[.646, .734]</small></td>" in page
