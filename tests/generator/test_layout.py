"""Papers of the bundled templates with one to eight runs: no float breaks a page, whoever writes the text."""

from __future__ import annotations

import os
import re
import shutil
from fnmatch import fnmatch
from pathlib import Path

import pytest
from laid_out import SIZES, LaidOut, Reviser, figures_of, float_numbers, laid_out, made_up_lab, offline_paper
from peerassay.generator.evidence import Evidence
from peerassay.generator.lab import Lab
from peerassay.generator.latex.check import check_pdf
from peerassay.generator.latex.columns import COLUMN, width_of
from peerassay.generator.latex.compile import compile_tex
from peerassay.generator.latex.document import Draft, write_draft
from peerassay.generator.latex.floats import Float, environment
from peerassay.generator.latex.log import Problem
from peerassay.generator.latex.placement import bare, of_the_text, placed, with_one_moved_out, wrapped
from peerassay.generator.latex.styles import PAGES
from peerassay.generator.literature.bibtex import read_bib
from peerassay.generator.paper_source import audited
from peerassay.generator.result_tables import RESULTS, floats_of_paper
from peerassay.generator.template import load_template, template_names
from peerassay.llm.messages import Reply
from peerassay.llm.structured import read_answer

pytestmark = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX here (pdflatex is not on PATH)")
WHOLE_GRID = [(template, runs) for template in SIZES for runs in (*range(1, 9), 20)]
LABEL = re.compile(r"\\label\{((?:tab|fig):[^{}]+)\}")
CASES = WHOLE_GRID if os.environ.get("PEERASSAY_SLOW") else [("grokking", 8)]
SECTIONS = {
    "Introduction": "026", "Related Work": "025", "Background": "024", "Method": "019", "Experimental Setup": "021",
    "Results": "022", "Discussion and Limitations": "023", "Conclusion": "027",
}  # fmt: skip
"""The sections that a model wrote in one run, by the numbers of its answers."""


def assert_no_float_breaks_a_page(made: LaidOut, limit: int = 8) -> None:
    bad = [
        problem
        for problem in made.problems
        if problem.severity != "note" and problem.kind != "figure" and (problem.points is None or problem.points > 1)
    ]
    assert bad == [], "nothing overfull or too large, nothing beyond an edge, no page of floats only, not too long"
    assert made.main_pages <= limit
    asked = [problem for round_ in made.asked for problem in round_ if problem.severity != "note"]
    assert asked == [], "the program mends its floats itself"
    shown = {name for page in made.pages for name in float_numbers(page)}
    floats = sum(body.count("\\caption{") - body.count("\\begin{subfigure}") for body in bodies(made.draft))
    assert len(shown) == floats


def bodies(draft: Draft) -> list[str]:
    return [*draft.sections.values(), *draft.appendix.values()]


def test_all_bundled_templates_are_laid_out() -> None:
    assert sorted(SIZES) == template_names()
    for name, images in SIZES.items():
        patterns = load_template(name).captions
        assert all(any(fnmatch(image, pattern) for pattern in patterns) for image in images)


@pytest.mark.parametrize(("template", "runs"), CASES)
def test_the_paper_of_the_rules(tmp_path: Path, template: str, runs: int) -> None:
    lab = made_up_lab(tmp_path, template, runs)
    assert_no_float_breaks_a_page(laid_out(lab, offline_paper(lab)))
    assert audited(lab).unsupported == (), "all numbers of all tables trace, those that go on in a further one too"


@pytest.mark.parametrize(("template", "runs"), WHOLE_GRID if os.environ.get("PEERASSAY_SLOW") else [("tabular", 5)])
def test_the_paper_in_two_columns(tmp_path: Path, template: str, runs: int) -> None:
    lab = made_up_lab(tmp_path, template, runs, pages=PAGES["two-column"])
    lab.style = "two-column"
    assert_no_float_breaks_a_page(laid_out(lab, offline_paper(lab)), PAGES["two-column"])
    assert audited(lab).unsupported == ()
    tex = (lab.latex / "paper.tex").read_text()
    text = tex.partition(r"\appendix")[0]
    assert r"\begin{figure}" not in text
    assert runs > 8 or r"\begin{figure*}[t]" in text, "a table of twenty rows leaves a figure no room"
    for found in re.finditer(r"\\begin\{table\}\[htb\](.*?)\\end\{table\}", tex, re.DOTALL):
        assert width_of(found[1]) <= COLUMN, "what is too wide for a column goes over both"


@pytest.mark.parametrize("runs", range(1, 9) if os.environ.get("PEERASSAY_SLOW") else [5])
def test_the_paper_of_a_model(tmp_path: Path, shared_cases: Path, runs: int) -> None:
    """What a model wrote for four runs, with the tables of one to eight."""
    lab = made_up_lab(tmp_path, "grokking", runs)
    lab.add_works(read_bib(lab.template.folder / "latex" / "references.bib").works)
    draft = placed(written(shared_cases / "scientist-answers"), floats(lab), always=RESULTS)
    assert "Figure" in draft.sections["Results"] and "\\begin{figure}" in draft.sections["Results"]
    assert_no_float_breaks_a_page(laid_out(lab, draft))


