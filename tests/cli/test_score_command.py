"""`peerassay score` as a user types it: what it prints, writes and pays, how it stops and goes on."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from peerassay.bench.calibrations import CALIBRATIONS
from peerassay.bench.records import Calibration
from peerassay.bench.scores.run import open_score_run
from peerassay.data.registry import load_dataset
from peerassay.reviewer.spec import load_reviewer
from peerassay.statistics.calibration import PlattCalibrator, ThresholdRule
from printed import has_row

from tests.loopback.running import Loopback
from tests.processes import PEERASSAY

Call = Callable[..., tuple[int, str, str]]
PRICED = "price_in=1&price_cached=0.5&price_out=4"


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with Loopback(spread=1.0) as running:
        yield running


@pytest.fixture(autouse=True)
def _fresh(server: Loopback) -> None:
    server.set_faults("")
    server.reset()


@pytest.fixture
def call(typed: Call) -> Call:
    """Run `peerassay score ARGUMENTS` in an empty folder without keys; stderr comes on one line."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code, out, err = typed("score", *arguments)
        return code, out, " ".join(err.split())

    return run


def papers(count: int = 2, configurations: tuple[str, ...] = ("one", "two"), folder: str = "papers") -> Path:
    """So many of the bundled manuscripts in each of papers/words/CONFIGURATION."""
    manuscripts = iter(load_dataset("sample").papers)
    for configuration in configurations:
        for _ in range(count):
            paper = next(manuscripts)
            path = Path(folder) / "words" / configuration / f"{paper.id}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(paper.text)
    return Path(folder)


def model(server: Loopback, options: str = PRICED) -> str:
    return f"openai/scripted@{server.openai_url}?{options}"


def document(out: str) -> dict[str, Any]:
    return json.loads(out)


def test_papers_in_folders_are_scored_at_once_and_without_a_key(call: Call) -> None:
    code, out, err = call(papers(), "--json")
    assert code == 0
    assert "groups by the names of files and folders, --map FILE overrules: words/one (2), words/two (2)" in err
    found = document(out)
    folder = Path(found["run"])
    assert found["report"] == f"{folder}/report.html"
    assert Path(found["report"]).is_file()
    assert [idea["stage"] for idea in found["ideas"]] == ["reviewed"] * 4
    record, reviews = open_score_run(folder)
    assert (record.reviewer.name, record.reviewer.spec, record.text) == ("learned:iclr2022",) * 2 + ("scrubbed",)
    assert set(reviews) == {idea.id for idea in record.ideas}
    assert all(review.fingerprint == record.reviewer.fingerprint for review in reviews.values())
    before = (folder / "reviews.jsonl").read_bytes()
    code, out, err = call("papers")
    assert code == 0
    assert has_row(out, "words/one", "2", "2", "2")
    assert f"report: {folder}/report.html" in err
    assert (folder / "reviews.jsonl").read_bytes() == before
    assert list(Path("runs").iterdir()) == [folder]
    (folder / "report.html").unlink()
    (folder / "report.html").mkdir()
    code, out, err = call("papers")
    assert (code, has_row(out, "words/one", "2", "2", "2")) == (2, True), "the figures do not wait for the report"
    assert "report.html" in err
    assert call("papers", "--json")[:2] == (2, "")


def test_the_released_reviews_give_the_published_means(call: Call, shared_data: Path) -> None:
    ratings = shared_data / "generated_papers" / "ratings"
    code, out, _ = call(
        ratings / "diffusion" / "*.csv", ratings / "grokking" / "claude-runs_ratings.csv", "--json",
        "--tried", "diffusion/claude=49", "--tried", "grokking/claude=50",
    )  # fmt: skip
    assert code == 0
    groups = {(g["template"], g["configuration"]): g for g in document(out)["groups"]}
    assert len(groups) == 5
    sonnet = groups["diffusion", "claude"]
    assert (sonnet["tried"], sonnet["reviewed"], round(sonnet["mean"]["value"], 2)) == (49, 38, 3.82)
    sonnet = groups["grokking", "claude"]
    assert (sonnet["tried"], sonnet["reviewed"], round(sonnet["mean"]["value"], 2)) == (50, 25, 3.44)
    assert document(out)["reviewer"]["unsigned"]


