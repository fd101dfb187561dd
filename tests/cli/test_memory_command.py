"""Commands that ask, or are told, what a reviewer recalls."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from peerassay.cli.entrants import load_entrants
from peerassay.data.registry import load_dataset
from peerassay.llm.session import Session
from peerassay.reviewer.review import Recall


@pytest.fixture
def recalling(tmp_path: Path) -> Path:
    """Reviews of twelve papers of the sample, with what was recalled of each."""
    dataset = load_dataset("sample").subset("all", 12)
    words: list[Recall] = ["outcome", "paper", "title", "no"]
    rows = [f"{paper.id},{i % 5},{words[i % 4]}" for i, paper in enumerate(dataset.papers)]
    path = tmp_path / "said.csv"
    path.write_text("\n".join(["paper_id,overall,recall", *rows]))
    return path


def test_a_replay_that_says_what_it_recalls_brings_the_row_of_that(recalling: Path) -> None:
    found = load_entrants(load_dataset("sample"), [f"replay:{recalling}?name=frontier"], [], Session())
    assert [(e.reviewer.name, e.recall_by, e.automatic) for e in found] == [
        ("frontier", "recall:frontier", False),
        ("recall:frontier", "", True),
    ]


def test_only_reviewed_papers_are_measured_and_the_report_says_so(
    recalling: Path, typed: Callable[..., tuple[int, str, str]]
) -> None:
    command = ("bench", "-d", "sample", "--split", "all", "-r", f"replay:{recalling}", "--no-audit", "--no-floors",
               "--draws", "200", "--out", "run")  # fmt: skip
    code, out, err = typed(*command, "--reviewed-only")
    assert code == 0
    assert "only papers that all replays reviewed" in out
    assert "| replay:said | all that it was asked about | 12 |" in out
    assert "statistics of replay:said (1 of 2; 200 draws)" in err
    report = Path("run/report.md").read_text()
    assert "## Memory" in report
    assert "whether its scores are memory cannot be told: no figure, too few of a class" in report
    code, _, err = typed(*command)
    assert code == 2
    assert "reviewed_only True, not False" in err


def test_reviewed_only_needs_a_replay(typed: Callable[..., tuple[int, str, str]]) -> None:
    code, _, err = typed("bench", "-d", "sample", "--reviewed-only")
    assert code == 2
    assert "give one with -r replay:FILE" in err
