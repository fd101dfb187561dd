"""Results are written into a checkout or a folder that was named, never into the installed package."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from peerassay.data.errors import InputError
from peerassay.leaderboards.places import checkout_results, installed_results, results_to_read, results_to_write
from test_leaderboard_command import call


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A git checkout of the project with nothing in it but what tells it."""
    root = tmp_path / "clone"
    (root / "leaderboards" / "results").mkdir(parents=True)
    (root / "docs" / "deep").mkdir(parents=True)
    (root / "pyproject.toml").write_text('[project]\nname = "peerassay"\n')
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    return root


@pytest.mark.parametrize("inside", [".", "docs/deep", "leaderboards/results"])
def test_the_checkout_around_the_working_folder_is_found(
    checkout: Path, inside: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout / inside)
    assert results_to_write(None) == results_to_read([])[0] == checkout / "leaderboards" / "results"
    assert results_to_write(checkout / "mine") == checkout / "mine"


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("pyproject.toml", '[project]\nname = "another"\n'),
        ("pyproject.toml", 'project = "peerassay"\n'),
        ("pyproject.toml", "[project\n"),
        ("pyproject.toml", None),
        ("leaderboards/results", None),
    ],
)
def test_another_project_is_no_checkout_of_ours(checkout: Path, file: str, content: str | None) -> None:
    path = checkout / file
    if content is not None:
        path.write_text(content)
    elif path.is_dir():
        path.rmdir()
    else:
        path.unlink()
    assert checkout_results(checkout) is None


def test_a_project_inside_the_checkout_is_not_the_checkout(checkout: Path) -> None:
    subprocess.run(["git", "init", "-q", str(checkout / "docs")], check=True)
    assert checkout_results(checkout / "docs" / "deep") is None


def test_outside_of_a_checkout_reading_goes_on_and_writing_names_the_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert results_to_read([]) == [installed_results()]
    with pytest.raises(InputError, match="not in a git checkout of peerassay.* pass --results DIR") as caught:
        results_to_write(None)
    assert "\n" not in str(caught.value)


def test_add_writes_into_the_clone_that_it_is_run_in(
    made_once: Path, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout / "docs")
    added = call("add", made_once.parent / "human", "--json")
    (written,) = [Path(one["path"]) for one in json.loads(added.stdout)["added"]]
    status = ["git", "-C", str(checkout), "status", "--porcelain", "-uall", "leaderboards"]
    shown = subprocess.run(status, capture_output=True, text=True, check=True).stdout.split()
    assert shown[1::2] == ["leaderboards/results/datasets/made-up-all.json", str(written.relative_to(checkout))]