def test_a_file_that_cannot_be_read_stays_in_the_denominator(call: Call) -> None:
    (papers() / "words" / "one" / "broken.md").write_bytes(b"")
    Path("map.csv").write_text("path,template,configuration\nwords/two/*,,better\n")
    code, out, err = call("papers", "--map", "map.csv", "--tried", "words/better=10", "--json")
    assert code == 3
    assert "not read: papers/words/one/broken.md" in err
    assert "1 papers have no score" in err
    counts = {g["configuration"]: (g["tried"], g["finished"], g["reviewed"]) for g in document(out)["groups"]}
    assert counts == {"one": (3, 3, 2), "better": (10, 2, 2)}
    broken = next(idea for idea in document(out)["ideas"] if idea["stage"] == "unread")
    assert "broken.md" in broken["reason"]


def test_what_humans_said_stands_beside_the_scores(call: Call) -> None:
    papers()
    Path("map.csv").write_text(
        "path,template,configuration,human_mean,accepted\nwords/one/*,,,5.5,reject\nwords/two/*,,better,,1\n"
    )
    assert call("papers", "--map", "map.csv", "--out", "run")[0] == 0
    assert call("run/scores.csv", "--out", "again")[0] == 0
    for run in ("run", "again"):
        with (Path(run) / "scores.csv").open(newline="") as file:
            said = {(row["configuration"], row["human_mean"], row["accepted"]) for row in csv.DictReader(file)}
        assert said == {("one", "5.5", "0"), ("better", "", "1")}
    Path("map.csv").write_text("path,template,configuration,human_mean\nwords/*,,,good\n")
    code, _, err = call("papers", "--map", "map.csv", "--out", "other")
    assert (code, "row 1: human_mean" in err) == (2, True)


def test_a_score_run_is_scored_again_together_with_more_papers(call: Call) -> None:
    assert call(papers(1), "--out", "first")[0] == 0
    papers(1, ("three",), folder="more")
    code, out, _ = call("first", "more", "--json", "--out", "second")
    assert code == 0
    assert {g["configuration"]: g["reviewed"] for g in document(out)["groups"]} == {"one": 1, "two": 1, "three": 1}
    first, second = (open_score_run(Path(name))[1] for name in ("first", "second"))
    assert first.items() <= second.items()
    before = Path("first/score.json").read_bytes()
    code, _, err = call("papers", "--out", "first", "-r", "floor:length")
    assert (code, "choose another --out" in err) == (2, True)
    code, _, err = call("more", "--out", "first")
    assert (code, "other papers" in err) == (2, True)
    assert Path("first/score.json").read_bytes() == before


def test_the_dry_run_needs_no_key_and_writes_nothing(call: Call, server: Loopback) -> None:
    code, out, _ = call(papers(), "-r", "openai/gpt-4o?ensemble=3", "--dry-run", "--json")
    assert code == 0
    assert [e["calls"] for e in document(out)["expected"].values()] == [4 * 3]
    assert call("papers", "--dry-run")[1] == (
        "4 papers to review by learned:iclr2022: no calls of a language model of ours to expect\n"
    )
    assert not Path("runs").exists()
    assert server.stats()["calls"] == 0


def test_a_panel_stops_at_its_budget_and_goes_on_with_more(call: Call, server: Loopback) -> None:
    spec = model(server, f"{PRICED}&max_tokens=1000")
    arguments = (papers(4), "-r", spec, "--concurrency", 2, "--out", "run")
    expected = document(call(*arguments, "--dry-run", "--json")[1])["expected"]
    limit = next(iter(expected.values()))["usd"] * 0.7
    code, out, err = call(*arguments, "--budget", limit, "--json")
    assert code == 4
    assert document(out)["budget_reached"]
    assert document(out)["usd"] <= limit
    assert "start again with more to continue" in err
    made = len(open_score_run(Path("run"))[1])
    assert 0 < made < 8
    assert server.stats()["calls"] == made
    code, out, _ = call(*arguments, "--budget", 10, "--json")
    assert code == 0
    assert [idea["stage"] for idea in document(out)["ideas"]] == ["reviewed"] * 8
    assert server.stats()["calls"] == 8
    assert not server.stats()["repeated"]


