"""Draws that are dealt anew whenever they are read, and papers that are alike."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from peerassay.statistics import bootstrap, draws, metrics, rank_metrics, rating_matched
from peerassay.statistics.arrays import over_draws
from peerassay.statistics.bootstrap import drawn_papers, with_sample
from peerassay.statistics.draws import Draws, drawn
from peerassay.statistics.kinds import Kinds, Tables


@pytest.fixture
def dealt(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Draws]:
    """Draws as they are for so many papers that they are not kept."""
    monkeypatch.setattr(bootstrap, "_MOST_KEPT", 0)
    monkeypatch.setattr(bootstrap, "MANY", 1)

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


@pytest.mark.parametrize(("papers", "most_kept"), [(2500, 2**28), (2500, 0), (70_000, 0)])
@pytest.mark.parametrize("grouped", [False, True])
def test_papers_that_are_alike_count_together(
    papers: int, most_kept: int, grouped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "_MOST_KEPT", most_kept)
    rng = np.random.default_rng(0)
    y, score = rng.random(papers) < 0.4, rng.integers(1, 6, papers)
    rating = np.where(rng.random(papers) < 0.1, np.nan, rng.integers(4, 9, papers) / 4)
    groups = [str(number // 2) for number in range(papers)] if grouped else None
    counts = drawn_papers(y, 20, groups=groups, beside=(rating,))
    assert isinstance(counts, Draws)
    source, tallied = counts._source, []

    def seen(kinds: Kinds) -> np.ndarray:
        tallied.append(len(kinds))
        return source.tally(kinds)

    monkeypatch.setattr(counts._tables, "_tally", seen)
    rated, everything = ~np.isnan(rating), np.ones(papers, dtype=bool)
    for metric, columns, where in (
        (metrics.roc_auc_score, (y, score), everything),
        (rank_metrics.kendall, (y, score), everything),
        (rating_matched.rating_matched_auc, (y, score, rating), everything),
        (rank_metrics.spearman, (rating, score), rated),
    ):
        chosen = tuple(column[where] for column in columns)
        for these in (counts, counts[:7], with_sample(counts), with_sample(counts[3:9])):
            those = these if where.all() else these[:, where]
            expected = metric(*chosen, sample_weight=np.asarray(those))
            assert drawn(metric, those, *chosen) == pytest.approx(expected, rel=1e-12)
    assert tallied == [60], "with the ratings beside them, all are told from one count"
    assert (drawn(metrics.roc_auc_score, counts, y, rng.normal(size=papers)) > 0).all()
    assert len(tallied) == 1, "none of these are alike"


def test_tables_are_counted_anew_where_no_kept_one_refines_them() -> None:
    rng = np.random.default_rng(1)
    columns = [rng.integers(4, size=3000) for _ in range(3)]
    counts = rng.integers(3, size=(11, 3000)).astype(np.uint8)
    tallied: list[int] = []

    def tally(kinds: Kinds) -> np.ndarray:
        tallied.append(len(kinds))
        return np.stack([counts[:, kinds.of_paper == kind].sum(axis=1) for kind in range(len(kinds))], axis=1)

    tables = Tables(tally, 11)
    for chosen in ([0], [0, 1], [1], [0], [2], [0, 2], [2]):
        kinds = Kinds.of([columns[i] for i in chosen])
        assert (tables.of(kinds) == np.asarray(draws.tallied(counts, kinds))).all()
    assert tallied == [4, 16, 4, 16]
