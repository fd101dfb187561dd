"""`leaderboard check FILE...`: single files, from anywhere, with all that is wrong with them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from made_results import changed
from peerassay.leaderboards.single_files import check_files
from test_leaderboard_command import call, code

CAREFUL, STRONG, SAMPLE = (
    "reviewers/sample-all/careful-*.json",
    "generators/diffusion/strong-*.json",
    "datasets/sample-all.json",
)


def one(results: Path, pattern: str) -> Path:
    (path,) = results.glob(pattern)
    return path


@pytest.fixture
def board(results: Path) -> Path:
    """A board without the row of the careful reviewer."""
    one(results, CAREFUL).unlink()
    return results


@pytest.mark.parametrize("pattern", [CAREFUL, STRONG, SAMPLE])
def test_a_file_from_elsewhere_is_checked_against_the_board(
    made_once: Path, board: Path, tmp_path: Path, pattern: str
) -> None:
    path = Path(shutil.copy(one(made_once, pattern), tmp_path / "any name.json"))
    checked = call("check", path, "--results", board, "--json")
    assert code(checked) == 0
    assert json.loads(checked.stdout) == {"sound": [str(path)], "copies": {}, "refused": [], "rerun": []}


def test_all_that_is_wrong_is_listed(made_once: Path, board: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(one(made_once, CAREFUL), tmp_path / "x.json"))

    def spoil(body: dict[str, Any]) -> None:
        body["figures"]["scores"]["auc"]["value"] = 0.9
        body["figures"]["coverage"] = 1.0

    changed(path, spoil)
    other = Path(shutil.copy(one(made_once, STRONG), tmp_path / "y.json"))

    def forget(body: dict[str, Any]) -> None:
        del body["template"]
        body["rank"] = 1

    changed(other, forget)
    checked = call("check", path, other, "--results", board)
    assert code(checked) == 1
    lines = checked.stdout.splitlines()
    assert [line.split(": ")[2] for line in lines] == [
        "field template",
        "field rank",
        "figures.coverage",
        "figures.scores.auc.value",
    ]
    document = json.loads(call("check", path, other, "--results", board, "--json").stdout)
    assert [len(refused["reasons"]) for refused in document["refused"]] == [2, 2]


def test_claims_that_cannot_be_are_told_together(made_once: Path, board: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(one(made_once, CAREFUL), tmp_path / "x.json"))

    def claim(body: dict[str, Any]) -> None:
        body["status"] = "verified"
        body["worth"] = {"value": 21.0, "n": 32}
        body["papers"][0]["key"] = "00000000"

    (refused,) = check_files([changed(path, claim)], [board]).refused
    assert [reason.split(" ")[0] for reason in refused.reasons] == ["1", "status:", "worth"]


def test_a_file_on_the_board_is_at_its_place(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(results.parent)
    path = one(results, CAREFUL).relative_to(results.parent)
    assert check_files([path], [results]).sound == [path]
    copy = Path(shutil.copy(path, path.with_name("copy.json")))
    (refused,) = check_files([copy], [results]).refused
    assert (refused.path, refused.reason.partition(":")[0]) == (copy, "not at its place")


def test_a_dataset_that_the_board_has_not_comes_along(made_once: Path, tmp_path: Path) -> None:
    row, dataset = one(made_once, CAREFUL), made_once / SAMPLE
    (tmp_path / "empty").mkdir()
    assert check_files([row, dataset], [tmp_path / "empty"]).sound == [dataset, row]
    (refused,) = check_files([row], [tmp_path / "empty"]).refused
    assert "no sound file datasets/sample-all.json" in refused.reason


def test_what_the_board_has_with_other_content_is_refused_by_name(made_once: Path, board: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(one(made_once, STRONG), tmp_path / "x.json"))
    changed(path, lambda body: body.update(notes=["better now"]))
    (refused,) = check_files([path], [board]).refused
    assert f"conflicts with {one(board, STRONG)}" in refused.reason


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{}", "neither a result nor a dataset of the boards"),
        ('{"board": ["x"]}', "neither a result nor a dataset"),
        ("[1]", "expected a JSON object, found list"),
        ("", "empty"),
        ('{"board": "reviewers"}', "field id: Field required"),
    ],
)
def test_what_is_no_result_is_one_clear_line(board: Path, tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "x\x1b[31m.json").write_text(content)
    checked = call("check", tmp_path / "x\x1b[31m.json", "--results", board)
    assert code(checked) == 1
    assert said in checked.stdout.splitlines()[0]
    assert "\x1b" not in checked.stdout


def test_the_same_file_twice_and_a_copy_are_one(made_once: Path, board: Path, tmp_path: Path) -> None:
    path = one(made_once, STRONG)
    copy = Path(shutil.copy(path, tmp_path / "copy.json"))
    checked = check_files([path, copy, path], [board])
    assert (checked.sound, checked.copies, checked.refused) == ([path], {copy: path}, [])


def test_a_file_alone_can_be_rerun(made_once: Path, tmp_path: Path) -> None:
    folder = tmp_path / "r"
    added = call("add", made_once.parent / "sample", "--results", folder, "--floors", "--verify", "--json")
    (path,) = [one["path"] for one in json.loads(added.stdout)["added"] if "floor-length" in one["path"]]
    checked = call("check", path, "--results", folder, "--rerun", "--json")
    assert code(checked) == 0
    assert [(one["path"], one["outcome"]) for one in json.loads(checked.stdout)["rerun"]] == [(path, "same")]
