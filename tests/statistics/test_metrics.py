"""All metrics through one registry: oracles, and the invariances that each must have."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peerassay.statistics import metrics, rank_metrics
from peerassay.statistics.bootstrap import percentile_interval, stratified_counts
from scipy import stats
from sklearn import metrics as sk


def ordered_pairs(truth: np.ndarray, score: np.ndarray) -> float:
    worth = [
        1.0 if (a - b) * (c - d) > 0 else 0.5 if c == d else 0.0
        for (a, c), (b, d) in combinations(zip(truth, score, strict=True), 2)
        if a != b
    ]
    return float(np.mean(worth)) if worth else math.nan


def calibration_error(y: np.ndarray, p: np.ndarray) -> float:
    edges = np.arange(1, 10) / 10
    bins = np.digitize(p, edges)
    return sum(abs(y[bins == b].mean() - p[bins == b].mean()) * (bins == b).mean() for b in set(bins.tolist()))


@dataclass(frozen=True)
class Metric:
    function: Callable
    kind: str  # what it compares: decision, score, probability, rating, tier
    oracle: Callable
    ranks: bool = False  # depends on the order of scores alone
    reversed_value: Callable | None = None  # what becomes of the value when the scores are reversed

    @property
    def name(self) -> str:
        return self.function.__name__


def false_positives(y: np.ndarray, d: np.ndarray) -> float:
    return float(np.mean(d[y == 0]))


def false_negatives(y: np.ndarray, d: np.ndarray) -> float:
    return float(np.mean(1 - d[y == 1]))


def complement(value: float) -> float:
    return 1 - value


REGISTRY = [
    Metric(metrics.balanced_accuracy_score, "decision", sk.balanced_accuracy_score, reversed_value=complement),
    Metric(metrics.accuracy_score, "decision", sk.accuracy_score, reversed_value=complement),
    Metric(metrics.f1_score, "decision", lambda y, d: sk.f1_score(y, d, zero_division=0)),
    Metric(metrics.matthews_corrcoef, "decision", sk.matthews_corrcoef, reversed_value=lambda v: -v),
    Metric(metrics.false_positive_rate, "decision", false_positives, reversed_value=complement),
    Metric(metrics.false_negative_rate, "decision", false_negatives, reversed_value=complement),
    Metric(metrics.decision_auc, "decision", sk.roc_auc_score, reversed_value=complement),
    Metric(metrics.roc_auc_score, "score", sk.roc_auc_score, ranks=True, reversed_value=complement),
    Metric(metrics.average_precision_score, "score", sk.average_precision_score, ranks=True),
    Metric(metrics.brier_score_loss, "probability", sk.brier_score_loss),
    Metric(metrics.expected_calibration_error, "probability", calibration_error),
    Metric(rank_metrics.spearman, "rating", lambda r, s: stats.spearmanr(r, s)[0], True, lambda v: -v),
    Metric(rank_metrics.kendall, "rating", lambda r, s: stats.kendalltau(r, s)[0], True, lambda v: -v),
    Metric(rank_metrics.pairwise_accuracy, "rating", ordered_pairs, True, complement),
    Metric(rank_metrics.tier_concordance, "tier", ordered_pairs, True, complement),
    Metric(rank_metrics.mean_absolute_error, "rating", sk.mean_absolute_error),
]
EVERY = pytest.mark.parametrize("metric", REGISTRY, ids=lambda m: m.name)
RANKS = pytest.mark.parametrize("metric", [m for m in REGISTRY if m.ranks], ids=lambda m: m.name)

Sample = tuple[np.ndarray, np.ndarray, np.ndarray]
TRUTH = {
    "rating": st.sampled_from([1.0, 3.0, 4.5, 5.0, 6.0, 8.0]),
    "tier": st.integers(0, 3),
    "other": st.integers(0, 1),
}
OTHER = {
    "decision": st.integers(0, 1),
    "probability": st.sampled_from([0.0, 0.05, 0.1, 0.25, 0.3, 0.5, 0.7, 0.95, 1.0]),
    "other": st.sampled_from([-2.0, 1.0, 3.0, 3.5, 6.0, 9.0]),
}


def samples(kind: str) -> st.SearchStrategy[Sample]:
    """Truth, reviewer (both many-tied, neither constant) and frequency weights of 4 to 20 papers."""

    def arrays(n: int) -> st.SearchStrategy[Sample]:
        truth = st.lists(TRUTH.get(kind, TRUTH["other"]), min_size=n, max_size=n)
        other = st.lists(OTHER.get(kind, OTHER["other"]), min_size=n, max_size=n)
        weight = st.lists(st.integers(0, 3), min_size=n, max_size=n)
        return st.tuples(truth.map(np.array), other.map(np.array), weight.map(np.array))

    def varied(sample: Sample) -> bool:
        truth, other, weight = sample
        return len(set(truth[weight > 0])) > 1 and len(set(other[weight > 0])) > 1

    return st.integers(4, 20).flatmap(arrays).filter(varied)


@EVERY
def test_equals_the_reference(metric: Metric) -> None:
    @settings(max_examples=40)
    @given(samples(metric.kind))
    def check(sample: Sample) -> None:
        truth, other, _ = sample
        assert metric.function(truth, other) == pytest.approx(metric.oracle(truth, other), abs=1e-12)

    check()


@EVERY
def test_a_weight_is_a_number_of_repetitions(metric: Metric) -> None:
    @settings(max_examples=40)
    @given(samples(metric.kind))
    def check(sample: Sample) -> None:
        truth, other, weight = sample
        repeated = metric.function(np.repeat(truth, weight), np.repeat(other, weight))
        assert metric.function(truth, other, sample_weight=weight) == pytest.approx(repeated, abs=1e-12)

    check()


@EVERY
def test_the_order_of_papers_does_not_matter(metric: Metric) -> None:
    @settings(max_examples=20)
    @given(samples(metric.kind), st.randoms(use_true_random=False))
    def check(sample: Sample, random) -> None:
        truth, other, weight = sample
        order = random.sample(range(len(truth)), len(truth))
        before = metric.function(truth, other, sample_weight=weight)
        after = metric.function(truth[order], other[order], sample_weight=weight[order])
        assert after == pytest.approx(before, abs=1e-12)

    check()


def large_sample(kind: str, n: int = 60, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    latent = rng.normal(size=n)
    noisy = latent + rng.normal(size=n)
    truth = {"rating": np.round(5 + latent, 1), "tier": np.digitize(latent, [0, 1, 1.5])}.get(kind, latent > 0)
    other = {"decision": noisy > 0, "probability": 1 / (1 + np.exp(-noisy))}.get(kind, np.round(noisy, 1))
    return truth, other


@EVERY
@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.int64])
def test_a_batch_is_a_loop_over_its_draws(metric: Metric, dtype: type) -> None:
    truth, other = large_sample(metric.kind)
    weights = stratified_counts(truth > np.median(truth), 600).astype(dtype)  # more than one block
    batch = metric.function(truth, other, sample_weight=weights)
    assert batch.shape == (600,)
    assert batch[[0, 255, 256, 599]] == pytest.approx(
        [metric.function(truth, other, sample_weight=weights[i]) for i in (0, 255, 256, 599)], abs=1e-12
    )
    assert isinstance(metric.function(truth, other, sample_weight=weights[0]), float)


@EVERY
def test_weights_of_one_change_nothing(metric: Metric) -> None:
    truth, other = large_sample(metric.kind)
    assert metric.function(truth, other, sample_weight=np.ones(60)) == metric.function(truth, other)
    assert metric.function(truth, other, sample_weight=np.full(60, 3)) == pytest.approx(
        metric.function(np.repeat(truth, 3), np.repeat(other, 3)), abs=1e-12
    )


@RANKS
def test_a_monotone_transform_of_scores_changes_nothing(metric: Metric) -> None:
    @settings(max_examples=20)
    @given(samples(metric.kind))
    def check(sample: Sample) -> None:
        truth, score, weight = sample
        before = metric.function(truth, score, sample_weight=weight)
        for transformed in (np.exp(score), score**3 - 100, np.where(score == score.max(), np.inf, score)):
            assert metric.function(truth, transformed, sample_weight=weight) == before

    check()


@pytest.mark.parametrize("metric", [m for m in REGISTRY if m.reversed_value], ids=lambda m: m.name)
def test_reversed_scores_reverse_the_value(metric: Metric) -> None:
    truth, other = large_sample(metric.kind)
    turned = metric.function(truth, 1 - other.astype(float) if metric.kind == "decision" else -other)
    assert turned == pytest.approx(metric.reversed_value(metric.function(truth, other)), abs=1e-12)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (m, m)
        for m in ("balanced_accuracy_score", "accuracy_score", "matthews_corrcoef", "decision_auc", "roc_auc_score")
    ]
    + [("brier_score_loss", "brier_score_loss"), ("false_positive_rate", "false_negative_rate")],
)
def test_accept_and_reject_are_symmetric(first: str, second: str) -> None:
    kind = next(m.kind for m in REGISTRY if m.name == first)
    truth, other = large_sample(kind)
    value = getattr(metrics, first)(truth, other)
    assert getattr(metrics, second)(~truth, 1 - other.astype(float)) == pytest.approx(value, abs=1e-12)


def test_pairwise_accuracy_against_two_classes_is_the_auc() -> None:
    truth, score = large_sample("score")
    weights = stratified_counts(truth, 300)
    area = metrics.roc_auc_score(truth, score, sample_weight=weights)
    assert rank_metrics.pairwise_accuracy(truth, score, sample_weight=weights) == pytest.approx(area)


def test_pair_counts_stay_exact_in_a_large_sample() -> None:
    rating, score = large_sample("rating", n=3000)
    assert rank_metrics.kendall(rating, score) == pytest.approx(stats.kendalltau(rating, score)[0], abs=1e-12)
    weight = np.full(3000, 200)
    assert rank_metrics.pairwise_accuracy(rating, score, sample_weight=weight) == pytest.approx(
        rank_metrics.pairwise_accuracy(rating, score), abs=1e-14
    )


def test_infinite_scores_are_the_extremes() -> None:
    y, s = np.array([0, 0, 1, 1, 1]), np.array([2.0, np.inf, 3.0, -np.inf, 2.0])
    finite = np.array([2.0, 9.0, 3.0, -9.0, 2.0])
    for metric in (m for m in REGISTRY if m.ranks):
        assert metric.function(y, s) == metric.function(y, finite)


CASES = [
    ("roc_auc_score", [0, 1, 1], [5, 5, 5], 0.5),
    ("roc_auc_score", [1, 1, 1], [1, 2, 3], math.nan),
    ("average_precision_score", [0, 1, 1, 0], [5, 5, 5, 5], 0.5),
    ("average_precision_score", [0, 0], [1, 2], math.nan),
    ("average_precision_score", [1, 1], [1, 2], 1.0),
    ("balanced_accuracy_score", [0, 0], [0, 1], math.nan),
    ("balanced_accuracy_score", [0, 0, 1], [0, 0, 0], 0.5),
    ("decision_auc", [1, 1], [0, 1], math.nan),
    ("accuracy_score", [0, 0], [0, 1], 0.5),
    ("f1_score", [0, 1], [0, 0], 0.0),
    ("f1_score", [0, 0], [0, 0], 0.0),
    ("matthews_corrcoef", [0, 1], [1, 1], 0.0),
    ("false_positive_rate", [1, 1], [0, 1], math.nan),
    ("false_negative_rate", [0, 0], [0, 1], math.nan),
    ("spearman", [5, 5, 5], [1, 2, 3], math.nan),
    ("spearman", [1, 2, 3], [5, 5, 5], math.nan),
    ("kendall", [1, 2, 3], [5, 5, 5], math.nan),
    ("pairwise_accuracy", [1, 2, 3], [5, 5, 5], 0.5),
    ("pairwise_accuracy", [5, 5], [1, 2], math.nan),
    ("tier_concordance", [0, 1, 3], [5, 5, 5], 0.5),
    ("expected_calibration_error", [1, 0], [1.0, 0.0], 0.0),
    ("brier_score_loss", [1, 0], [0.0, 1.0], 1.0),
]


@pytest.mark.parametrize(("name", "truth", "other", "expected"), CASES)
def test_constant_and_one_class_samples(name: str, truth: list, other: list, expected: float) -> None:
    function = next(m.function for m in REGISTRY if m.name == name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert function(truth, other) == pytest.approx(expected, nan_ok=True)


@EVERY
def test_no_weight_at_all_is_undefined(metric: Metric) -> None:
    truth, other = large_sample(metric.kind)
    value = metric.function(truth, other, sample_weight=np.zeros(60))
    assert value == 0.0 if metric.name in ("f1_score", "matthews_corrcoef") else math.isnan(value)


@EVERY
def test_wrong_input_is_refused(metric: Metric) -> None:
    truth, other = large_sample(metric.kind)
    f = metric.function
    with pytest.raises(ValueError, match="differ in length: 60 and 59"):
        f(truth, other[:-1])
    with pytest.raises(ValueError, match="one value per paper"):
        f(truth[None], other)
    with pytest.raises(ValueError, match="one value per paper"):
        f([], [])
    with pytest.raises(ValueError, match="holds NaN"):
        f(truth, np.where(np.arange(60) == 3, np.nan, other.astype(float)))
    with pytest.raises(ValueError, match="sample_weight must have shape"):
        f(truth, other, sample_weight=np.ones(59))
    with pytest.raises(ValueError, match="sample_weight must be finite and not negative"):
        f(truth, other, sample_weight=-np.ones(60))
    if metric.kind in ("decision", "score", "probability"):
        with pytest.raises(ValueError, match="y_true must hold only 0"):
            f(truth + 1, other)
    if metric.kind == "probability":
        with pytest.raises(ValueError, match=r"in \[0, 1\]"):
            f(truth, other + 1)


def test_absolute_error_refuses_infinite_scores() -> None:
    with pytest.raises(ValueError, match="finite"):
        rank_metrics.mean_absolute_error([1.0, 2.0], [1.0, np.inf])


def test_roc_curve_against_scikit_learn() -> None:
    @settings(max_examples=40)
    @given(samples("score"))
    def check(sample: Sample) -> None:
        y, s, weight = sample
        if len(set(y[weight > 0])) < 2:
            return
        fpr, tpr, _ = sk.roc_curve(y, s, sample_weight=weight, drop_intermediate=False)
        between = np.unique(fpr)[:-1] + np.diff(np.unique(fpr)) / 3
        ours = metrics.roc_tpr(y, s, between, sample_weight=weight)
        assert ours == pytest.approx(np.interp(between, fpr, tpr))
        at_steps = metrics.roc_tpr(y, s, np.unique(fpr), sample_weight=weight)
        assert at_steps == pytest.approx([tpr[fpr == f].max() for f in np.unique(fpr)])

    check()


def test_roc_curve_of_a_batch_encloses_the_auc() -> None:
    y, s = large_sample("score")
    weights, grid = stratified_counts(y, 300), np.linspace(0, 1, 2001)
    curves = metrics.roc_tpr(y, s, grid, sample_weight=weights)
    assert curves.shape == (300, 2001)
    assert (np.diff(curves, axis=1) >= -1e-12).all()
    assert np.trapezoid(curves, grid, axis=1) == pytest.approx(
        metrics.roc_auc_score(y, s, sample_weight=weights), abs=1e-3
    )
    assert curves[299] == pytest.approx(metrics.roc_tpr(y, s, grid, sample_weight=weights[299]))
    assert np.isnan(metrics.roc_tpr([1, 1], [1, 2], [0, 0.5])).all()
    with pytest.raises(ValueError, match="fpr_grid"):
        metrics.roc_tpr(y, s, [0, 1.5])


def test_published_figures_are_reproduced(released_reviews: Callable) -> None:
    y, overall, decision = released_reviews("_fewshot_1_reflect_5_ensemble_5")
    at_six = overall >= 6
    assert metrics.balanced_accuracy_score(y, at_six) == pytest.approx(0.651, abs=5e-4)
    assert metrics.accuracy_score(y, at_six) == pytest.approx(0.662, abs=5e-4)
    assert metrics.f1_score(y, at_six) == pytest.approx(0.570, abs=5e-4)
    assert metrics.false_positive_rate(y, at_six) == pytest.approx(0.307, abs=5e-4)
    assert metrics.false_negative_rate(y, at_six) == pytest.approx(0.391, abs=5e-4)
    assert metrics.decision_auc(y, decision) == pytest.approx(0.602, abs=5e-4)
    assert metrics.roc_auc_score(y, overall) == pytest.approx(0.691, abs=1e-3)
    draws = metrics.roc_auc_score(y, overall, sample_weight=stratified_counts(y))
    assert percentile_interval(draws) == pytest.approx((0.646, 0.734), abs=5e-3)
