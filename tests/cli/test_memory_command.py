"""Commands that ask, or are told, what a reviewer recalls."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from peerassay.bench.entrants import load_entrants
from peerassay.data.dataset import Dataset, build, save
from peerassay.data.registry import load_dataset
from peerassay.llm.session import Session
from peerassay.reviewer.review import Recall
from printed import has_row

from tests.loopback.running import Loopback


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
    assert "only papers that all replays reviewed" in " ".join(out.split())
    report = Path("run/report.md").read_text()
    assert "| replay:said | all that it was asked about | 12 |" in report
    assert "statistics of replay:said (1 of 2; 200 draws)" in err
    assert "Not on scrubbed text: replay:said unknown" in report
    report = Path("run/report.md").read_text()
    assert "its reviews were written on a text of unknown version" in report
    assert "## Memory" in report
    assert "whether its scores are memory cannot be told: no figure, too few of a class" in report
    code, _, err = typed(*command)
    assert code == 2
    assert "reviewed_only True, not False" in err


def test_reviewed_only_needs_a_replay(typed: Callable[..., tuple[int, str, str]]) -> None:
    code, _, err = typed("bench", "-d", "sample", "--reviewed-only")
    assert code == 2
    assert "give one with -r replay:FILE" in err


def titled(folder: Path) -> Dataset:
    """The sample with a title of its own for each paper (its pairs share theirs), saved in the folder."""
    sample = load_dataset("sample")
    papers = [
        paper.model_copy(update={"title": f"Study {i:02}", "text": f"# Study {i:02}\n{paper.text}", "sections": ()})
        for i, paper in enumerate(sample.papers)
    ]
    dataset = build(sample.card, papers, list(sample.judgements))
    save(dataset, folder)
    return dataset


def test_a_model_with_planted_memories_is_found_out(tmp_path: Path, typed: Callable[..., tuple[int, str, str]]) -> None:
    dataset = titled(tmp_path / "titled")
    pairs = list(zip(dataset.papers, dataset.judgements, strict=True))
    accepted = [pair for pair in pairs if pair[1].accepted]
    pairs = accepted[:8] + [pair for pair in pairs if not pair[1].accepted][:8]
    planted = {paper.title: f"{judgement.decision}ed" for paper, judgement in pairs}
    with Loopback(memories=planted) as server:
        spec = f"openai/scripted@{server.openai_url}?price_in=1&price_out=4&name=mine"
        command = ("bench", "-d", tmp_path / "titled", "--split", "all", "-r", spec, "--recall", "--no-audit",
                   "--no-floors", "--draws", "200", "--out", "run")  # fmt: skip
        code, out, _ = typed(*command, "--dry-run")
        assert code == 0
        assert has_row(out, "recall:openai/scripted", "32", "32")
        code, out, err = typed(*command)
        assert code == 0, err
        assert has_row(out, "recall:openai/scripted", ".875") or "recall:openai/scripted" in out
        report = (tmp_path / "run" / "report.md").read_text()
        assert "| recall:openai/scripted | .875" in report
        assert "| mine | all that it was asked about | 32 | 16 |" in report
        assert "| mine | nothing recalled | 16 | 8 |" in report
        assert "| recall | openai/scripted | 32 |" in report
        assert "mine: scores may be memory" in " ".join(err.split())
        calls = server.stats()["calls"]
        code, _, err = typed(*command)
        assert (code, server.stats()["calls"]) == (0, calls)
        assert "0 reviews made, 64 reused" in err


def test_reviews_are_repeated_and_rules_are_not(tmp_path: Path, typed: Callable[..., tuple[int, str, str]]) -> None:
    titled(tmp_path / "titled")
    with Loopback(spread=1.0) as server:
        spec = f"openai/scripted@{server.openai_url}?price_in=1&price_out=4&name=mine"
        command = ("bench", "-d", tmp_path / "titled", "--split", "all", "-r", spec, "-r", "floor:length", "--no-audit",
                   "--no-floors", "--draws", "200", "--out", "run", "--repeats", "3")  # fmt: skip
        code, out, _ = typed(*command, "--dry-run")
        assert has_row(out, "mine", "96", "96")
        code, out, err = typed(*command)
        assert code == 0, err
        assert server.stats()["calls"] == 96
        assert "--repeats 3: floor:length would say the same again: done once" in " ".join(err.split())
        report = (tmp_path / "run" / "report.md").read_text()
        assert "| mine | 3 | 32 |" in report
        assert "### What another member, repeat or paper buys: mine" in report
        assert "one more member (2)" in report
        _, _, err = typed(*command)
        assert "0 reviews made, 128 reused" in err


def test_recall_needs_a_model_to_ask(typed: Callable[..., tuple[int, str, str]]) -> None:
    code, _, err = typed("bench", "-d", "sample", "--recall")
    assert code == 2
    assert "--recall asks a language model what it remembers of the papers: give one with -r" in " ".join(err.split())
