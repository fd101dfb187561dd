"""`peerassay evaluate`: the bench report from a table of scores and decisions; every row is invented."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., tuple[int, str, str]]
QUICK = ("--draws", 200)


def made(n: int = 60) -> list[dict[str, Any]]:
    """Papers whose decision, ratings and two reviewers' scores follow their quality."""
    chance = random.Random(5)
    found: list[dict[str, Any]] = []
    for i in range(n):
        quality = chance.gauss(0, 1)
        ratings = [min(10, max(1, round(5.5 + 1.5 * quality + chance.gauss(0, 1)))) for _ in range(4)]
        accepted = quality + chance.gauss(0, 0.5) > 0
        scores = {"gpt4": 5 + quality + chance.gauss(0, 1), "claude": 5 + chance.gauss(0, 1)}
        found.append({"id": f"p{i:02d}", "decision": "Accept" if accepted else "Reject", "ratings": ratings, **scores})
    return found


def table(path: Path, rows: list[dict[str, Any]]) -> Path:
    """A CSV as Excel in German writes it, but for the numbers."""
    lines = [";".join(rows[0])]
    for row in rows:
        cells = ["/".join(map(str, v)) if isinstance(v, list) else "" if v is None else str(v) for v in row.values()]
        lines.append(";".join(cells))
    path.write_text("\n".join(lines) + "\n")
    return path


def evaluated(typed: Call, *arguments: object, code: int = 0) -> dict[str, Any]:
    found, out, err = typed("evaluate", *arguments, *QUICK, "--json")
    assert found == code, err
    return json.loads(out)


def refused(typed: Call, *arguments: object) -> str:
    code, out, err = typed("evaluate", *arguments, *QUICK)
    assert (code, out) == (2, "")
    return next(line for line in err.splitlines() if line.startswith("peerassay: "))


def test_the_whole_report_from_scores_alone(typed: Call, tmp_path: Path) -> None:
    table(tmp_path / "scores.csv", made())
    code, out, err = typed("evaluate", "scores.csv", *QUICK, "--out", "run")
    assert code == 0
    assert "no text, human decisions" in out
    assert "human ratings: ratings" in err
    figures = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert [row["name"] for row in figures["reviewers"]] == ["gpt4", "claude", "floor:always-reject", "floor:constant"]
    assert (figures["n"], figures["dataset"]["text"], figures["audit"]) == (60, "none", None)
    report = (tmp_path / "run" / "report.md").read_text()
    assert "No texts: the floors that read them (length, header, surface), the learned reviewer" in report
    assert "There are no texts to audit" in report
    assert "Like for like: machines and humans" in report
    assert "human halves, 2 vs 2" in report
    assert (tmp_path / "run" / "report.html").is_file()
    again, _, err = typed("evaluate", "scores.csv", *QUICK, "--out", "run")
    assert (again, "0 reviews made, 240 reused" in err) == (0, True)
    (tmp_path / "run" / "report.html").unlink()
    (tmp_path / "run" / "report.html").mkdir()
    code, out, err = typed("evaluate", "scores.csv", *QUICK, "--out", "run")
    assert (code, "gpt4" in out) == (2, True), "the figures do not wait for the report"
    assert "report.html" in err.splitlines()[-1]


def test_the_same_figures_as_a_bench_on_the_papers(typed: Call, tmp_path: Path) -> None:
    rows = made()
    table(tmp_path / "scores.csv", rows)
    (tmp_path / "papers.jsonl").write_text(
        "\n".join(json.dumps({**row, "text": "Words of it."}) for row in rows) + "\n"
    )
    alone = evaluated(typed, "scores.csv", "--threshold", 5, "--scale", "1-10")
    specs = [
        f"replay:scores.csv?name={name}&map=score={name}&map=decision=&threshold=5&scale=1-10" for name in ("gpt4",)
    ]
    arguments = ("bench", "-d", "papers.jsonl", "-r", *specs, "--no-floors", "--no-audit", *QUICK, "--json")
    code, out, _ = typed(*arguments)
    assert code == 0
    bench, mine = json.loads(out)["reviewers"][0], alone["reviewers"][0]
    assert (mine["scores"], mine["decisions"]) == (bench["scores"], bench["decisions"])
    assert "mae" in mine["scores"]
    assert "form" in {row["kind"] for row in mine["decisions"]}


@pytest.mark.parametrize("suffix", [".json", ".jsonl"])
def test_json_tables(typed: Call, tmp_path: Path, suffix: str) -> None:
    rows = made()
    text = json.dumps(rows) if suffix == ".json" else "\n".join(map(json.dumps, rows))
    (tmp_path / f"scores{suffix}").write_text(text)
    assert evaluated(typed, f"scores{suffix}")["n"] == 60


