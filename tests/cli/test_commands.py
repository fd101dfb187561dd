"""The commands as a user types them: what they print, where, and how they exit."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from peerassay.data.registry import load_dataset
from peerassay.presentation.drawing import encoded
from peerassay.reviewer.protocol import paper_key
from printed import has_row

from tests.processes import PEERASSAY

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(typed: Call) -> Call:
    """Run `peerassay ARGUMENTS` in an empty folder."""
    return typed


BENCH = ("bench", "-d", "sample", "--split", "all", "--draws", 200, "--no-audit")


def scores(
    path: Path, *, column: str = "Overall", change: Callable[[list[str]], list[str]] = lambda lines: lines
) -> Path:
    papers = load_dataset("sample").papers
    lines = [
        f"paper_id,{column},Decision",
        *(f"{p.id},{i % 10},{'Accept' if i % 2 else 'Reject'}" for i, p in enumerate(papers)),
    ]
    path.write_text("\n".join(change(lines)) + "\n")
    return path


def test_help_is_quick_and_names_every_command() -> None:
    program = Path(sys.executable).parent / "peerassay"
    seconds: list[float] = []
    for _ in range(3):
        start = time.perf_counter()
        done = subprocess.run([program, "--help"], capture_output=True, text=True, check=True)
        seconds.append(time.perf_counter() - start)
    assert all(name in done.stdout for name in ("data", "bench", "compare", "train", "calibrate"))
    assert (
        "numpy"
        not in subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "peerassay.cli.main", "--help"], capture_output=True, text=True
        ).stderr
    )


def test_bench_prints_floors_and_learned_and_names_the_report(call: Call, tmp_path: Path) -> None:
    code, out, err = call(*BENCH, "--out", "run")
    assert code == 0
    for name in ("floor:always-reject", "floor:length", "floor:header", "learned:iclr2022"):
        assert name in out
    assert "run/report.html" in err
    assert "constructed" in err
    for name in ("run.json", "reviews.jsonl", "metrics.json", "report.html", "report.md"):
        assert (tmp_path / "run" / name).stat().st_size > 0


def test_json_is_one_document_and_alone_on_stdout(call: Call) -> None:
    code, out, _ = call(*BENCH, "--out", "run", "--json", "--no-floors", "-r", "floor:length", "-r", "floor:random")
    document = json.loads(out)
    assert code == 0
    assert [r["name"] for r in document["reviewers"]] == ["floor:length", "floor:random"]
    assert document["n"] == 32
    assert document["reviewers"][0]["scores"]["auc"]["n"] == 32


def test_the_same_command_again_reuses_every_review(call: Call, tmp_path: Path) -> None:
    first = call(*BENCH, "-r", "floor:random")
    before = next(tmp_path.glob("runs/*/reviews.jsonl")).read_bytes()
    again = call(*BENCH, "-r", "floor:random")
    assert next(tmp_path.glob("runs/*/reviews.jsonl")).read_bytes() == before
    assert len(list(tmp_path.glob("runs/*"))) == 1
    assert "0 reviews made" in again[2]
    assert first[1] == again[1]


def test_failures_are_recorded_and_exit_with_3(call: Call, tmp_path: Path) -> None:
    program = tmp_path / "moody.py"
    program.write_text(
        "import json, sys\npaper = json.load(sys.stdin)\n"
        "sys.exit('no opinion') if paper['id'][-1] < '8' else print(json.dumps({'overall': len(paper['text'])}))\n"
    )
    spec = f"command:{sys.executable} {program}"
    code, out, err = call(*BENCH, "--no-floors", "--out", "run", "-r", spec)
    failures = sum(p.id[-1] < "8" for p in load_dataset("sample").papers)
    assert code == 3
    assert f"why reviews failed: RuntimeError: exit code 1: no opinion ({failures} times)" in " ".join(err.split())
    assert f"{failures} reviews failed" in err
    report = (tmp_path / "run" / "report.md").read_text()
    assert "no opinion" in report
    assert f"{32 - failures}/32" in report
    assert str(failures) in out


def test_a_plug_in_that_fails_on_all_papers_ends_the_run_with_one_reason(call: Call, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def review(paper):\n    raise KeyError('weights')\n")
    arguments = (*BENCH, "--no-floors", "--out", "run", "-r", "python:broken:review")
    code, out, err = call(*arguments)
    assert (code, out) == (3, "")
    assert err.count("KeyError: 'weights'") == 1 and "--retry-failed" in err
    (tmp_path / "broken.py").write_text("def review(paper):\n    return len(paper.text)\n")
    code, out, _ = call(*arguments)
    assert code == 0 and "32" in out


def test_a_function_that_was_edited_is_run_again(call: Call, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("def review(paper):\n    return len(paper.text)\n")
    arguments = (*BENCH, "--no-audit", "--out", "run", "-r", "python:mine:review")
    names = [row["name"] for row in json.loads(call(*arguments, "--json")[1])["reviewers"]]
    (tmp_path / "mine.py").write_text("def review(paper):\n    return -len(paper.text)\n")
    code, _, err = call(*arguments)
    assert code == 2 and "--redo python:mine:review" in " ".join(err.split())
    code, out, _ = call(*arguments, "--redo", "python:mine:review", "--json")
    assert code == 0
    assert [row["name"] for row in json.loads(out)["reviewers"]] == names
    assert (tmp_path / "run" / "reviews-redone-1.jsonl").read_text().count("\n") == 32
    code, _, err = call(*arguments, "--redo", "python:mine:revue")
    assert code == 2 and "python:mine:review" in err


def test_a_dead_endpoint_ends_the_run_with_one_reason(call: Call) -> None:
    code, out, err = call(*BENCH, "--no-floors", "--out", "run", "-r", "openai/m@http://127.0.0.1:9/v1")
    assert (code, out) == (2, "")
    assert err.count("Connection refused") == 1 and "http://127.0.0.1:9/v1" in err


def test_the_budget_exits_with_4_and_more_budget_continues(call: Call, tmp_path: Path) -> None:
    (tmp_path / "paid.py").write_text(
        "from peerassay.reviewer.review import Review, Usage\n"
        "def review(paper):\n    return Review(paper_id=paper.id, overall=len(paper.text), usage=Usage(usd=.25))\n"
    )
    arguments = (*BENCH, "--no-floors", "--out", "run", "-r", "python:paid:review", "--concurrency", 1)
    code, _, err = call(*arguments, "--budget", 2)
    assert code == 4
    assert "budget of $2 reached: $2.00 spent" in " ".join(err.split())
    assert (tmp_path / "run" / "reviews.jsonl").read_text().count("\n") == 8
    assert call(*arguments, "--budget", 100)[0] == 0
    assert "0.2500" in (tmp_path / "run" / "report.md").read_text()


def test_compare_and_calibrate(call: Call, tmp_path: Path) -> None:
    table = scores(tmp_path / "mine.csv")
    assert call(*BENCH, "--out", "one", "-r", f"replay:{table}")[0] == 0
    assert call(*BENCH, "--out", "two", "-r", "floor:random")[0] == 0
    code, out, _ = call("compare", "one", "two", "--draws", 200)
    assert code == 0
    assert "not resolved" in out
    assert "replay:mine −" in out and "floor:random" in out
    code, out, _ = call("compare", "one", "two", "--draws", 200, "--json")
    assert {p["metric"] for p in json.loads(out)["pairs"]} == {"auc", "accuracy", "balanced_accuracy"}
    assert call("compare", "one", "--floors", "--draws", 200)[0] == 0
    assert "needs two reviewers" in call("compare", "one")[2]
    for method in ("isotonic", "platt"):
        code, out, _ = call("calibrate", "one", "--out", "cal.json", "--method", method)
        assert code == 0
        assert f"({method})" in out
    code, out, _ = call(*BENCH, "--out", "one", "-r", f"replay:{table}", "--calibration", "cal.json")
    assert "threshold from sample all (in-sample: 32 of these papers)" in (tmp_path / "one" / "report.md").read_text()


def test_a_threshold_from_the_calibration_split_is_the_headline_on_the_test_split(call: Call, tmp_path: Path) -> None:
    table = scores(tmp_path / "mine.csv")
    on = ("bench", "-d", "sample", "--draws", 200, "--no-audit", "-r", f"replay:{table}", "--split")
    assert call(*on, "calibration", "--out", "one")[0] == 0
    assert call("calibrate", "one", "--out", "cal.json")[0] == 0
    code, _, _ = call(*on, "test", "--out", "two", "--calibration", "cal.json")
    assert code == 0
    assert "| * threshold from sample calibration |" in (tmp_path / "two" / "report.md").read_text()


def test_import_list_info_and_bench_of_a_users_own_table(call: Call, tmp_path: Path) -> None:
    rows = [
        {
            "id": f"x{i}",
            "body": f"# Paper {i}\n\nABSTRACT\n\n{'word ' * (50 + i)}",
            "decision": "accept" if i % 3 else "reject",
        }
        for i in range(24)
    ]
    (tmp_path / "mine.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    code, out, _ = call("data", "import", "mine", "mine.jsonl", "--map", "text=body", "--source", "invented")
    assert code == 0
    assert "16 accepted" in out
    assert "mine" in call("data", "list")[1]
    card = json.loads(call("data", "info", "mine", "--json")[1])
    assert (card["papers"], card["source"]) == (24, "invented")
    assert "is there already" in call("data", "import", "mine", "mine.jsonl", "--map", "text=body")[2]
    assert call("bench", "-d", "mine", "--draws", 200, "--no-audit", "--limit", 12, "--out", "run")[0] == 0


def test_audit_of_sample_is_clean_and_of_a_leaking_table_is_not(call: Call, tmp_path: Path) -> None:
    assert call("data", "audit", "sample")[0] == 0
    assert (tmp_path / "audits" / "sample" / "audit.html").is_file()
    header = {"reject": "**Anonymous authors**\n", "accept": "Ann Other\nann@example.org\n"}
    rows = [
        {"id": f"x{i}", "decision": d, "text": f"# Paper\n\n{header[d]}\nABSTRACT\n\n" + "same words here " * 30}
        for i in range(40)
        for d in [("accept", "reject")[i % 2]]
    ]
    (tmp_path / "leaky.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    assert call("data", "audit", "leaky.jsonl")[0] == 0
    code, out, err = call("data", "audit", "leaky.jsonl", "--raw", "--json")
    assert code == 1
    assert {"anonymous header", "e-mail addresses"} <= set(json.loads(out)["leaks"])
    code, out, err = call("data", "audit", "leaky.jsonl", "--diff", "x1")
    assert "status line" in err or "author block" in err


def test_what_a_reviewer_prints_stays_out_of_the_json(call: Call, tmp_path: Path) -> None:
    (tmp_path / "chatty.py").write_text(
        "print('hello')\ndef review(paper):\n    print('hm')\n    return len(paper.text)\n"
    )
    code, out, err = call(*BENCH, "--no-floors", "--json", "--out", "run", "-r", "python:chatty:review")
    assert code == 0
    assert json.loads(out)["n"] == 32
    assert "hello" in err


def test_tables_come_in_other_forms_and_alone(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = scores(tmp_path / "mine.csv")
    run = (*BENCH, "--no-floors", "--out", "one", "-r", f"replay:{table}", "-r", "floor:random", "-r", "floor:length")
    code, out, _ = call(*run, "--table", "csv")
    assert code == 0
    assert out.startswith("Reviewer,AUC")
    kept = list(csv.DictReader((tmp_path / "one" / "scores.csv").open()))
    assert len(kept) == 96
    assert {"paper", "reviewer", "repeat", "score", "decision", "human_mean", "accepted", "tier"} <= set(kept[0])
    monkeypatch.setattr("peerassay.presentation.drawing.encoded", encoded)
    monkeypatch.setattr("peerassay.presentation.drawing.BESIDE", ("png", "pdf"))
    code, out, _ = call("compare", "one", "--draws", 200, "--table", "latex", "--against", "floor:random", "--out", "c")
    assert code == 0
    assert "\\toprule" in out and "replay:mine" in out
    assert "replay:mine \\ensuremath{-} floor:length" not in out
    pairs = list(csv.DictReader((tmp_path / "c" / "pairs.csv").open()))
    assert {row["b"] for row in pairs} == {"floor:random"}
    assert {path.name for path in (tmp_path / "c").rglob("*.*")} == {
        "compare.md", "compare.tex", "pairs.csv", "pairs.pdf", "pairs.png", "pairs.svg"}  # fmt: skip
    code, _, err = call("compare", "one", "--against", "nobody")
    assert code == 2 and "unknown reviewer 'nobody'" in err
    code, out, err = call(*run, "--table", "md", "--json")
    assert (code, out) == (2, "")
    assert "--json and --table both print on stdout" in err


def test_reviewers_of_one_name_in_several_runs_stay_apart(call: Call, tmp_path: Path) -> None:
    table = scores(tmp_path / "a.csv")
    assert call(*BENCH, "--no-floors", "--out", "a/run", "-r", f"replay:{table}?name=m")[0] == 0
    (tmp_path / "other.csv").write_text((tmp_path / "a.csv").read_text().replace(",0,", ",9,"))
    assert call(*BENCH, "--no-floors", "--out", "o/run", "-r", "replay:other.csv?name=m")[0] == 0
    code, out, _ = call("compare", "a/run", "o/run", "--draws", 200, "--table", "md")
    assert code == 0
    assert "m − m (o/run, scrubbed)" in out


def test_an_interrupted_reviewer_does_not_block_the_others(call: Call, tmp_path: Path) -> None:
    call(*BENCH, "--no-floors", "--out", "run", "-r", "floor:random")
    lines = (tmp_path / "run" / "reviews.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "run" / "reviews.jsonl").write_text("".join(lines[:9]))
    code, out, err = call(*BENCH, "--no-floors", "--out", "run", "-r", "floor:length")
    assert code == 0
    assert "floor:random has not reviewed all papers yet" in " ".join(err.split())
    assert "| floor:random |" not in (tmp_path / "run" / "report.md").read_text()
    assert not has_row(out, "floor:random")


def test_a_replayed_reviewer_keeps_what_it_was_fitted_on(call: Call, tmp_path: Path) -> None:
    call(*BENCH, "--no-floors", "--out", "run", "-r", "floor:length")
    path = tmp_path / "run" / "run.json"
    record = json.loads(path.read_text())
    record["reviewers"][0]["traits"]["trained_on"] = [paper_key(p.id) for p in load_dataset("sample").papers[:7]]
    path.write_text(json.dumps(record))
    out = call(*BENCH, "--no-floors", "--json", "--out", "two", "-r", "replay:run/reviews.jsonl?name=again")[1]
    assert json.loads(out)["reviewers"][0]["in_sample"] == 7


def swap(old: str, new: str) -> Callable[[list[str]], list[str]]:
    return lambda lines: [lines[0], lines[1].replace(old, new, 1), *lines[2:]]


BAD_TABLES: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "missing column": (
        lambda lines: [lines[0].replace("Overall", "Grade"), *lines[1:]],
        "no column is known as the score",
    ),
    "strangers": (
        lambda lines: [lines[0], *(f"x{line}" for line in lines[1:])],
        "32 of its 32 papers are not in dataset sample: it has x",
    ),
    "another review": (lambda lines: [*lines, lines[1].replace(",0,", ",9,")], "is there twice"),
    "beyond all numbers": (swap(",0,", ",1e400,"), "is '1e400', not a finite number"),
    "truth": (swap(",0,", ",True,"), "is 'True', not a number"),
    "text": (swap(",0,", ",good,"), "'good', not a number"),
    "decision": (
        lambda lines: [line.replace("Reject", "Perhaps").replace("Accept", "Maybe") for line in lines],
        "neither accept nor reject",
    ),
    "no rows": (lambda lines: lines[:1], "holds no reviews"),
}


@pytest.mark.parametrize("kind", BAD_TABLES)
def test_bad_replay_tables(call: Call, tmp_path: Path, kind: str) -> None:
    change, message = BAD_TABLES[kind]
    table = scores(tmp_path / "mine.csv", change=change)
    one_line_error(call(*BENCH, "-r", f"replay:{table}"), message)
    assert not (tmp_path / "runs").exists()


TOLD_TABLES: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "stranger": (lambda lines: [*lines, "stranger,5,Accept"], "1 of its reviews are of papers that sample has not"),
    "the same twice": (lambda lines: [*lines, lines[1]], "1 rows stand twice, the same, and count once"),
    "some words": (swap("Reject", "Borderline"), "neither accept nor reject, left without a decision: 'Borderline'"),
    "ids of files": (
        lambda lines: [lines[0], *(f"papers/{line.replace(',', '.PDF,', 1)}" for line in lines[1:])],
        "32 ids were matched without folder, ending or case",
    ),
}


@pytest.mark.parametrize("kind", TOLD_TABLES)
def test_what_was_assumed_of_a_replay_is_told(call: Call, tmp_path: Path, kind: str) -> None:
    change, message = TOLD_TABLES[kind]
    table = scores(tmp_path / "mine.csv", change=change)
    code, _, err = call(*BENCH, "--no-floors", "-r", f"replay:{table}", "--out", "run")
    assert code == 0
    assert message in " ".join(err.split())
    assert message in (tmp_path / "run" / "report.md").read_text()


def test_missing_reviews_are_told_beside_the_figure(call: Call, tmp_path: Path) -> None:
    judged = load_dataset("sample").judgements
    rows = [f"{j.paper_id},{8 if j.accepted else 3}" for j in judged[:20]] + [f"{judged[20].paper_id},nan"]
    (tmp_path / "mine.csv").write_text("\n".join(["id,score", *rows]) + "\n")
    code, _, err = call(*BENCH, "--no-floors", "-r", "replay:mine.csv", "--out", "run")
    assert code == 3
    assert "20/32 (AUC of these 1.000)" in (tmp_path / "run" / "report.md").read_text()
    note = "12 of 32 reviews failed and count as wrong"
    assert note in " ".join(err.split())
    assert "on the 20 papers that it scored alone (coverage 62%) it is 1.000" in " ".join(err.split())
    assert "(AUC of the other 20: 1.000" in (tmp_path / "run" / "report.md").read_text()
    figures = json.loads((tmp_path / "run" / "metrics.json").read_text())["reviewers"][0]
    assert figures["scores"]["auc"]["value"] < 0.5
    assert set(figures["failures"]) == {
        "mine.csv has no review of this paper",
        "no score in the table (score is empty)",
    }


def test_columns_of_replays_are_mapped(call: Call, tmp_path: Path) -> None:
    scores(tmp_path / "mine.csv", column="Grade")
    for arguments in (
        ("--map", "score=Grade", "-r", "replay:mine.csv"),
        ("-r", "replay:mine.csv?map=score=Grade"),
        ("--map", "score=Grade", "--map", "decision=", "-r", "replay:mine.csv?name=other"),
    ):
        code, out, _ = call(*BENCH, "--no-floors", *arguments, "--json", "--out", f"run{len(arguments)}")
        assert code == 0
        row = json.loads(out)["reviewers"][0]
        assert "auc" in row["scores"]
        assert ("own" in {d["kind"] for d in row["decisions"]}) == ("decision=" not in arguments)
    one_line_error(call(*BENCH, "--map", "score=Grade"), "--map names columns of replays")
    one_line_error(call(*BENCH, "--map", "score=Mark", "-r", "replay:mine.csv"), "unknown column 'Mark'")


def test_scores_outside_the_scale_fail(call: Call, tmp_path: Path) -> None:
    scores(tmp_path / "mine.csv")
    code, out, _ = call(*BENCH, "--no-floors", "-r", "replay:mine.csv?scale=1-8", "--json")
    assert code == 3
    figures = json.loads(out)["reviewers"][0]
    assert figures["failures"] == {
        "its score 0 lies outside the scale 1 to 8": 4,
        "its score 9 lies outside the scale 1 to 8": 3,
    }


BAD_CALLS: dict[str, tuple[tuple[object, ...], str]] = {
    "dataset": (("bench", "-d", "sampel"), "did you mean sample"),
    "spec": ((*BENCH, "-r", "flor:length"), "floor:length"),
    "floor": ((*BENCH, "-r", "floor:lenght"), "did you mean length"),
    "option of a spec": ((*BENCH, "-r", "floor:length?treshold=3"), "did you mean threshold"),
    "replay file": ((*BENCH, "-r", "replay:nowhere.csv"), "unknown file 'nowhere.csv'"),
    "module": ((*BENCH, "-r", "python:nowhere:f"), "No module named 'nowhere'"),
    "program": ((*BENCH, "-r", "command:./nowhere"), "no such program"),
    "split": (("bench", "-d", "sample", "--split", "tset"), "'tset' is not one of"),
    "two of a name": ((*BENCH, "-r", "floor:random", "-r", "floor:random"), "another name"),
    "command": (("bnech",), "did you mean bench"),
    "option": (("bench", "--datset", "x"), "--datset"),
    "run": (("compare", "nowhere"), "no run there"),
    "calibrate": (("calibrate", "nowhere"), "no run there"),
    "train": (("train", "-d", "nowhere"), "unknown dataset"),
    "info": (("data", "info", "smaple"), "did you mean sample"),
    "paper": (("data", "audit", "sample", "--diff", "zzz"), "unknown paper 'zzz'"),
    "pull": (("data", "pull", "nuerips2024"), "did you mean neurips"),
    "map": (("data", "import", "x", "y.csv", "--map", "text"), "expected FIELD=COLUMN"),
    "path": (("data", "import", "x", "nowhere.csv"), "no such file"),
    "a module that exits": ((*BENCH, "-r", "python:leaver:review"), "SystemExit"),
    "a name of ours": ((*BENCH, "-r", "floor:random?name=floor:header"), "belongs to a reviewer of ours"),
    "budget": ((*BENCH, "--budget", "nan"), "nan is not a finite number"),
    "seed": ((*BENCH, "--seed", "-1"), "--seed"),
    "name of a dataset": (("data", "import", "../x", "mine.csv"), "use letters, digits"),
    "long path": (("compare", "x" * 5000), "File name too long"),
    "calibration file": ((*BENCH, "--calibration", "nowhere.json"), "nowhere.json"),
}


@pytest.mark.parametrize("kind", BAD_CALLS)
def test_wrong_usage(call: Call, kind: str) -> None:
    arguments, message = BAD_CALLS[kind]
    Path("leaver.py").write_text("import sys\nsys.exit(0)\n")
    one_line_error(call(*arguments), message)


def test_texts_that_are_empty_or_not_utf_8(call: Call, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text('{"id": "a", "decision": "accept", "text": ""}\n')
    one_line_error(call("data", "import", "mine", "empty.jsonl"), "empty text")
    (tmp_path / "latin.tsv").write_bytes("paper_id\tdecision\ttext\na\taccept\tGödel\n".encode("latin-1"))
    one_line_error(call("data", "import", "mine", "latin.tsv"), "not UTF-8")
    (tmp_path / "twice.csv").write_text("paper_id,decision,text\na,accept,x\na,reject,y\n")
    one_line_error(call("data", "import", "mine", "twice.csv"), "more than once, e.g. a")
    (tmp_path / "one.csv").write_text("paper_id,decision,text\na,accept,x\nb,accept,y\n")
    one_line_error(call("bench", "-d", "one.csv", "--no-audit", "--no-floors", "-r", "floor:length"), "both classes")


def test_a_folder_that_cannot_be_written(call: Call, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    one_line_error(call(*BENCH, "--out", "file/run"), "choose another")


def test_a_corrupt_run_keeps_what_it_has(call: Call, tmp_path: Path) -> None:
    call(*BENCH, "--out", "run", "--no-floors", "-r", "floor:length")
    path = tmp_path / "run" / "reviews.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines[:5], "garbage\n", *lines[6:]]))
    before = path.read_bytes()
    one_line_error(call(*BENCH, "--out", "run", "--no-floors", "-r", "floor:length"), "reviews.jsonl:6")
    assert path.read_bytes() == before


def one_line_error(result: tuple[int, str, str], message: str) -> None:
    code, out, err = result
    lines = [line for line in err.splitlines() if line.startswith("peerassay: ")]
    assert (code, out) == (2, "")
    assert len(lines) == 1
    assert message in lines[0]
    assert "Traceback" not in err


def test_kill_9_at_any_moment_loses_and_repeats_nothing(tmp_path: Path) -> None:
    """A slow reviewer is killed again and again; each review it finished is there once, and kept."""
    log = tmp_path / "calls.log"
    (tmp_path / "slow.py").write_text(
        "import time\n"
        "def review(paper):\n    time.sleep(.03)\n"
        f"    open({str(log)!r}, 'a').write(paper.id + '\\n')\n    return len(paper.text)\n"
    )
    options = ("--no-floors", "--out", "run", "-r", "python:slow:review", "--concurrency", "2")
    command = [*PEERASSAY, *map(str, BENCH), *options]
    reviews = tmp_path / "run" / "reviews.jsonl"
    kills = 0
    while kills < 4:
        process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wanted = (reviews.read_bytes().count(b"\n") if reviews.exists() else 0) + 5
        while process.poll() is None and not (reviews.exists() and reviews.read_bytes().count(b"\n") >= wanted):
            time.sleep(0.002)
        if process.poll() is not None:
            break
        process.kill()
        process.wait()
        kills += 1
        with reviews.open("ab") as stream:
            stream.write(b'{"paper_id": "half wri')
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    ids = [json.loads(line)["paper_id"] for line in reviews.read_text().splitlines()]
    assert sorted(ids) == sorted(p.id for p in load_dataset("sample").papers)
    calls = log.read_text().split()
    assert kills >= 3
    assert len(calls) <= len(ids) + 2 * kills


def test_a_name_from_outside_cannot_speak_to_the_terminal(call: Call) -> None:
    code, _, err = call("data", "info", "one\x1b[31mred\nline\u202e")
    assert code == 2
    assert "one" in err
    assert all(c.isprintable() for c in err.rstrip("\n"))


def test_a_preset_that_is_none_is_found_before_the_start(call: Call, tmp_path: Path) -> None:
    for template, known in (
        ("diffusion", "known: cpu, paper, tiny"),
        ("grokking", "known: cpu"),
        ("nanogpt", "known:"),
    ):
        arguments = ("scientist", "run", "-t", template, "-m", "offline", "--out", "run", "--preset")
        one_line_error(call(*arguments, "nope"), known)
        one_line_error(call(*arguments, "papr"), "did you mean paper?")
    assert not (tmp_path / "run").exists()
