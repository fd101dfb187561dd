"""`--budget` means the same wherever papers are reviewed: by `bench`, `score` and `review`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from peerassay.data.registry import load_dataset

Call = Callable[..., tuple[int, str, str]]
COMMANDS: dict[str, tuple[object, ...]] = {
    "bench": ("bench", "-d", "sample", "--split", "all", "--no-floors", "--no-audit", "--draws", 100, "--out", "run"),
    "score": ("score", "papers", "--out", "run"),
    "review": ("review", "papers"),
}
SAMPLE, HERE = 32, 4
"""Papers of the sample, and of the folder."""
PAID = """\
def review(paper):
    return {"overall": len(paper.text), "usage": {"usd": 0.25}}
"""


@pytest.fixture(autouse=True)
def _plug_ins(tmp_path: Path) -> None:
    """A folder of four papers, and two plug-ins."""
    for number, paper in enumerate(load_dataset("sample").papers[:HERE]):
        path = tmp_path / "papers" / "words" / ("one", "two")[number % 2] / f"{paper.id}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(paper.text)
    (tmp_path / "free.py").write_text("def review(paper):\n    return len(paper.text)\n")
    (tmp_path / "paid.py").write_text(PAID)


def reviewed(command: str, out: str) -> int:
    """How many reviews were made."""
    if command == "review":
        return len(json.loads(out)["reviews"])
    return Path("run/reviews.jsonl").read_text().count("\n")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("spec", ["floor:length", "learned:iclr2022", "python:free:review", "command:./free.sh"])
def test_what_costs_nothing_runs_under_a_budget_of_nothing(typed: Call, command: str, spec: str) -> None:
    Path("free.sh").write_text("#!/bin/sh\ncat > /dev/null\necho '{\"overall\": 5}'\n")
    Path("free.sh").chmod(0o700)
    code, out, _ = typed(*COMMANDS[command], "-r", spec, "--budget", 0, "--json")
    assert (code, reviewed(command, out)) == (0, SAMPLE if command == "bench" else HERE)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_plug_in_that_pays_is_found_out_by_its_first_review(typed: Call, command: str) -> None:
    code, out, _ = typed(*COMMANDS[command], "-r", "python:paid:review", "--budget", 0, "--json")
    assert (code, reviewed(command, out)) == (4, 1)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_review_is_begun_that_would_exceed_the_budget(typed: Call, command: str) -> None:
    code, out, _ = typed(*COMMANDS[command], "-r", "python:paid:review", "--budget", 0.6, "--json")
    assert (code, reviewed(command, out)) == (4, 2)


@pytest.mark.parametrize("command", ["bench", "score"])
def test_the_budget_is_that_of_all_starts(typed: Call, command: str) -> None:
    """A later start knows from the reviews on record what another one costs."""
    arguments = (*COMMANDS[command], "-r", "python:paid:review", "--json", "--budget")
    made = [(typed(*arguments, budget)[0], reviewed(command, "")) for budget in (0.5, 0.5, 0.8, 100)]
    assert made == [(4, 2), (4, 2), (4, 3), (0, SAMPLE if command == "bench" else HERE)]


@pytest.mark.parametrize("command", COMMANDS)
def test_settings_of_a_file_are_on_record_and_wrong_ones_are_named(typed: Call, command: str) -> None:
    Path("config.toml").write_text("[calls]\nattempts = 3\n")
    arguments = (*COMMANDS[command], "-r", "floor:length", "--json", "--config", "config.toml")
    assert typed(*arguments)[0] == 0
    if command != "review":
        record = Path("run") / {"bench": "run.json", "score": "score.json"}[command]
        assert json.loads(record.read_text())["config"] == {"calls": {"attempts": 3}}
    Path("config.toml").write_text("[calls]\nattemps = 3\n")
    code, _, err = typed(*arguments)
    assert code == 2 and "unknown setting 'attemps' in [calls]" in " ".join(err.split())


def test_stored_reviews_cost_nothing_again(typed: Call) -> None:
    typed(*COMMANDS["bench"], "-r", "python:paid:review")
    again = ("bench", "-d", "sample", "--split", "all", "--no-floors", "--no-audit", "--draws", 100)
    assert typed(*again, "-r", "replay:run/reviews.jsonl", "--budget", 0)[0] == 0
