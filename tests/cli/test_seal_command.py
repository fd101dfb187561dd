"""`bench --seal` and `bench --open` as they are typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bench.sealed_papers import decisions_table, undecided_table

Typed = Callable[..., tuple[int, str, str]]


def test_seal_and_open(typed: Typed, tmp_path: Path) -> None:
    table = undecided_table(tmp_path / "submissions.csv")
    code, out, _ = typed("data", "import", "venue27", table, "--undecided", "--json")
    assert (code, json.loads(out)["labels"]) == (0, "undecided")
    code, out, _ = typed("data", "info", "venue27", "--json")
    assert (code, json.loads(out)["base_rate"]) == (0, None)
    for command in ("bench", "train"):
        code, _, err = typed(command, "-d", "venue27")
        assert code == 2 and "venue27 is not decided yet" in err
    seal = ("bench", "--seal", "-d", "venue27", "-r", "floor:random", "--no-floors", "--out", "run")
    code, out, err = typed(*seal)
    assert code == 0 and out.startswith("peerassay-seal-1 20") and out.count("\n") == 1
    assert "publish the line above" in err and "seal-private.json to yourself" in err
    code, _, err = typed(*seal)
    assert code == 2 and "sealed already" in err
    decided = decisions_table(tmp_path / "decided.csv", words={3: "Withdrawn"})
    code, _, err = typed("bench", "--open", "run", "-d", "venue27")
    assert code == 2 and "venue27 is not decided yet" in err
    code, opened, err = typed("bench", "--open", "run", "-d", decided, "--draws", 100, "--json", "--published", out)
    found = json.loads(opened)
    assert (code, found["seal"]["line"], found["seal"]["memory"]) == (0, out.strip(), "unchecked")
    assert (found["n"], found["seal"]["n"], list(found["seal"]["withdrawn"])) == (39, 40, ["p03"])
    code, _, err = typed("bench", "-d", "sample", "--out", "run/opened")
    assert code == 2 and "holds a run with" in err


def test_failures_are_not_sealed_unless_it_is_said(typed: Typed, tmp_path: Path) -> None:
    table = undecided_table(tmp_path / "submissions.csv")
    (tmp_path / "mine.py").write_text(
        "from tests.bench.sealed_papers import seer\ndef review(paper):\n    return seer(paper)\n"
    )
    seal = ("bench", "--seal", "-d", table, "-r", "python:mine:review", "--no-floors", "--out", "run", "--json")
    code, out, err = typed(*seal)
    assert code == 3 and json.loads(out)["sealed"] is None and "--seal-failed seals them" in err
    code, out, _ = typed(*seal, "--seal-failed")
    assert code == 0 and json.loads(out)["papers"] == 40


def test_a_seal_whose_budget_is_reached_goes_on_with_more(typed: Typed, tmp_path: Path) -> None:
    table = undecided_table(tmp_path / "submissions.csv")
    paid = "def review(paper):\n    return {'overall': len(paper.text), 'usage': {'usd': 0.25}}\n"
    (tmp_path / "paid.py").write_text(paid)
    seal = ("bench", "--seal", "-d", table, "-r", "python:paid:review", "--no-floors", "--out", "run", "--json")
    code, out, err = typed(*seal, "--budget", 0.5)
    assert (code, json.loads(out)["budget_reached"], "budget of $0.5 reached" in err) == (4, True, True)
    code, out, _ = typed(*seal, "--budget", 100)
    assert code == 0 and json.loads(out)["papers"] == 40


def test_a_folder_with_decisions_is_not_undecided(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "decisions.tsv").write_text("id\tdecision\na\taccept\nb\treject\n")
    code, _, err = typed("-q", "data", "import", "mine", "papers", "--undecided")
    assert code == 2 and "decisions.tsv: these papers are decided; import them without --undecided" in err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--seal", "--open", "x"), "give --seal or --open, not both"),
        (("--seal-failed",), "--seal-failed goes with --seal"),
        (("--withdrawn", "a"), "--withdrawn goes with --open SEAL"),
        (("--seal", "--table", "md"), "--table goes without --seal"),
        (("--seal",), "dataset sample is decided already"),
        (("--seal", "--recall"), "--seal does not go with --recall"),
        (("--open", "nothing.json"), "unknown seal 'nothing.json'"),
        (("--open", "nothing.json", "--limit", "5"), "--open does not go with --limit"),
    ],
)
def test_options_that_do_not_fit(typed: Typed, options: tuple[str, ...], words: str) -> None:
    code, _, err = typed("bench", "-d", "sample", *options)
    assert code == 2 and words in " ".join(err.split())
