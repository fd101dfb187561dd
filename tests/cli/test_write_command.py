"""`peerassay scientist write`: from somebody's results to a paper whose numbers trace, which says who ran them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

Call = Callable[..., tuple[int, str, str]]
ROWS = [
    f"{run},{data},{seed},{0.8 + (run == 'wide') * 0.03 + seed * 0.0137 % 0.01:.4f},{seed}.5"
    for run in ("wide", "plain", "deep") for data in ("a", "b") for seed in range(4)
]  # fmt: skip


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_a_table_becomes_a_paper_that_says_who_ran_the_experiments(typed: Call, tmp_path: Path) -> None:
    (tmp_path / "results.csv").write_text("\n".join(["net,data,seed,accuracy,train_time", *ROWS]))
    (tmp_path / "notes.md").write_text("# Does Width Help?\n\nThree networks were trained on two & a half data sets.\n")
    arguments = ("--data", "results.csv", "--baseline", "plain", "--offline-literature", "--out", "run", "--json")
    code, out, err = typed("scientist", "write", *arguments, "--notes", "notes.md", "--column", "run=net")
    assert code == 2
    assert "column 'data' has words that vary" in err
    roles = ("--column", "run=net", "--column", "dataset=data")
    code, out, err = typed("scientist", "write", *arguments, *roles, "--notes", "notes.md")
    assert code == 0, err
    assert "accuracy: higher is better, by its name" in " ".join(err.split())
    idea = json.loads(out)["ideas"][0]
    assert idea["idea"]["title"] == "Does Width Help?"
    assert idea["audit"]["numbers_checked"] > 30
    assert (idea["audit"]["unsupported"], idea["audit"]["contradicted"], idea["problems"]) == ([], [], [])
    tex = (tmp_path / "run" / "idea_01" / "latex" / "paper.tex").read_text()
    notice = tex.partition(r"\notice{")[2].partition("\n")[0]
    assert "Statistics, figures and text come from it" in notice
    assert "The experiments were not run by this program: somebody else ran them" in notice
    assert "one file (results.csv)" in notice
    assert "Three networks were trained on two \\& a half data sets." in tex
    with PdfDocument(tmp_path / "run" / "idea_01" / "paper.pdf") as pdf:
        assert len(pdf) >= 4
    true = re.findall(r"\$(0\.8\d+) ", tex)[0]
    (tmp_path / "run" / "idea_01" / "latex" / "paper.tex").write_text(tex.replace(f"${true} ", "$0.8765 "))
    code, out, _ = typed("scientist", "audit", "run/idea_01", "--json")
    assert code == 1
    assert "0.8765" in {number["text"] for number in json.loads(out)["audits"][0]["unsupported"]}
    code, out, err = typed("scientist", "write", "--data", "results.csv", *roles, "--baseline", "deep", "--out", "run")
    assert code == 2


def test_one_run_alone_is_reported_without_a_comparison(typed: Call, tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "ours.json").write_text('{"cifar": {"accuracy": [0.91, 0.92, 0.93]}}')
    code, _, err = typed(
        "scientist", "write", "--results", "results", "--no-pdf", "--offline-literature", "--out", "run"
    )
    assert code == 0, err
    draft = json.loads((tmp_path / "run" / "idea_01" / "draft.json").read_text())
    assert "nothing is compared and no hypothesis is tested" in draft["abstract"]
    assert "There is nothing to compare it with" in draft["sections"]["Results"]
    assert "$0.920 \\pm 0.006$" in draft["sections"]["Results"]
    assert typed("scientist", "write", "--out", "other")[0] == 2
