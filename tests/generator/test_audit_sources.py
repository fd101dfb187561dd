"""The audit over LaTeX and BibTeX sources of many kinds: every printed number and every citation, and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from peerassay.cli.main import cli
from peerassay.generator.provenance.audit import audit_paper
from peerassay.generator.provenance.records import Audit

ENTRY = "@article{real, title={A Careful Study of Things}, author={Smith, Jane}, journal={J}, year={2020}}\n"


def results(folder: Path) -> Path:
    """Two runs, with accuracies of 0.712 and 0.834."""
    for run, accuracy in enumerate((0.712, 0.834)):
        info = {"cifar": {"means": {"accuracy": accuracy}, "stderrs": {"accuracy": 0.004}}}
        (folder / f"run_{run}").mkdir(parents=True)
        (folder / f"run_{run}" / "final_info.json").write_text(json.dumps(info))
    return folder


def audited(folder: Path, body: str, preamble: str = "", **files: str | bytes) -> Audit:
    """The audit of a paper; `files` by name with "__" for "/" and "_" for "."."""
    paper = folder / "paper"
    for name, content in files.items():
        path = paper / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    paper.mkdir(exist_ok=True)
    text = f"\\documentclass{{article}}\n{preamble}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"
    (paper / "main.tex").write_text(text, encoding="utf-8")
    return audit_paper(paper / "main.tex", None, results(folder / "results"))


def invented(audit: Audit) -> list[str]:
    return [number.text for number in audit.unsupported]


def missing(audit: Audit) -> list[str]:
    return [citation.key for citation in audit.citations if citation.status == "no entry"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("达到0.957的准确率，比0.712高。", ["0.957"]),
        ("准确率达到95.7％，即0.957x的", ["95.7％", "0.957x"]),
        (r"\title{We reach 0.957}\maketitle", ["0.957"]),
        (r"\begin{table}Beside: 0.957\caption{Accuracy 0.611}\end{table}", ["0.611", "0.957"]),
        ("\\begin{verbatim}\nepoch 10 accuracy: 0.957\n\\end{verbatim}", ["0.957"]),
        (r"\begin{figure}\begin{tabular}{l}a\\0.957\\\end{tabular}\end{figure}", ["0.957"]),
        (r"\begin{tblr}{colspec={lr}} a & accuracy \\ ours & 0.957 \\ \end{tblr}", ["0.957"]),
        (r"0.\allowbreak{}957, $0{.}957$, \mbox{0}.957", ["0.957"] * 3),
        ("0.9%\n57 and 0.%\n611", ["0.957", "0.611"]),
        (r"\begin{figure}\begin{subfigure}[t]{0.49\textwidth}0.957\end{subfigure}\end{figure}", ["0.957"]),
        (r"\begin{minipage}{0.49\linewidth}\looseness=-12 \linespread{1.05} 0.957\end{minipage}", ["0.957"]),
        (r"\texorpdfstring{0.957}{0.611} \marginpar{0.611}\typeout{0.512}", ["0.957", "0.611"]),
        ("95.7% of all\n4 and 61.1%\n(more)", ["95.7%", "61.1%"]),
        (r"\begin{tabular}{lr}a & b\\\cmidrule(lr){2-3} Ours & 0.957\\\end{tabular}", ["0.957"]),
        (
            r"\begin{lstlisting}[language=C, caption={Log: 0.957}]" + "\nx = 0.611\n" + r"\end{lstlisting}",
            ["0.957", "0.611"],
        ),
        (r"\subsection{We reach 0.957}", ["0.957"]),
        (r"\pgfmathsetmacro{\best}{0.957}\best \begin{tikzpicture}\fpeval{1}\end{tikzpicture}", ["0.957"]),
        (r"\iftrue \ifclassfinal 0.957 \else 0.611 \fi \else 0.512 \fi", ["0.957", "0.611"]),
        (r"\setlist[itemize]{leftmargin=12.5}\rowcolors{2}{gray!25}{white}0.957", ["0.957"]),
        (r"\unit[0.957]{s} and \unit[per-mode=symbol]{\second}", ["0.957"]),
        (r"\phantom{0.957}\phantom{0}0.611", ["0.611"]),
        (r"\newcommand{\acc}[1]{0.#1}\acc{957} and \acc{834}", ["0.957"]),
        (r"\href{http://x.org/0.957%20}{link} 0.611", ["0.611"]),
        (
            r"\begin{tikzpicture}\node[x] at (0.3,0.4) {0.957}; \draw (0,0) -- node {0.611} (1,1);\end{tikzpicture}",
            ["0.957", "0.611"],
        ),
        (
            r"\begin{tikzpicture}\begin{axis}[title={0.957}]\addplot{x};\addlegendentry{0.611}\end{axis}\end{tikzpicture}",
            ["0.957", "0.611"],
        ),
        (r"\foreignquote{german}{0.957} and \captionof{table}{0.611}", ["0.957", "0.611"]),
        (r"\diagbox{0.957}{0.611} \replaced{0.512}{0.523}", ["0.957", "0.611", "0.512", "0.523"]),
        (r"\begin{tabular}{c}0.957\\0.611\end{tabular}", ["0.957", "0.611"]),
        (r"\begin{tabular}{c}Accuracy\\0.611\end{tabular}", ["0.611"]),
    ],
)
def test_numbers_that_are_printed_are_checked(tmp_path: Path, body: str, found: list[str]) -> None:
    assert invented(audited(tmp_path, f"\\section{{Results}}\nAccuracy on CIFAR: {body}")) == found


PANDAS = r"""\begin{longtable}{llrr}
\caption{Accuracy} \\
\toprule
 &  & accuracy & loss \\
