r"""The reader of LaTeX reads what the PDF prints, whatever it is given, and loses nothing without a word."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from peerassay.data.errors import InputError
from peerassay.data.papers.tex import lengths
from peerassay.data.papers.tex.document import TexDocument, read_tex
from peerassay.data.papers.tex.paper import tex_text
from peerassay.data.papers.tex.stack import MOST_CHARACTERS, TIMES_THE_FILES
from tex_kinds import KINDS, Kind

FUZZ = Path(__file__).parents[1] / "fuzz"
sys.path.insert(0, str(FUZZ))
NUMBER = re.compile(r"0\.(1\d\d)")


def numbers(text: str) -> str:
    """The numbers of a text as `Kind.printed` has them."""
    shown = re.sub(r"\\(?:url|phantom)\{[^{}]*\}", "", re.sub(r"-?\{\}", "", text))
    return " ".join(NUMBER.findall(shown))


def read(folder: Path, body: str, preamble: str = "", **files: str) -> TexDocument:
    """A paper with this body; `files` by name with "__" for "/" and "_" for "."."""
    named = {name.replace("__", "/").replace("_", "."): text for name, text in files.items()}
    return read_tex(Kind("", "", body, preamble, named).write(folder))


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_what_is_printed_is_read(kind: Kind, tmp_path: Path) -> None:
    main = kind.write(tmp_path)
    document = read_tex(main)
    assert numbers(document.body) == kind.printed
    assert document.problems == ()
    review = tex_text(main, main.read_text(encoding="utf-8")).text
    assert sorted(NUMBER.findall(review.replace("200.102", ""))) == sorted(kind.printed.split())


@pytest.mark.skipif(not (shutil.which("pdflatex") and shutil.which("pdftotext")), reason="no LaTeX and poppler here")
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.base][::7], ids=lambda kind: kind.name)
def test_the_pdf_prints_the_same(kind: Kind, tmp_path: Path) -> None:
    main = kind.write(tmp_path)
    subprocess.run(["pdflatex", "-interaction=batchmode", main.name], cwd=tmp_path, capture_output=True, timeout=60)
    shown = subprocess.run(["pdftotext", "main.pdf", "-"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert sorted(NUMBER.findall(shown.stdout)) == sorted(kind.printed.split())


@pytest.mark.parametrize(
    "test",
    [
        r"\ifnum\numexpr 1+\unknown\relax=3 ",
        r"\ifnum\numexpr 1/0\relax=3 ",
        r"\ifnum\numexpr(1+2\relax=3 ",
        r"\ifnum 1\ifx aa2\fi>3 ",
        r"\ifnum\count0>3 ",
        r"\newcount\n \n=\unknown \ifnum\n>3 ",
        r"\newcount\n \advance\n by \unknown \ifnum\n>3 ",
        r'\ifnum"FG>3 ',
        r"\ifnum\value{page}>3 ",
        r"\ifnum 12345678901234567890>3 ",
        r"\ifdim 1em<20pt ",
        r"\ifdim\textwidth>3in ",
        r"\ifcat aa",
        r"\if\unknown a",
        r"\ifnum\loop=1 ",
        r"\ifodd\loop ",
    ],
)
def test_both_branches_are_read_of_what_the_source_does_not_tell(tmp_path: Path, test: str) -> None:
    document = read(tmp_path, rf"{test}0.101\else 0.102\fi 0.103", preamble=r"\def\loop{\loop}")
    assert numbers(document.body) == "101 102 103"


@pytest.mark.parametrize(
    "test",
    [
        r"\unknown",
        r"1<2 \AND",
        "",
        r"\boolean{none}",
        r"\lengthtest{1em<2pt}",
        r"\NOT \unknown \AND 1<2",
        r"1<2 \AND \unknown",
        r"\(" * 50,
        r"\isodd{x}",
    ],
)
def test_both_arguments_are_read_of_what_the_source_does_not_tell(tmp_path: Path, test: str) -> None:
    document = read(tmp_path, rf"\ifthenelse{{{test}}}{{0.101}}{{0.102}} 0.103", preamble=r"\usepackage{ifthen}")
    assert numbers(document.body) == "101 102 103"


@pytest.mark.parametrize(("test", "printed"), [(r"\unknown \AND 2<1", "102"), (r"1<2 \OR \unknown", "101")])
def test_one_test_can_settle_what_others_leave_open(tmp_path: Path, test: str, printed: str) -> None:
    assert numbers(read(tmp_path, rf"\ifthenelse{{{test}}}{{0.101}}{{0.102}}").body) == printed


@pytest.mark.parametrize(
    ("length", "points"),
    [
        ("1in", 4736286),
        ("72.27pt", 4736287),
        ("-10mm", -1864679),
        ("7sp", 7),
        (".5pc", 393216),
        ("1,5 PT", 98304),
        ("1dd", 70124),
        ("1em", None),
    ],
)
def test_lengths_are_rounded_as_tex_rounds_them(length: str, points: int | None) -> None:
    """As \\number\\dimexpr prints them."""
    found = lengths.COMPARED.fullmatch(f"{length}<1pt")
    assert found is not None and lengths.scaled(*found.group(1, 2, 3, 4)) == points


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_line_ends_and_encodings(tmp_path: Path, ending: str, encoding: str) -> None:
    text = "% \\begin{document} 0.103\n\\documentclass{article}\n\\begin{document}\nPrüfung 0.101 % 0.102\n\n0.104\n"
    text += "\\end{document}\n"
    path = tmp_path / "main.ltx"
    path.write_bytes(text.replace("\n", ending).encode(encoding))
    document = read_tex(path)
    assert numbers(document.text) == "101 104"
    assert "Prüfung" in document.body
    assert document.where(document.text.index("0.104")) == "main.ltx:6"
    assert bool(document.notes) == (encoding == "latin-1")


def test_every_character_knows_its_file_and_line(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        "One.\n\\two{Two\nhalf.} % no\n\\input{part}\n\\four",
        "\\newcommand{\\two}[1]{\\textbf{#1}}\n\\newcommand{\\four}{Four.}",
        part_tex="\n\nThree.",
    )
    places = {word: document.where(document.text.index(word)) for word in ("One", "Two", "half", "Three", "Four")}
    assert places == {
        "One": "main.tex:5",
        "Two": "main.tex:6",
        "half": "main.tex:7",
        "Three": "part.tex:3",
        "Four": "main.tex:9",
    }


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (r"\input{gone}", r"\input{gone} not found"),
        (r"\include{gone}", r"\include{gone} not found"),
        ("\\input gone\n", r"\input{gone} not found"),
        (r"\subimport{s/}{gone}", r"\subimport{s/}{gone} not found"),
        (r"\lstinputlisting{gone.py}", r"\lstinputlisting{gone.py} not found"),
        (r"\IfFileExists{part.tex}{\input{gone}}{}", r"\input{gone} not found"),
        (r"\newcommand{\x}{gone}\input{\x/a}", r"\input{gone/a} not found"),
        (r"\input{binary}", r"\input{binary} cannot be read: binary.tex: not a text file (byte 1 is zero)"),
        (r"\input{../../gone}", r"\input{../../gone} lies outside of the paper's folder; not read"),
        (r"\input{main}", r"\input{main} asks for itself; not read"),
        (r"\input{|date}", r"\input{|date} is the output of a program; not read"),
        (r"\def\x{\x\x}\x", r"\x (at main.tex:4) expands without end; not read further"),
        (r"\fpeval{0.1 + 0.2}", r"main.tex:4: \fpeval{0.1 + 0.2} prints what a program computes; not read"),
        (r"\csvreader{a.csv}{}{}", r"\csvreader{a.csv} prints cells of a file by a program; not read"),
    ],
)
def test_what_cannot_be_read_is_a_problem(tmp_path: Path, body: str, problem: str) -> None:
    folder = tmp_path / "paper"
    folder.mkdir()
    (folder / "binary.tex").write_bytes(b"\xff\0\xfe")
    assert read(folder, body, part_tex="x").problems == (problem,)


def test_files_that_need_not_be_there_are_no_problem(tmp_path: Path) -> None:
    body = r"\IfFileExists{gone}{\input{gone}}{} \InputIfFileExists{gone}{}{} % \input{gone}"
    body += "\n\\iffalse\\input{gone}\\fi \\input{glyphtounicode} \\begin{comment}\\input{gone}\\end{comment}"
    assert read(tmp_path, body, r"\usepackage{amsmath}").problems == ()


def test_the_folder_above_is_read_where_the_root_says_so(tmp_path: Path) -> None:
    main = Kind("", "", r"\input{../shared/part}", files={"../shared/part.tex": "0.101"}).write(tmp_path / "paper")
    assert numbers(read_tex(main, root=tmp_path).body) == "101"
    assert read_tex(main).problems == ("\\input{../shared/part} lies outside of the paper's folder; not read",)


def test_undecided_conditionals_are_read_whole_and_told(tmp_path: Path) -> None:
    document = read(tmp_path, r"\ifeof 3 0.101\else 0.102\fi 0.103")
    assert numbers(document.body) == "101 102 103"
    assert document.notes == ("main.tex:4: \\ifeof cannot be decided from the source; both branches are read",)


def test_a_main_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "main.tex"
    path.write_bytes(b"\xff\0\0")
    with pytest.raises(InputError, match="not a text file"):
        read_tex(path)


def test_siunitx_and_tables_of_csv_files(tmp_path: Path) -> None:
    body = (
        r"\num{0.101} \SI[per-mode=symbol]{12}{\milli\second} \qty{95.7}{\percent} \numrange{0.102}{0.103} \num{1e-3}"
    )
    document = read(tmp_path, body + " \\csvautotabular{r.csv}", r__csv="", r_csv="run,acc\nours,0.104\n")
    assert "0.101 12 ms 95.7 \\% 0.102 to 0.103 $1 \\times 10^{-3}$" in document.body
    assert "ours & 0.104 \\\\" in document.body


@pytest.mark.parametrize("kept", sorted((FUZZ / "kept" / "latex").glob("*.tex")), ids=lambda path: path.stem)
def test_what_crashed_once_is_read(kept: Path, tmp_path: Path) -> None:
    from latex import read_everything

    (tmp_path / "part.tex").write_text("Part \\x{0.5} \\cite{a}.")
    start = time.process_time()
    read_everything(tmp_path, kept.read_bytes().decode("utf-8", "surrogatepass"))
    assert time.process_time() - start < 10


SCRAPS = [
    "\\begin{", "\\end{", "document}", "comment}", "verbatim}", "foo}", "\\", "{", "}", "[", "]", "$", "%",
    "\n%SECRET\n",
    "\\newcommand", "\\newcommand{\\x}[1]", "\\def\\x#1", "\\x", "\\let\\x\\y", "\\y", "#1", "##", "\\newif\\ifz",
    "\\ztrue", "\\ifz", "\\else", "\\fi", "\\or", "\\iffalse", "\\ifx", "\\ifnum", "\\ifcase", "1<2 ", "\\verb|", "|",
    "\\input{main}", "\\input{part}", "\\input ", "\\include{", "\\endinput", "\\csname", "\\endcsname",
    "\\expandafter", "\\edef\\x", "\\NewDocumentCommand{\\y}{s O{\\x} m}", "\\newenvironment{foo}", "\\begin{foo}",
    "\\ifthenelse{\\equal{\\x}{1}}", "\\num{", "\\sbox", "\\usebox", "\\excludecomment{foo}", "\\makeatletter",
    "\\newcount\\n", "\\n", "=1 ", "\\advance", "\\loop", "\\repeat", "\\numexpr", "\\the", "\\number",
    "\\count", "(", "-",
    "\\@ifnextchar", "\\global", "\\AtEndDocument", "\\lstinputlisting{part.tex}", "\\usepackage{own}", "words", " ",
    "\n",
]  # fmt: skip


@settings(max_examples=400)
@given(st.lists(st.sampled_from(SCRAPS) | st.text(max_size=3), max_size=40).map("".join))
@example("\\def\\x{\\edef\\x{\\x\\x}\\x}\\x")
@example("\\csname csname\\endcsname" * 3000)
def test_any_source_is_read_within_bounds_and_comments_never(
    tmp_path_factory: pytest.TempPathFactory, source: str
) -> None:
    folder = tmp_path_factory.getbasetemp() / "scraps"
    folder.mkdir(exist_ok=True)
    (folder / "part.tex").write_text("part \\x{\\fi \\y")
    (folder / "own.sty").write_text("\\newcommand{\\own}{0.1}\\DeclareOption{x}{\\iffalse")
    text = f"{source}\\begin{{document}}{source}\n%SECRET\n\\end{{document}}{source}"
    document = read_tex(folder / "main.tex", text)
    assert len(document.text) <= 2 * (MOST_CHARACTERS + TIMES_THE_FILES * (len(text) + 1000))
    assert len(document.source.places) == len(document.text)
    assert 0 <= document.start <= document.stop <= len(document.text)
    if not re.search(r"\\verb|\\url|MakeShort|\\begin|lstinline", source):
        assert "SECRET" not in document.text


@pytest.mark.parametrize(
    "scrap", ["{", "}", "\\x", "\\x{", "\\x[", "\\y[", "\\begin{foo}", "\\ifz", "\\iffalse", "\\verb|", "\\input{part}",
              "\\edef\\x{\\x\\x}", "\\csname x", "\\def\\x#1;", "\\number",
              "\\numexpr(", "\\count", "\\loop\\iftrue", "\\loop\\iftrue\\repeat", "\\advance",
              "\\cite[", "\\num{", "\\sbox\\x{"]
)  # fmt: skip
def test_hostile_sources_take_time_in_proportion(tmp_path: Path, scrap: str) -> None:
    preamble = "\\newif\\ifz\\newcommand{\\x}[1]{(#1)}\\newcommand{\\y}[2][a]{#1#2}\\newenvironment{foo}{<}{>}"
    start = time.process_time()
    read(tmp_path, f"Words. {scrap * 10_000}", preamble, part_tex="x")
    assert time.process_time() - start < 10
