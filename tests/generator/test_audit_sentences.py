"""Sentences as models write them: false ones are flagged, sound ones are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from false_papers import flagged, make_results


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_results(tmp_path_factory.mktemp("results"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Averaged over the data sets, Deep has a val loss of 0.6662.", []),
        ("Averaged over the data sets, Deep has a val loss of 66.62\\%.", ["66.62%"]),
        ("Averaged over the data sets, Deep has an accuracy of 80.71\\%.", []),
        ("We give 95\\% intervals, and confidence intervals of 99\\% as well.", []),
    ],
)
def test_only_shares_are_percentages(results: Path, text: str, found: list[str]) -> None:
    assert flagged(results, text) == found
