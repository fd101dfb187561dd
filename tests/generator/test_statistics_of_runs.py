"""Differences between runs: intervals and tests against SciPy, the correction, and what cannot be tested."""

from __future__ import annotations

import itertools
import json
import math
import random
import statistics
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peerassay.generator.compare import compare_runs
from peerassay.generator.comparisons import RunComparison
from peerassay.generator.evidence import Evidence
from peerassay.generator.nodes import Node, Value
from peerassay.generator.template import Metric
from peerassay.statistics.multiple_testing import holm
from peerassay.statistics.sign_flip import (
    conditional_power,
    detectable_shift,
    least_p,
    pairs_needed,
    power,
    sign_flip_test,
)
from peerassay.statistics.significance import paired_mean_test

LOSS = Metric(name="loss", label="Loss", better="lower", primary=True)
ACCURACY = Metric(name="accuracy", label="Accuracy", better="higher")


def node(run: str, **datasets: dict[str, list[float]]) -> Node:
    results = {
        dataset: {name: Value(mean=statistics.fmean(seeds), seeds=tuple(seeds)) for name, seeds in metrics.items()}
        for dataset, metrics in datasets.items()
    }
    return Node(run=run, label=run.replace("_", " "), status="ok", results=results)


def only(items: tuple[RunComparison, ...]) -> RunComparison:
    (item,) = items
    return item


differences = st.lists(st.floats(-100, 100).map(lambda x: round(x, 3)), min_size=2, max_size=8)


@pytest.mark.filterwarnings("ignore:Precision loss")
@settings(max_examples=60)
@given(differences)
def test_interval_and_p_value_are_those_of_scipy(values: list[float]) -> None:
    from scipy.stats import ttest_1samp

    found = paired_mean_test(values)
    if math.isnan(found.p_value):
        assert len(set(values)) == 1
        return
    test = ttest_1samp(values, 0)
    interval = test.confidence_interval(0.95)
    expected = (interval.low, interval.high, test.pvalue)
    assert (*found.interval, found.p_value) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@settings(max_examples=60)
@given(st.lists(st.lists(st.integers(-6, 6), min_size=1, max_size=4), min_size=1, max_size=3))
def test_sign_flips_are_counted_one_by_one(blocks: list[list[int]]) -> None:
    """Against plain enumeration of all flips, the blocks scaled by hand."""
    scaled = [x / (math.sqrt(sum(y * y for y in b) / len(b)) or 1) for b in blocks for x in b]
    total = abs(sum(scaled))
    sums = [abs(sum(s * x for s, x in zip(signs, scaled, strict=True)))
            for signs in itertools.product((1, -1), repeat=len(scaled))]  # fmt: skip
    found = sign_flip_test(blocks)
    assert found.p_value == pytest.approx(sum(one >= total - 1e-9 for one in sums) / len(sums))
    assert (found.positive, found.negative, found.pairs) == (
        sum(x > 0 for x in scaled), sum(x < 0 for x in scaled), len(scaled),
    )  # fmt: skip


def test_the_smallest_p_value_of_a_sign_flip_test() -> None:
    """With three seeds it is a quarter, so that nothing can be resolved; six are the fewest for one test at .05."""
    assert sign_flip_test([[1.0, 2.0, 3.0]]).p_value == least_p(3) == 0.25
    assert (pairs_needed(0.05), least_p(6), least_p(5)) == (6, 0.03125, 0.0625)
    assert sign_flip_test([[0.0, 0.0], [0.0]]).p_value == 1.0
    assert sign_flip_test([[1.0, 0.0, 2.0, 3.0]]).p_value == 0.25
    assert sign_flip_test([[1.0] * 60]).p_value == 1e-5
    with pytest.raises(ValueError, match="no NaN"):
        sign_flip_test([[math.nan]])


def test_a_failed_seed_counts_as_the_largest_difference_of_its_dataset() -> None:
    found = sign_flip_test([[1.0, -2.0, math.inf], [0.5]])
    assert found == sign_flip_test([[1.0, -2.0, 2.0], [0.5]])
    assert sign_flip_test([[math.inf, math.inf]]) == sign_flip_test([[1.0, 1.0]])


@pytest.mark.parametrize(("pairs", "level", "shift"), [(12, 0.05 / 6, 1.2), (8, 0.05, 1.0), (16, 0.025, 0.9)])
def test_the_power_that_is_told_is_that_of_simulated_tests(pairs: int, level: float, shift: float) -> None:
    rng = np.random.default_rng(1)
    hits = sum(sign_flip_test([rng.normal(shift, 1, pairs)]).p_value <= level for _ in range(600))
    assert power(shift, pairs, level) == pytest.approx(hits / 600, abs=0.06)
    found = detectable_shift(pairs, level)
    assert found is not None
    assert power(found, pairs, level) == pytest.approx(0.8, abs=1e-3)
    assert detectable_shift(3, 0.05) is None


