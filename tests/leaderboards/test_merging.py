"""Folders of results together: one table for a dataset that they share, one row for a result, conflicts by name."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from made_results import changed, only
from peerassay.leaderboards.assemble import assemble
from peerassay.leaderboards.validation import Checked, check_results

SAMPLE, HUMAN = "datasets/sample-all.json", "datasets/made-up-all.json"
CAREFUL, LENGTH = "reviewers/made-up-all/careful-*.json", "reviewers/made-up-all/floor-length-*.json"
TABLE = {"made-up-all": ["careful", "floor:length"]}


@pytest.fixture
def two(made_once: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Two folders that share a dataset and a row, each with a row of its own."""
    only(made_once, tmp_path / "a", HUMAN, CAREFUL, "generators/diffusion/strong-*.json")
    only(made_once, tmp_path / "b", HUMAN, CAREFUL, LENGTH, "generators/diffusion/weak-*.json")
    return tmp_path / "a", tmp_path / "b"


def one(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


def tables(checked: Checked) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for result in checked.reviewers.values():
        found.setdefault(checked.dataset_of(result), []).append(result.name)
    return {dataset: sorted(names) for dataset, names in found.items()}


def test_a_shared_dataset_is_one_table_and_a_shared_result_one_row(two: tuple[Path, Path]) -> None:
    checked = check_results(two)
    assert checked.refused == []
    assert checked.copies == {one(two[1], HUMAN): one(two[0], HUMAN), one(two[1], CAREFUL): one(two[0], CAREFUL)}
    assert tables(checked) == tables(check_results(two[::-1])) == TABLE
    assert sorted(result.name for result in checked.generators.values()) == ["strong", "weak"]


def test_the_status_makes_no_other_result(two: tuple[Path, Path]) -> None:
    length = Path(shutil.copy(one(two[1], LENGTH), two[0] / "reviewers" / "made-up-all"))
    changed(length, lambda body: body.update(status="verified"), seal=False)
    checked = check_results(two)
    assert checked.refused == []
    assert checked.reviewers[length].status == "verified"


def test_a_conflicting_result_is_refused_by_name_and_the_first_stands(two: tuple[Path, Path]) -> None:
    def otherwise(body: dict[str, Any]) -> None:
        body["notes"] = ["another run"]

    path = changed(one(two[1], CAREFUL), otherwise)
    checked = check_results(two)
    (refused,) = checked.refused
    assert refused.path == path
    assert f"conflicts with {one(two[0], CAREFUL)}" in refused.reason
    assert 'notes.0: nothing there, "another run" here' in refused.reason
    assert tables(checked) == TABLE


def test_a_refused_first_leaves_its_place_to_a_sound_copy(two: tuple[Path, Path]) -> None:
    spoilt = changed(one(two[0], CAREFUL), lambda body: body["figures"].update(coverage=0.5))
    checked = check_results(two)
    assert [refused.path for refused in checked.refused] == [spoilt]
    assert one(two[1], CAREFUL) in checked.reviewers


def test_another_revision_under_the_same_name_is_refused_with_its_rows(two: tuple[Path, Path]) -> None:
    path = changed(one(two[1], HUMAN), lambda body: body.update(hash="0" * 64))
    for row in (CAREFUL, LENGTH):
        changed(one(two[1], row), lambda body: body.update(dataset_hash="0" * 64))
    reasons = {refused.path.name: refused.reason for refused in check_results(two).refused}
    assert f"conflicts with {one(two[0], HUMAN)}: the same dataset is in" in reasons[path.name]
    assert "hash: " in reasons[path.name]
    assert len(reasons) == 3


def test_one_dataset_under_two_names_is_one_table(two: tuple[Path, Path]) -> None:
    """Another lab calls the dataset otherwise: its content, by hash and papers, is the same."""
    from peerassay.leaderboards.records import BoardDataset, ReviewerResult, digest_of
    from peerassay.leaderboards.store import read_record, with_digest, write_record

    dataset = read_record(one(two[1], HUMAN), BoardDataset).model_copy(update={"name": "theirs", "id": "theirs-all"})
    rows = [read_record(one(two[1], row), ReviewerResult) for row in (CAREFUL, LENGTH)]
    shutil.rmtree(two[1])
    write_record(two[1], dataset.model_copy(update={"digest": digest_of(dataset)}))
    for row in rows:
        write_record(two[1], with_digest(row.model_copy(update={"dataset": "theirs-all"})))
    checked = check_results(two)
    assert (checked.refused, len(checked.copies)) == ([], 2)
    assert tables(checked) == TABLE
    (board,) = assemble(two).reviewers
    assert sorted(entry.result.name for entry in board.entries) == TABLE["made-up-all"]
