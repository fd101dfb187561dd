"""Correlations with closed intervals, and means of human scores that a judge's scores help."""

from __future__ import annotations

import math

import numpy as np
import pytest
from peerassay.statistics.correlation import pearson_estimate, spearman_estimate
from peerassay.statistics.prediction_powered import expected_half_widths, powered_estimate


def test_the_intervals_are_scipy_s_and_bonett_and_wright_s() -> None:
    from scipy.stats import pearsonr, spearmanr

    rng = np.random.default_rng(3)
    x = rng.integers(1, 11, size=40)
    y = x + rng.integers(-4, 5, size=40)
    found, known = pearson_estimate(x, y), pearsonr(x, y)
    ends = known.confidence_interval()
    assert np.allclose([found.value, found.low, found.high], [known.statistic, *ends], atol=1e-6)
    ranked, r = spearman_estimate(x, y), spearmanr(x, y).statistic
    margin = 1.959964 * math.sqrt((1 + r**2 / 2) / 37)
    assert np.allclose([ranked.value, ranked.low], [r, math.tanh(math.atanh(r) - margin)])


@pytest.mark.parametrize("estimate", [pearson_estimate, spearman_estimate])
def test_where_there_is_no_correlation_or_no_interval(estimate: type) -> None:
    assert estimate([], []).value is None
    assert estimate([1, 2], [1, 2]).value is None, "two points lie on a line"
    assert estimate([1, 2, 3], [4, 4, 4]).value is None
    few = estimate([1, 2, 3, 4], [1, 3, 2, 4])
    assert few.value == pytest.approx(0.8) and few.low is None and few.few
    line = estimate(range(12), range(12))
    assert line.value == pytest.approx(1) and line.low is None
    with pytest.raises(ValueError, match="n"):
        estimate([1, 2, 3], [1, 2])


def test_a_powered_mean_is_never_wider_and_a_useless_judge_changes_nothing() -> None:
    rng = np.random.default_rng(0)
    narrower = 0
    for _ in range(200):
        quality = rng.normal(size=60)
        humans, judge = quality + rng.normal(size=60), quality + rng.normal(size=60)
        both = powered_estimate(humans[:15], judge[:15], judge[15:])
        widths = [(e.high or 0) - (e.low or 0) for e in (both.powered, both.labels_only)]
        assert widths[0] <= widths[1] * (1 + 1e-12)
        assert (both.weight == 0) == (both.powered == both.labels_only)
        narrower += widths[0] < widths[1]
    assert narrower > 150
    constant = powered_estimate(humans[:15], np.ones(15), np.ones(30))
    assert constant.weight == 0 and constant.powered == constant.labels_only
    few = powered_estimate(humans[:5], judge[:5], judge[5:])
    assert few.weight == 0 and few.powered.low is None


def test_a_perfect_judge_of_many_papers_saves_nearly_all_of_the_width() -> None:
    alone, helped = expected_half_widths(2.0, 0.8, 50, 500)
    assert alone == pytest.approx(2.009575 * 2 / math.sqrt(50), rel=1e-5)
    assert helped == pytest.approx(alone * math.sqrt(1 - 0.64 * 500 / 550))
    assert expected_half_widths(2.0, 0.0, 50, 500) == (alone, alone)
    with pytest.raises(ValueError, match="two reviews"):
        expected_half_widths(2.0, 0.5, 1, 10)