def test_ratings_in_columns_of_their_own_and_own_decisions(typed: Call, tmp_path: Path) -> None:
    rows = [
        {
            **{name: row[name] for name in ("id", "decision", "gpt4")},
            **{f"rating_{i}": rating for i, rating in enumerate(row["ratings"], start=1)},
            "rating_5": None,
            "gpt4_decision": "accept" if row["gpt4"] > 5 else "reject",
            "avg_rating": sum(row["ratings"]) / 4,
            "confidence": 3,
            "Unnamed: 0": number,
        }
        for number, row in enumerate(made())
    ]
    table(tmp_path / "scores.csv", rows)
    found = evaluated(typed, "scores.csv")
    assert [row["name"] for row in found["reviewers"]][:2] == ["gpt4", "floor:always-reject"]
    assert {row["kind"] for row in found["reviewers"][0]["decisions"]} >= {"own", "cross-fitted"}
    assert any("human ratings: rating_1, rating_2, rating_3, rating_4" in note for note in found["notes"])
    assert any("left out: avg_rating" in note for note in found["notes"])
    assert found["terms"]["like_for_like"]


def test_papers_without_decision_and_missing_scores_are_told(typed: Call, tmp_path: Path) -> None:
    rows = made()
    rows[0]["decision"], rows[1]["gpt4"] = "Withdrawn", None
    table(tmp_path / "scores.csv", rows)
    found = evaluated(typed, "scores.csv", code=3)
    assert (found["n"], found["card"]["excluded"]) == (59, {"no accept or reject (Withdrawn)": 1})
    assert any("gpt4: 1 of 59 reviews failed and count as wrong" in note for note in found["notes"])


def test_columns_are_said(typed: Call, tmp_path: Path) -> None:
    rows = [{"key": r["id"], "human": r["decision"], "A": r["gpt4"], "B": r["claude"], "C": 3} for r in made()]
    table(tmp_path / "scores.csv", rows)
    mapped = [part for m in ("paper_id=key", "decision=human", "score=A", "score=B") for part in ("--map", m)]
    assert [row["name"] for row in evaluated(typed, "scores.csv", *mapped, "--no-floors")["reviewers"]] == ["A", "B"]
    assert "no column 'paper_id'" in refused(typed, "scores.csv")
    assert "unknown column 'Z'" in refused(typed, "scores.csv", "--map", "score=Z")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: [{**row, "decision": "Accept"} for row in rows], "all 60 papers are accepted"),
        (lambda rows: [*rows, rows[0]], "1 papers stand more than once, e.g. p00"),
        (lambda rows: [{"id": r["id"], "decision": r["decision"], "rating": 5} for r in rows], "--map score=rating"),
        (lambda rows: [{"id": r["id"], "decision": r["decision"], "avg_rating": 5} for r in rows], "score=avg_rating"),
        (lambda rows: [{"id": r["id"], "gpt4": r["gpt4"]} for r in rows], "no column 'decision'"),
        (lambda rows: [{**row, "decision": "perhaps"} for row in rows], "none of 60 rows can be used"),
    ],
)
def test_wrong_tables_are_one_line(
    typed: Call, tmp_path: Path, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], message: str
) -> None:
    table(tmp_path / "scores.csv", change(made()))
    assert message in refused(typed, "scores.csv")
    assert not (tmp_path / "runs").exists()


def test_a_folder_of_something_else_is_left_alone(typed: Call, tmp_path: Path) -> None:
    table(tmp_path / "scores.csv", made())
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("x")
    assert "is no run of this kind and not empty (thesis.tex)" in refused(typed, "scores.csv", "--out", "mine")
    code, _, err = typed("bench", "-d", "sample", "--split", "all", "--no-audit", "--out", "mine")
    assert (code, "not empty (thesis.tex)" in err) == (2, True)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.tex"]
    assert "is a file" in refused(typed, "scores.csv", "--out", "scores.csv")


def test_human_decisions_as_a_reviewers_own_are_told(typed: Call, tmp_path: Path) -> None:
    rows = made()
    table(tmp_path / "scores.csv", rows)
    (tmp_path / "papers.jsonl").write_text("\n".join(json.dumps({**row, "text": "Words."}) for row in rows) + "\n")
    specs = ("-r", "replay:scores.csv?map=score=gpt4")
    code, out, _ = typed("bench", "-d", "papers.jsonl", *specs, "--no-floors", "--no-audit", *QUICK, "--json")
    assert code == 0
    assert any("the same as the human ones on all 60 papers" in note for note in json.loads(out)["notes"])
