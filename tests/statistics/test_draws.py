"""Draws that are dealt anew whenever they are read, and papers that are alike."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from peerassay.statistics import bootstrap, draws, metrics, rank_metrics, rating_matched
from peerassay.statistics.arrays import over_draws
from peerassay.statistics.bootstrap import drawn_papers, with_sample
from peerassay.statistics.draws import Draws, drawn


@pytest.fixture
def dealt(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Draws]:
    """Draws as they are for so many papers that they are not kept."""
    monkeypatch.setattr(bootstrap, "_MOST_KEPT", 0)

    def of(*arguments: object, **options: object) -> Draws:
        found = drawn_papers(*arguments, **options)  # pyright: ignore[reportArgumentType]
        assert isinstance(found, Draws)
        return found

    return of


def test_draws_that_are_not_kept_are_the_same_whenever_they_are_read(dealt: Callable[..., Draws]) -> None:
    strata = np.array([0, 1, 0, 1, 1, 0, 0])
    found = dealt(strata, 50, seed=3)
    whole = np.asarray(found)
    assert whole.shape == found.shape == (50, 7)
    assert (whole[:, strata == 1].sum(axis=1) == 3).all() and (whole[:, strata == 0].sum(axis=1) == 4).all()
    assert len(np.unique(whole, axis=0)) > 40
    assert (np.asarray(found[13:40]) == whole[13:40]).all()
    where = strata == 0
    assert (np.asarray(found[:, where][:20]) == whole[:20, where]).all()
    assert (np.asarray(with_sample(found)) == with_sample(whole)).all()
    assert (np.asarray(with_sample(found[:20])[5:9]) == whole[4:8]).all()
    assert (np.asarray(dealt(strata, 50, seed=4)) != whole).any()


def test_papers_of_a_group_are_drawn_together(dealt: Callable[..., Draws]) -> None:
    groups = ["a", "b", "c", "a", "b", "c", "d"]
    whole = np.asarray(dealt([0, 1, 0, 1, 0, 1, 0], 40, groups=groups))
    assert (whole[:, 0] == whole[:, 3]).all() and (whole[:, 1] == whole[:, 4]).all()
    assert (whole[:, 6] == 1).all(), "the only group of its kind"
    assert (whole.sum(axis=1) == 7).all()


def test_metrics_read_them_as_an_array(dealt: Callable[..., Draws]) -> None:
    rng = np.random.default_rng(0)
    y, score = rng.random(70) < 0.4, rng.normal(size=70)
    counts = dealt(y, 40)
    expected = metrics.roc_auc_score(y, score, sample_weight=np.asarray(counts))
    assert (metrics.roc_auc_score(y, score, sample_weight=counts) == expected).all()
    with pytest.raises(ValueError, match="sample_weight must have shape"):
        over_draws(lambda w: w[0], counts, 69)


@pytest.mark.parametrize("papers", [2500, 70_000])
def test_papers_that_are_alike_count_together(papers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    y, score = rng.random(papers) < 0.4, rng.integers(1, 6, papers)
    rating = np.where(rng.random(papers) < 0.1, np.nan, rng.integers(4, 9, papers) / 4)
    counts = bootstrap.stratified_counts(y, 20)
    kinds: list[int] = []
    together = draws._together

    def seen(*arguments: object) -> np.ndarray:
        kinds.append(together(*arguments).shape[1])  # pyright: ignore[reportArgumentType]
        return together(*arguments)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(draws, "_together", seen)
    for metric, columns in (
        (metrics.roc_auc_score, (y, score)),
        (rank_metrics.kendall, (y, score)),
        (rating_matched.rating_matched_auc, (y, score, rating)),
    ):
        expected = metric(*columns, sample_weight=counts)
        assert drawn(metric, counts, *columns) == pytest.approx(expected, rel=1e-12)
    assert kinds == [10, 10, 60]
    assert (drawn(metrics.roc_auc_score, counts, y, rng.normal(size=papers)) > 0).all()
    assert len(kinds) == 3, "none of these are alike"
