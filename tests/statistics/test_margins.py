"""Intervals of all differences at once against the tests of one pair after the other."""

from __future__ import annotations

import numpy as np
import pytest
from peerassay.statistics.delong import delong_test
from peerassay.statistics.margins import bootstrap_margins, delong_margins, delong_p_values, differing_groups
from peerassay.statistics.significance import paired_t_test


@pytest.mark.parametrize("grouped", [False, True])
def test_margins_of_areas_are_those_of_the_test_of_each_pair(grouped: bool) -> None:
    rng = np.random.default_rng(0)
    y = rng.random(120) < 0.4
    groups = [f"g{i // 3}" for i in range(120)] if grouped else None
    scores = np.round(y + rng.normal(0, 1, (5, 120)), 1)
    scores[4] = 2 * scores[0] + 1
    areas, margins = delong_margins(y, scores, groups=groups)
    for a in range(5):
        for b in range(5):
            test = delong_test(y, scores[a], scores[b], groups=groups)
            assert areas[a] - areas[b] == pytest.approx(test.difference, abs=1e-12)
            assert margins[a, b] == pytest.approx((test.interval[1] - test.interval[0]) / 2, abs=1e-9)
    assert margins[0, 4] == 0


@pytest.mark.parametrize(("papers", "grouped"), [(120, False), (120, True), (14, False)])
def test_p_values_of_all_pairs_are_those_of_the_test_of_each(papers: int, grouped: bool) -> None:
    rng = np.random.default_rng(3)
    y = np.arange(papers) % 2 == 0
    groups = [f"g{i // 3}" for i in range(papers)] if grouped else None
    scores = np.round(y + rng.normal(0, 1, (6, papers)), 1)
    scores[3], scores[4], scores[5] = 2 * scores[0] + 1, y, -1.0 * y
    found = delong_p_values(y, scores, groups=groups)
    each = [[delong_test(y, a, b, groups=groups).p_value for b in scores] for a in scores]
    np.testing.assert_allclose(found, each, rtol=1e-9)
    assert found[0, 3] == 1 and found[4, 5] < 0.01


def test_there_is_no_margin_from_few_papers_or_without_spread() -> None:
    y = np.arange(12) < 5
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(2, 12))
    assert np.isnan(delong_margins(y, scores)[1][0, 1])
    y = np.arange(40) < 20
    opposite = np.stack([y.astype(float), -y.astype(float)])
    areas, margins = delong_margins(y, opposite)
    assert areas.tolist() == [1, 0] and np.isnan(margins[0, 1])
    with pytest.raises(ValueError, match="two accepted"):
        delong_margins(np.arange(5) < 1, rng.normal(size=(2, 5)))


def test_margins_of_a_bootstrapped_metric_are_those_of_the_paired_test() -> None:
    rng = np.random.default_rng(2)
    shared = rng.normal(size=300)
    draws = 0.6 + 0.02 * (shared + rng.normal(size=(4, 300)))
    values = np.array([0.6, 0.58, 0.61, 0.6])
    draws[3] = draws[0]
    margins = bootstrap_margins(values, draws, freedom=50)
    test = paired_t_test(draws[0], draws[1], values[0] - values[1], freedom=50)
    assert margins[0, 1] == margins[1, 0] == pytest.approx((test.interval[1] - test.interval[0]) / 2)
    assert margins[0, 3] == 0
    constant = np.repeat([[0.0], [1.0]], 300, axis=1)
    assert np.isnan(bootstrap_margins(np.array([0.0, 1.0]), constant, freedom=50)[0, 1])


def test_papers_of_a_group_differ_once() -> None:
    decisions = np.array([[1, 1, 1, 1, 0], [0, 1, 0, 1, 0], [1, 1, 1, 1, 1]], dtype=bool)
    assert differing_groups(decisions, np.array([0, 1, 0, 2, 3])).tolist() == [[0, 1, 1], [1, 0, 2], [1, 2, 0]]