def test_conditional_power_follows_the_trend() -> None:
    assert conditional_power(0.1, 12, 24, 0.01) < 0.05 < 0.5 < conditional_power(2.5, 12, 24, 0.01)
    assert conditional_power(1.7, 3, 6, 0.01) == 0.0
    assert conditional_power(2.0, 12, 12, 0.05) == 0.0


def test_a_worked_example_of_holm() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_never_lowers_a_p_value_and_keeps_the_order(p_values: list[float]) -> None:
    corrected = holm(p_values)
    assert all(p <= q <= 1 for p, q in zip(p_values, corrected, strict=True))
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    assert all(corrected[a] <= corrected[b] for a, b in pairwise(order))


def test_tests_that_were_planned_and_not_made_count() -> None:
    assert holm([0.01, 0.02], tests=4) == pytest.approx([0.04, 0.06])
    assert holm([0.01, 0.02], tests=1) == holm([0.01, 0.02])


def test_effects_go_by_the_direction_of_the_metric() -> None:
    draw = random.Random(1)
    base = {"loss": [draw.gauss(1, 0.01) for _ in range(8)], "accuracy": [draw.gauss(0.5, 0.01) for _ in range(8)]}
    risen = {name: [value + draw.gauss(1, 0.01) for value in values] for name, values in base.items()}
    found = compare_runs([node("run_0", a=base), node("run_1", a=risen)], [LOSS, ACCURACY])
    assert [item.effect for item in found.items] == [item.effect for item in found.pooled] == ["worse", "better"]
    assert found.items[0].difference == pytest.approx(1.0, abs=0.05)
    assert found.items[0].percent == pytest.approx(100.0, abs=5)
    assert found.items[0].low is not None and found.items[0].high is not None
    assert found.items[0].low < 1.0 < found.items[0].high
    assert (found.pooled[0].p, found.pooled[0].higher, found.pooled[1].for_better) == (2**-7, 8, 8)
    assert found.decision("run_1", "loss") == found.decision("run_1", "loss", "a") == "worse"
    assert found.decision("run_9", "loss") == "not tested"


def test_primary_and_other_metrics_are_corrected_apart() -> None:
    draw = random.Random(0)
    seeds = {name: [draw.gauss(0, 1) for _ in range(4)] for name in ("loss", "accuracy")}
    moved = [{name: [v + draw.gauss(1.5, 1) for v in values] for name, values in seeds.items()} for _ in range(3)]
    nodes = [node("run_0", a=seeds, b=seeds)] + [node(f"run_{i}", a=m, b=m) for i, m in enumerate(moved, 1)]
    found = compare_runs(nodes, [LOSS, ACCURACY])
    primary = found.of(primary=True)
    assert [item.p_holm for item in primary] == pytest.approx(holm([item.p or 0.0 for item in primary]))
    assert len(primary) == 6
    pooled = [item for item in found.pooled if item.metric.primary]
    assert [item.p_holm for item in pooled] == pytest.approx(holm([item.p or 0.0 for item in pooled]))
    assert len(pooled) == 3


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [([1.0], [2.0], "fewer than two seeds"), ([1.0, 2.0], [2.0], "seed failed"), ([3.0] * 3, [4.0] * 3, "not vary")],
)
def test_what_cannot_be_tested_says_why(before: list[float], after: list[float], reason: str) -> None:
    found = compare_runs([node("run_0", a={"loss": before}), node("run_1", a={"loss": after})], [LOSS])
    item = only(found.items)
    assert (item.effect, item.p, item.low) == ("not tested", None, None)
    assert reason in item.reason


def test_runs_that_failed_or_lack_a_dataset_are_passed_over() -> None:
    values = {"loss": [1.0, 1.1]}
    failed = Node(run="run_1", label="x", status="failed", reason="r")
    found = compare_runs([node("run_0", a=values, b=values), failed, node("run_2", b=values)], [LOSS, ACCURACY])
    assert (only(found.items).run, only(found.items).dataset) == ("run_2", "b")
    assert compare_runs([node("run_2", b=values)], [LOSS]).items == ()


def test_statistics_json_names_each_value(tmp_path: Path) -> None:
    nodes = [node("run_0", a={"loss": [1.0, 1.2, 1.1]}), node("run_1", a={"loss": [1.3, 1.2, 1.5]})]
    found = Evidence.of(nodes, [LOSS])
    found.write_statistics(tmp_path / "statistics.json")
    written = json.loads((tmp_path / "statistics.json").read_text())
    item = only(found.comparisons.items)
    assert written["p_holm/a/loss/run_1"] == item.p_holm
    single = ("difference", "percent", "low", "high", "p", "p_holm", "baseline", "mean")
    over_all = {f"{name}/all datasets/loss/run_1" for name in ("pairs", "lower", "higher")}
    assert set(written) == {f"{name}/a/loss/run_1" for name in single} | over_all