dataset & run &  &  \\
\midrule
\endfirsthead
\toprule
\endhead
\midrule
\multicolumn{4}{r}{Continued on next page} \\
\endfoot
\multirow[t]{2}{*}{cifar} & run\_0 & 0.712000 & NaN \\
 & run\_1 & \bfseries 0.957000 & NaN \\
\cline{1-4}
\end{longtable}"""


def test_tables_of_pandas_are_checked(tmp_path: Path) -> None:
    assert invented(audited(tmp_path, f"\\section{{Results}}\n{PANDAS}")) == ["0.957000"]


@pytest.mark.parametrize(
    ("body", "keys"),
    [
        (r"\parencites{fake1}{real} \autocites[1]{fake2}[see][2]{fake3}", ["fake1", "fake2", "fake3"]),
        (r"\Textcite{fake1} \footfullcite{fake2} \smartcite[a][b]{fake3} \citep*{real}", ["fake1", "fake2", "fake3"]),
        (r"\citep[see {[1]}][p.~2]{fake1} \cite{real,% real" + "\n fake2}", ["fake1", "fake2"]),
        (r"\volcite{2}[3]{fake1} \cite<see>[4]{fake2} \textcites(see)()[1]{fake3}", ["fake1", "fake2", "fake3"]),
        (r"\newcommand{\as}[1]{as \citet{#1} say}\as{fake1}", ["fake1"]),
        (r"\let\old\cite \renewcommand{\cite}[1]{~\old{#1}}\cite{fake1} \mycite{fake2}", ["fake1", "fake2"]),
        (r"\nocite{*} \nocite{fake1} \citestyle{acm} \citetext{see this} \newcites{A}{More}", ["fake1"]),
        (r"\caption{After \cite{fake1}} \footnote{\cite{fake2}}", ["fake1", "fake2"]),
        (r"\cite{Real}", []),
        (r"\bibentry{fake1} \shortciteA{fake2} \fullciteA{fake3}", ["fake1", "fake2", "fake3"]),
        (r"% \cite{fake1}" + "\n\\iffalse\\cite{fake2}\\fi \\verb|\\cite{fake3}| \\cite{real}", []),
    ],
)  # fmt: skip
def test_citations_by_any_command(tmp_path: Path, body: str, keys: list[str]) -> None:
    assert missing(audited(tmp_path, f"{body}\n\\bibliography{{refs}}", refs_bib=ENTRY)) == keys


BROKEN = "@misc{one, title={First {of them}, year={2020}}\n\n@misc{two, title={Second}\n year={2021}}\n"


@pytest.mark.parametrize(
    ("naming", "files", "notes"),
    [
        (r"\bibliography{a, b}", {"a_bib": "@string{j = {J}}\n", "b_bib": ENTRY.replace("{J}", "j")}, 0),
        (r"\addbibresource[datatype=bibtex]{a.bib}\addbibresource{b.bib}", {"a_bib": "", "b_bib": ENTRY}, 0),
        (r"\newcommand{\refs}{sub/b}\bibliography{\refs}", {"sub__b_bib": ENTRY}, 0),
        (r"\bibliography{../paper/b}", {"b_bib": ENTRY}, 0),
        (r"\bibliography{b}", {"b_bib": ENTRY.replace("Jane", "Jané").encode("latin-1")}, 0),
        (r"\bibliography{b}", {"b_bib": BROKEN + ENTRY}, 2),
        (r"\bibliography{b}", {"b_bib": "@comment{x @misc{y\n" + ENTRY}, 1),
        (r"\bibliography{b}", {"b_bib": ENTRY.replace("@article{real", "@Article ( real ").replace("}}", "})")}, 0),
        (r"\bibliography{b}", {"b_bib": ENTRY + ENTRY}, 0),
        (r"\bibliography{none}", {"main_bbl": r"\begin{thebibliography}{1}\bibitem[S(2020)]{real} S. Study."}, 0),
        (r"\addbibresource{none}", {"main_bbl": r"\entry{real}{article}{}\field{title}{A Study}\endentry"}, 0),
        (r"\begin{thebibliography}{1}\bibitem{real} S. Study.\end{thebibliography}", {}, 0),
        (r"\input{list}", {"list_tex": r"\begin{thebibliography}{1}\bibitem{real} S.\end{thebibliography}"}, 0),
    ],
)
def test_bibliographies_of_every_kind(tmp_path: Path, naming: str, files: dict[str, str | bytes], notes: int) -> None:
    audit = audited(tmp_path, f"{naming} \\cite{{real}} \\cite{{fake}}", **files)
    assert missing(audit) == ["fake"]
    assert (audit.problems, len([note for note in audit.notes if "@" in note])) == ((), notes)


def test_a_bibliography_that_is_carried(tmp_path: Path) -> None:
    carried = f"\\begin{{filecontents}}[overwrite]{{own.bib}}\n{ENTRY}\\end{{filecontents}}"
    audit = audited(tmp_path, r"\cite{real,fake}\bibliography{own}", carried, own_bib="@misc{fake, title={No}}")
    assert missing(audit) == ["fake"]


def test_what_cannot_be_read_fails_the_audit(tmp_path: Path) -> None:
    audit = audited(tmp_path, r"\input{gone} \bibliography{gone} \cite{x}", x_bbl="")
    assert audit.problems == ("\\input{gone} not found", "\\bibliography{gone} not found")
    assert not audit.ok
    assert audit.violations == 3


@pytest.mark.parametrize(("body", "code"), [("Accuracy on CIFAR is 0.834.", 0), (r"0.834 \input{gone}", 1)])
def test_exit_codes_of_the_command(tmp_path: Path, body: str, code: int) -> None:
    audited(tmp_path, f"\\section{{Results}} {body}")
    told = run_audit(tmp_path / "paper" / "main.tex", tmp_path / "results")
    assert told.exit_code == code
    assert json.loads(told.stdout)["audits"][0]["problems"] == ([] if code == 0 else ["\\input{gone} not found"])


def run_audit(paper: Path, folder: Path) -> Result:
    return CliRunner().invoke(cli, ["scientist", "audit", str(paper), "--results", str(folder), "--json"])


BOTH = {"0.957", "0.611"}
NUMBERS = {
    "11-table-input": {"0.957"}, "13-macro-number-body": {"0.957"}, "14-macro-file": {"0.957"},
    "16-newline-break": {"0.957"}, "17-num-siunitx": {"0.957", "0.611", "0.433", "95.7 %"}, "34-lstinput": {"0.957"},
    "35-thousands": {"0.957", ".957", "12,345"}, "37-pandas-latex": {"0.957000"}, "19-excludecomment": set(),
    "20-newif": set(),
}  # fmt: skip
"""Invented numbers that the shared sources print; the others print both."""
KEYS = {
    "02-biblatex-cmds": {f"fake{number}" for number in range(1, 14)}, "04-own-macro": {"fake1", "fake2"},
    "22-filecontents": {"fake"},
}  # fmt: skip
"""Invented citations of the shared sources."""


def test_the_shared_sources(shared_cases: Path) -> None:
    mains = sorted(shared_cases.glob("0[67]-*/*/main.tex"))
    assert mains
    for path in mains:
        name = path.parent.name
        audit = audit_paper(path, None, path.parent)
        numbers = NUMBERS.get(name, BOTH) if path.parts[-3] == "06-tex" else set()
        found = set(invented(audit))
        assert numbers <= found and (numbers or not found), name
        assert set(missing(audit)) == KEYS.get(name, set()), name
        assert audit.ok == (not numbers and name not in KEYS), name
        assert audit.problems == (("\\bibliography{refs} not found",) if name == "22-appendix-after-bib" else ()), name


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (r"\cite{real}\bibliography{\jobname}", "main_bib"),
        (r"\begin{refsection}[refs.bib]\cite{real}\end{refsection}", "refs_bib"),
        (r"\newrefsection[refs.bib]\cite{real}", "refs_bib"),
    ],
)
def test_bibliographies_named_in_other_ways(tmp_path: Path, body: str, name: str) -> None:
    audit = audited(tmp_path, body, **{name: ENTRY.replace("@article", "@ article ")})
    assert not missing(audit) and not audit.problems


@pytest.mark.parametrize("body", [r"\includepdf[pages=-]{more.pdf}", r"\CatchFileDef{\x}{n.txt}{}\x"])
def test_what_a_command_prints_from_a_file_is_reported_unread(tmp_path: Path, body: str) -> None:
    assert [problem.partition("; ")[2] for problem in audited(tmp_path, body).problems] == ["not read"]
