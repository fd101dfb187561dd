"""When a panel has heard enough: never a decision other than the whole panel's."""

from __future__ import annotations

from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st
from peerassay.reviewer.panel.aggregation import Stopping

SCORES = st.lists(st.integers(1, 10).map(float), min_size=1, max_size=9)


@given(SCORES, st.floats(1, 10))
def test_certain_is_certain(scores: list[float], threshold: float) -> None:
    """Wherever the rule stops, the mean of all members decides as the mean of those heard."""
    rule = Stopping("certain", threshold, 1, 10)
    for heard in range(1, len(scores)):
        if rule.settled(scores[:heard], len(scores) - heard):
            assert (fmean(scores[:heard]) >= threshold) == (fmean(scores) >= threshold)


@given(SCORES, st.floats(1, 10))
def test_a_wave_is_the_least_that_could_settle_it(scores: list[float], threshold: float) -> None:
    rule = Stopping("certain", threshold, 1, 10)
    for heard in range(len(scores)):
        to_come = len(scores) - heard
        wave = rule.wave(scores[:heard], to_come)
        assert 1 <= wave <= to_come
        for fewer in range(1, wave):
            for extreme in (1.0, 10.0):
                assert not rule.settled([*scores[:heard], *[extreme] * fewer], to_come - fewer)


@pytest.mark.parametrize(
    ("rule", "scores", "to_come", "settled"),
    [
        ("certain", [3, 3, 3], 2, True),
        ("certain", [3, 3], 3, False),
        ("certain", [10, 9, 9], 2, True),
        ("likely", [3, 3], 3, True),
        ("likely", [5, 6], 3, False),
        ("likely", [3], 4, False),
        ("off", [1, 1, 1, 1], 1, False),
        ("certain", [6], 0, True),
    ],
)
def test_panels_of_five_at_a_threshold_of_six(rule: str, scores: list[float], to_come: int, settled: bool) -> None:
    stopping = Stopping(rule, 6, 1, 10)  # type: ignore[arg-type]
    assert stopping.settled(scores, to_come) is settled


def test_reflection_goes_on_while_a_score_or_the_decision_changes() -> None:
    before = {"summary": "a", "strengths": ["b"], "overall": 5.0, "flag": False, "decision": "reject"}
    stopping = Stopping("certain", 6, 1, 10)
    assert stopping.nothing_changed(before, {**before, "summary": "other words", "strengths": []})
    assert not stopping.nothing_changed(before, {**before, "overall": 6.0})
    assert not stopping.nothing_changed(before, {**before, "decision": "accept"})
    assert not Stopping("off", 6, 1, 10).nothing_changed(before, before)
