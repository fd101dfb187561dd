"""Answers of models at random: each gives a review on the form's scale, or is refused in one line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from peerassay.reviewer.forms.answer import parse_answer
from peerassay.reviewer.forms.form import load_form

FUZZ = Path(__file__).parents[1] / "fuzz"
sys.path.insert(0, str(FUZZ))
from answers import an_input, read  # noqa: E402


def test_random_answers_are_read_or_refused() -> None:
    found = [read(an_input(seed)) for seed in range(1500)]
    assert 100 < sum(answer is not None for answer in found) < 1400


@pytest.mark.parametrize("kept", sorted((FUZZ / "kept" / "answers").glob("*.txt")), ids=lambda path: path.stem)
def test_what_crashed_once_is_refused_or_read(kept: Path) -> None:
    read(kept.read_bytes().decode("utf-8", "surrogatepass"))


def test_a_number_that_no_computer_holds_is_off_the_scale() -> None:
    form = load_form("iclr2022")
    score = next(field for field in form.fields if field.name == form.overall)
    with pytest.raises(ValueError, match="a number of hundreds of digits is outside 1 to 10"):
        parse_answer([score], {score.name: 10**400})
