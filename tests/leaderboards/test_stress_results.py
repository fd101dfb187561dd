"""Stress results: added, computed again from their scores, refused where they do not fit, and shown beside a row."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from peerassay.bench.measure import BenchSettings, prepare_bench
from peerassay.bench.stress.columns import StressScores
from peerassay.bench.stress.flaw_naming import flaws_by_paper
from peerassay.bench.stress.flaws import planted_flaws
from peerassay.bench.stress.measure import stress_figures
from peerassay.bench.stress.settings import StressSettings
from peerassay.bench.stress.stress import prepare_stress
from peerassay.data.errors import InputError
from peerassay.data.records import Paper
from peerassay.data.registry import load_dataset
from peerassay.leaderboards.adding import add_results
from peerassay.leaderboards.assemble import assemble
from peerassay.leaderboards.records import StressResult, digest_of_body
from peerassay.leaderboards.selection import Selection
from peerassay.leaderboards.site.pages import all_pages
from peerassay.leaderboards.submission import results_of
from peerassay.leaderboards.validation import Checked, check_results, rerun_all
from peerassay.llm.session import Session
from peerassay.reviewer.review import Review

JUDGEMENTS = load_dataset("sample").judgements
SOUND = {judgement.paper_id: judgement.accepted for judgement in JUDGEMENTS}
FLAWS = flaws_by_paper(JUDGEMENTS, planted_flaws("sample"))
LABELLED = Path(__file__).parents[2] / "bench" / "stress" / "flaw_sentences.toml"
SENTENCES = tomllib.loads(LABELLED.read_text(encoding="utf-8"))["statements"]
NAMING = {row["flaw"]: row["text"] for row in reversed(SENTENCES) if row["names"] and row["part"] == "seen"}
NAMES = ("injection:visible", "degradation:baselines-removed")


def stress_run(folder: Path, **settings: Any) -> Path:
    asked = StressSettings(out=folder, split="all", manipulations=NAMES, attacks=("abstract",), rounds=1, **settings)
    prepare_stress("sample", ["floor:length"], Session(), asked).review(["peerassay", "stress"])
    return folder


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a stress result of the whole sample and the row of the same reviewer."""
    folder = tmp_path_factory.mktemp("stress")
    settings = BenchSettings(out=folder / "bench", split="all", floors=False, audit=False, draws=100)
    prepare_bench("sample", ["floor:length"], Session(), settings).review(["peerassay", "bench"])
    for run in (stress_run(folder / "run"), folder / "bench"):
        dataset, results = results_of(run, Selection())
        add_results(folder / "results", dataset, results)
    return folder / "results"


def talkative(paper: Paper) -> Review:
    """Names the flaw of each pair's papers by rule words, in flawed ones and in every fourth sound one."""
    digest = hashlib.sha256(paper.text.encode()).digest()[0]
    flawed = not SOUND[paper.id]
    said = NAMING[FLAWS[paper.id].kind] if flawed or digest % 4 == 0 else "The title is long."
    return Review(paper_id=paper.id, overall=digest % 7, decision="accept", fields={"weaknesses": [said]})


