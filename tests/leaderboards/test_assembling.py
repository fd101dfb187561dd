"""From a folder of results to the boards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from made_results import add, changed, only, score_run
from peerassay.bench.compare import rank
from peerassay.bench.scores.records import ScoreRecord
from peerassay.leaderboards.assemble import assemble
from peerassay.leaderboards.boards import Boards
from peerassay.leaderboards.histograms import histogram
from peerassay.leaderboards.validation import check_results

Change = Callable[[ScoreRecord], ScoreRecord]


@pytest.fixture(scope="module")
def boards(made_once: Path) -> Boards:
    return assemble([made_once])


def test_there_is_a_board_for_each_dataset_with_human_decisions_first(boards: Boards) -> None:
    assert [(b.dataset.id, b.text, len(b.entries)) for b in boards.reviewers] == [
        ("made-up-all", "scrubbed", 2),
        ("sample-all", "scrubbed", 3),
    ]
    assert boards.refused == ()
    assert boards.sources == ("results: 13 files",)


def test_reviewers_stand_in_the_order_of_their_auc_before_the_floors(boards: Boards, made_once: Path) -> None:
    checked = check_results([made_once])
    for board in boards.reviewers:
        floors = [entry.result.figures.kind == "floor" for entry in board.entries]
        assert floors == sorted(floors)
        areas = [
            (e.result.figures.kind == "floor", -(e.result.figures.scores["auc"].value or 0)) for e in board.entries
        ]
        assert areas == sorted(areas)
        papers = checked.papers[board.dataset.id]
        machines = [checked.machines[entry.result.id] for entry in board.entries]
        rows = {row.name: row for row in rank(papers.humans, machines, papers.bootstrap)}
        for entry, is_floor in zip(board.entries, floors, strict=True):
            assert (entry.place is None) == is_floor
            if entry.place is not None:
                assert entry.place.rank == 1, "the only one that is no floor"
                above = {name for name in rows[entry.result.name].above if name.startswith("floor:")}
                assert entry.floors == ("above" if len(above) == sum(floors) else "open")


def test_the_bins_and_bars_hold_all_papers(boards: Boards) -> None:
    for board in boards.reviewers:
        for entry in board.entries:
            shown, missing = 0, 0
            if entry.histogram is not None:
                assert entry.histogram.series == ("rejected", "accepted")
                shown, missing = sum(sum(bar.counts) for bar in entry.histogram.bars), entry.histogram.missing
            assert shown + missing == len(board.dataset.papers)
            assert sum(b.n for b in entry.reliability) in (0, entry.result.figures.reviewed)
            assert all(b.low <= b.predicted <= b.high for b in entry.reliability)
            assert all(b.accepted_low <= b.accepted <= b.accepted_high for b in entry.reliability)


def test_generators_are_ranked_by_template_and_over_all(boards: Boards) -> None:
    (board,) = boards.generators
    assert [(e.result.template, e.result.name) for e in board.entries] == [
        (template, name) for template in ("diffusion", "grokking") for name in ("strong", "middle", "weak")
    ]
    assert [s.configuration for s in board.strengths] == ["strong", "middle", "weak"]
    strong = board.strengths[0]
    assert (strong.templates, strong.tried, strong.matched) == (("diffusion", "grokking"), 28, 0)
    assert strong.unmatched == 2 * 2 * 14
    assert strong.usd_per_paper == pytest.approx(28 * 6 * 2 / 20)
    entry = board.entries[0]
    assert entry.histogram is not None
    assert (sum(bar.counts[0] for bar in entry.histogram.bars), entry.histogram.missing) == (10, 4)
    assert all(e.efficient for e in board.entries), "each is cheaper than those that are better"
    assert (board.reviewer, board.fingerprint, board.text) == ("careful", "c" * 12, "scrubbed")


def test_papers_of_humans_by_the_same_reviewer_are_beside_the_generators(boards: Boards) -> None:
    (board,) = boards.generators
    accepted, rejected = board.references
    assert (accepted.name, rejected.name) == ("Made-up venue, accepted", "Made-up venue, rejected")
    (result,) = (entry.result for entry in boards.reviewers[0].entries if entry.result.name == "careful")
    keys = {paper.key for paper in boards.reviewers[0].dataset.papers if paper.accepted}
    scores = [paper.score for paper in result.papers if paper.key in keys and paper.score is not None]
    assert accepted.mean.value == pytest.approx(np.mean(scores))
    assert accepted.accepted_share is not None
    assert accepted.accepted_share.value == pytest.approx(np.mean(np.array(scores) >= 6))
    assert accepted.histogram is not None
    assert accepted.histogram.missing == len(keys) - len(scores)


def test_all_ideas_known_and_shared_are_compared_idea_by_idea(tmp_path: Path) -> None:
    def all_listed(record: ScoreRecord) -> ScoreRecord:
        return record.model_copy(update={"groups": [g.model_copy(update={"tried": 12}) for g in record.groups]})

    score_run(tmp_path / "run", change=all_listed)
    add(tmp_path / "run", tmp_path / "r")
    (board,) = assemble([tmp_path / "r"]).generators
    assert {(s.matched, s.unmatched) for s in board.strengths} == {(2 * 12, 2 * 12)}


def test_two_reviewers_or_two_forms_of_text_are_never_on_one_board(tmp_path: Path) -> None:
    def by(name: str, text: str) -> Change:
        reviewer = {"name": name, "fingerprint": name * 12}
        return lambda r: r.model_copy(update={"text": text, "reviewer": r.reviewer.model_copy(update=reviewer)})

    for name, text in (("a", "scrubbed"), ("b", "scrubbed"), ("a", "raw")):
        score_run(tmp_path / f"{name} {text}", ("diffusion",), change=by(name, text))
        add(tmp_path / f"{name} {text}", tmp_path / "r")
    boards = assemble([tmp_path / "r"]).generators
    assert sorted((b.reviewer, b.text, len(b.entries)) for b in boards) == [
        ("a", "raw", 3),
        ("a", "scrubbed", 3),
        ("b", "scrubbed", 3),
    ]
    assert len({b.key for b in boards}) == 3


def test_two_thresholds_are_never_on_one_board(results: Path) -> None:
    """The words of a rule have its threshold in a few digits only."""
    for path in results.glob("generators/grokking/strong-*.json"):
        changed(path, lambda body: body.update(threshold=5.999999999))
    boards = assemble([results]).generators
    assert [(b.threshold, len(b.entries)) for b in boards] == [(6.0, 5), (5.999999999, 1)]
    assert len({b.key for b in boards}) == 2


def test_one_name_twice_on_a_template_is_two_configurations(tmp_path: Path) -> None:
    other = {"settings": {"runs": "3"}}
    score_run(tmp_path / "one", ("diffusion",))
    score_run(
        tmp_path / "two",
        ("diffusion",),
        change=lambda r: r.model_copy(update={"groups": [g.model_copy(update=other) for g in r.groups]}),
    )
    for name in ("one", "two"):
        add(tmp_path / name, tmp_path / "r")
    (board,) = assemble([tmp_path / "r"]).generators
    assert len(board.entries) == 6
    assert len({s.configuration for s in board.strengths}) == len(board.strengths) == 6


def test_the_boards_are_built_from_what_is_sound(results: Path) -> None:
    (path,) = results.glob("reviewers/sample-all/careful-*.json")
    changed(path, lambda body: body["papers"][3].update(score=1.5), seal=False)
    boards = assemble([results])
    assert [refusal.path for refusal in boards.refused] == [path]
    assert [len(b.entries) for b in boards.reviewers] == [2, 2]
    assert len(boards.generators[0].entries) == 6


def test_a_folder_with_nothing_sound_gives_empty_boards(made_once: Path, tmp_path: Path) -> None:
    only(made_once, tmp_path / "r", "reviewers/sample-all/careful-*.json")
    boards = assemble([tmp_path / "r"])
    assert (boards.reviewers, boards.generators, len(boards.refused)) == ((), (), 1)


def test_several_folders_are_one_board(made_once: Path, tmp_path: Path) -> None:
    only(made_once, tmp_path / "a", "datasets/sample-all.json", "reviewers/sample-all/careful-*.json")
    only(made_once, tmp_path / "b", "reviewers/sample-all/floor-length-*.json")
    (board,) = assemble([tmp_path / "a", tmp_path / "b"]).reviewers
    assert {entry.result.name for entry in board.entries} == {"careful", "floor:length"}


@pytest.mark.parametrize(
    ("scores", "bars"),
    [
        ([3, 4, 4, 6], [(2.5, 3.5, 1), (3.5, 4.5, 2), (4.5, 5.5, 0), (5.5, 6.5, 1)]),
        ([3, 3.5], [(2.75, 3.25, 1), (3.25, 3.75, 1)]),
        ([5, 5], [(4.5, 5.5, 2)]),
        ([0.123, 0.123], [(-0.377, 0.623, 2)]),
    ],
)
def test_scores_of_a_form_have_a_bar_each(scores: list[float], bars: list[tuple[float, float, int]]) -> None:
    found = histogram({"papers": scores}, 2)
    assert found is not None
    assert found.missing == 2
    assert [(bar.low, bar.high, bar.counts[0]) for bar in found.bars] == [pytest.approx(bar) for bar in bars]


@pytest.mark.parametrize("scores", [[0.1, 0.7, 1.3], [1e100, -1e100], [1e16, 1e16 + 2], [0, 5e-324], [1, 1000]])
def test_other_scores_have_bars_of_one_width_that_hold_them_all(scores: list[float]) -> None:
    found = histogram({"papers": scores, "more": []}, 0)
    assert found is not None
    assert sum(bar.counts[0] for bar in found.bars) == len(scores)
    assert len(found.bars) <= 21


def test_no_scores_no_histogram() -> None:
    assert histogram({"papers": []}, 3) is None
