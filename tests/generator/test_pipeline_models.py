"""The command line with a language model: both editors, a template of somebody else's, a budget, company."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from peerassay.generator.human_reviews.hand_in import ask_for_review
from peerassay.generator.state import State
from test_human_reviews import fill
from tiny_template import make_template

from tests.loopback.running import Loopback

pytestmark = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX here (pdflatex is not on PATH)")
COMMAND = [sys.executable, "-m", "peerassay.cli.main", "scientist"]
PRICE = "price_in=1&price_out=4"


@pytest.fixture
def template(tmp_path: Path) -> Path:
    return make_template(tmp_path / "lines")


def scientist(*options: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *map(str, options)], capture_output=True, text=True, check=False)


def options(template: Path, server: Loopback, out: Path, provider: str = "openai") -> list[str | Path]:
    url = server.openai_url if provider == "openai" else server.anthropic_url
    model = f"{provider}/scripted@{url}?{PRICE}"
    return ["run", "-t", template, "-m", model, "--offline-literature", "--out", out, "--runs", "2", "--skip-novelty"]


def finished(folder: Path) -> bool:
    return State.read(folder).finished and (folder / "paper.pdf").exists()


def test_the_builtin_editor_takes_a_model_to_a_paper(server: Loopback, template: Path, tmp_path: Path) -> None:
    done = scientist(*options(template, server, tmp_path / "run", "anthropic"), "--search", "tree")
    assert done.returncode == 0, done.stderr
    assert finished(tmp_path / "run" / "idea_01")
    nodes = json.loads((tmp_path / "run" / "idea_01" / "experiments.json").read_text())["nodes"]
    assert any(node["status"] == "ok" and node["run"] != "run_0" for node in nodes)
    assert (tmp_path / "run" / "calls.jsonl").stat().st_size > 0
    _a_person_reviews_it(tmp_path)


def _a_person_reviews_it(tmp_path: Path) -> None:
    """The model is asked to improve the paper by the review, and the notice names the person."""
    folder, form = tmp_path / "run" / "idea_01", tmp_path / "form.toml"
    form.write_text(fill(ask_for_review(folder, None), weaknesses='["Its lines are too straight by far."]'))
    asked = scientist("review", folder, "--form", form, "--by", "Ann Ho")
    assert asked.returncode == 0, asked.stderr
    calls = (tmp_path / "run" / "calls.jsonl").read_text().count("idea_01/improve")
    done = scientist("resume", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "calls.jsonl").read_text().count("idea_01/improve") > calls
    assert "Reviews by people" in done.stdout and "Ann Ho" in done.stdout
    assert "Ann Ho, a person, reviewed an earlier version" in (folder / "latex" / "paper.tex").read_text()


@pytest.mark.skipif("PEERASSAY_AIDER" not in os.environ, reason="set PEERASSAY_AIDER to Aider's program or environment")
def test_aider_takes_a_model_to_a_paper(server: Loopback, template: Path, tmp_path: Path) -> None:
    done = scientist(*options(template, server, tmp_path / "run"), "--editor", "aider")
    assert done.returncode == 0, done.stderr
    assert finished(tmp_path / "run" / "idea_01")
    assert list((tmp_path / "run" / "idea_01" / "workspace" / "aider").iterdir())
    ledger = (tmp_path / "run" / "calls.jsonl").read_text()
    assert "idea_01/plan" in ledger
    assert "idea_01/edit" not in ledger, "an experiment is planned and made in one call"


def test_a_template_of_ai_scientists_layout_runs_unchanged(server: Loopback, template: Path, tmp_path: Path) -> None:
    """Without our extra files, with its baseline's results and keys ending in _mean, with the standard error so too."""
    for name in ("knobs.json", "latex/background.json", "latex/references.bib"):
        (template / name).unlink()
    code = (template / "experiment.py").read_text()
    code = code.replace('"means": {"error"', '"means": {"error_mean"').replace(
        '"stderrs": {"error"', '"stderrs": {"error_stderr"'
    )
    (template / "experiment.py").write_text(code)
    plot = (template / "plot.py").read_text().replace('["means"]["error"]', '["means"]["error_mean"]')
    (template / "plot.py").write_text(plot)
    subprocess.run([sys.executable, "experiment.py", "--out_dir", "run_0"], cwd=template, check=True)
    (template / "latex" / "template.tex").write_text("\\documentclass{article}\\usepackage{iclr2024_conference}")
    files = [path for path in template.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    before = {path: path.read_bytes() for path in files}
    done = scientist(*options(template, server, tmp_path / "run"))
    assert done.returncode == 3, "it has no works to cite, which is a problem of the paper"
    assert "done with 1 problem" in done.stdout and "the list of references is empty" in done.stdout
    assert finished(tmp_path / "run" / "idea_01")
    assert "baseline" in done.stderr
    assert all(path.read_bytes() == content for path, content in before.items())


@pytest.mark.parametrize("command", ["run", "ideas"])
def test_the_offline_scientist_says_at_once_what_such_a_template_lacks(
    template: Path, tmp_path: Path, command: str
) -> None:
    (template / "knobs.json").unlink()
    done = scientist(command, "-t", template, "-m", "offline", "--out", tmp_path / "run")
    assert done.returncode == 2
    assert f"{template}: no knobs.json" in done.stderr
    assert not (tmp_path / "run").exists()


def test_a_budget_too_small_ends_with_a_run_that_goes_on(server: Loopback, template: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    done = scientist(*options(template, server, out), "--budget", "0.06")
    assert done.returncode == 4, done.stderr
    assert "Traceback" not in done.stderr
    calls = server.stats()["calls"]
    done = scientist("resume", out, "--budget", "5")
    assert done.returncode == 0, done.stderr
    assert finished(out / "idea_01")
    assert server.stats()["repeated"] == 0
    assert server.stats()["calls"] > calls


def test_ideas_in_company_end_all(server: Loopback, template: Path, tmp_path: Path) -> None:
    done = scientist(*options(template, server, tmp_path / "run"), "--ideas", "2", "--parallel", "2")
    assert done.returncode in (0, 3), done.stderr
    folders = sorted((tmp_path / "run").glob("idea_*"))
    assert len(folders) == 2
    titles = [
        json.loads((folder / "idea.json").read_text())["title"] for folder in folders if (folder / "idea.json").exists()
    ]
    assert len(titles) == len(set(titles))
    assert finished(folders[0])


def test_a_model_that_does_not_exist_is_named(server: Loopback, template: Path, tmp_path: Path) -> None:
    model = f"openai/missing-model@{server.openai_url}"
    done = scientist("run", "-t", template, "-m", model, "--out", tmp_path / "run")
    assert done.returncode == 2
    assert "missing-model" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_model_writes_from_results_that_are_given(server: Loopback, tmp_path: Path) -> None:
    """No baseline is run and no idea asked for; the model is told who has run the experiments."""
    rows = [
        f"{run},{seed},{0.5 + 0.1 * (run == 'wide') + seed / 100}" for run in ("plain", "wide") for seed in range(6)
    ]
    (tmp_path / "results.csv").write_text("\n".join(["method,seed,accuracy", *rows]))
    model = f"openai/scripted@{server.openai_url}?{PRICE}&refinements=0&citation_rounds=0"
    given = ("--data", tmp_path / "results.csv", "--baseline", "plain", "--no-pdf", "--offline-literature")
    done = scientist("write", *given, "-m", model, "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    ledger = (tmp_path / "run" / "calls.jsonl").read_text()
    assert "idea_01/write" in ledger
    assert all(f"idea_01/{stage}" not in ledger for stage in ("plan", "measures", "plot", "captions", "novelty"))
    draft = json.loads((tmp_path / "run" / "idea_01" / "draft.json").read_text())
    assert draft["share"] == "Statistics, figures and text"
    assert "somebody else ran them" in draft["remarks"][0]
    task = json.loads((tmp_path / "run" / "given" / "prompt.json").read_text())["task_description"]
    assert "not run by this program" in task
    assert any("tab:results" in body for body in draft["sections"].values())