def test_a_paper_that_stays_too_long_is_shortened_only_as_long_as_that_helps(tmp_path: Path) -> None:
    lab = made_up_lab(tmp_path, "nanogpt", 2, pages=4)
    draft = offline_paper(lab)
    useless = laid_out(lab, draft)
    (asked,) = useless.asked
    assert "pages before the references, 4 are allowed" in asked[0].message
    labels = {found for body in useless.draft.sections.values() for found in LABEL.findall(body)}
    assert labels == {"tab:results", "fig:val_loss"}, "the other floats have left before the text was touched"
    helpful = laid_out(lab, draft, Reviser(shorter=0.1))
    assert len(helpful.asked) == 2, "a round that helped is followed by another"


def floats(lab: Lab) -> dict[str, str]:
    assert lab.template.knobs
    evidence = Evidence.of(lab.journal().nodes, lab.template.knobs.metrics)
    return floats_of_paper(evidence, figures_of(lab), pages=lab.page_limit)


def written(folder: Path) -> Draft:
    """The model's draft, its labels those that tables have now."""

    def body(number: str) -> str:
        text = answer(folder / f"{number}.txt")["body"]
        text = text.replace("tab:compared-step-val-acc-99-mean", "tab:comparisons")
        return text.replace("tab:secondary", "tab:secondary-4")

    headed = answer(folder / "028.txt")
    sections = {name: body(number) for name, number in SECTIONS.items()}
    return Draft(title=headed["title"], abstract=headed["abstract"], sections=sections, writer="a model")


def answer(path: Path) -> dict[str, str]:
    return read_answer(Reply(text=path.read_text(encoding="utf-8")), 8192, lambda value: value)


def test_what_is_bold_is_what_the_next_table_resolves(tmp_path: Path) -> None:
    made = floats(made_up_lab(tmp_path, "grokking", 4))
    heads = re.search(r"& (x.*?) \\\\", made[RESULTS])
    assert heads
    datasets = heads[1].split(" & ")
    bold = {
        (label, datasets[place])
        for label, *cells in (line.removesuffix(r" \\").split(" & ") for line in made[RESULTS].split("\n"))
        for place, cell in enumerate(cells)
        if "mathbf" in cell
    }
    better: set[tuple[str, str]] = set()
    dataset = ""
    for line in made["tab:comparisons"].split("\n"):
        if group := re.search(r"\\texttt\{(.*?)\}\}", line):
            dataset = group[1]
        elif line.endswith(r"better \\"):
            better.add((line.partition(" & ")[0].removeprefix(r"\quad "), dataset))
    assert bold == better and bold


def test_a_float_that_breaks_a_page_is_seen(tmp_path: Path) -> None:
    """The checks above can fail: a table of a page's height stands alone, a higher one is too large."""
    words = " ".join(f"Sentence {n} says something about the number that it has." for n in range(400))

    def problems(lines: int) -> list[Problem]:
        body = "\\begin{tabular}{l}" + "x\\\\" * lines + "\\end{tabular}"
        tex = environment("table", "tab:x", "High.", body, height=1).tex.replace("[htb]", "[p]")
        draft = Draft(title="T", abstract="A.", sections={"One": f"{words}\n\n{tex}\n\n{words}"}, bibliography="")
        path = write_draft(draft, tmp_path)
        compiled = compile_tex(tmp_path)
        assert compiled.pdf
        return [*compiled.problems, *check_pdf(compiled.pdf, tex=path, compiled=compiled.problems).problems]

    assert any("with figures or tables only" in problem.message for problem in problems(40))
    assert any("too high for the page" in problem.message for problem in problems(60))


def own(label: str, kind: str = "table") -> Float:
    return environment(kind, label, "C.", "x", height=100)


def test_problems_within_floats_of_the_program_are_its_own() -> None:
    tex = f"one\ntwo\n{wrapped('tab:a', own('tab:a').tex)}\nlast"
    last = tex.count("\n") + 1
    found = [Problem(kind="overfull", file="paper.tex", line=line, message=str(line)) for line in range(1, last + 1)]
    everywhere = Problem(kind="pages", message="too long")
    elsewhere = Problem(kind="overfull", file="references.bib", line=5, message="other file")
    kept = of_the_text(tex, [*found, everywhere, elsewhere])
    assert [p.message for p in kept] == ["1", "2", "3", str(last - 1), str(last), "too long", "other file"]


def test_floats_leave_the_text_one_by_one_but_for_the_results_and_a_figure() -> None:
    labels = {RESULTS: "table", "fig:a": "figure", "fig:b": "figure", "tab:c": "table"}
    refs = " ".join(f"\\ref{{{label}}}" for label in labels)
    made = {label: own(label, kind).tex for label, kind in labels.items()}
    draft: Draft | None = placed(Draft(title="T", abstract="A.", sections={"Results": refs}), made, always=RESULTS)
    left: list[set[str]] = []
    while draft is not None:
        left.append({label for label in labels if f"\\label{{{label}}}" in draft.sections["Results"]})
        assert set(bare(draft)[1]) == set(labels), "none is lost"
        draft = with_one_moved_out(draft, always=RESULTS)
    assert sorted(map(len, left), reverse=True) == [4, 3, 2] and left[-1] == {RESULTS, "fig:a"}
