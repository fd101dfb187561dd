"""The tabular template: runs end to end, keeps held-out cases to itself, and its settings do what they say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, brier_score_loss, log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.generator import bundled_templates
from tests.generator.bundled_templates import script

TEMPLATE = bundled_templates.TEMPLATES / "tabular"
DATASETS = ("breast_cancer", "wine", "digits", "diabetes")
KNOBS: dict[str, Any] = json.loads((TEMPLATE / "knobs.json").read_text(encoding="utf-8"))
VARIANTS = [(knob["name"], variant) for knob in KNOBS["knobs"] for variant in knob["variants"]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny run, made by the command that the pipeline uses."""
    out = tmp_path_factory.mktemp("tabular") / "run_0"
    assert "digits         log loss " in script(TEMPLATE, "experiment.py", "--out_dir", str(out))
    return out


@pytest.fixture(scope="module")
def template() -> Iterator[tuple[Any, Any]]:
    with bundled_templates.modules(TEMPLATE) as found:
        yield found


def tiny(experiment: Any, **changes: Any) -> Any:
    return replace(experiment.Config(), **experiment.PRESETS["tiny"] | {"curve": (1.0,)} | changes)


def test_results_have_the_layout_of_the_field(run: Path) -> None:
    info = bundled_templates.check_results(run, DATASETS, seeds=3)
    with np.load(run / "all_results.npz") as arrays:
        assert arrays["wine_cases"].tolist() == [30, 60]
        np.testing.assert_allclose(arrays["wine_log_loss"][:, -1], info["wine"]["final_info_dict"]["log_loss"])
        assert arrays["digits_bins"].shape == (3, 3, 10)
        assert arrays["digits_bins"][:, 0].sum(axis=1).tolist() == [1797 - 60] * 3


