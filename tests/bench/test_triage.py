"""Selective use: curves, promises, losses and seats on committees come out as they were put in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from peerassay.cli.main import cli
from peerassay.data.errors import InputError
from peerassay.statistics.bootstrap import stratified_counts
from peerassay.statistics.committee import HUMAN, committee_seats
from peerassay.statistics.estimate import Estimate
from peerassay.statistics.selective import abstain, lowest, risk_coverage

from tests.bench.synthetic_run import made_run

N = 400


def test_risk_grows_with_coverage_where_the_sure_are_right() -> None:
    wrong = np.arange(10) >= 8
    found = risk_coverage(wrong, -np.arange(10.0), stratified_counts(wrong, 50, 0), coverages=(1.0, 0.9, 0.8, 0.5))
    assert [risk.value for risk in found.risks] == pytest.approx([0.2, 1 / 9, 0.0, 0.0])
    assert found.area.value == pytest.approx((1 / 9 + 2 / 10) / 10)


def test_equal_confidence_has_one_risk_at_every_coverage() -> None:
    rng = np.random.default_rng(0)
    wrong = rng.random(N) < 0.3
    found = risk_coverage(wrong, np.ones(N), stratified_counts(wrong, 200, 0))
    assert [risk.value for risk in found.risks] == pytest.approx([wrong.mean()] * 5)
    with_ties = risk_coverage([0, 1, 1, 0], [2, 1, 1, 0], np.ones((1, 4)), coverages=(0.5,))
    assert with_ties.risks[0].value == pytest.approx(0.5)


def test_a_promised_risk_is_kept_and_nothing_is_promised_of_chance() -> None:
    broken = decided = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        y, confidence = rng.random(N) < 0.4, rng.random(N)
        wrong = rng.random(N) < 0.5 * (1 - confidence)
        found = abstain(y, wrong, confidence, 0.2, seed=seed)
        broken += found.kept is False
        decided += found.risk is not None
        assert abstain(y, rng.random(N) < 0.4, confidence, 0.2, seed=seed).coverage.value == 0
    assert decided >= 18 and broken <= 1
    with pytest.raises(ValueError, match="between 0 and 1"):
        abstain([0, 1], [0, 1], [0.1, 0.2], 1.0)


def test_the_lowest_are_counted_and_ties_are_shared() -> None:
    y = [0, 0, 1, 0, 1, 1, 0, 1, 1, 1]
    found = lowest(y, np.arange(10.0), 0.3)
    assert (found.turned_away, found.false.value, found.accepted.value) == pytest.approx((3, 1 / 6, 1 / 3))
    lot = lowest(y, np.ones(10), 0.3)
    assert lot.false.value == pytest.approx(0.3) and lot.accepted.value == pytest.approx(0.6)


@pytest.fixture(scope="module")
def panel() -> tuple[list[list[float]], np.ndarray, np.ndarray]:
    """Four ratings of each paper and a fifth by a further human, who is offered as a machine."""
    rng = np.random.default_rng(2)
    quality = rng.normal(size=N)
    ratings = np.round(5.5 + 1.5 * quality[:, None] + rng.normal(0, 1.5, (N, 5)))
    return ratings[:, :4].tolist(), quality > 0.4, ratings[:, 4]


def test_a_human_in_disguise_changes_as_much_as_a_human(
    panel: tuple[list[list[float]], np.ndarray, np.ndarray],
) -> None:
    ratings, accepted, further = panel
    noise = np.random.default_rng(3).normal(size=N)
    rows = committee_seats(ratings, accepted, {"human": further, "noise": noise, "constant": np.ones(N)}, repeats=60)
    more = {row.name: ends(row.more_flips) for row in rows if row.name != HUMAN}
    assert more["human"][0] <= 0 <= more["human"][2]
    assert more["noise"][0] > 0 and more["constant"][1] < 0.02
    low, word, high = zip(*(ends(row.breaks) for row in rows), strict=True)
    names = [row.name for row in rows]
    assert abs(word[names.index("human")] - word[names.index(HUMAN)]) < 0.04
    for name in ("noise", "constant"):
        place = names.index(name)
        assert low[place] - 0.02 < 0.5 < high[place] + 0.02
        assert word[place] < word[names.index("human")] - 0.05


def ends(estimate: Estimate | None) -> tuple[float, float, float]:
    """Low end, value, high end."""
    assert estimate is not None
    assert estimate.low is not None and estimate.value is not None and estimate.high is not None
    return estimate.low, estimate.value, estimate.high


def triage(*words: str) -> dict[str, Any]:
    done = CliRunner().invoke(cli, ["triage", *words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_the_command_reads_a_run(tmp_path: Path) -> None:
    made_run(tmp_path / "run", ["sharp", "floor:random"], failures=3)
    found = triage(str(tmp_path / "run"), "--lowest", "25", "--abstain", "0.3", "--out", str(tmp_path / "out"))
    rows = {row["reviewer"]: row for row in found["rows"]}
    assert rows["sharp"]["lowest"][0]["false"]["value"] < rows["floor:random"]["lowest"][0]["false"]["value"]
    assert rows["sharp"]["usd"] == pytest.approx(200) and rows["sharp"]["hours"] == pytest.approx(1.0, abs=0.01)
    assert found["seats"][0]["name"] == HUMAN
    assert (tmp_path / "out" / "figures" / "risk_coverage.svg").is_file()
    shown = CliRunner().invoke(cli, ["triage", str(tmp_path / "run")])
    assert "A place on a committee" in shown.stdout and "sharp" in shown.stdout


def test_a_constant_is_as_sure_of_each_paper(tmp_path: Path) -> None:
    run = made_run(tmp_path / "run", ["sharp"])
    path = run.folder / "reviews.jsonl"
    lines = [json.dumps({**json.loads(line), "overall": 5.0}) for line in path.read_text().splitlines()]
    path.write_text("\n".join(lines) + "\n")
    (row,) = triage(str(run.folder))["rows"]
    assert len({round(risk["value"], 9) for risk in row["curve"]["risks"]}) == 1


def test_without_ratings_there_are_no_committees_and_that_is_said(tmp_path: Path) -> None:
    made_run(tmp_path / "run", ["sharp"], constructed=True)
    found = triage(str(tmp_path / "run"))
    assert not found["seats"] and "0 papers have more than 3 human ratings" in str(found["notes"])
    assert isinstance(CliRunner().invoke(cli, ["triage", str(tmp_path / "none")]).exception, InputError)
