"""`peerassay stress`: what it prints and writes, what it refuses, and what it never pays twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from peerassay.bench.stress.columns import StressScores
from peerassay.bench.stress.measure import stress_figures
from peerassay.bench.stress.run import StressRun
from peerassay.bench.stress.settings import StressSettings
from peerassay.bench.stress.stress import prepare_stress
from peerassay.data.dataset import save
from peerassay.data.registry import data_home, load_dataset
from peerassay.llm.session import Session

from tests.bench.stressed import made_papers
from tests.loopback.running import Loopback

Typed = Callable[..., tuple[int, str, str]]
THREE = "injection:visible,degradation:references-removed,invariance:white-space"
FAILING = """
def review(paper):
    if "@" in paper.text or "ignore" in paper.text.lower():
        raise ValueError("it cannot read this")
    return {"overall": len(paper.text) % 7}
"""


def stress(*options: str) -> tuple[str, ...]:
    return "stress", "-d", "sample", "--split", "all", "--limit", "12", "--out", "run", *options


def test_a_card_is_written_and_its_figures_follow_from_the_stored_scores(typed: Typed) -> None:
    command = stress(
        "-r", "floor:length", "--manipulations", THREE, "--attack", "abstract", "--rounds", "2", "--defences"
    )
    code, out, err = typed(*command)
    assert code == 0, err
    assert "Injected instructions" in out
    assert "An attacker against the reviewer's own scores" in out
    [card] = Path("run/cards").iterdir()
    page = (card / "card.html").read_text()
    assert "In one look" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert (card / "card.pdf").read_bytes().startswith(b"%PDF")
    figures = json.loads((card / "card.json").read_text())["figures"]
    assert figures["changes"][0]["name"] == "injection:visible"
    assert figures["changes"][0]["shift"]["value"] > 0
    scores = StressScores.model_validate_json((card / "scores.json").read_bytes())
    assert json.loads(stress_figures(scores).model_dump_json()) == figures


def test_fewer_papers_are_written_as_files_and_more_with_the_next_start(typed: Typed) -> None:
    for files in (4, 6):
        options = ("-r", "floor:length", "--manipulations", "injection:zero-width", "--files", str(files), "--json")
        code, out, err = typed(*stress(*options))
        assert code == 0, err
        changes = json.loads(out)["reviewers"][0]["figures"]["changes"]
        assert {change["papers"] for change in changes} == {files}
        assert [change["reasons"] for change in changes] == [
            {"not among those of which files are written": 12 - files}
        ] * len(changes)
        assert {change["auc"]["n"] for change in changes} == {files}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("-r", "floor:length", "--manipulations", "injection:visibel"), "did you mean injection:visible"),
        (("-r", "floor:length", "--manipulations", "whte"), "did you mean injection:white or"),
        (("-r", "floor:length", "--manipulations", "rewrit"), "did you mean laundering:rewrite"),
        (("-r", "floor:length", "--attack", "abstrct"), "did you mean abstract"),
        (("--manipulations", THREE), "give a reviewer with -r"),
        (("-r", "floor:length", "--papers", "."), "either -d DATASET or --papers FOLDER"),
    ],
)
def test_wrong_usage_is_told_in_a_line(typed: Typed, options: tuple[str, ...], told: str) -> None:
    code, _, err = typed(*stress(*options))
    assert code == 2
    assert told in err
    assert not Path("run").exists()


def test_reviews_made_earlier_are_refused(typed: Typed) -> None:
    rows = "\n".join(f"{paper.id},5" for paper in load_dataset("sample").papers)
    Path("said.csv").write_text(f"paper_id,overall\n{rows}\n")
    code, _, err = typed(*stress("-r", "replay:said.csv", "--manipulations", THREE))
    assert code == 2
    assert "cannot be asked about papers that are changed" in err


def test_a_reviewer_that_fails_on_every_changed_paper_gets_its_card(typed: Typed) -> None:
    Path("mine.py").write_text(FAILING)
    code, out, err = typed(*stress("-r", "python:mine:review", "--manipulations", "injection:visible"))
    assert code == 3
    assert "every review failed" in out
    assert "it cannot read this" in err
    [card] = Path("run/cards").iterdir()
    row = json.loads((card / "card.json").read_text())["figures"]["changes"][-1]
    assert (row["failed"], row["papers"], row["shift"]["n"], row["flips"]["value"]) == (12, 12, 0, 1)


def test_papers_without_decisions_have_shifts_and_no_auc(typed: Typed) -> None:
    Path("mine").mkdir()
    for number, paper in enumerate(load_dataset("sample").papers[:3]):
        Path(f"mine/{number}.md").write_text(paper.text)
    code, out, err = typed("stress", "--papers", "mine", "-r", "floor:length", "--manipulations", THREE, "--json")
    assert code == 0, err
    figures = json.loads(out)["reviewers"][0]["figures"]
    assert figures["auc"] is None
    assert figures["changes"][0]["shift"]["n"] == 3
    code, _, err = typed("stress", "--papers", "mine", "-r", "floor:base-rate", "--manipulations", THREE)
    assert code == 2
    assert "no base rate" in err


def test_the_dry_run_counts_calls_and_dollars_and_writes_nothing(typed: Typed) -> None:
    spec = "openai/some?price_in=1&price_out=4"
    code, out, err = typed(*stress("-r", spec, "--manipulations", THREE, "--dry-run", "--json"))
    assert code == 0, err
    expected = json.loads(out)["expected"]["openai/some"]
    assert expected["calls"] == 12 * (1 + 2 + 5 + 1)
    assert expected["usd"] > 0
    assert not Path("run").exists()


def test_kill_9_and_start_again_repeats_no_call_that_was_answered(tmp_path: Path) -> None:
    save(made_papers(16), data_home() / "made")
    with Loopback(latency=0.1) as server:
        spec = f"openai/scripted@{server.openai_url}?injections=keep"
        command = [sys.executable, "-m", "peerassay.cli.main", "stress", "-d", "made", "--split", "all", "-r", spec]
        command += ["--manipulations", "injection:visible,invariance:white-space", "--out", str(tmp_path / "run")]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ})
        while server.stats()["calls"] < 30:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        names = command[command.index("--manipulations") + 1].split(",")
        options = StressSettings(out=tmp_path / "run", split="all", manipulations=names)
        prepare_stress("made", [spec], Session(concurrency=8), options).review(command)
        stats = server.stats()
        assert stats["repeated"] <= 8
        assert stats["calls"] == stats["finished"] + stats["repeated"]
    assert len(StressRun.open(tmp_path / "run").reviews()) == 16 * 4
