"""What is wrong with a paper that was made: in its state, the summary, the document, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path

from peerassay.cli.scientist_output import batch_document, batch_table
from peerassay.data.files import read_validated, write_json
from peerassay.generator.latex.log import Problem
from peerassay.generator.paper_problems import paper_problems
from peerassay.generator.provenance.records import Audit, CitationCheck, Contradiction, FigureCheck, Unsupported
from peerassay.generator.state import STAGES, State

CLAIM = Contradiction(word="higher", context="A is higher", where="paper.tex:7", reason="wine loss: run_1 1, run_0 2")
TOO_LONG = "9.4 pages before the references, 8 are allowed"


def made_paper(folder: Path, *, numbers: int) -> Path:
    folder.mkdir(parents=True)
    state = State(template="t", template_fingerprint="a", scientist="s", scientist_fingerprint="b")
    for stage in STAGES:
        state.mark(stage, "done", "went well")
    problem = Problem(kind="pages", message=TOO_LONG).model_dump(mode="json")
    write_json(folder / "compile.json", {"check": None, "problems": [problem, problem], "slips": []})
    lost = [
        Unsupported(text=f"0.{n}", value=n / 10, context="c", where="paper.tex:1", reason="r") for n in range(numbers)
    ]
    audit = Audit(
        paper="paper.tex", numbers_checked=9, supported=9 - numbers, unsupported=tuple(lost),
        figures=(FigureCheck(path="a.png", status="made by a run"), FigureCheck(path="b.png", status="unknown")),
        citations=(CitationCheck(key="smith", status="no entry"),), claims_checked=2, contradicted=(CLAIM,),
    )  # fmt: skip
    write_json(folder / "audit.json", audit.model_dump(mode="json"))
    (folder / "paper.pdf").touch()
    state.problems = tuple(paper_problems(folder))
    state.write(folder)
    return folder


def test_everything_that_is_wrong_is_told_once(tmp_path: Path) -> None:
    folder = made_paper(tmp_path / "idea_01", numbers=7)
    assert paper_problems(folder) == [
        TOO_LONG,
        "7 numbers do not trace: 0.0, 0.1, 0.2, 0.3, 0.4, ...",
        "1 figure does not trace: b.png",
        "1 citation does not trace: smith",
        "“higher” contradicts the means: wine loss: run_1 1, run_0 2",
    ]
    assert read_validated(Audit, folder / "audit.json").troubles == (
        "7 of 9 numbers do not trace",
        "1 of 2 figures do not trace",
        "1 of 1 citations do not trace",
        "1 of 2 words of direction contradict the means",
    )
    (folder / "paper.pdf").unlink()
    assert paper_problems(folder) == [], "without a paper nothing is wrong with it"


def test_the_summary_and_the_document_have_it(tmp_path: Path) -> None:
    made_paper(tmp_path / "idea_01", numbers=1)
    table = batch_table(tmp_path, 0.0)
    assert "done with 5 problems" in " ".join(str(cell) for cell in table.rows[0])
    assert f"idea_01: {TOO_LONG}" in table.note and "idea_01: 1 number does not trace: 0.0" in table.note
    (idea,) = batch_document(tmp_path, 0.0)["ideas"]
    assert (
        idea["problems"]
        == idea["state"]["problems"]
        == json.loads((tmp_path / "idea_01" / "state.json").read_text())["problems"]
    )
