"""The rows that every table has."""

from __future__ import annotations

import pytest
from peerassay.bench.automatic import AUTOMATIC, automatic_specs, in_full, typical_rating
from peerassay.data.dataset import Dataset, build
from peerassay.data.records import DatasetCard, Judgement, Paper


def rated(ratings: dict[str, tuple[float, ...]], *, scale: tuple[float, ...] = (1, 10)) -> Dataset:
    """Papers with these ratings, by id; an id that begins with c is in the calibration split."""
    papers = [Paper(id=name, text="text") for name in ratings]
    judgements = [
        Judgement(
            paper_id=name,
            decision="accept" if number % 2 else "reject",
            ratings=given,
            split="calibration" if name.startswith("c") else "test",
        )
        for number, (name, given) in enumerate(ratings.items())
    ]
    return build(DatasetCard(name="toy", scale=scale), papers, judgements)


def test_the_constant_is_the_median_of_calibration_papers_and_no_test_paper_counts():
    dataset = rated({"c1": (3, 4), "c2": (5,), "c3": (8, 9), "t1": (1,), "t2": (1,)})
    assert typical_rating(dataset) == 5
    assert automatic_specs(dataset) == (*AUTOMATIC, "floor:constant?value=5&scale=1-10")
    assert in_full("floor:constant", dataset) == "floor:constant?value=5&scale=1-10"
    assert in_full("floor:constant?value=6", dataset) == "floor:constant?value=6"


def test_without_calibration_papers_it_is_the_middle_of_the_scale():
    assert typical_rating(rated({"t1": (1,), "t2": (2,)})) == 5.5


@pytest.mark.parametrize("scale", [(), (1, 10)])
def test_without_ratings_there_is_no_constant(scale: tuple[float, ...]):
    dataset = rated({"c1": (), "t1": ()}, scale=scale)
    assert automatic_specs(dataset) == AUTOMATIC
    assert in_full("floor:constant", dataset) == "floor:constant"
