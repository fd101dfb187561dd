"""Counts in words are held against the logged means."""

from __future__ import annotations

from pathlib import Path

import pytest
from false_papers import audited, flagged, make_results


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_results(tmp_path_factory.mktemp("results"))


TRUE = (
    "Two of the three variants improve the accuracy on cifar over the baseline.",
    "Two of the four runs have a higher accuracy on cifar than the baseline.",
    "None of the other runs has a higher accuracy than Wide on svhn.",
    "Most variants reduce the val loss on svhn.",
    "At least one variant raises the val loss.",
    "Wide has a lower val loss than the baseline on both data sets.",
    "Narrow has a lower accuracy than the baseline on all data sets.",
    "Narrow has a higher accuracy than Wide on none of the two data sets.",
    "All values are means over three seeds.",
    "We repeat all runs with three different seeds.",
)
FALSE = (
    "All three variants improve the accuracy on cifar over the baseline.",
    "Three of the four runs have a higher accuracy on cifar than the baseline.",
    "Two of the other runs have a higher accuracy than Wide on svhn.",
    "Most variants increase the val loss on svhn.",
    "None of the variants raises the val loss.",
    "Narrow has a lower val loss than the baseline on both data sets.",
    "Wide has a lower accuracy than the baseline on all data sets.",
    "Narrow has a higher accuracy than Wide on one of the two data sets.",
    "Wide has a higher accuracy than the baseline on all three data sets.",
    "All values are means over five seeds.",
    "We repeat all runs with ten different seeds.",
    "All values are means across four data sets.",
    "Wide reaches an accuracy of ninety-one percent on cifar.",
)
OPEN = (
    "The two variants with more layers improve the accuracy on cifar.",
    "We expect that all three variants improve the accuracy on cifar.",
    "In both cases the accuracy on cifar falls.",
    "An exact test needs six seeds: with five seeds it tells nothing.",
    "Wide reaches an accuracy of eighty-three percent on cifar.",
    "All runs improve.",
)


@pytest.mark.parametrize("text", TRUE)
def test_counts_that_the_means_bear_out(results: Path, text: str) -> None:
    audit = audited(results, text)
    assert audit.ok and audit.claims_checked >= 1


@pytest.mark.parametrize("text", FALSE)
def test_counts_that_the_means_contradict(results: Path, text: str) -> None:
    (word,) = flagged(results, text)
    assert word in text


@pytest.mark.parametrize("text", OPEN)
def test_counts_of_something_else_are_none(results: Path, text: str) -> None:
    assert flagged(results, text) == []
