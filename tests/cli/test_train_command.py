"""A learned reviewer from the command line: fitted, told, and used by its file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def mine(typed: Call, tmp_path: Path) -> str:
    """120 papers, of which the accepted ones are longer; most of them for calibration."""
    rows = ["id,decision,text"]
    for i in range(120):
        accepted = i % 3 == 0
        rows.append(f"p{i},{'accept' if accepted else 'reject'},{'We measure it. ' * (40 + i % 7 + 30 * accepted)}")
    (tmp_path / "papers.csv").write_text("\n".join(rows) + "\n")
    assert typed("-q", "data", "import", "mine", "papers.csv", "--calibration-share", 0.6)[0] == 0
    return "mine"


def test_a_reviewer_is_fitted_told_and_used(typed: Call, mine: str) -> None:
    code, out, err = typed("train", "-d", mine, "--kind", "surface")
    assert code == 0 and "AUC" in out
    assert "written: mine.npz and mine.json" in err and "use it: -r learned:mine.npz" in err
    code, out, _ = typed("-q", "train", "-d", mine, "--kind", "surface", "--out", "other.npz", "--json")
    card = json.loads(out)
    assert code == 0 and card["figures"]["test"]["auc"] == 1.0
    assert Path("other.json").is_file()
    bench = ("-q", "bench", "-d", mine, "-r", "learned:mine.npz", "--no-floors", "--no-audit", "--draws", 100)
    code, out, _ = typed(*bench, "--out", "run", "--json")
    assert code == 0 and all(
        json.loads(line)["status"] == "ok" for line in Path("run/reviews.jsonl").read_text().splitlines()
    )


def test_without_a_test_nothing_is_looked_at(typed: Call, mine: str) -> None:
    code, out, _ = typed("-q", "train", "-d", mine, "--kind", "surface", "--no-test", "--note", "a try", "--json")
    card = json.loads(out)
    assert code == 0 and not card["figures"].get("test")
    assert "a try" in json.dumps(card)
