"""Calibrations of bundled reviewers, and bundled scores of generated papers."""

from __future__ import annotations

from pathlib import Path

import pytest
from peerassay.bench.calibrate import calibrate
from peerassay.bench.calibrations import calibration_for, calibrations_of, read_calibrations
from peerassay.bench.measure import BenchSettings, prepare_bench
from peerassay.bench.scores.batch import ScoreSettings, Scoring, choose_scored, prepare_scores
from peerassay.bench.scores.metrics import ScoreMetrics
from peerassay.bench.scores.summary import summarise_scores
from peerassay.data.errors import InputError
from peerassay.llm.session import Session

ONE_SHOT = Path("bundled:gpt-4o-1shot")


def scoring(named: str, out: Path, **settings: object) -> Scoring:
    asked = ScoreSettings(out=out, **settings)  # type: ignore[arg-type]
    return prepare_scores(choose_scored([named], None, Session(), asked), Session(), asked, [])


def figures(one: Scoring) -> ScoreMetrics:
    run, _ = one.review()
    return summarise_scores(run.record, run.reviews())


def test_it_is_what_calibrate_fits_on_a_run_of_the_same_scores(tmp_path: Path) -> None:
    settings = BenchSettings(floors=False, audit=False, out=tmp_path / "run")
    run, _ = prepare_bench("iclr2022-scores", ["replay:bundled:gpt-4o-1shot"], Session(), settings).review([])
    found, _ = calibrate(run, draws=100)
    assert read_calibrations(ONE_SHOT) == found
    assert found["replay:gpt-4o-1shot"].n == 500 and found["replay:gpt-4o-1shot"].threshold.threshold == 5.5


def test_a_floor_is_calibrated_on_the_calibration_papers() -> None:
    found = read_calibrations(Path("bundled:floor-length"))["floor:length"]
    assert (found.split, found.n, found.dataset) == ("calibration", 519, "iclr2022-scores")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("bundled:learned-iclr2022", "was fitted on the papers .*it is for bundled:gpt-4o-1shot, "),
        ("bundled:floor-header", "its scores are all the same"),
        ("bundled:gpt-4", "unknown bundled replay 'gpt-4'; did you mean gpt-4o-"),
    ],
)
def test_what_cannot_be_calibrated_is_refused(name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_calibrations(Path(name))


def test_it_is_for_no_other_reviewer(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"bundled:gpt-4o-1shot: no calibration of mine; it has replay:gpt-4o-1shot"):
        calibration_for("mine", "0", ONE_SHOT)
    settings = BenchSettings(calibration=ONE_SHOT, out=tmp_path / "run")
    with pytest.raises(InputError, match=r"no calibration of a reviewer here; .* reviewers are floor:always"):
        prepare_bench("iclr2022-scores", ["replay:bundled:gpt-4o-plain"], Session(), settings)


def test_it_goes_with_the_reviews_under_another_name() -> None:
    found = read_calibrations(ONE_SHOT)["replay:gpt-4o-1shot"]
    assert calibrations_of({"mine": found.fingerprint}, ONE_SHOT) == {"mine": found}
    assert calibrations_of({"replay:gpt-4o-1shot": "other"}, ONE_SHOT) == {"replay:gpt-4o-1shot": found}


def test_scores_of_generated_papers_count_the_ideas_tried(tmp_path: Path) -> None:
    found = figures(scoring("bundled:generated", tmp_path / "all", calibration=ONE_SHOT))
    groups = {group.label: group for group in found.groups}
    means = {label: round(group.mean.value or 0, 2) for label, group in groups.items() if group.mean}
    assert means == {
        "diffusion/claude": 3.82, "diffusion/gpt4o": 3.71, "diffusion/deepseek": 3.32, "diffusion/llama3.1": 2.3,
        "grokking/claude": 3.44, "grokking/deepseek": 3.12, "grokking/gpt4o": 2.92, "grokking/llama3.1": 2.0,
    }  # fmt: skip
    assert {label: group.tried for label, group in groups.items() if label.startswith("grokking")} == {
        "grokking/claude": 50, "grokking/deepseek": 46, "grokking/gpt4o": 51, "grokking/llama3.1": 42,
    }  # fmt: skip
    assert any("The calibration was fitted for replay:gpt-4o-1shot" in note for note in found.notes)


def test_one_template_alone_and_other_numbers_of_ideas(tmp_path: Path) -> None:
    one = scoring("bundled:generated/grokking", tmp_path / "one", tried=["grokking/claude=25"])
    assert {group.label: group.tried for group in one.record.groups} == {
        "grokking/claude": 25, "grokking/deepseek": 46, "grokking/gpt4o": 51, "grokking/llama3.1": 42,
    }  # fmt: skip
    assert one.record.reviewer.name == "GPT-4o 1-shot (released)"


def test_figures_are_those_of_the_released_files(shared_data: Path, tmp_path: Path) -> None:
    there = scoring(str(shared_data / "generated_papers" / "ratings" / "grokking"), tmp_path / "there")
    here = scoring("bundled:generated/grokking", tmp_path / "here", tried=[f"grokking/{name}={n}" for name, n in
                   (("claude", 25), ("deepseek", 32), ("gpt4o", 12), ("llama3.1", 27))])  # fmt: skip
    kept = {"mean", "median", "sd", "max", "label", "reviewed"}
    a, b = ([g.model_dump(include=kept) for g in figures(one).groups] for one in (there, here))
    assert a == b and len(a) == 4


def test_unknown_bundled_scores_have_near_matches() -> None:
    with pytest.raises(InputError, match=r"unknown bundled scores 'generated/nanogpt'; did you mean generated or"):
        choose_scored(["bundled:generated/nanogpt"], None, Session(), ScoreSettings())
