"""Intervals over papers of which some depend on each other."""

from __future__ import annotations

import numpy as np
import pytest
from peerassay.statistics.clustered import clustered_mean, clustered_share, clustered_slope, group_sums
from peerassay.statistics.intervals import mean_interval, wilson


def test_without_groups_the_mean_has_students_interval() -> None:
    values = np.random.default_rng(0).normal(size=40)
    found = clustered_mean(values)
    assert (found.low, found.high) == pytest.approx(mean_interval(values.tolist()))


def test_copies_of_a_paper_add_nothing() -> None:
    values = np.random.default_rng(1).normal(size=30)
    groups = [i for i in range(30) for _ in range(3)]
    once, thrice = clustered_mean(values), clustered_mean(np.repeat(values, 3), groups)
    assert (thrice.low, thrice.high) == pytest.approx((once.low, once.high))
    share = (values > 0).astype(float)
    one, three = clustered_share(share), clustered_share(np.repeat(share, 3), groups)
    assert (three.low, three.high) == pytest.approx((one.low, one.high), abs=0.01)


def test_values_that_are_all_the_same_have_no_interval_of_a_mean_but_one_of_a_share() -> None:
    assert clustered_mean(np.ones(20)).low is None
    share = clustered_share(np.ones(20), [i // 2 for i in range(20)])
    assert share.value == share.high == 1
    assert share.low == pytest.approx(wilson([10], [10])[0][0])


def test_few_groups_have_no_interval() -> None:
    assert clustered_mean(np.arange(20.0), [i // 4 for i in range(20)]).few
    assert clustered_mean([]).value is None
    with pytest.raises(ValueError, match="finite"):
        clustered_mean([1.0, np.nan])
    with pytest.raises(ValueError, match="from 0 to 1"):
        clustered_share([0.0, 2.0])


def test_the_slope_is_that_at_given_other_variables() -> None:
    rng = np.random.default_rng(2)
    other = rng.normal(size=400)
    x = other + rng.normal(size=400)
    y = 2 * x - 3 * other + rng.normal(size=400)
    held = clustered_slope(y, x, [other])
    alone = clustered_slope(y, x)
    assert held.low is not None and held.high is not None and alone.high is not None
    assert held.low < 2 < held.high
    assert alone.high < 2
    assert clustered_slope(y, other, [other]).value is None
    assert clustered_slope(np.full(400, 0.1), x, [other]).value == 0


def test_intervals_of_dependent_papers_cover() -> None:
    """Pairs with a common part: 95% intervals hold the truth about as often; those for independent papers do not."""
    rng = np.random.default_rng(3)
    groups = [i // 2 for i in range(60)]
    held = {"grouped": 0, "alone": 0, "share": 0}
    for _ in range(400):
        common = np.repeat(rng.normal(size=30), 2)
        values = common + 0.3 * rng.normal(size=60)
        for name, found in (("grouped", clustered_mean(values, groups)), ("alone", clustered_mean(values))):
            assert found.low is not None and found.high is not None
            held[name] += found.low <= 0 <= found.high
        share = clustered_share((values > 0).astype(float), groups)
        assert share.low is not None and share.high is not None
        held["share"] += share.low <= 0.5 <= share.high
    assert 0.92 <= held["grouped"] / 400 <= 0.975
    assert 0.92 <= held["share"] / 400 <= 0.985
    assert held["alone"] / 400 < 0.88


def test_sums_are_by_group() -> None:
    assert group_sums([1, 2, 4], ["a", "b", "a"]).tolist() == [5, 2]
