"""Papers for a difference, power, and equivalence: against their formulas and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from peerassay.statistics.significance import TYPICAL_SE, detectable, equivalence_p, papers_needed, power_of


@pytest.mark.parametrize(("difference", "papers"), [(0.03, 3180), (0.05, 1140), (0.09, 350), (-0.03, 3180)])
def test_papers_for_a_difference(difference: float, papers: int) -> None:
    assert papers_needed(difference, TYPICAL_SE, 500) == pytest.approx(papers, rel=0.015)


@pytest.mark.parametrize(("difference", "power"), [(0.02, 0.11), (0.03, 0.20), (0.05, 0.46), (0.08, 0.84)])
def test_power_of_500_papers(difference: float, power: float) -> None:
    assert round(power_of(difference, TYPICAL_SE), 2) == power


def test_the_three_agree_with_each_other() -> None:
    n = papers_needed(0.04, 0.03, 200, power=0.9)
    assert n is not None
    se = 0.03 * math.sqrt(200 / n)
    assert power_of(0.04, se) == pytest.approx(0.9, abs=1e-3)
    assert detectable(se, power=0.9) == pytest.approx(0.04, abs=1e-4)


def test_what_has_no_answer() -> None:
    assert papers_needed(0.0, 0.03, 500) is None
    assert papers_needed(0.1, math.nan, 500) is None
    for wrong in ({"n": 0}, {"se": -1.0}, {"power": 1.0}):
        with pytest.raises(ValueError, match="n must be 1 or more"):
            papers_needed(**{"difference": 0.1, "se": 0.1, "n": 10, **wrong})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="above 0"):
        power_of(0.1, 0.0)
    with pytest.raises(ValueError, match="margin"):
        equivalence_p(0.0, 0.1, 0.0)


def test_equivalence_keeps_its_level_at_the_margin() -> None:
    found = np.random.default_rng(0).normal(0.05, 0.01, 4000)
    assert np.mean([equivalence_p(d, 0.01, 0.05) < 0.05 for d in found]) == pytest.approx(0.05, abs=0.012)
    assert equivalence_p(0.0, 0.01, 0.05) < 1e-6
    assert equivalence_p(0.0, 0.0, 0.05) == 0.0
    assert equivalence_p(0.06, 0.0, 0.05) == 1.0
