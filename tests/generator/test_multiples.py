"""Multiples in words: what they say, and that the means bear them out."""

from __future__ import annotations

from pathlib import Path

import pytest
from false_papers import audited, flagged, make_results
from hypothesis import given
from hypothesis import strategies as st
from peerassay.generator.provenance.multiples import multiples
from peerassay.generator.provenance.number_words import SMALL, TENS, value_of


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_results(tmp_path_factory.mktemp("results"))


@given(st.integers(0, 100))
def test_numbers_in_words(number: int) -> None:
    words = SMALL[number] if number < 20 else "one hundred" if number == 100 else TENS[number // 10 - 2]
    words += f"-{SMALL[number % 10]}" if 20 < number < 100 and number % 10 else ""
    assert value_of(words) == value_of(str(number)) == number


@pytest.mark.parametrize(
    ("text", "ratio", "noun"),
    [
        ("has twice the loss of A", 2, "loss"),
        ("needs three times as many steps as A", 3, "steps"),
        ("takes half as long as A", 1 / 2, ""),
        ("is twice as fast as A", 1 / 2, ""),
        ("is two thirds of that of A", 2 / 3, ""),
        ("is a quarter of the loss of A", 1 / 4, "loss"),
        ("is an order of magnitude larger than A", 10, ""),
        ("is two orders of magnitude smaller", 1 / 100, ""),
        ("is ten times lower than A", 1 / 10, ""),
        ("needs a third fewer steps than A", 2 / 3, "steps"),
        ("halves the loss", 1 / 2, "loss"),
        ("reduces the loss by a quarter", 3 / 4, "loss"),
        ("reduces the loss to a quarter", 1 / 4, "loss"),
        ("increases the loss by a factor of five", 5, "loss"),
        ("increases the loss by half", 3 / 2, "loss"),
        ("gives a twofold reduction in loss", 1 / 2, "loss"),
        ("shows a 3-fold increase in loss over A", 3, "loss"),
    ],
)
def test_what_words_say(text: str, ratio: float, noun: str) -> None:
    (said,) = multiples(text)
    assert said.ratios[0] == pytest.approx(ratio) and text[slice(*said.noun)] == noun
    assert (
        said.fits(ratio, higher=True)
        and not said.fits(ratio * 4, higher=True)
        and not said.fits(ratio / 4, higher=True)
    )


@pytest.mark.parametrize(
    ("text", "bound", "fitting", "other"),
    [
        ("more than twice the loss", "least", 5, 1.8),
        ("less than half the loss", "most", 0.1, 0.6),
        ("more than ten times lower", "least", 0.01, 0.2),
        ("more than halves the loss", "least", 0.1, 0.6),
        ("improves the loss by a factor of more than two", "least", 0.1, 0.6),
    ],
)
def test_bounds_of_multiples(text: str, bound: str, fitting: float, other: float) -> None:
    (said,) = multiples(text)
    assert said.bound == bound
    assert said.fits(fitting, higher=False) and not said.fits(other, higher=False)


TRUE = (
    "On cifar, Wide halves the val loss of the baseline.",
    "On cifar, the val loss of Wide is half that of the baseline.",
    "On cifar, Narrow has three times the val loss of Wide.",
    "Wide trains twice as long as the baseline on cifar.",
    "Narrow is twice as fast as the baseline.",
    "On svhn, the val loss of Narrow is more than twice that of Wide.",
    "Wide reduces the val loss on cifar by half.",
    "Compared with Narrow, Wide cuts the val loss on cifar to a third.",
    "Wide improves the val loss by a factor of two on both data sets.",
    "Narrow needs half the train time of the baseline.",
)
FALSE = (
    "On cifar, Wide halves the accuracy of the baseline.",
    "On cifar, the val loss of Deep is half that of the baseline.",
    "On cifar, Narrow has three times the val loss of the baseline.",
    "Narrow trains twice as long as the baseline on cifar.",
    "Wide is twice as fast as the baseline.",
    "On svhn, the val loss of Narrow is more than four times that of Wide.",
    "Deep reduces the val loss on cifar by half.",
    "Compared with the baseline, Wide cuts the val loss on cifar to a third.",
    "Wide improves the accuracy by a factor of two on both data sets.",
    "Narrow needs twice the train time of the baseline.",
    "On cifar, the val loss of Wide is an order of magnitude lower than that of the baseline.",
)
OPEN = (
    "Wide has twice the width of the baseline and a lower val loss on cifar.",
    "We ran Wide twice on cifar and report the val loss.",
    "A third run, Deep, has a val loss of 0.7812 on cifar.",
    "Wide was trained with half the learning rate of the baseline, and we report its val loss on cifar.",
    "We expected that Deep halves the val loss on cifar.",
    "After half of the steps, the val loss of Wide on cifar falls.",
    "Doubling the width of Wide again changes nothing in val loss on cifar.",
)


@pytest.mark.parametrize("text", TRUE)
def test_multiples_that_the_means_bear_out(results: Path, text: str) -> None:
    audit = audited(results, text)
    assert audit.ok and audit.claims_checked >= 1


@pytest.mark.parametrize("text", FALSE)
def test_multiples_that_the_means_contradict(results: Path, text: str) -> None:
    (word,) = flagged(results, text)
    assert word in text


@pytest.mark.parametrize("text", OPEN)
def test_multiples_of_something_else_are_none(results: Path, text: str) -> None:
    assert flagged(results, text) == []
