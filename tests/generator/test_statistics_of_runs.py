"""Differences between runs: intervals and tests against SciPy, the correction, and what cannot be tested."""

from __future__ import annotations

import json
import math
import random
import statistics
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peerassay.generator.comparisons import RunComparison, compare_runs
from peerassay.generator.evidence import Evidence
from peerassay.generator.nodes import Node, Value
from peerassay.generator.template import Metric
from peerassay.statistics.multiple_testing import holm
from peerassay.statistics.significance import welch_test

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


samples = st.lists(st.floats(-100, 100).map(lambda x: round(x, 3)), min_size=2, max_size=6)


@pytest.mark.filterwarnings("ignore:Precision loss")
@settings(max_examples=60)
@given(before=samples, after=samples)
def test_interval_and_p_value_are_those_of_scipy(before: list[float], after: list[float]) -> None:
    from scipy.stats import ttest_ind

    found = welch_test(before, after)
    if math.isnan(found.p_value):
        assert len(set(before)) == len(set(after)) == 1
        return
    test = ttest_ind(after, before, equal_var=False)
    interval = test.confidence_interval(0.95)
    expected = (interval.low, interval.high, test.pvalue)
    assert (*found.interval, found.p_value) == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_a_worked_example_of_holm() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_never_lowers_a_p_value_and_keeps_the_order(p_values: list[float]) -> None:
    corrected = holm(p_values)
    assert all(p <= q <= 1 for p, q in zip(p_values, corrected, strict=True))
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    assert all(corrected[a] <= corrected[b] for a, b in pairwise(order))


def test_effects_go_by_the_direction_of_the_metric() -> None:
    base = {"loss": [1.0, 1.01, 0.99], "accuracy": [0.5, 0.51, 0.49]}
    risen = {"loss": [2.0, 2.01, 1.99], "accuracy": [0.9, 0.91, 0.89]}
    items = compare_runs([node("run_0", a=base), node("run_1", a=risen)], [LOSS, ACCURACY]).items
    assert [item.effect for item in items] == ["worse", "better"]
    assert items[0].difference == pytest.approx(1.0)
    assert items[0].percent == pytest.approx(100.0)
    assert items[0].low is not None and items[0].high is not None
    assert items[0].low < 1.0 < items[0].high


def test_primary_and_other_metrics_are_corrected_apart() -> None:
    draw = random.Random(0)
    seeds = {name: [draw.gauss(0, 1) for _ in range(4)] for name in ("loss", "accuracy")}
    moved = {name: [value + 1.5 for value in values] for name, values in seeds.items()}
    nodes = [node("run_0", a=seeds, b=seeds)] + [node(f"run_{i}", a=moved, b=moved) for i in (1, 2, 3)]
    primary = compare_runs(nodes, [LOSS, ACCURACY]).of(primary=True)
    assert [item.p_holm for item in primary] == pytest.approx(holm([item.p or 0.0 for item in primary]))
    assert len(primary) == 6


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [([1.0], [2.0], "fewer than two seeds"), ([1.0, 2.0], [2.0], "fewer than two"), ([3.0] * 3, [4.0] * 3, "not vary")],
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
    assert set(written) == {f"{name}/a/loss/run_1" for name in ("difference", "percent", "low", "high", "p", "p_holm")}