def test_the_offset_moves_the_seeds(run: Path, template: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = bundled_templates.run_main(template[0], monkeypatch, tmp_path, "--seeds", "2", offset=1)
    first = json.loads((run / "final_info.json").read_text())
    for dataset in DATASETS:
        losses = first[dataset]["final_info_dict"]["log_loss"]
        assert moved[dataset]["final_info_dict"]["log_loss"] == pytest.approx(losses[1:])
        assert len(set(losses)) == 3


@pytest.mark.parametrize(("name", "variant"), VARIANTS, ids=[f"{n}-{v['label']}" for n, v in VARIANTS])
def test_every_variant_changes_the_probabilities(name: str, variant: dict[str, Any], template: Any) -> None:
    experiment, _ = template
    changes = bundled_templates.changed(TEMPLATE, variant)
    assert changes != {key: getattr(experiment.Config(), key) for key in changes}, name
    config = tiny(experiment, **changes)
    _, base, _ = experiment.fit_and_grade("wine", tiny(experiment), 0)
    cases, graded, _ = experiment.fit_and_grade("wine", config, 0)
    assert cases == [config.train_cases]
    assert np.isfinite(list(graded[-1].values())).all()
    assert graded[-1]["log_loss"] != base[-1]["log_loss"]


def test_classes_are_in_proportion_in_every_part(template: Any) -> None:
    _, evaluation = template
    for dataset in DATASETS:
        _, labels = evaluation.load(dataset)
        shares = np.bincount(labels) / len(labels)
        exam = evaluation.Exam(dataset, 0, 100)
        for cases in (40, 100):
            np.testing.assert_allclose(np.bincount(exam.train_labels[:cases]) / cases, shares, atol=0.06)
    assert np.bincount(evaluation.load("diabetes")[1]).tolist() == [221, 221]


def test_held_out_cases_are_all_others_and_none_is_shown(template: Any) -> None:
    _, evaluation = template
    inputs, _ = evaluation.load("wine")
    exam = evaluation.Exam("wine", 1, 100)
    asked: list[np.ndarray] = []

    def predict(held_out: np.ndarray) -> np.ndarray:
        asked.append(held_out.copy())
        held_out[:] = 0  # must not reach the examination
        return exam.base_rates(held_out)

    exam.grade(predict)
    exam.grade(predict)
    np.testing.assert_array_equal(asked[0], asked[1])
    together = np.concatenate([exam.train_inputs, asked[0]])
    np.testing.assert_array_equal(np.sort(together, axis=0), np.sort(inputs, axis=0))
    assert not {tuple(row) for row in exam.train_inputs} & {tuple(row) for row in asked[0]}
    assert (evaluation.Exam("wine", 2, 100).train_inputs != exam.train_inputs).any()
    with pytest.raises(ValueError, match="leaves a part of wine without"):
        evaluation.Exam("wine", 0, 178)


def test_measures_are_those_of_scikit_learn(template: Any) -> None:
    _, evaluation = template
    exam = evaluation.Exam("diabetes", 0, 100)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(exam.train_inputs, exam.train_labels)
    measures, bins = exam.grade(model.predict_proba)
    truth, p = exam._labels, model.predict_proba(exam._inputs)
    assert measures["log_loss"] == pytest.approx(log_loss(truth, p))
    assert measures["accuracy"] == pytest.approx(accuracy_score(truth, p.argmax(axis=1)))
    assert measures["brier_score"] == pytest.approx(2 * brier_score_loss(truth, p[:, 1]))
    assert bins[0].sum() == len(truth) == 342
    assert bins[2].sum() == pytest.approx(measures["accuracy"] * 342)


def test_sure_and_wrong_is_punished_and_perfect_is_zero(template: Any) -> None:
    _, evaluation = template
    exam = evaluation.Exam("digits", 0, 100)
    right = np.eye(10)[exam._labels]
    perfect, _ = exam.grade(lambda _: right)
    wrong, _ = exam.grade(lambda _: np.roll(right, 1, axis=1))
    assert perfect == {"log_loss": 0, "accuracy": 1, "brier_score": 0, "calibration_error": 0}
    assert wrong["log_loss"] == pytest.approx(-np.log(evaluation.FLOOR))
    assert (wrong["accuracy"], wrong["brier_score"], wrong["calibration_error"]) == (0, 2, 1)
    for bad in (right * np.nan, right * 2, right[:5], right - 1):
        with pytest.raises(ValueError, match="probabilities"):
            exam.grade(lambda _, bad=bad: bad)


def test_wrong_labels_are_of_another_class_and_as_many_as_said(template: Any) -> None:
    experiment, _ = template
    labels = np.arange(10000) % 3
    noisy = experiment.noisy(labels, 3, 0.2, np.random.default_rng(0))
    assert (noisy != labels).mean() == pytest.approx(0.2, abs=0.015)
    assert set(noisy) == {0, 1, 2}
    np.testing.assert_array_equal(experiment.noisy(labels, 3, 0.0, np.random.default_rng(0)), labels)


def test_copies_count_together_as_one_case(template: Any) -> None:
    experiment, evaluation = template
    exam = evaluation.Exam("wine", 0, 60)
    one, many = tiny(experiment), tiny(experiment, jitter=1e-9)
    x, y = experiment.with_copies(exam.train_inputs, exam.train_labels, many, np.random.default_rng(0))
    assert x.shape == (300, 13)
    plain = experiment.classifier(one, exam.train_labels, 13, 0).fit(exam.train_inputs, exam.train_labels)
    copied = experiment.classifier(many, y, 13, 0).fit(x, y)
    np.testing.assert_allclose(
        plain.predict_proba(exam.train_inputs), copied.predict_proba(exam.train_inputs), atol=5e-3
    )


def test_the_baseline_beats_the_base_rates_everywhere(run: Path, template: Any) -> None:
    _, evaluation = template
    info = json.loads((run / "final_info.json").read_text())
    for dataset in DATASETS:
        exam = evaluation.Exam(dataset, 0, 60)
        floor, _ = exam.grade(exam.base_rates)
        assert info[dataset]["means"]["log_loss_mean"] < floor["log_loss"]


def test_the_setting_states_the_numbers_of_the_preset(template: Any) -> None:
    experiment, evaluation = template
    config, said = experiment.Config(), KNOBS["setting"]
    for dataset in DATASETS:
        inputs, _ = evaluation.load(dataset)
        assert f"{len(inputs)} " in said["data"]
    assert f"{config.train_cases} cases" in said["split"]
    assert f"C = {config.inverse_penalty}" in said["model"]
    assert (config.model, config.scaling, config.calibration) == ("logistic", "standard", "none")
    assert "Newton" in said["model"]
    assert config.curve == (0.25, 0.5, 0.75, 1.0) and "25, 50 and 75" in said["evaluation"]
    assert f"{evaluation.FLOOR:.6f}" in said["evaluation"]
    assert f"{len(config.seeds)} seeds" in said["repeats"]
    for name, title in (("wine", 3), ("digits", 10)):
        assert evaluation.Exam(name, 0, 100).classes == title


def test_figures_and_texts(run: Path, tmp_path: Path) -> None:
    bundled_templates.check_figures(run, tmp_path, TEMPLATE)
    bundled_templates.check_texts(TEMPLATE, json.loads((run / "final_info.json").read_text()))
