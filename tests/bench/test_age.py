"""Whether a model may remember the decisions: dates of models and of datasets."""

from __future__ import annotations

from datetime import date

import pytest
from peerassay.bench.memory import age_remark
from peerassay.data.errors import InputError
from peerassay.data.records import DatasetCard
from peerassay.llm.releases import release_of
from peerassay.llm.session import Session
from peerassay.reviewer.protocol import Traits
from peerassay.reviewer.spec import load_reviewer

CARD = DatasetCard(name="iclr2022", decided="2022-01")
MODEL = Traits(model="gpt-4o", released=date(2024, 5, 13), cutoff=date(2023, 10, 31))


def test_names_of_models_are_taken_as_they_are() -> None:
    assert str(release_of("gpt-4o").released) == "2024-05-13"
    assert release_of("gpt-4o-2024-08-06") == release_of("gpt-4o") == release_of("openai/gpt-4o")
    assert str(release_of("gpt-4o-mini").released) == "2024-07-18"
    assert release_of("gpt-4o-search").released is None
    assert release_of("gpt-5.4").released is None


@pytest.mark.parametrize(
    ("traits", "card", "words"),
    [
        (MODEL, CARD, "gpt-4o came out on 2024-05-13, after the decisions on iclr2022 (2022-01), which it may "
         "remember; its stated cut-off of training, 2023-10-31, is after them"),
        (MODEL, CARD.model_copy(update={"decided": "2024-01-16"}), "2023-10-31, is before them"),
        (MODEL, CARD.model_copy(update={"decided": "2024-05"}), "may remember"),
        (MODEL, CARD.model_copy(update={"decided": "2025"}), ""),
        (MODEL, CARD.model_copy(update={"decided": ""}), "it is not known when iclr2022 was decided (--dataset-date"),
        (MODEL.model_copy(update={"cutoff": None}), CARD, "cut-off of training is not known"),
        (Traits(model="new"), CARD, "it is not known when new came out (?released=YYYY-MM-DD says it)"),
        (MODEL, CARD.model_copy(update={"labels": "constructed"}), ""),
        (Traits(), CARD, ""),
    ],
)  # fmt: skip
def test_what_the_dates_say(traits: Traits, card: DatasetCard, words: str) -> None:
    remark = age_remark(traits, card)
    assert words in remark
    assert bool(words) == bool(remark)


def test_a_spec_overrides_the_dates_and_stays_the_same_reviewer() -> None:
    session = Session(dry=True)
    known = load_reviewer("openai/gpt-4o", session=session)
    other = load_reviewer("openai/gpt-4o?released=2026-01-02&cutoff=2025-03-04", session=session)
    assert getattr(known, "traits").released == date(2024, 5, 13)  # noqa: B009
    assert getattr(other, "traits").released == date(2026, 1, 2)  # noqa: B009
    assert getattr(other, "traits").cutoff == date(2025, 3, 4)  # noqa: B009
    assert known.fingerprint == other.fingerprint
    with pytest.raises(InputError, match="released is 'May 2024'; write a date as YYYY-MM-DD"):
        load_reviewer("openai/gpt-4o?released=May 2024", session=session)
