"""What somebody meets who tries the command without having read anything."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from peerassay.cli.main import COMMANDS

Call = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize("arguments", [("data",), ("leaderboard",), ("scientist",)])
def test_a_command_of_commands_alone_prints_its_help(typed: Call, arguments: tuple[str, ...]) -> None:
    code, out, err = typed(*arguments)
    assert (code, err) == (0, "")
    assert out == typed(*arguments, "--help")[1]
    assert "Commands:" in out


def told_next(out: str) -> list[list[str]]:
    return [shlex.split(line)[1:4] for line in out.splitlines() if line.startswith("  peerassay ")]


def test_the_command_alone_says_what_it_is_and_three_commands_by_what_is_there(
    typed: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEERASSAY_DATA", str(tmp_path / "home"))
    code, out, err = typed()
    assert (code, err) == (0, "")
    assert told_next(out) == [["bench", "-d", "iclr2022-scores"], ["review", "paper.pdf", "review"],
                              ["scientist", "run", "-t"]]  # fmt: skip
    (tmp_path / "mine.csv").write_text("id,decision,text\n1,Accept,some text\n2,Reject,other text\n")
    assert typed("data", "import", "mine", "mine.csv")[0] == 0
    assert told_next(typed()[1])[0] == ["data", "audit", "mine"]
    (tmp_path / "open.csv").write_text("id,text\n1,some text\n2,other text\n")
    assert typed("data", "import", "open", "open.csv", "--undecided")[0] == 0
    os.utime(tmp_path / "home" / "mine", (0, 0))
    assert told_next(typed()[1])[1] == ["bench", "--seal", "-d"]
    for at, (folder, record, first) in enumerate([
        ("runs/a b", "run.json", "compare"), ("runs/idea", "scientist.json", "scientist"),
        ("here", "score.json", "leaderboard"), (".", "stress.json", "leaderboard"),
    ]):  # fmt: skip
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / record).write_text("{}")
        os.utime(tmp_path / folder / record, (at + 1, at + 1))
        listed = told_next(typed()[1])
        assert (len(listed), listed[0][0]) == (3, first)
        assert folder in listed[0]


def test_help_names_every_command(typed: Call) -> None:
    out = typed("--help")[1]
    assert all(f"\n  {name} " in out for name in COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "looked_for"),
    [
        (("review", "zq.pdf"), "looked for a paper (.pdf, .tex, "),
        (("review", "zq/zq.pdf"), "there is no folder zq"),
        (("review", "empty"), "no papers in this folder"),
        (("score", "zq"), "looked for runs of the scientist, score runs, papers"),
        (("score", "empty"), "nothing to score: no run of the scientist, no papers"),
        (("evaluate", "zq.csv"), "looked for a table of scores and decisions"),
        (("evaluate", "empty"), "a folder; name the table of scores in it"),
        (("bench", "-d", "zq"), "for a table or a folder of that path"),
        (("bench", "-d", "empty"), "no table of decisions; expected one of"),
        (("bench", "-d", "sample", "-r", "replay:zq.csv"), "looked for reviews made earlier (.csv, "),
        (("bench", "-d", "sample", "-r", "replay:empty"), "a folder; name the file of reviews in it"),
        (("bench", "-d", "sample", "-r", "zq"), "known: FILE.toml, anthropic/MODEL"),
        (("bench", "-d", "sample", "--out", "notes.txt"), "is a file; choose another --out"),
        (("bench", "-d", "sample", "--spilt", "all"), "'--split'"),
        (("compare", "zq"), "no run there (no run.json)"),
        (("compare", "notes.txt"), "no run there (no run.json)"),
        (("calibrate", "empty"), "no run there (no run.json)"),
        (("plan", "--from", "zq"), "no run there (no run.json)"),
        (("train", "-d", "zq"), "for a table or a folder of that path"),
        (("leaderboard", "add", "zq", "--results", "board"), "neither run.json, score.json nor stress.json"),
        (("leaderboard", "check", "--results", "zq"), "no such folder of results"),
        (("scientist", "resume", "zq"), "no run of the scientist there"),
        (("scientist", "run", "-t", "zq"), "known: diffusion, epidemic, grokking, nanogpt, tabular"),
        (("data", "import", "mine", "zq.csv"), "give a table (.csv, "),
        (("data", "info", "zq"), "unknown dataset 'zq'; known: iclr2022-scores, ladder, sample"),
        (("data", "pull", "zq"), "unknown venue 'zq'; known: aaai, "),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else "",
)
def test_what_is_not_there_is_told_in_one_line_with_what_was_looked_for(
    typed: Call, arguments: tuple[str, ...], looked_for: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEERASSAY_DATA", str(tmp_path / "data"))
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("nothing of ours")
    code, out, err = typed(*arguments)
    assert (code, out) == (2, "")
    told = err.strip().splitlines()[-1]
    assert told.startswith("peerassay: ")
    assert looked_for in told
    assert "notes.txt" not in told or "notes.txt" in arguments, "the names of a folder are nobody's answer"
