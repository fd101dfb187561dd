"""Floors have no rank and stand below what is ranked; a sentence tells who beats them, or what it means if none do."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from made_results import SCALE
from peerassay.bench.compare import RankRow
from peerassay.bench.floors import configurations_sentence, floor_notes, reviewers_sentence, verdicts_of
from peerassay.bench.scores.groups import ALL_TEMPLATES
from peerassay.bench.scores.records import FLOOR
from peerassay.leaderboards.boards import Boards, GeneratorBoard
from peerassay.leaderboards.generator_boards import generator_boards
from peerassay.leaderboards.ranking import score_places
from peerassay.leaderboards.records import GeneratorResult
from peerassay.leaderboards.site.build import all_files, data_document
from peerassay.leaderboards.site.generators import generator_sections
from peerassay.leaderboards.site.links import entry_pages
from peerassay.leaderboards.site.pages import generator_tops
from peerassay.leaderboards.store import read_record, with_digest
from peerassay.leaderboards.validation import Checked

NONE_BETTER = (
    "No configuration is resolved from floor:shuffled: this reviewer has not shown to see more in these papers than in "
    "their sentences in random order."
)


def row(name: str, auc: float, rank: int | None, *above: str, in_sample: int = 0) -> RankRow:
    return RankRow(name=name, auc=auc, rank=rank, low=rank, high=rank, in_sample=in_sample, above=above)


def test_a_reviewer_is_above_the_floors_where_it_beats_each_of_them() -> None:
    rows = [
        row("a", 0.7, 1, "floor:x", "floor:y"),
        row("b", 0.65, 1, "floor:y"),
        row("c", 0.4, 3),
        row("fitted", 0.9, None, in_sample=5),
        row("floor:x", 0.6, None, "c"),
        row("floor:y", 0.5, None),
    ]
    floors = {"floor:x", "floor:y"}
    assert verdicts_of(rows, floors) == {"a": "above", "b": "open", "c": "below"}
    assert reviewers_sentence(rows, floors) == (
        "Resolved above every floor (the best: floor:x, AUC .600): a. Not resolved: b. Resolved below: c."
    )
    assert floor_notes(rows, floors) == [reviewers_sentence(rows, floors)]
    assert floor_notes([rows[0], rows[4]], floors) == []
    assert reviewers_sentence(rows[:3], floors) == ""
    assert reviewers_sentence([rows[1], rows[4]], floors).startswith(
        "No reviewer is resolved above floor:x (AUC .600): the data do not show"
    )


def test_only_a_worse_one_is_no_tie() -> None:
    assert configurations_sentence({"a": "below"}).startswith("No configuration is resolved above floor:shuffled: this")
    assert configurations_sentence({"a": "below"}).endswith("order. Resolved below: a.")
    assert configurations_sentence({"a": ""}) == ""


def test_a_floor_has_no_place_and_counts_for_nobodys() -> None:
    rng = np.random.default_rng(4)
    scores = {name: rng.normal(mean, 1, 30).tolist() for name, mean in (("good", 6), ("poor", 3), (FLOOR, 9))}
    places, verdicts = score_places(scores, floors={FLOOR})
    assert {name: (p.rank, p.low, p.high) for name, p in places.items()} == {"good": (1, 1, 1), "poor": (2, 2, 2)}
    assert verdicts == {"good": "below", "poor": "below"}


@pytest.fixture(scope="module")
def board(made_once: Path) -> GeneratorBoard:
    """The weak configuration is the floor of one template, the strong one that of the other."""
    checked = Checked()
    for path in sorted(made_once.glob("generators/*/*.json")):
        result = read_record(path, GeneratorResult)
        if (result.template, result.name) in (("diffusion", "weak"), ("grokking", "strong")):
            group = result.group.model_copy(update={"configuration": FLOOR})
            figures = result.figures.model_copy(update={"configuration": FLOOR})
            result = with_digest(result.model_copy(update={"name": FLOOR, "group": group, "figures": figures}))
        checked.generators[path] = result
    (found,) = generator_boards(checked)
    assert found.entries[0].result.reviewer.traits == SCALE
    return found


def test_the_floor_stands_below_although_its_mean_is_the_highest(board: GeneratorBoard) -> None:
    assert [(e.result.name, e.floor, e.place and e.place.rank) for e in board.entries] == [
        ("strong", "above", 1),
        ("middle", "above", 2),
        (FLOOR, "", None),
        ("middle", "below", 1),
        ("weak", "below", 1),
        (FLOOR, "", None),
    ]
    assert [(s.configuration == FLOOR, s.place is None) for s in board.strengths][-1] == (True, True)
    assert board.floors["diffusion"] == "Resolved above floor:shuffled: strong, middle."
    assert board.floors["grokking"].endswith("in random order. Resolved below: middle, weak.")
    assert set(board.floors) == {"diffusion", "grokking", ALL_TEMPLATES}


def test_pages_and_the_document_tell_it(board: GeneratorBoard) -> None:
    boards = Boards((), (board,))
    (section,) = generator_sections([board], entry_pages(boards))
    unmarked = f"† {board.humans.gate.sentence} "
    notes = [part.table.note.removeprefix(unmarked) for part in section.parts]
    assert notes == [board.floors["diffusion"], board.floors["grokking"]]
    assert section.overall is not None and section.overall.note == unmarked + board.floors[ALL_TEMPLATES]
    (top,) = generator_tops([board], entry_pages(boards))
    assert top.table.note == section.overall.note
    assert [mark.look for mark in top.table.marks] == ["", "", "", "floor"]
    (told,) = json.loads(data_document(boards))["generators"]
    assert told["floors"] == dict(board.floors)
    assert [entry["place"] is None for entry in told["entries"]] == [False, False, True] * 2


def test_pages_and_badges_of_entries_say_how_they_stand_against_the_floors(board: GeneratorBoard) -> None:
    files = all_files(Boards((), (board,)))
    for entry in board.entries:
        page, badge = (
            files[f"{folder}/{entry.result.id}.{end}"] for folder, end in (("entries", "html"), ("badges", "svg"))
        )
        assert ("Resolved above every floor of its board." in page) == (entry.floor == "above")
        assert ("Below a floor of its board" in page) == (", below a floor" in badge) == (entry.floor == "below")
