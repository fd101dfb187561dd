"""A canary: drift of a model is found, its absence too, at the stated cost and without the cache."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from peerassay.bench.canary import Canary
from peerassay.cli.main import cli
from peerassay.data.errors import InputError
from peerassay.statistics.drift import drift_test, power_of_shift

from tests.loopback.running import Loopback


def scores(rng: np.random.Generator, papers: int, times: int, shift: float = 0.0) -> list[np.ndarray]:
    """Scores of papers of different worth, with chance from answer to answer."""
    return [np.round(4 + paper % 4 + rng.normal(0, 0.8, times) + shift) for paper in range(papers)]


def test_without_drift_false_alarms_are_as_rare_as_stated() -> None:
    rng = np.random.default_rng(3)
    p = [drift_test(scores(rng, 12, 3), scores(rng, 12, 1), resamples=399, seed=i).p_value for i in range(400)]
    assert 0.02 < np.mean(np.array(p) <= 0.05) < 0.08


def test_a_shift_and_a_change_without_shift_are_found() -> None:
    rng = np.random.default_rng(4)
    before = scores(rng, 12, 3)
    shifted = drift_test(before, [some + 1 for some in scores(rng, 12, 1)])
    assert shifted.p_value < 0.01 and 0.5 < shifted.shift < 1.5
    turned = [some + (4 if paper % 2 else -4) for paper, some in enumerate(scores(rng, 12, 1))]
    assert drift_test(before, turned).p_value < 0.01
    assert drift_test(before, before).p_value == 1.0
    assert power_of_shift(before, 2.0) > 0.9 > 0.2 > power_of_shift(before, 0.0)
    with pytest.raises(ValueError, match="same papers"):
        drift_test(before, before[1:])


def run(*words: str, code: int = 0) -> str:
    """What the command prints, after it has ended with this code."""
    done = CliRunner().invoke(cli, ["canary", *words])
    assert done.exit_code == code, done.output
    return done.stdout


def test_drift_of_a_provider_s_model_is_told_by_exit_code(tmp_path: Path) -> None:
    with Loopback(weaknesses={"jitter": 0.3}) as server:
        spec, folder = f"openai/scripted@{server.openai_url}", tmp_path / "canary"
        assert "36" in run("save", "-r", spec, "--out", str(folder), "--dry-run")
        saved = json.loads(run("save", "-r", spec, "--out", str(folder), "--json"))
        assert saved["repeats"] == 3 and saved["finds"]["2"] > 0.9
        first = calls(server)
        found = json.loads(run("check", str(folder), "--json"))
        assert not found["drift"] and found["asked"] == found["papers"] == 12
        assert calls(server) - first == 12
        steady = server.engine.reviewer.steady
        assert steady is not None
        steady.weak["drift"] = 0.5
        found = json.loads(run("check", str(folder), "--json", code=1))
        assert found["drift"] and found["shift"] > 0.8
    assert run("show", str(folder)).count("none found") == 1


def calls(server: Loopback) -> int:
    return server.stats()["calls"]


def test_two_checks_in_one_second_are_two(tmp_path: Path) -> None:
    folder = tmp_path / "canary"
    run("save", "-r", "floor:length", "--out", str(folder))
    for _ in range(3):
        run("check", str(folder))
    assert len({check.folder for check in Canary.open(folder).checks()}) == 3


def test_a_check_that_was_stopped_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "canary"
    run("save", "-r", "learned:iclr2022", "--out", str(folder))
    assert "finds any difference" not in run("check", str(folder))
    whole = next((folder / "checks").iterdir())
    lines = (whole / "reviews.jsonl").read_text().splitlines(keepends=True)
    (whole / "reviews.jsonl").write_text("".join(lines[:7]) + lines[7][:40])
    (folder / "checks.jsonl").unlink()
    run("check", str(folder))
    assert [path.name for path in (folder / "checks").iterdir()] == [whole.name]
    assert len(Canary.open(folder).checks()) == 1


def test_a_fixed_reviewer_that_says_otherwise_has_drifted(tmp_path: Path) -> None:
    folder = tmp_path / "canary"
    run("save", "-r", "floor:length", "--out", str(folder))
    path = folder / "saved" / "reviews.jsonl"
    first, *others = path.read_text().splitlines()
    moved = json.loads(first)
    moved["overall"] += 1
    path.write_text("\n".join([json.dumps(moved), *others]) + "\n")
    assert json.loads(run("check", str(folder), "--json", code=1))["p_value"] == 0.0


def test_wrong_input_is_told_in_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "canary"
    with pytest.raises(InputError, match="holds no canary"):
        Canary.open(folder)
    run("save", "-r", "floor:length", "--out", str(folder))
    assert isinstance(
        CliRunner().invoke(cli, ["canary", "save", "-r", "floor:length", "--out", str(folder)]).exception, InputError
    )
    record = json.loads((folder / "canary.json").read_text())
    for field, words in (("fingerprint", "own settings have changed"), ("hash", "other papers or texts now")):
        (folder / "canary.json").write_text(json.dumps({**record, field: "other"}))
        error = CliRunner().invoke(cli, ["canary", "check", str(folder)]).exception
        assert isinstance(error, InputError) and words in str(error)
    (folder / "canary.json").write_text(json.dumps(record))
    shutil.rmtree(folder / "saved")
    assert CliRunner().invoke(cli, ["canary", "check", str(folder)]).exit_code
