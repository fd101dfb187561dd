"""The bootstrap draws and their percentile interval."""

from __future__ import annotations

import math

import numpy as np
import pytest
from peerassay.statistics.bootstrap import percentile_interval, stratified_counts
from peerassay.statistics.metrics import accuracy_score, roc_auc_score
from scipy import stats


def test_each_stratum_keeps_its_size() -> None:
    strata = np.array(["a", "b", "a", "c", "b", "a"])
    counts = stratified_counts(strata, 2500)
    assert counts.shape == (2500, 6)
    assert counts.dtype == np.uint8
    for name, size in (("a", 3), ("b", 2), ("c", 1)):
        assert (counts[:, strata == name].sum(axis=1) == size).all()


def test_counts_are_multinomial_in_every_draw_block() -> None:
    counts = stratified_counts(np.zeros(20), 5000)
    for part in (counts[:1000], counts[-1000:]):
        seen = np.bincount(part.ravel(), minlength=6)[:6]
        expected = stats.binom.pmf(range(6), 20, 1 / 20) * part.size
        assert stats.chisquare(seen, expected * seen.sum() / expected.sum()).pvalue > 1e-4
    assert np.corrcoef(counts[:, 0], counts[:, 1])[0, 1] == pytest.approx(-1 / 19, abs=0.05)
    assert len(np.unique(counts, axis=0)) == 5000


def test_the_seed_sets_the_draws() -> None:
    y = [0, 1] * 10
    assert (stratified_counts(y, 50, seed=3) == stratified_counts(y, 50, seed=3)).all()
    assert (stratified_counts(y, 50, seed=3) != stratified_counts(y, 50, seed=4)).any()


@pytest.mark.parametrize(("strata", "draws"), [([], 10), ([[0, 1]], 10), ([0, 1], 0)])
def test_wrong_strata_or_draws_are_refused(strata: list, draws: int) -> None:
    with pytest.raises(ValueError, match=r"strata must have|draws must be"):
        stratified_counts(strata, draws)


def test_interval_is_the_central_share() -> None:
    assert percentile_interval(np.arange(1001)) == pytest.approx((25, 975))
    assert percentile_interval(np.arange(1001), level=0.5) == pytest.approx((250, 750))


def test_interval_leaves_out_a_few_undefined_draws_only() -> None:
    values = np.arange(1001.0)
    assert percentile_interval(np.concatenate([values, np.full(50, np.nan)])) == pytest.approx((25, 975))
    assert all(math.isnan(end) for end in percentile_interval(np.concatenate([values, np.full(60, np.nan)])))


@pytest.mark.parametrize(("values", "level"), [([], 0.95), ([[1.0]], 0.95), ([1.0], 95), ([1.0], 0)])
def test_wrong_values_or_level_are_refused(values: list, level: float) -> None:
    with pytest.raises(ValueError, match=r"values must have|level must lie"):
        percentile_interval(values, level)


def test_interval_of_accuracy_has_the_binomial_width() -> None:
    y = np.repeat([0, 1], [300, 200])
    decision = np.where(np.arange(500) % 4 == 0, 1 - y, y)
    low, high = percentile_interval(accuracy_score(y, decision, sample_weight=stratified_counts(y)))
    assert high - low == pytest.approx(2 * 1.96 * math.sqrt(0.75 * 0.25 / 500), rel=0.05)


def test_interval_of_the_auc_covers_the_truth() -> None:
    rng = np.random.default_rng(5)
    y = np.repeat([0, 1], [70, 50])
    truth = stats.norm.cdf(0.8 / math.sqrt(2))
    weights = stratified_counts(y, 400)
    covered = 0
    for _ in range(300):
        low, high = percentile_interval(roc_auc_score(y, rng.normal(size=120) + 0.8 * y, sample_weight=weights))
        covered += low <= truth <= high
    assert 0.90 <= covered / 300 <= 0.985
