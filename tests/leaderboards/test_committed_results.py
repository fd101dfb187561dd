"""The results in the repository are sound: a submission is a pull request that these tests guard."""

from __future__ import annotations

import pytest
from peerassay.leaderboards.checking import Checked, check_results, rerun_all
from peerassay.leaderboards.store import default_results

RESULTS = default_results()


@pytest.fixture(scope="module")
def checked() -> Checked:
    if not RESULTS.is_dir():
        pytest.skip(f"no results at {RESULTS}")
    return check_results([RESULTS])


def test_no_file_is_refused(checked: Checked) -> None:
    assert [f"{refusal.path.relative_to(RESULTS)}: {refusal.reason}" for refusal in checked.refused] == []


def test_the_bundled_rows_are_there(checked: Checked) -> None:
    if not (RESULTS / "reviewers").is_dir():
        pytest.skip("no reviewers yet")
    names = {r.name for path, r in checked.reviewers.items() if path.parent.name == "sample-all"}
    assert names >= {"floor:always-reject", "floor:length", "floor:header", "learned:iclr2022"}


def test_there_are_generators(checked: Checked) -> None:
    if not (RESULTS / "generators").is_dir():
        pytest.skip("no generators yet")
    assert checked.generators


def test_verified_rows_on_the_sample_come_out_the_same_again(checked: Checked) -> None:
    bundled = {path: r for path, r in checked.reviewers.items() if path.parent.name == "sample-all"}
    here = Checked(
        papers=checked.papers,
        datasets={path: d for path, d in checked.datasets.items() if d.name == "sample"},
        reviewers=bundled,
    )
    outcomes = {again.path.name: again.words for again in rerun_all(here)}
    assert set(outcomes.values()) <= {"made again, all the same"}, outcomes
    assert len(outcomes) == len(here.datasets) + sum(r.status == "verified" for r in bundled.values())


def test_no_path_of_a_machine_is_in_them(checked: Checked) -> None:
    for path in checked.sound:
        text = path.read_text(encoding="utf-8")
        assert not any(f'"{root}' in text for root in ("/home/", "/root/", "/tmp/", "/Users/", "C:\\")), path
