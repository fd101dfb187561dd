"""The results in the repository are sound: a submission is a pull request that these tests guard."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from peerassay.bench.scores.records import FLOOR
from peerassay.leaderboards.places import installed_results
from peerassay.leaderboards.validation import Checked, check_results, rerun_all
from peerassay.reviewer.learned.model import load_learned, surface_floor

RESULTS = installed_results()
FLOORS = {f"floor:{kind}" for kind in ("always-reject", "always-accept", "random", "base-rate", "length", "header")}
TEMPLATES = ("diffusion", "epidemic", "grokking", "nanogpt", "tabular")


@pytest.fixture(scope="module")
def checked() -> Checked:
    return check_results([RESULTS])


def test_no_file_is_refused(checked: Checked) -> None:
    assert [f"{refusal.path.relative_to(RESULTS)}: {refusal.reason}" for refusal in checked.refused] == []


@pytest.mark.parametrize("dataset", ["sample-all", "iclr2022-test"])
def test_all_floors_and_the_learned_reviewer_are_there_and_verified(checked: Checked, dataset: str) -> None:
    status = {r.name: r.status for r in checked.reviewers.values() if r.dataset == dataset}
    assert {name: status.get(name) for name in {*FLOORS, "learned:iclr2022"}} == dict.fromkeys(
        {*FLOORS, "learned:iclr2022"}, "verified"
    )


def test_the_offline_scientist_has_ten_papers_on_each_template(checked: Checked) -> None:
    papers = Counter[str]()
    for result in checked.generators.values():
        if result.name.startswith("offline") and result.reviewer.name == "learned:iclr2022":
            papers[result.template] = max(papers[result.template], result.figures.reviewed)
    assert {template: papers[template] >= 10 for template in TEMPLATES} == dict.fromkeys(TEMPLATES, True)


def test_each_template_has_the_shuffled_floor(checked: Checked) -> None:
    assert {r.template for r in checked.generators.values() if r.name == FLOOR} >= set(TEMPLATES)


SLOW = pytest.mark.skipif(not os.environ.get("PEERASSAY_SLOW"), reason="half a minute; PEERASSAY_SLOW=1 runs it")


@pytest.mark.parametrize("dataset", ["sample", pytest.param("iclr2022", marks=SLOW)])
def test_verified_rows_come_out_the_same_again(
    checked: Checked, dataset: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if dataset == "iclr2022":
        monkeypatch.setenv("PEERASSAY_DATA", str(request.getfixturevalue("shared_data")))
    datasets = {path: d for path, d in checked.datasets.items() if d.name == dataset}
    ids = {d.id for d in datasets.values()}
    rows = {path: r for path, r in checked.reviewers.items() if r.dataset in ids}
    outcomes = {a.path.name: a.summary for a in rerun_all(Checked(checked.papers, datasets, reviewers=rows))}
    assert set(outcomes.values()) == {"made again, all the same"}, outcomes
    assert len(outcomes) == len(datasets) + sum(r.status == "verified" for r in rows.values())


def test_cards_of_fitted_reviewers_tell_the_figures_of_their_verified_rows(checked: Checked) -> None:
    rows = {r.name: r.figures for r in checked.reviewers.values() if r.dataset == "iclr2022-test"}
    for reviewer in (load_learned("iclr2022"), surface_floor()):
        row, card = rows[reviewer.name], reviewer.card.figures["test"]
        own = next(decisions for decisions in row.decisions if decisions.kind == "own")
        assert row.n == card["papers"] == 500
        assert row.scores["auc"].value == pytest.approx(card["auc"], abs=1e-4)
        assert own.metrics["balanced_accuracy"].value == pytest.approx(card["balanced_accuracy"], abs=1e-4)
        assert card["auc_interval"][0] > 0.55


def test_no_path_of_a_machine_is_in_them(checked: Checked) -> None:
    roots = ("/home/", "/root/", "/tmp/", "/Users/", "C:\\")
    found = {path: [root for root in roots if root in path.read_text(encoding="utf-8")] for path in checked.sound}
    assert {path: words for path, words in found.items() if words} == {}


def test_no_text_of_a_paper_is_in_the_rows_on_real_submissions(checked: Checked) -> None:
    rows = [r for r in checked.reviewers.values() if r.dataset == "iclr2022-test"]
    assert {len(r.samples) for r in rows} == {0}
