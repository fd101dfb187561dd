"""From draft to checked PDF: escaping, tables, figures, the document, logs, compiling, checks and mending."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peerassay.data.errors import InputError
from peerassay.generator.latex import compile as compile_module
from peerassay.generator.latex.check import check_pdf, run_chktex
from peerassay.generator.latex.compile import compile_tex, missing_tools
from peerassay.generator.latex.document import (
    Draft,
    cited_keys,
    render,
    section_spans,
    write_draft,
    write_style,
)
from peerassay.generator.latex.figures import Panel, figure, figures
from peerassay.generator.latex.floats import HIGHEST, Float, arranged, environment, stands_in_appendix
from peerassay.generator.latex.log import Problem, parse_blg, parse_log
from peerassay.generator.latex.mended_draft import mended, text_places
from peerassay.generator.latex.repair import auto_repair
from peerassay.generator.latex.source import check_source
from peerassay.generator.latex.styles import PAGES, StyleName
from peerassay.generator.latex.tables import CellValue, ResultRow, decimals_of, results_tables
from peerassay.generator.model_scientist.revision import excerpt_for_repair
from peerassay.generator.nodes import read_results
from peerassay.presentation.latex import escape, plain_ascii

needs_latex = pytest.mark.skipif(
    shutil.which("pdflatex") is None or shutil.which("bibtex") is None,
    reason="pdflatex or bibtex is not installed: apt-get install texlive-latex-recommended texlive-fonts-recommended",
)
BIB = "@article{ho2020,\n author={Ho, Ann and Li, Bo},\n title={An Invented Title},\n journal={J},\n year={2020}\n}\n"
WORDS = "The runs share one schedule and the same seeds, and each of them is measured on data that it has not seen. "


def document(body: str, preamble: str = "") -> str:
    return f"\\documentclass{{article}}\n{preamble}\\begin{{document}}\n{body}\n\\end{{document}}\n"


def put(folder: Path, text: str, name: str = "paper.tex") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def png(path: Path, shade: int = 128) -> None:
    from PIL import Image

    Image.new("RGB", (80, 50), (shade, 90, 90)).save(path)


def text_of(pdf: Path) -> str:
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document_:
        return "\n".join(page.get_textpage().get_text_range() for page in document_)


# Escaping


@given(st.text(max_size=60))
def test_escaped_text_has_no_special_character_left(text: str) -> None:
    escaped = escape(text)
    bare = re.sub(r"\\ensuremath\{.*?\}(?=[^}]|$)|\\[a-zA-Z]+|\\[&%$#_{},]|~", "", escaped)
    assert not set(bare) & set("&%$#_^\\\n\r\t\0") or "ensuremath" in escaped
    assert escaped.count("{") - escaped.count(r"\{") == escaped.count("}") - escaped.count(r"\}")


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("50% of R&D_1 #2 $3", r"50\% of R\&D\_1 \#2 \$3"),
        ("a\\b{c}", r"a\textbackslash{}b\{c\}"),
        ("α ≤ 3×10⁴", r"\ensuremath{\alpha} \ensuremath{\leq} 3\ensuremath{\times}10\ensuremath{^{4}}"),
        ("--flag 'x''", "-{}-flag 'x'{}'"),
        ("Müller, Łukasz", "Müller, Łukasz"),
        ("ﬁne Ⅳ ｆｕｌｌ", "fine IV full"),
        ("中", "{[}U+4E2D{]}"),
        (" two\nlines\t\x07\u200b", "two lines"),
    ],
)
def test_escape_by_example(text: str, latex: str) -> None:
    assert escape(text) == latex


def test_plain_ascii_keeps_letters_only() -> None:
    assert plain_ascii("Über 100% {α} – a\\b") == "Uber 100 - a b"


def compiled_text(strings: list[str], folder: Path) -> tuple[str, list[str]]:
    body = "\n\n".join(f"\\section{{{escape(s)}}}Q\\begin{{tabular}}{{l}}{escape(s)}\\\\ {escape(s)}\\end{{tabular}}"
                       for s in strings)  # fmt: skip
    put(folder, document(body, "\\usepackage[T1]{fontenc}\\usepackage{mathptmx,amssymb}\n"))
    done = compile_tex(folder, passes=1)
    return (text_of(done.pdf) if done.pdf else ""), [str(p) for p in done.problems if p.kind != "overfull"]


@needs_latex
@settings(max_examples=2, suppress_health_check=list(HealthCheck))
@given(st.lists(st.text(min_size=1, max_size=30), min_size=30, max_size=40))
def test_escaped_text_compiles(tmp_path_factory: pytest.TempPathFactory, strings: list[str]) -> None:
    _, problems = compiled_text(strings, tmp_path_factory.mktemp("escape"))
    assert problems == []


@needs_latex
def test_characters_of_many_blocks_compile_and_ascii_is_what_the_pdf_shows(tmp_path: Path) -> None:
    codes = [*range(0xA0, 0x250), *range(0x370, 0x400), *range(0x2000, 0x2300), *range(0x2460, 0x2700), 0x1D4A9, 0xFB01]
    characters = [chr(code) for code in codes]
    ascii_text = "".join(map(chr, range(33, 127)))
    strings = [ascii_text, "--x ''y'' <<z>> ?`"] + ["".join(characters[i : i + 12]) for i in range(0, len(codes), 12)]
    shown, problems = compiled_text(strings, tmp_path)
    assert problems == []
    assert ascii_text in shown.replace("\u2019", "'").replace("\u2018", "`")
    assert "--x" in shown.replace("\u2019", "'")


# Tables and figures


def value(mean: float, stderr: float | None = None) -> CellValue:
    return CellValue(mean=mean, stderr=stderr)


@pytest.mark.parametrize(
    ("values", "decimals"),
    [
        ([value(0.4391, 0.0037), value(0.6, 0.02), None], 3),
        ([value(1234.5, 30.0)], 0),
        ([value(0.123456)], 4),
        ([value(60.2), value(3.1)], 2),
        ([value(0.5, 0.0)], 4),
        ([value(0.1, 1e-12)], 6),
        ([value(1.234e-8), value(3e-9)], 11),
        ([value(1.234e-8, 4e-10)], 10),
        ([value(1e-300)], 15),
    ],
)
def test_decimals_follow_from_the_standard_errors(values: list[CellValue | None], decimals: int) -> None:
    assert decimals_of(values) == decimals


def row_of(label: str, names: list[str], shift: float = 0.0) -> ResultRow:
    return ResultRow(label=label, values=dict.fromkeys(names, value(0.4391 + shift, 0.0037)))


def test_a_table_has_values_with_errors_bold_marks_and_a_dash_for_what_is_missing() -> None:
    rows = [row_of("baseline_1", ["circle", "dino"]), row_of("50% & more", ["circle"], 0.1)]
    (table,) = results_tables(
        rows, ["circle", "dino"], caption="Results.", label="tab:x", bold={("50% & more", "circle")}
    )
    assert r"baseline\_1 & $0.439 \pm 0.004$ & $0.439 \pm 0.004$ \\" in table.tex
    assert r"50\% \& more & $\mathbf{0.539} \pm 0.004$ & -- \\" in table.tex
    assert r" & circle & dino \\" in table.tex
    assert r"\label{tab:x}" in table.tex


def test_a_wide_table_becomes_small_then_turned_then_parted() -> None:
    def tables(settings: int, datasets: int) -> list[Float]:
        names = [f"dataset_{n}" for n in range(datasets)]
        rows = [row_of(f"run {n}", names) for n in range(settings)]
        return results_tables(rows, names, caption="C.", label="t")

    (normal,), (small,), (turned,) = tables(3, 4), tables(3, 5), tables(3, 12)
    assert "\\small" not in normal.tex and "\\footnotesize" not in normal.tex
    assert ("\\small" in small.tex or "\\footnotesize" in small.tex) and "\nrun 1 &" in small.tex
    assert "\ndataset\\_11 &" in turned.tex and turned.tex.count("tabular}") == 2
    parted = tables(30, 30)
    assert len(parted) > 1 and all(part.height <= HIGHEST for part in parted)
    assert "C, continued from Table~\\ref{t}." in parted[1].tex
    whole = "".join(part.tex for part in parted)
    assert len({whole.count(f"\nrun {setting} &") for setting in range(30)}) == 1, "each part has every setting"


def test_what_has_no_room_among_the_text_goes_to_the_appendix_with_what_goes_on_with_it() -> None:
    def floats(*heights: float) -> list[Float]:
        return [environment("table", f"tab:{h:g}", "C.", "x", height=h) for h in heights]

    found = arranged([floats(300), floats(200, 250), floats(340), floats(330), floats(80), floats(320)], pages=8)
    assert [stands_in_appendix(item.tex) for item in found] == [False, True, True, False, False, False, True]
    assert found[1].tex.startswith("\\begin{table}[H]") and found[0].tex.startswith("\\begin{table}[htb]")


def test_wrong_results_and_names_of_metrics_are_named(tmp_path: Path) -> None:
    (tmp_path / "final_info.json").write_text(json.dumps({"circle": {"loss": 1}}))
    with pytest.raises(ValueError, match="final_info.json is not of the form {dataset: {'means': {...}}}"):
        read_results(tmp_path)
    with pytest.raises(InputError, match="table tab:x: no values"):
        results_tables([row_of("r", ["circle"])], ["dino"], caption="", label="tab:x")


def test_figures_carry_caption_and_label() -> None:
    single = figure("plots/a_b-1.png", "What is seen.", "fig:a", 0.5).tex
    assert "width=0.5\\linewidth" in single
    assert "{plots/a_b-1.png}" in single
    panels = [Panel(path="a.png", caption="One", label="fig:1"), Panel(path="b.png"), Panel(path="c.png")]
    joined = figures(panels, "All.", "fig:all").tex
    assert joined.count(r"\begin{subfigure}") == 3
    assert joined.index(r"\label{fig:1}") < joined.index(r"\label{fig:all}")


@pytest.mark.parametrize("path", ["../secret.png", "/etc/x.png", "a b.png", "a%.png", "a.svg", "a}{b.png", ""])
def test_figures_that_latex_cannot_take_are_refused(path: str) -> None:
    with pytest.raises(InputError, match="figure"):
        figure(path, "c", "fig:a")


def test_width_beyond_the_line_is_refused() -> None:
    with pytest.raises(InputError, match="width"):
        figure("a.png", "c", "fig:a", 1.2)


# The document


def draft(**changes: object) -> Draft:
    sections = {
        "Introduction": WORDS * 3 + r"See \citet{ho2020} and Section~\ref{sec:m}.",
        "Method": r"\label{sec:m}" + WORDS,
    }
    fields = {"title": "Do 2 Scales Help? 100% & more", "abstract": WORDS * 2, "sections": sections,
              "writer": "offline", "date": "23 November 2026"}  # fmt: skip
    return Draft.model_validate({**fields, **changes})


NAME = st.text("ABC efg:", min_size=1, max_size=12).map(lambda s: " ".join(s.split())).filter(bool)
BODY = st.lists(
    st.sampled_from([WORDS, "\\subsection{Inner}", "% \\section{Not one}\n",
                     "\\begin{verbatim}\n\\section{no}\n\\end{verbatim}",
                     "$a_1 < b$", "\\textbf{x} \\% y", "\n\n", "\\cite{a,b}"]), max_size=6,
).map(lambda parts: "\n".join(parts).strip())  # fmt: skip


@given(
    st.dictionaries(NAME, BODY, min_size=1, max_size=5), st.dictionaries(NAME, BODY, max_size=2), st.booleans(),
    st.sampled_from(["single-column", "two-column"]),
)  # fmt: skip
def test_texts_are_found_in_their_file(
    sections: dict[str, str], appendix: dict[str, str], cited: bool, style: StyleName
) -> None:
    written = draft(sections=sections, appendix=appendix, bibliography="references" if cited else "")
    lines = render(written, style).split("\n")
    places = text_places(written, "\n".join(lines), style)
    assert [(place.part, place.name, place.body) for place in places] == [
        ("abstract", "Abstract", WORDS * 2),
        *(("sections", *named) for named in sections.items()),
        *(("appendix", *named) for named in appendix.items()),
    ]
    for place in places:
        assert "\n".join(lines[place.start : place.end]).startswith(place.shown)


def test_sections_of_foreign_files() -> None:
    tex = document("\\section*{Intro $x$}\nA\\section[short]{Results}B % \\section{C}\n\\section{Results}D\\appendix E")
    found = [(name, tex[start:end].strip()) for name, start, end in section_spans(tex)]
    assert found == [("Intro $x$", "A"), ("Results", "B % \\section{C}"), ("Results", "D")]


def test_the_paper_says_that_a_program_wrote_it() -> None:
    tex = render(draft())
    assert r"\notice{This paper was written by a program, the peerassay scientist with the model offline on 23" in tex
    assert r"\title{Do 2 Scales Help? 100\% \& more}" in tex


def test_cited_keys_are_listed_once() -> None:
    assert cited_keys(r"\citep[see][p.~3]{a, b} \citet{b}\Citet{c} % \cite{gone}") == ("a", "b", "c")
    assert draft().cited == ("ho2020",)


# Logs

LOG = r"""This is pdfTeX, Version 3 (preloaded format=pdflatex)
(./paper.tex
LaTeX2e <2022-11-01>
(/usr/share/x/article.cls) (./parts/method.tex

LaTeX Warning: Reference `fig:a-label-that-is-so-long-that-the-line-has-to-be-b
roken' on page 2 undefined on input line 4.

Overfull \hbox (31.5pt too wide) in paragraph at lines 2--3
[]\T1/ptm/m/n/10 some (text here
 []

) [1]
./paper.tex:3: Undefined control sequence.
l.3 Text with \foo
                   and more
Package natbib Warning: Citation `nobody' on page 1 undefined on input line 2.

LaTeX Warning: Label `fig:x' multiply defined.

Missing character: There is no ^^c3 in font ptmr8t!
! LaTeX Error: File `algorithm.sty' not found.

Type X to quit or <RETURN> to proceed,
l.2 \usepackage
               {amsmath}
LaTeX Warning: There were undefined references.
)
"""


def test_a_log_gives_problems_with_their_places(tmp_path: Path) -> None:
    put(tmp_path, "one\ntwo\nText with \\foo and more\n")
    (tmp_path / "parts").mkdir()
    put(tmp_path, "a\nb\nc\nsee the reference\n", "parts/method.tex")
    found = parse_log(LOG, tmp_path)
    assert [(p.kind, p.file, p.line, p.subject) for p in found] == [
        ("undefined reference", "parts/method.tex", 4, "fig:a-label-that-is-so-long-that-the-line-has-to-be-broken"),
        ("overfull", "parts/method.tex", 2, ""),
        ("undefined command", "paper.tex", 3, r"\foo"),
        ("undefined citation", "paper.tex", 2, "nobody"),
        ("duplicate label", "paper.tex", None, "fig:x"),
        ("font", "paper.tex", None, "^^c3"),
        ("missing file", "paper.tex", 2, "algorithm.sty"),
    ]
    assert (found[0].context, found[2].context, found[1].points) == (
        "see the reference",
        "Text with \\foo and more",
        31.5,
    )


def test_context_is_never_read_from_outside_of_the_folder(tmp_path: Path) -> None:
    put(tmp_path, "secret\n", "outside.tex")
    (tmp_path / "paper").mkdir()
    (found,) = parse_log("../outside.tex:1: Some error.\nl.1 x\n", tmp_path / "paper")
    assert (found.message, found.context) == ("Some error", "")


def test_bibtex_logs() -> None:
    log = (
        "Database file #1: refs.bib\nI was expecting a `,' or a `}'---line 7 of file refs.bib\n :\n"
        "Warning--I didn't find a database entry for \"nobody\"\nI couldn't open database file more.bib\n"
    )
    assert [(p.kind, p.file, p.line, p.subject) for p in parse_blg(log)] == [
        ("bibliography", "refs.bib", 7, ""),
        ("undefined citation", "", None, "nobody"),
        ("missing file", "", None, "more.bib"),
    ]


@given(st.text(max_size=400))
def test_any_log_can_be_read(text: str) -> None:
    parse_log(text, Path("nowhere"))
    parse_blg(text)


@needs_latex
def test_a_log_broken_at_79_columns_says_the_same(tmp_path: Path) -> None:
    long = "a-very-long-name-of-a-label-that-makes-the-line-longer-than-the-log-is-wide"
    put(tmp_path, document(f"See \\ref{{{long}}} and \\cite{{{long}-2}}.\n\\includegraphics{{{long}.png}}\n\\oops",
                           "\\usepackage{graphicx,natbib}\n"))  # fmt: skip
    done = compile_tex(tmp_path, passes=1)
    subprocess.run(
        ["pdflatex", "-interaction=batchmode", "-file-line-error", "paper.tex"],
        cwd=tmp_path, stdout=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    log = (tmp_path / "paper.log").read_text(encoding="utf-8")
    assert sum(len(line) == 79 for line in log.splitlines()) > 5
    wrapped = parse_log(log, tmp_path)
    assert {p.kind for p in wrapped} == {
        "undefined reference",
        "undefined citation",
        "missing file",
        "undefined command",
    }
    assert wrapped == done.problems


# Compiling


ALGORITHM = r"""\begin{algorithm}\caption{Training.}\label{alg:t}
\begin{algorithmic}[1]
\Require data $x$
\For{$i = 1, \dots, n$} \State draw $\epsilon$ \Comment{noise} \If{$i > 2$} \State step \Else \State wait \EndIf \EndFor
\State \Return $\theta$
\end{algorithmic}\end{algorithm}
\begin{itemize}[leftmargin=*] \item As in \cref{alg:t}. \end{itemize}"""


@needs_latex
def test_a_paper_compiles_at_once_and_is_clean(tmp_path: Path) -> None:
    png(tmp_path / "a.png")
    png(tmp_path / "b.png", 20)
    put(tmp_path, BIB, "references.bib")
    rows = [
        row_of("baseline", ["circle", "dino"]),
        row_of("two branches", ["circle", "dino"], 0.1),
    ]
    (table,) = results_tables(rows, ["circle", "dino"], caption="Numbers.", label="tab:r")
    results = (
        figure("a.png", "A square.", "fig:a", 0.4).tex
        + figures([Panel(path="b.png", caption="Again.")], "B.", "fig:b").tex + table.tex
        + WORDS * 20 + "\n\n" + WORDS * 10
        + r"Figures~\ref{fig:a} and~\ref{fig:b}, \cref{tab:r}, $\mathbb{E}[x^2] \leq \bm{\beta}$."
    )  # fmt: skip
    sections = {**draft().sections, "Results": results, "Conclusion": WORDS + ALGORITHM}
    path = write_draft(draft(sections=sections, appendix={"More": WORDS}), tmp_path)
    started = time.monotonic()
    done = compile_tex(tmp_path)
    seconds = time.monotonic() - started
    assert done.problems == ()
    assert done.ok
    assert done.pdf == tmp_path.resolve() / "paper.pdf"
    checked = check_pdf(done.pdf, tex=path, compiled=done.problems, page_limit=4)
    assert checked.problems == ()
    assert checked.fonts_embedded
    shown = " ".join(text_of(done.pdf).split())
    assert "This paper was written by a program, the peerassay scientist with the model offline" in shown
    assert "Ho and Li" in shown
    assert "leftmargin" not in shown
    assert "for i = 1" in shown
    assert "0.439 ± 0.004" in shown or "0.439±0.004" in shown
    print(f"\ncompiled in {seconds:.2f} s, {done.passes} passes")


@needs_latex
def test_all_kinds_of_errors_are_reported_with_line_and_source(tmp_path: Path) -> None:
    body = "\\undefinedone\n\nSee \\ref{nolabel} \\cite{nobody}.\n\n\\includegraphics{none.png}\n\na_b\n\n" + "x" * 300
    put(tmp_path, document(body + "\n\\bibliographystyle{plain}\\bibliography{none}", "\\usepackage{graphicx}\n"))
    done = compile_tex(tmp_path)
    found = {(p.kind, p.line, p.subject) for p in done.problems}
    assert {("undefined command", 4, "\\undefinedone"), ("undefined reference", 6, "nolabel"),
            ("undefined citation", 6, "nobody"), ("missing file", 8, "none.png"),
            ("missing file", None, "none.bib"), ("error", 10, "")} <= found  # fmt: skip
    assert any(p.kind == "overfull" and p.points and p.points > 100 for p in done.problems)
    assert done.pdf is not None
    assert not done.ok
    excerpt = excerpt_for_repair(done.problems, tmp_path)
    assert "paper.tex:4: undefined command \\undefinedone" in excerpt
    assert ">    4 \\undefinedone" in excerpt
    assert len(excerpt_for_repair(done.problems * 20, tmp_path, most=3).split("\n\n")) == 4
    checked = check_pdf(done.pdf, compiled=done.problems)
    kinds = {p.kind for p in checked.problems if p.severity == "error"}
    assert {"undefined reference", "overfull", "bibliography"} <= kinds


@needs_latex
def test_an_old_pdf_does_not_pass_for_a_new_one(tmp_path: Path) -> None:
    put(tmp_path, document("Fine."))
    assert compile_tex(tmp_path).pdf
    put(tmp_path, "\\documentclass{article}\\usepackage{nosuchpackage}\\begin{document}x\\end{document}")
    done = compile_tex(tmp_path)
    assert done.pdf is None
    assert next((p.kind, p.subject) for p in done.problems) == ("missing file", "nosuchpackage.sty")


@needs_latex
@pytest.mark.parametrize(
    "attempt",
    [
        r"\input{../secret}", r"\newread\f\openin\f=../secret.tex \read\f to\x \x", r"\input{|cat ../secret.tex}",
        r"\immediate\write18{cat ../secret.tex > leak.txt}", r"\immediate\pdfobj stream file {../secret.tex}",
        r"\immediate\pdfobj stream file {ABSOLUTE}", r"\includegraphics{../secret.png}", r"\input{link.tex}",
        r"\edef\x{\pdffiledump offset 0 length 40 {../secret.tex}}\x",
        r"\newread\f\openin\f={\string~/secret.tex} \read\f to\x \x",
    ],
)  # fmt: skip
def test_files_outside_of_the_folder_do_not_get_into_the_pdf(
    tmp_path: Path, attempt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SECRET_API_KEY", "hunter22")
    put(tmp_path, "topsecretword\n", "secret.tex")
    png(tmp_path / "secret.png")
    folder = tmp_path / "paper"
    folder.mkdir()
    if "link" in attempt:
        (folder / "link.tex").symlink_to(tmp_path / "secret.tex")
    put(folder, document(f"x {attempt.replace('ABSOLUTE', str(tmp_path / 'secret.tex'))}", "\\usepackage{graphicx}\n"))
    done = compile_tex(folder, passes=1)
    assert not (folder / "leak.txt").exists()
    if done.pdf:
        content = done.pdf.read_bytes()
        assert "topsecret" not in text_of(done.pdf)
        assert b"topsecretword" not in content
        assert b"/Subtype/Image" not in content.replace(b" ", b"")
    if "link" in attempt or "pdfobj" in attempt:
        assert {p.kind for p in done.problems} == {"outside file"}
        assert (done.pdf, done.log) == (None, None)


@needs_latex
@pytest.mark.parametrize("name", ["../evil.tex", "link.tex", "ABSOLUTE"])
def test_nothing_is_written_outside_of_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "paper"
    folder.mkdir()
    if name == "link.tex":
        (folder / name).symlink_to(tmp_path / "evil.tex")
    name = name.replace("ABSOLUTE", str(tmp_path / "evil.tex"))
    put(folder, document(rf"\newwrite\w\immediate\openout\w={name} \immediate\write\w{{hi}}\immediate\closeout\w x"))
    compile_tex(folder, passes=1)
    assert not (tmp_path / "evil.tex").exists()


@needs_latex
def test_an_endless_loop_is_ended_in_time(tmp_path: Path) -> None:
    put(tmp_path, document(r"\def\x{\x}\x"))
    started = time.monotonic()
    done = compile_tex(tmp_path, timeout=1)
    assert time.monotonic() - started < 30
    assert (done.pdf, done.problems[0].kind) == (None, "timeout")
    assert "within 1 s" in done.problems[0].message


@needs_latex
def test_a_log_without_end_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compile_module, "MOST_BYTES", 2**20)
    put(tmp_path, document(r"\def\x{\immediate\write-1{some words for the log, again and again}\x}\x"))
    done = compile_tex(tmp_path, timeout=20)
    assert done.pdf is None
    assert not done.ok
    assert (tmp_path / "paper.log").stat().st_size <= 2**20


@needs_latex
def test_in_a_sandbox_the_paper_compiles_too(tmp_path: Path) -> None:
    from peerassay.generator.sandbox.find import find_sandbox

    put(tmp_path, BIB, "references.bib")
    write_draft(draft(), tmp_path)
    inside = compile_tex(tmp_path, sandbox=find_sandbox())
    assert inside.problems == ()
    assert inside.pdf is not None
    assert "Ho and Li" in text_of(inside.pdf)


@needs_latex
def test_styles_hold_the_more_the_closer_they_are_set(tmp_path: Path) -> None:
    put(tmp_path, BIB, "references.bib")
    long = {**draft().sections, "Results": (WORDS * 8 + "\n\n") * 30}
    length = {}
    for style in PAGES:
        path = write_draft(draft(sections=long), tmp_path, style=style)
        done = compile_tex(tmp_path)
        assert done.pdf is not None
        checked = check_pdf(done.pdf, tex=path, compiled=done.problems)
        assert (done.problems, checked.problems) == ((), ())
        length[style] = checked.length
    assert length["workshop"] < length["journal"] - 0.4 < length["single-column"] - 0.8


def test_without_latex_the_result_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, document("x"))
    monkeypatch.setenv("PATH", str(tmp_path))
    done = compile_tex(tmp_path)
    assert (done.pdf, [p.kind for p in done.problems]) == (None, ["not installed"])
    assert "apt-get install texlive-latex-recommended" in done.problems[0].message
    assert len(missing_tools()) == 3
    assert run_chktex(tmp_path) == ()


def test_a_missing_main_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"paper\.tex: no such file"):
        compile_tex(tmp_path)


@pytest.mark.skipif(shutil.which("chktex") is None, reason="chktex is not installed: apt-get install chktex")
def test_chktex_finds_slips_and_no_matters_of_taste(tmp_path: Path) -> None:
    code = '\\begin{verbatim}\nprint("x^10")\n\\end{verbatim}'
    put(tmp_path, document(f'He said "so" and $x^10$.\n\nFine text, see \\ref{{a}}. As SGD. So.\n\n{code}'))
    found = run_chktex(tmp_path)
    assert {(p.subject, p.line) for p in found} == {("18", 3), ("25", 3)}
    assert found[0].context.startswith("He said")
    put(tmp_path, document(r"Then $\left( a \right)^2$ and \[ \bigl[ b \bigr] \]" + "\n\nA word ( in brackets)."))
    assert [(p.subject, p.line) for p in run_chktex(tmp_path)] == [("37", 5)], "no spaces in formulas, none is printed"
    put(tmp_path, document("Für $n = k!$, and $(é + k)!$.\n\nIt is $n!,$ then.\n\nSo \\(n!\\) is $a = b.$"))
    assert [(p.subject, p.line) for p in run_chktex(tmp_path)] == [("40", 5), ("40", 7)], "a factorial ends no sentence"


# Checks


def test_what_is_wrong_with_a_source_is_found_with_its_line(tmp_path: Path) -> None:
    png(tmp_path / "a.png")
    shutil.copy(tmp_path / "a.png", tmp_path / "copy.png")
    body = "\n".join([
        "\\section{Full}", WORDS, "\\section{Empty}", "\\label{sec:e}", "\\section{Rest}", "TODO write this " + WORDS,
        "It is 50% better. % 12% in a comment", "\\url{https://x.org/a5%20b} 10\\% \\verb|5%| % TODO in a comment",
        "**Bold** and $5 and $6 each, not $x**2 + y**2$ or $5$ and $6$ of \\texttt{a**b + c**d}", "## Heading",
        figure("a.png", "One.", "fig:a").tex, figure("copy.png", "Two.", "fig:b").tex, "\\begin{figure}\\end{figure}",
        "See \\ref{fig:a} and \\ref{sec:e}.",
    ])  # fmt: skip
    found = check_source(put(tmp_path, document(body)))
    told = [(p.message.partition(":")[0], p.line) for p in found]
    assert told == [
        ("placeholder 'TODO'", 8),
        ('the text behind "%" is a comment and lost; write "\\%"', 9),
        ("Markdown '**Bold**'; write LaTeX", 11),
        ("Markdown '## Heading'; write LaTeX", 12),
        ('the words between two dollar signs print as a formula; write "\\$" for dollars', 11),
        ("section Empty is empty", 5),
        ("nothing refers to figure fig", 20),
        ("figure without a caption", 27),
        ("figure without a label", 27),
        ("image copy.png is the same as a.png", 22),
    ]


@needs_latex
def test_what_is_wrong_with_a_pdf_is_found_with_its_page(tmp_path: Path) -> None:
    png(tmp_path / "a.png")
    body = (
        f"{WORDS} XXX\\newpage \\hspace*{{20cm}}\\includegraphics{{a.png}} see \\ref{{x}} [?]"
        + "\\newpage " * 2
        + WORDS
    )
    put(tmp_path, document(body, "\\usepackage{graphicx}\\pagestyle{empty}\n"))
    done = compile_tex(tmp_path)
    assert done.pdf is not None
    checked = check_pdf(done.pdf, compiled=done.problems, page_limit=2)
    told = {(p.kind, p.page) for p in checked.problems if p.severity == "error"}
    assert {("text", 1), ("undefined reference", 2), ("overfull", 2), ("bibliography", None), ("pages", None)} <= told
    assert checked.pages == 3
    assert not checked.ok


def test_what_is_no_pdf_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a PDF"):
        check_pdf(put(tmp_path, "hello", "paper.pdf"))


def test_real_generated_papers_are_read(shared_data: Path) -> None:
    papers = sorted((shared_data / "generated_papers").rglob("*.pdf"))
    if not papers:
        pytest.skip("no generated papers in the real data")
    for paper in papers:
        checked = check_pdf(paper)
        assert checked.pages > 3
        assert checked.words > 1000


# Mending

BROKEN = r"""\documentclass{article}
\usepackage{natbib,graphicx,nosuchpackage}
\begin{document}
The run_name is R&D #1 and $a_1$ \label{eq_1} is 35% better ≈ 3 ∼ 4.

As \citet{nobody} say \citep{ho2020,nobody2} and \cite{Ho-2020}, see \cref{fig_x}.
\begin{figure}
\includegraphics{gone.png}
\caption{Gone.}
\end{figure}
\includegraphics[width=3cm]{plots/a_plot.jpg} $\mathbb{x}$
$\alpha ≤ β$ \multirow{2}{*}{cell}
```latex
\begin{itemize}
\item a
\bibliographystyle{plainnat}
\bibliography{references}
"""


@needs_latex
def test_common_errors_are_mended_by_rule(tmp_path: Path) -> None:
    put(tmp_path, BROKEN)
    put(tmp_path, BIB, "references.bib")
    png(tmp_path / "a_plot.png")
    did: list[str] = []
    for _ in range(6):
        done = compile_tex(tmp_path)
        changes = auto_repair(tmp_path, done.problems)
        did += changes
        if not changes:
            break
    left = [(p.kind, p.subject) for p in done.problems if p.severity == "error"]
    assert left == [("undefined reference", "fig_x")], "what a figure was, no rule can know"
    assert done.pdf is not None
    shown = " ".join(text_of(done.pdf).split())
    for words in ("name is R&D #1", "35% better", "As earlier work say [Ho and Li, 2020]", "cell", "≤", "References"):
        assert words in shown, words
    tex = (tmp_path / "paper.tex").read_text(encoding="utf-8")
    assert "Gone." not in tex
    assert "{a_plot.png}" in tex
    assert r"\label{eq_1}" in tex
    assert all(line.startswith("paper.tex: ") for line in did)
    assert any("took out citation nobody" in line for line in did)


def problem(kind: str, **fields: object) -> Problem:
    return Problem.model_validate({"kind": kind, "message": "", "file": "paper.tex", **fields})


@pytest.mark.parametrize(
    ("line", "found", "mended"),
    [
        (
            "a_b $c_d$ \\ref{e_f} g^2",
            problem("error", message="Missing $ inserted", line=1),
            "a\\_b $c_d$ \\ref{e_f} g\\^{}2",
        ),
        ("A & B % x & y", problem("error", message="Misplaced alignment tab character &", line=1), "A \\& B % x & y"),
        ("x \\cite{a,b} y", problem("undefined citation", subject="b"), "x \\cite{a} y"),
        ("x~\\citep[p. 3]{b}.", problem("undefined citation", subject="b"), "x."),
        ("as \\citet{b} show", problem("undefined citation", subject="b"), "as earlier work show"),
        ("x \\cite{HO_2020}", problem("undefined citation", subject="HO_2020"), "x \\cite{ho2020}"),
        ("a\u200bb", problem("unicode", subject="\u200b"), "ab"),
        ("x → y", problem("unicode", subject="→"), "x \\ensuremath{\\rightarrow} y"),
        ("a \\includegraphics[width=2cm]{no.png} b", problem("missing file", subject="no.png"), "a  b"),
        ("\\usepackage{amsmath, algorithm}", problem("missing file", subject="algorithm.sty"), "\\usepackage{amsmath}"),
        ("nothing to do_here", problem("error", message="Something else", line=1), "nothing to do_here"),
    ],
)
def test_a_rule_changes_what_the_problem_names_and_nothing_else(
    tmp_path: Path, line: str, found: Problem, mended: str
) -> None:
    put(tmp_path, line)
    put(tmp_path, BIB, "references.bib")
    did = auto_repair(tmp_path, [found])
    assert (tmp_path / "paper.tex").read_text(encoding="utf-8") == mended
    assert bool(did) == (line != mended)
    assert auto_repair(tmp_path, []) == [], "a second time there is nothing to do"


def test_a_missing_end_is_added_once(tmp_path: Path) -> None:
    put(tmp_path, "\\begin{document}\nText % \\end{document}\n")
    assert auto_repair(tmp_path, []) == ["paper.tex: added \\end{document}"]
    assert auto_repair(tmp_path, []) == []


def test_a_sound_paper_is_left_as_it_is(tmp_path: Path) -> None:
    path = write_draft(draft(), tmp_path)
    before = path.read_bytes()
    assert auto_repair(tmp_path, []) == []
    assert path.read_bytes() == before


def test_random_damage_never_raises(tmp_path: Path) -> None:
    rng = random.Random(0)
    write_style(tmp_path)
    for _ in range(60):
        text = list(BROKEN)
        for _ in range(10):
            text[rng.randrange(len(text))] = rng.choice("\\{}%$&#_^[]~\n")
        path = put(tmp_path, "".join(text))
        check_source(path)
        list(section_spans("".join(text)))
        kinds = ("undefined command", "missing file", "undefined citation", "unicode")
        auto_repair(tmp_path, [problem(kind, subject="%", line=3) for kind in kinds])


def test_the_modules_load_without_heavy_packages() -> None:
    code = (
        "import sys; from peerassay.generator.latex import check, compile, document, figures, repair, tables;"
        "print(*[m for m in ('numpy', 'scipy', 'pypdfium2', 'jinja2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=os.sep)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("style", ["single-column", "two-column"])
def test_what_is_mended_in_the_source_is_mended_in_the_draft(tmp_path: Path, style: StyleName) -> None:
    """Texts of the same name, sections within a text and what a style lays out otherwise stay what they were."""
    formula = "\\begin{equation}\\label{eq:a}\n a=b\n\\end{equation}"
    figure = "\\begin{figure}[htb]\nx\n\\end{figure}"
    body = f"One a_b here.\n{formula}\n{figure}\n\\section{{Within}}\nGains of 5% of R\\&D."
    draft = Draft(
        title="T", abstract="We test.", sections={"Intro": "As it was.", "Results": body},
        appendix={"Results": "Of the appendix, a_b."}, bibliography="",
    )  # fmt: skip
    write_draft(draft, tmp_path, style=style)
    lines = (tmp_path / "paper.tex").read_text().split("\n")
    wrong = [problem("error", message="Missing $ inserted", line=n) for n, x in enumerate(lines, 1) if "a_b" in x]
    better = mended(tmp_path, draft, wrong, style)
    assert better == draft.model_copy(
        update={
            "sections": {"Intro": "As it was.", "Results": body.replace("a_b", "a\\_b").replace("5%", "5\\%")},
            "appendix": {"Results": "Of the appendix, a\\_b."},
        }
    )
    write_draft(better, tmp_path, style=style)
    assert mended(tmp_path, better, [], style) is None


def test_a_package_and_a_missing_end_that_rules_add_stay_in_the_draft(tmp_path: Path) -> None:
    draft = Draft(
        title="T", abstract="We test.", sections={"Intro": "\\begin{itemize}\n\\item \\num{3}"}, bibliography=""
    )
    write_draft(draft, tmp_path)
    wrong = [
        problem("undefined command", subject="\\num"),
        problem("error", message="\\begin{itemize} on input line 9 ended by \\end{document}"),
    ]
    better = mended(tmp_path, draft, wrong, "single-column")
    assert better is not None and ("siunitx" in better.preamble or "\\num" in better.preamble)
    assert better.sections["Intro"] == f"{draft.sections['Intro']}\n\\end{{itemize}}"
