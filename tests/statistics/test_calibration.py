"""Thresholds, calibrators and cross-fitting."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike
from peerassay.statistics.arrays import Floats
from peerassay.statistics.calibration import IsotonicCalibrator, PlattCalibrator, ThresholdRule, best_threshold
from peerassay.statistics.cross_fitting import cross_fit
from pydantic import ValidationError
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, brier_score_loss

FITS = [ThresholdRule, PlattCalibrator, IsotonicCalibrator]


def reviewer(n: int = 400, seed: int = 0, slope: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, scores from 1 to 10 and the true probability of acceptance."""
    rng = np.random.default_rng(seed)
    score = np.round(rng.normal(5.5, 1.5, size=n).clip(1, 10), 1)
    probability = 1 / (1 + np.exp(-slope * (score - 6)))
    return (rng.random(n) < probability).astype(int), score, probability


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 1), st.sampled_from([1.0, 2.0, 3.0, 3.5, 8.0])), min_size=2, max_size=15))
def test_no_threshold_is_better(papers: list[tuple[int, float]]) -> None:
    y, s = (np.array(column) for column in zip(*papers, strict=True))
    assume(len(set(y)) == 2)
    found = best_threshold(y, s)
    candidates = [1.0, 1.5, 2.5, 3.25, 5.75, 9.0]
    best = max(balanced_accuracy_score(y, s >= t) for t in candidates)
    assert balanced_accuracy_score(y, s >= found) == pytest.approx(best)


def test_threshold_stands_midway() -> None:
    assert best_threshold([0, 0, 1, 1], [3, 4, 7, 8]) == 5.5


def test_lowest_of_equally_good_thresholds() -> None:
    y, s = [0, 1, 0, 1], [1.0, 2.0, 3.0, 4.0]  # 1.5 and 3.5 both give .75
    assert best_threshold(y, s) == 1.5
    assert best_threshold(y[::-1], s[::-1]) == 1.5


def test_scores_that_tell_nothing_accept_all() -> None:
    assert best_threshold([0, 1, 0], [5, 5, 5]) == 5.0
    assert best_threshold([1, 0], [1, 2]) == 1.0


def test_failed_reviews_move_no_threshold() -> None:
    y, s = [0, 0, 1, 1, 1, 0], [3, 4, 7, 8, -np.inf, np.inf]
    assert best_threshold(y, s) == 5.5
    assert best_threshold([1, 0, 0], [5.0, -np.inf, 5.0]) == 5.0


def test_neighbouring_floats_are_kept_apart() -> None:
    low, high = 1.0, np.nextafter(1.0, 2)
    rule = ThresholdRule.fit([0, 1], [low, high])
    assert rule.predict([low, high]).tolist() == [0.0, 1.0]


def test_platt_finds_the_logistic_model() -> None:
    y, s, probability = reviewer(n=8000)
    fitted = PlattCalibrator.fit(y, s)
    assert fitted.slope == pytest.approx(1.0, abs=0.06)
    assert fitted.intercept == pytest.approx(-6.0, abs=0.35)
    assert np.abs(fitted.predict(s) - probability).max() < 0.02


def test_platt_solves_its_equations() -> None:
    """At the optimum the residuals to Platt's targets are orthogonal to 1 and to the scores."""
    y, s, _ = reviewer()
    accepted, rejected = y.sum(), (1 - y).sum()
    target = np.where(y == 1, (accepted + 1) / (accepted + 2), 1 / (rejected + 2))
    residual = target - PlattCalibrator.fit(y, s).predict(s)
    assert [residual.mean(), (residual * s).mean()] == pytest.approx([0, 0], abs=1e-5)


@pytest.mark.parametrize("skew", [1, 6])
def test_platt_is_the_logistic_regression_of_scikit_learn(skew: int) -> None:
    y, s, _ = reviewer()
    s = s**skew
    x = ((s - s.mean()) / s.std())[:, None]
    target = np.where(y == 1, (y.sum() + 1) / (y.sum() + 2), 1 / ((1 - y).sum() + 2))
    reference = LogisticRegression(C=1e9, tol=1e-10, solver="newton-cholesky")
    reference.fit(np.tile(x, (2, 1)), np.repeat([1, 0], len(y)), np.concatenate([target, 1 - target]))
    assert PlattCalibrator.fit(y, s).predict(s) == pytest.approx(reference.predict_proba(x)[:, 1], abs=1e-7)


