"""Intervals: what they hold at the ends, with groups, with too few papers; a light check of their coverage."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from peerassay.bench.decisions import cross_fitted
from peerassay.bench.evaluate import evaluate
from peerassay.bench.load_outcomes import machine_of
from peerassay.bench.outcomes import Humans
from peerassay.bench.resampled import Bootstrap
from peerassay.presentation.numbers import show
from peerassay.reviewer.protocol import Traits
from peerassay.reviewer.review import Review
from peerassay.statistics.bootstrap import stratified_counts
from peerassay.statistics.calibration import ThresholdRule
from peerassay.statistics.cross_fitting import cross_fitted_balanced_accuracy
from peerassay.statistics.estimate import too_few
from peerassay.statistics.intervals import auc_interval, balanced_accuracy_interval, centred_interval, spread_interval

RNG = np.random.default_rng(3)


def humans_of(accepted: np.ndarray, groups: list[str] | None = None) -> Humans:
    n = len(accepted)
    names = tuple(f"p{i}" for i in range(n))
    nothing = np.full(n, np.nan)
    return Humans(names, accepted, nothing, nothing, tuple(groups or names), ((),) * n)


def simulation() -> ModuleType:
    path = Path(__file__).parents[2] / "bench" / "simulations" / "coverage.py"
    spec = importlib.util.spec_from_file_location("coverage_simulation", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_an_auc_interval_is_delongs_on_the_logit_scale() -> None:
    y = np.arange(200) < 80
    score = y * 1.0 + RNG.normal(size=200)
    low, high = auc_interval(y, score)
    draws = stratified_counts(y, 4000)
    from peerassay.statistics.metrics import roc_auc_score

    value, drawn = roc_auc_score(y, score), roc_auc_score(y, score, sample_weight=draws)
    assert 0 < low < value < high < 1
    assert (high - low) / 2 == pytest.approx(1.99 * drawn.std(), rel=0.06)


def test_ends_that_have_no_variance() -> None:
    y = np.arange(40) < 10
    assert auc_interval(y, y) == (pytest.approx(0.025 ** (1 / 10)), 1.0)
    assert auc_interval(y, ~y) == (0.0, pytest.approx(1 - 0.025 ** (1 / 10)))
    assert auc_interval(y, np.zeros(40)) == (0.5, 0.5)
    low, high = balanced_accuracy_interval([10, 30], [10, 30])
    assert high == pytest.approx(1.0) and 0.8 < low < 0.9


def test_groups_are_drawn_together_and_counted_once() -> None:
    y = np.arange(60) % 2 == 0
    groups = [f"g{i // 2}" for i in range(60)]
    counts = stratified_counts(y, 500, groups=groups)
    assert (counts[:, ::2] == counts[:, 1::2]).all()
    assert (counts.sum(axis=1) == 60).all()
    assert (stratified_counts(y, 50, groups=[str(i) for i in range(60)]) == stratified_counts(y, 50)).all()
    shared = np.repeat(RNG.normal(size=30), 2)
    score = shared + 0.3 * y + 0.1 * RNG.normal(size=60)
    alone, together = auc_interval(y, score), auc_interval(y, score, groups=groups)
    assert together[1] - together[0] < 0.7 * (alone[1] - alone[0])


@pytest.mark.parametrize(
    ("accepted", "rejected", "few"), [(8, 24, False), (7, 93, True), (10, 20, True), (0, 8, False), (0, 7, True)]
)
def test_too_few_papers_are_named_and_not_given_an_interval(accepted: int, rejected: int, few: bool) -> None:
    y = np.arange(accepted + rejected) < accepted
    assert too_few(y) is few
    if accepted and few:
        humans = humans_of(y)
        reviews = [Review(paper_id=p, overall=float(i % 6)) for i, p in enumerate(humans.ids)]
        figures = evaluate(humans, machine_of("x", Traits(), reviews, humans), Bootstrap(humans, 100))
        assert figures.scores["auc"].low is None
        assert show(figures.scores["auc"]).endswith("[too few papers]")
        assert all(e.low is None for row in figures.decisions for e in row.metrics.values())


def test_groups_of_one_class_count_once_for_what_is_enough() -> None:
    y = np.arange(40) < 10
    assert too_few(y, ["one"] * 10 + [str(i) for i in range(30)])


def test_cross_fitted_accuracy_is_the_mean_over_deals_of_cross_fit() -> None:
    y = np.arange(120) < 50
    score = np.digitize(0.8 * y + RNG.normal(size=120), (-1.3, -0.6, 0.0, 0.7, 1.5)).astype(float)
    share = cross_fitted(humans_of(y), score, ThresholdRule.fit)
    expected = (share[y].mean() + 1 - share[~y].mean()) / 2
    assert cross_fitted_balanced_accuracy(y, score) == pytest.approx(expected, abs=1e-12)


def test_a_draw_fits_its_own_thresholds() -> None:
    y = np.arange(60) < 25
    score = 0.5 * y + RNG.normal(size=60)
    counts = stratified_counts(y, 5)
    drawn = cross_fitted_balanced_accuracy(y, score, sample_weight=counts, seeds=range(2))
    groups = [str(i) for i in range(60)]
    for weights, value in zip(counts, drawn, strict=True):
        copies = np.repeat(np.arange(60), weights)
        alone = cross_fitted_balanced_accuracy(y[copies], score[copies], groups=[groups[i] for i in copies], seeds=[0])
        assert 0 <= value <= 1 and abs(value - alone) < 0.25
    failed = np.where(y, -np.inf, np.inf)
    assert cross_fitted_balanced_accuracy(y, np.where(np.arange(60) < 2, failed, score)) < 1


def test_spread_and_centred_intervals_stay_within_their_ends() -> None:
    draws = RNG.normal(0.06, 0.01, 4000)
    low, high = centred_interval(0.03, draws)
    assert low < 0.03 < high and (low + high) / 2 == pytest.approx(0.03, abs=0.002)
    assert centred_interval(0.001, draws)[0] == 0.0
    assert spread_interval(0.99, draws, 20)[1] == 1.0
    assert np.isnan(spread_interval(0.5, np.full(10, np.nan), 20)).all()


def test_intervals_cover() -> None:
    """Two worlds of the simulation; all of them by `make coverage`."""
    module = simulation()
    for world in (module.CoverageCase(32, 0.25, 0.8, True), module.CoverageCase(100, 0.37, 0.8, False)):
        shares = module.coverage(world, 120)
        assert min(shares.values()) >= 0.88, (world, shares)