def test_kill_9_and_start_again_repeats_no_review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Loopback(latency=0.1) as slow:
        command = [*PEERASSAY, "score", str(papers(4)), "-r", model(slow)]
        command += ["--out", "run", "--concurrency", "2", "--no-cache"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(2000):
            if slow.stats()["finished"] >= 4:
                break
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        kept = Path("run/reviews.jsonl").read_bytes()
        assert kept.count(b"\n") >= 2
        Path("run/reviews.jsonl").write_bytes(kept + b'{"paper_id":"half')
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert Path("run/reviews.jsonl").read_bytes().startswith(kept)
        assert len(open_score_run(Path("run"))[1]) == 8
        assert slow.stats()["calls"] <= 8 + 2 * 2


def test_failed_reviews_stay_until_they_are_tried_again(call: Call, server: Loopback) -> None:
    arguments = (papers(2), "-r", model(server), "--out", "run", "--json", "--no-cache")
    server.set_faults("refusal:1")
    code, out, err = call(*arguments)
    assert code == 3
    assert "4 papers have no score" in err
    assert {idea["stage"] for idea in document(out)["ideas"]} == {"review failed"}
    server.set_faults("")
    calls = server.stats()["calls"]
    nothing = next(iter(document(call(*arguments, "--dry-run")[1])["expected"].values()))
    assert (nothing["calls"], server.stats()["calls"]) == (0, calls)
    again = next(iter(document(call(*arguments, "--retry-failed", "--dry-run")[1])["expected"].values()))
    assert again["calls"] == 4
    code, out, _ = call(*arguments, "--retry-failed")
    assert code == 0
    assert {idea["stage"] for idea in document(out)["ideas"]} == {"reviewed"}


def calibration(name: str, fingerprint: str) -> Path:
    entry = Calibration(
        reviewer=name,
        fingerprint=fingerprint,
        dataset="mine",
        split="calibration",
        n=60,
        threshold=ThresholdRule(threshold=-100.0),
        method="platt",
        calibrator=PlattCalibrator(slope=1.0, intercept=0.0, low=-5, high=5),
        fitted_on=frozenset(),
    )
    Path("cal.json").write_bytes(CALIBRATIONS.dump_json({name: entry}))
    return Path("cal.json")


def test_a_calibration_is_of_this_reviewer_or_of_the_one_that_is_named(call: Call) -> None:
    learned = load_reviewer("learned:iclr2022")
    path = calibration(learned.name, learned.fingerprint)
    code, out, _ = call(papers(), "--calibration", path, "--json")
    assert code == 0
    assert document(out)["calibrated"]
    assert [group["accepted"] for group in document(out)["groups"]] == [2, 2]
    path = calibration("another", "0123456789ab")
    assert "no calibration of learned:iclr2022; it has another" in call("papers", "--calibration", path)[2]
    assert "did you mean another" in call("papers", "--calibration", path, "--calibrated-as", "anoter")[2]
    assert call("papers", "--calibration", path, "--calibrated-as", "another", "--dry-run")[0] == 0


@pytest.mark.parametrize(("arguments", "message"), [
    (("nowhere",), "unknown file or folder 'nowhere'"),
    (("papers", "-r", "learned:icrl2022"), "did you mean iclr2022"),
    (("papers", "--tried", "words/three=9"), "unknown group 'words/three'"),
    (("papers", "--tried", "words/one=1"), "2 ideas of words/one are there, so 1 is too few"),
    (("papers", "--map", "none.csv"), "none.csv: no such file"),
    (("papers", "--calibration", "none.json"), "none.json: cannot be read"),
    (("papers", "--calibrated-as", "x"), "give that with --calibration FILE"),
    (("papers", "--reviewed-by", "Ann"), "--reviewed-by Ann"),
    (("papers", "papers/words"), "is there twice"),
    (("papers", "--budget", "nan"), "--budget"),
    (("papers", "--seed", "-1"), "--seed"),
    (("papers", "bad.csv"), "bad.csv: row 1: no column 'paper_id'"),
    (("papers", "inf.csv"), "inf.csv: row 1: Overall of paper a is 'inf'"),
    (("papers", "good.csv"), "one table has one reviewer"),
    (("good.csv", "-r", "learned:iclr2022"), "no papers to review"),
    (("papers", "-r", "openai/gpt-4o"), "OPENAI_API_KEY"),
    (("papers", "--out", "bench"), "is no run of this kind and not empty (run.json)"),
])  # fmt: skip
def test_wrong_input_is_one_line_and_exit_code_2(call: Call, arguments: tuple[str, ...], message: str) -> None:
    papers()
    Path("good.csv").write_text("paper_id,Overall\na,3\n")
    Path("bad.csv").write_text("title,Overall\na,3\n")
    Path("inf.csv").write_text("paper_id,Overall\na,inf\n")
    Path("bench").mkdir()
    Path("bench/run.json").write_text("{}")
    code, out, err = call(*arguments)
    assert code == 2
    assert not out
    last = err.rpartition("peerassay: ")[2]
    assert message in last
    assert "Traceback" not in err


def test_a_floor_of_shuffled_papers_is_a_group_of_its_own(call: Call) -> None:
    folder = papers()
    code, out, _ = call(folder, "--floor", "--json")
    assert code == 0
    found = document(out)
    groups = {group["configuration"]: group for group in found["groups"]}
    assert {name: group["reviewed"] for name, group in groups.items()} == {"one": 2, "two": 2, "floor:shuffled": 4}
    pairs = {frozenset((pair["a"], pair["b"])) for pair in found["pairs"]}
    assert {frozenset(("floor:shuffled", "one")), frozenset(("floor:shuffled", "two"))} <= pairs
    again, out, _ = call(folder, "--floor", "--json")
    assert again == 0
    assert document(out)["groups"] == found["groups"]


def test_names_cannot_write_to_the_terminal(call: Call) -> None:
    Path("t").mkdir()
    Path("t/\x1b[31mred\n.csv").write_text("paper_id,Overall\na,4\nb,5\n")
    code, out, err = call("t")
    assert code == 0
    assert "[31mred" in err
    assert "\x1b" not in out + err


def test_a_floor_needs_papers(call: Call) -> None:
    Path("words").mkdir()
    Path("words/one.csv").write_text("paper_id,Overall\na,4\nb,5\n")
    code, _, err = call("words/one.csv", "--floor")
    assert (code, "--floor shuffles papers" in err) == (2, True)


SCORED = [("nanogpt", "claude", "big", 6), ("nanogpt", "claude", "small", None), ("nanogpt", "gpt4o", "big", 3)]


@pytest.mark.parametrize("kind", ["columns.csv", "ids.csv", "list.json", "lines.jsonl"])
def test_a_reviewers_scores_of_generated_papers(call: Call, kind: str) -> None:
    rows = [{"idea": n, "template": t, "scientist": c, "rating": s, "reviewer": "me"} for t, c, n, s in SCORED]
    if kind == "columns.csv":
        cells = [[str("" if cell is None else cell) for cell in row.values()] for row in rows]
        text = "\n".join(",".join(line) for line in [list(rows[0]), *cells])
    elif kind == "ids.csv":
        text = "\n".join(
            ["id,score,reviewer", *(f"{t}/{c}/{n}.pdf,{'' if s is None else s},me" for t, c, n, s in SCORED)]
        )
    else:
        text = json.dumps(rows) if kind == "list.json" else "\n".join(map(json.dumps, rows))
    Path(kind).write_text(text)
    code, out, _ = call(kind, "--json")
    assert code == 3
    found = document(out)
    assert {(g["template"], g["configuration"]): (g["tried"], g["reviewed"]) for g in found["groups"]} == {
        ("nanogpt", "claude"): (2, 1),
        ("nanogpt", "gpt4o"): (1, 1),
    }
    assert {idea["idea"]["name"] for idea in found["ideas"]} == {"big", "small"}
    assert found["reviewer"]["name"] == "me"


def test_the_table_that_a_score_run_wrote_is_scored_again(call: Call) -> None:
    assert call(papers(2, ("one", "two")), "--out", "first")[0] == 0
    code, out, _ = call(str(Path("first") / "papers.csv"), "--reviewed-by", "me", "--json", "--out", "second")
    assert code == 0
    groups = {g["configuration"]: (g["tried"], g["reviewed"]) for g in document(out)["groups"]}
    assert groups == {"one": (2, 2), "two": (2, 2)}
