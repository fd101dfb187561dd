"""What is known of venues: scales by year, names that are near, and data that is whole."""

from __future__ import annotations

import pytest
from peerassay.data.errors import InputError
from peerassay.data.records import Judgement
from peerassay.data.venues import find_venue, known_venues, rating_scale, split_name

TEN = tuple(range(1, 11))


@pytest.mark.parametrize(
    ("venue", "year", "scale"),
    [
        ("iclr", 2020, (1, 3, 6, 8)),
        ("ICLR", 2022, (1, 3, 5, 6, 8, 10)),
        ("ICLR.cc/2026/Conference", 2026, (0, 2, 4, 6, 8, 10)),
        ("NeurIPS", 2021, TEN),
        ("nips", 2024, TEN),
        ("NeurIPS", 2025, (1, 2, 3, 4, 5, 6)),
        ("icml", 2025, (1, 2, 3, 4, 5)),
        ("COLM", 2024, TEN),
        ("CoRL", 2023, (1, 2, 3, 4)),
        ("EMNLP", 2023, (1, 2, 3, 4, 5)),
        ("TMLR", 2024, ()),
        ("ICLR", 2031, ()),
    ],
)
def test_the_scale_of_a_venue_and_year(venue: str, year: int, scale: tuple[float, ...]) -> None:
    assert rating_scale(venue, year) == scale


def test_an_unknown_venue_is_named_with_near_ones_and_a_year_without_data_with_those_known() -> None:
    with pytest.raises(InputError, match=r"unknown venue 'nuerips'; did you mean neurips"):
        rating_scale("nuerips", 2023)
    with pytest.raises(InputError, match=r"NeurIPS 2019: .* choose 2021 or a later year \(known: 2021 to 2025\)"):
        rating_scale("NeurIPS", 2019)


def test_every_entry_has_a_source_and_no_year_twice() -> None:
    for name, venue in known_venues().items():
        assert find_venue(venue.title) == find_venue(venue.group.format(year=2024)) == name
        years = [year for form in venue.forms for year in range(form.years[0], form.years[1] + 1)]
        assert years == list(range(years[0], years[-1] + 1))
        for form in venue.forms:
            assert all(source.startswith("https://") for source in form.sources)
            assert list(form.values) == sorted(set(form.values))


def test_names_of_datasets() -> None:
    assert split_name("neurips2023") == ("neurips", 2023)
    assert split_name("TMLR") == ("tmlr", None)
    assert split_name("my-data") is None


def test_ratings_of_two_times_leave_the_hash_of_those_with_one_alone() -> None:
    plain = Judgement(paper_id="a", decision="accept", ratings=(6, 8))
    assert set(plain.model_dump()) == {
        "paper_id", "decision", "tier", "ratings", "confidences", "split", "group"
    }  # fmt: skip
    both = Judgement(paper_id="a", decision="accept", ratings=(5, 8), initial_ratings=(5, 8), final_ratings=(6, 8))
    assert Judgement.model_validate_json(both.model_dump_json()) == both