@pytest.fixture(scope="module")
def worded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a stress result of a reviewer that writes, and its row."""
    folder = tmp_path_factory.mktemp("worded")
    asked = StressSettings(out=folder / "run", split="all", manipulations=NAMES[:1], attacks=(), defences=False)
    prepare_stress("sample", [talkative], Session(), asked).review(["peerassay", "stress"])
    settings = BenchSettings(out=folder / "bench", split="all", floors=False, audit=False, draws=100)
    prepare_bench("sample", [talkative], Session(), settings).review(["peerassay", "bench"])
    for run in (folder / "run", folder / "bench"):
        dataset, results = results_of(run, Selection())
        add_results(folder / "results", dataset, results)
    return folder / "results"


def result_file(results: Path) -> Path:
    [path] = (results / "stress").rglob("*.json")
    return path


def changed(stored: Path, tmp_path: Path, change: Any) -> str:
    """Why a file is refused in which something was changed and the digest made anew."""
    [refused] = copied(stored, tmp_path, change).refused
    return refused.reason


def copied(stored: Path, tmp_path: Path, change: Any) -> Checked:
    """What the check says of the results with such a file."""
    body = json.loads(result_file(stored).read_text())
    change(body)
    body["digest"] = digest_of_body(body)
    for path in (*(stored / "datasets").rglob("*.json"), result_file(stored)):
        copy = tmp_path / "copy" / path.relative_to(stored)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(json.dumps(body) if path == result_file(stored) else path.read_text())
    return check_results([tmp_path / "copy"])


def test_a_stress_result_is_sound_and_holds_no_text(stored: Path) -> None:
    checked = check_results([stored])
    assert not checked.refused
    [result] = checked.stress.values()
    assert isinstance(result, StressResult)
    assert len(result.scores.papers) == 32
    assert len(result_file(stored).read_text()) < 200_000


def test_a_figure_that_does_not_follow_from_the_scores_is_refused(stored: Path, tmp_path: Path) -> None:
    def kinder(body: Any) -> None:
        body["figures"]["changes"][0]["shift"]["value"] = 0.0

    assert "figures.changes.0.shift.value" in changed(stored, tmp_path, kinder)


def test_a_score_that_was_changed_is_refused(stored: Path, tmp_path: Path) -> None:
    def higher(body: Any) -> None:
        body["scores"]["columns"][0]["scores"][3] += 50

    assert "its scores give" in changed(stored, tmp_path, higher)


def test_columns_that_do_not_fit_the_papers_are_refused(stored: Path, tmp_path: Path) -> None:
    def shorter(body: Any) -> None:
        body["scores"]["columns"][1]["marks"] = "a"

    assert "is not of 32 papers" in changed(stored, tmp_path, shorter)


def column_of(body: Any, name: str) -> Any:
    return next(column for column in body["scores"]["columns"] if column["name"] == name)


def as_another(body: Any) -> None:
    body["scores"]["fingerprint"] = "other"


def with_a_column_twice(body: Any) -> None:
    body["scores"]["columns"].append(body["scores"]["columns"][-1])


def with_a_paper_twice(body: Any) -> None:
    body["scores"]["papers"][1] = body["scores"]["papers"][0]


def without_intact(body: Any) -> None:
    column_of(body, "intact")["name"] = "attack:of-mine"


def without_a_review_of_intact(body: Any) -> None:
    column = column_of(body, "intact")
    column["marks"], column["scores"][0] = f"?{column['marks'][1:]}", None


def against_nothing(body: Any) -> None:
    body["scores"]["columns"][-1]["base"] = "unplanted.pdf"


def with_a_score_of_a_failure(body: Any) -> None:
    body["scores"]["columns"][-1]["marks"] = "x" * 32


def with_too_many_reasons(body: Any) -> None:
    body["scores"]["columns"][-1]["reasons"] = {"no such section": 33}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (as_another, 'scores: of "floor:length" ("other"), not of "floor:length"'),
        (with_a_column_twice, "is there more than once"),
        (with_a_paper_twice, "is there more than once"),
        (without_intact, "the reviews of intact papers are missing"),
        (without_a_review_of_intact, "the reviews of intact papers are missing, or not all there"),
        (against_nothing, 'is compared with "unplanted.pdf", which is not there'),
        (with_a_score_of_a_failure, "has a score of a review that there is not"),
        (with_too_many_reasons, "says of more papers why it does not apply"),
    ],
)
def test_scores_that_do_not_fit_each_other_are_refused(stored: Path, tmp_path: Path, change: Any, told: str) -> None:
    assert told in changed(stored, tmp_path, change)


def test_papers_that_were_decided_otherwise_are_refused(stored: Path, tmp_path: Path) -> None:
    def turned(body: Any) -> None:
        body["scores"]["papers"][0]["accepted"] = not body["scores"]["papers"][0]["accepted"]

    assert "decided otherwise" in changed(stored, tmp_path, turned)


def test_a_sample_is_made_again_and_other_scores_are_found_by_that_alone(stored: Path, tmp_path: Path) -> None:
    [made] = [one for one in rerun_all(check_results([stored])) if "stress" in one.path.parts]
    assert (made.rerun.outcome, made.rerun.reason) == ("same", "8 of 32 papers in 8 forms, without attack:abstract")

    def shifted(body: Any) -> None:
        for column in body["scores"]["columns"]:
            column["scores"] = [None if score is None else score + 10 for score in column["scores"]]
        found = stress_figures(StressScores.model_validate(body["scores"]))
        body["figures"] = found.model_dump(mode="json")

    assert copied(stored, tmp_path, shifted).refused == []
    checked = check_results([tmp_path / "copy"])
    rerun_all(checked)
    assert "8 of 8 forms, e.g. paper 1 of the sample, intact" in checked.refused[0].reason


def of_no_reviewer(body: Any) -> None:
    body["spec"] = body["scores"]["spec"] = "floor:lenght"


def with_other_rules(body: Any) -> None:
    body["scrub_rules"] = "00000000"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (of_no_reviewer, "unknown floor 'lenght'"),
        (with_other_rules, "made with the scrubbing rules 00000000, now"),
    ],
)
def test_a_result_of_no_reviewer_or_of_other_rules_differs(
    stored: Path, tmp_path: Path, change: Any, told: str
) -> None:
    checked = copied(stored, tmp_path, change)
    assert checked.refused == []
    [made] = [one for one in rerun_all(checked) if "stress" in one.path.parts]
    assert made.rerun.outcome == "differs" and told in made.rerun.reason


def test_a_run_on_some_papers_needs_the_dataset(tmp_path: Path) -> None:
    dataset, results = results_of(stress_run(tmp_path / "run", limit=4), Selection())
    assert dataset is None
    with pytest.raises(InputError, match="add a run of `peerassay bench` first"):
        add_results(tmp_path / "empty", dataset, results)


def test_the_row_of_the_reviewer_has_robustness_and_its_page_the_card(stored: Path) -> None:
    boards = assemble([stored])
    [entry] = boards.reviewers[0].entries
    assert entry.stress is not None
    pages = all_pages(boards)
    assert 'data-robust="moved"' in pages["reviewers.html"]
    assert "Injected, SD" in pages["reviewers.html"]
    page = next(text for name, text in pages.items() if name.startswith("entries/"))
    assert "Reviewer card" in page
    assert "Follows instructions hidden in the paper?" in page


def test_whether_reviews_name_planted_flaws_is_on_the_board_and_computed_again(worded: Path) -> None:
    [entry] = assemble([worded]).reviewers[0].entries
    assert entry.stress is not None and entry.stress.flaws is not None and entry.stress.naming is not None
    alarms = sum(letters.count("y") for letters in entry.stress.flaws.reviews) - 16
    naming = entry.stress.naming
    assert (naming.named.count, naming.named.of, naming.alarms.count, naming.alarms.of) == (16, 16, alarms, 16)
    pages = all_pages(assemble([worded]))
    assert "16 of 16" in pages["reviewers.html"] and f"{alarms} of 16" in pages["reviewers.html"]
    page = next(text for name, text in pages.items() if name.startswith("entries/"))
    assert "Names the planted flaw?" in page and "By kind of flaw" in page


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("alarms", "naming.alarms.count"),
        ("turned", "its scores give"),
        ("missing", "nothing is said of its review"),
        ("failed", "its review failed by the one"),
        ("kinds", "not the flaws that are documented of sample"),
        ("alone", "both or neither"),
        ("repeats", "2 repeats, the scores have 1"),
    ],
)
def test_marks_of_flaws_that_do_not_fit_are_refused(worded: Path, tmp_path: Path, field: str, reason: str) -> None:
    def change(body: Any) -> None:
        letters = body["flaws"]["reviews"][0]
        at = letters.index("n")
        new = {"turned": "y", "missing": ".", "failed": "x"}.get(field)
        if new:
            body["flaws"]["reviews"][0] = letters[:at] + new + letters[at + 1 :]
        elif field == "alarms":
            body["naming"]["alarms"]["count"] = 0
        elif field == "kinds":
            body["flaws"]["kinds"].popitem()
        elif field == "alone":
            body["naming"] = None
        else:
            body["flaws"]["reviews"] *= 2

    assert reason in changed(worded, tmp_path, change)


def test_reviewers_that_write_nothing_have_no_words_and_older_results_stay_sound(stored: Path, tmp_path: Path) -> None:
    assert all_pages(assemble([stored]))["reviewers.html"].count(">no words<") == 2

    def older(body: Any) -> None:
        del body["flaws"], body["naming"]

    assert not copied(stored, tmp_path, older).refused
