"""Pairs are counted without a matrix of them, and work over draws is the same on any number of cores."""

from __future__ import annotations

import numpy as np
import pytest
from peerassay.statistics.arrays import Levels
from peerassay.statistics.bootstrap import stratified_counts
from peerassay.statistics.concordance import pair_excess
from peerassay.statistics.rank_metrics import kendall, spearman


@pytest.mark.parametrize(("levels_x", "levels_y"), [(1, 5), (2, 40), (4, 1000), (40, 7), (1000, 1000)])
def test_the_excess_is_that_of_all_pairs(levels_x: int, levels_y: int) -> None:
    rng = np.random.default_rng(levels_x)
    x, y = (rng.integers(levels, size=60).astype(float) for levels in (levels_x, levels_y))
    w = rng.integers(4, size=(60, 9)).astype(float)
    signs = np.sign(np.subtract.outer(x, x)) * np.sign(np.subtract.outer(y, y))
    assert (pair_excess(Levels(x), Levels(y))(w) == np.einsum("ib,ij,jb->b", w, signs, w) / 2).all()


def test_many_papers_are_counted_and_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    rating = rng.integers(1, 40, size=5000) / 4
    score = rating + rng.normal(size=5000)
    counts = stratified_counts(rating > 5, 40)
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")
    alone = [metric(rating, score, sample_weight=counts) for metric in (kendall, spearman)]
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "2")
    together = [metric(rating, score, sample_weight=counts) for metric in (kendall, spearman)]
    assert np.array_equal(alone, together)
    row = np.repeat(np.arange(5000), counts[7])
    assert alone[0][7] == pytest.approx(kendall(rating[row], score[row]), abs=1e-12)