def test_platt_does_not_depend_on_the_scale() -> None:
    y, s, _ = reviewer()
    expected = PlattCalibrator.fit(y, s).predict(s)
    assert PlattCalibrator.fit(y, s * 1e-6 + 1e3).predict(s * 1e-6 + 1e3) == pytest.approx(expected, abs=1e-4)


def test_platt_of_separable_and_of_constant_scores() -> None:
    separable = PlattCalibrator.fit([0] * 5 + [1] * 5, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    assert 0 < separable.predict([1])[0] < 0.2 < 0.8 < separable.predict([10])[0] < 1
    constant = PlattCalibrator.fit([0, 0, 0, 1], [5, 5, 5, 5])
    assert constant.predict([5, 9]) == pytest.approx([(3 * 0.2 + 2 / 3) / 4] * 2, abs=1e-4)


def test_isotonic_is_that_of_scikit_learn() -> None:
    y, s, _ = reviewer()
    grid = np.linspace(0, 11, 200)
    reference = IsotonicRegression(out_of_bounds="clip").fit(s, y)
    assert IsotonicCalibrator.fit(y, s).predict(grid) == pytest.approx(reference.predict(grid))


@pytest.mark.parametrize("calibrator", [PlattCalibrator, IsotonicCalibrator])
def test_failed_reviews_do_not_bend_the_chance_of_those_that_came(calibrator: type) -> None:
    """Counted in at the ends of the range, half of them failed would turn the curve around."""
    y, s, _ = reviewer()
    failed = np.arange(len(y)) % 2 == 0
    fitted = calibrator.fit(y, np.where(failed, np.where(y == 1, -np.inf, np.inf), s))
    assert fitted == calibrator.fit(y[~failed], s[~failed])
    ends = fitted.predict([-np.inf, s[~failed].min(), s[~failed].max(), np.inf])
    assert ends[0] == ends[1] < ends[2] == ends[3]


@pytest.mark.parametrize("calibrator", [PlattCalibrator, IsotonicCalibrator])
def test_a_class_of_which_every_review_failed_leaves_a_constant_chance(calibrator: type) -> None:
    fitted = calibrator.fit([1, 1, 0, 0, 0], [-np.inf, -np.inf, 2.0, 3.0, 4.0])
    low, high = fitted.predict([2.0, 4.0])
    assert low == pytest.approx(high, abs=1e-3) and high <= 0.2 + 1e-6


@pytest.mark.parametrize("predictor", FITS)
def test_predictors_survive_json(predictor: type) -> None:
    y, s, _ = reviewer()
    fitted = predictor.fit(y, s)
    again = predictor.model_validate_json(fitted.model_dump_json())
    assert again == fitted
    assert (again.predict(s) == fitted.predict(s)).all()


@pytest.mark.parametrize("predictor", FITS)
def test_wrong_input_to_a_fit_is_refused(predictor: type) -> None:
    for y, s, reason in [
        ([0, 1], [1, 2, 3], "same shape"),
        ([[0, 1]], [[1, 2]], "shape"),
        ([0, 2], [1, 2], "y_true must hold 0"),
        ([1, 1], [1, 2], "y_true must hold 0"),
        ([0, 1], [1, np.nan], "NaN"),
        ([0, 1], [np.inf, -np.inf], "no finite score"),
    ]:
        with pytest.raises(ValueError, match=reason):
            predictor.fit(y, s)
    with pytest.raises(ValueError, match="NaN"):
        predictor.fit([0, 0, 1, 1], [1, 2, 3, 4]).predict([np.nan])


class Recorder:
    """Remembers what each fold was fitted on and asked for."""

    def __init__(self) -> None:
        self.fitted: list[np.ndarray] = []
        self.asked: list[np.ndarray] = []
        self.labels: list[np.ndarray] = []

    def fit(self, y: np.ndarray, s: np.ndarray) -> Recorder:
        self.fitted.append(s)
        self.labels.append(y)
        return self

    def predict(self, y_score: ArrayLike) -> Floats:
        self.asked.append(np.asarray(y_score))
        return np.asarray(y_score, dtype=np.float64) * 10


def test_cross_fit_predicts_each_paper_once_and_unseen() -> None:
    y, s = np.arange(103) % 3 == 0, np.arange(103.0)
    recorder = Recorder()
    assert (cross_fit(y, s, recorder.fit) == s * 10).all()
    assert len(recorder.fitted) == 10
    assert sorted(np.concatenate(recorder.asked)) == list(s)
    for fitted, asked, labels in zip(recorder.fitted, recorder.asked, recorder.labels, strict=True):
        assert set(fitted) | set(asked) == set(s)
        assert not set(fitted) & set(asked)
        assert abs(len(asked) - 10.3) < 1
        assert abs(y.sum() - labels.sum() - y.sum() / 10) <= 1


def test_cross_fit_keeps_groups_together() -> None:
    rng = np.random.default_rng(0)
    number = rng.integers(12, size=90)
    groups = [None if g == 0 else f"pair-{g}" for g in number]
    recorder = Recorder()
    cross_fit(rng.random(90) < 0.4, np.arange(90.0), recorder.fit, groups=groups, folds=5)
    for asked in recorder.asked:
        inside = {groups[int(i)] for i in asked} - {None}
        outside = {groups[i] for i in range(90) if i not in asked}
        assert not inside & outside
    alone = [i for i in range(90) if groups[i] is None]
    assert len({next(f for f, asked in enumerate(recorder.asked) if i in asked) for i in alone}) > 1


def test_cross_fit_has_no_more_folds_than_groups() -> None:
    recorder = Recorder()
    cross_fit([0, 1, 0, 1, 0, 1], np.arange(6.0), recorder.fit, groups=["a", "a", "b", "b", "c", "c"])
    assert len(recorder.fitted) == 3


def test_cross_fit_seed_sets_the_folds() -> None:
    y, s, _ = reviewer(n=60)
    runs = [cross_fit(y, s, PlattCalibrator.fit, seed=seed) for seed in (1, 1, 2)]
    assert (runs[0] == runs[1]).all()
    assert (runs[0] != runs[2]).any()


def test_cross_fit_does_not_flatter() -> None:
    """Scores without information: in-sample thresholds look better than chance, cross-fitted ones do not."""
    inside, outside = [], []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        y, s = np.arange(60) % 2, rng.normal(size=60)
        inside.append(balanced_accuracy_score(y, s >= best_threshold(y, s)))
        outside.append(balanced_accuracy_score(y, cross_fit(y, s, ThresholdRule.fit, seed=seed)))
    assert np.mean(inside) > 0.55
    assert np.mean(outside) < 0.52


def test_cross_fitted_probabilities_beat_the_base_rate() -> None:
    y, s, _ = reviewer()
    for calibrator in (PlattCalibrator, IsotonicCalibrator):
        assert brier_score_loss(y, cross_fit(y, s, calibrator.fit)) < y.mean() * (1 - y.mean()) - 0.02


def test_cross_fit_refuses_impossible_folds() -> None:
    y, s = [0, 1, 1, 1], [1.0, 2.0, 3.0, 4.0]
    with pytest.raises(ValueError, match="at least two folds"):
        cross_fit(y, s, PlattCalibrator.fit, folds=1)
    with pytest.raises(ValueError, match="at least two folds"):
        cross_fit(y, s, PlattCalibrator.fit, groups=["a"] * 4)
    with pytest.raises(ValueError, match="groups must name"):
        cross_fit(y, s, PlattCalibrator.fit, groups=["a", "b"])
    with pytest.raises(ValueError, match="y_true must hold 0"):
        cross_fit(y, s, PlattCalibrator.fit)


def test_a_score_that_says_nothing_gives_the_base_rate_in_silence() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted = [PlattCalibrator.fit([1, 0] * n, np.ones(2 * n)).predict([1.0])[0] for n in range(2, 20)]
    assert np.allclose(fitted, 0.5)


SCORE = st.one_of(st.floats(-1e100, 1e100), st.floats(0, 10), st.integers(1, 10).map(float), st.just(-math.inf))


@pytest.mark.parametrize("kind", FITS)
@given(papers=st.lists(st.tuples(st.integers(0, 1), SCORE), min_size=2, max_size=30))
def test_any_scores_give_chances_in_the_order_of_the_scores_or_a_refusal(
    kind: type[PlattCalibrator], papers: list[tuple[int, float]]
) -> None:
    y, s = (np.array(side) for side in zip(*papers, strict=True))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            fitted = kind.fit(y, s)
    except ValidationError:
        raise
    except ValueError:
        assert len(set(y)) == 1 or not np.isfinite(s).any()
        return
    chances = fitted.predict(np.sort(s))
    steps = np.diff(chances)
    assert ((chances >= 0) & (chances <= 1)).all()
    assert (steps >= -1e-12).all() or (steps <= 1e-12).all()
    assert np.array_equal(kind.model_validate_json(fitted.model_dump_json()).predict(np.sort(s)), chances)
