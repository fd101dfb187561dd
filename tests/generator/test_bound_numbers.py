"""Numbers of which the sentence says run, data set and metric: another run's value is no origin."""

from __future__ import annotations

from collections import Counter

import pytest
from peerassay.generator.provenance.logged import Logged, LoggedResults
from peerassay.generator.provenance.match import Matcher
from peerassay.generator.provenance.passages import PaperPassage
from random_runs import DATASETS, LABELS, Experiment, in_memory, made_experiment

FORMS = (
    "On {dataset}, {run} reaches a {metric} of {value}.",
    "The {metric} of {run} on {dataset} is {value}.",
    "With {run}, the {metric} on {dataset} falls to {value}.",
    "On {dataset} the {metric} of {run} is {value} ± {error}.",
    "{run} improves the {metric} on {dataset} to {value}.",
)


def sentence(text: str, *around: str) -> PaperPassage:
    return PaperPassage(text, "text", "checked", "Results", text, around, ((0, "paper.tex:1"),))


def lost(matcher: Matcher, text: str, *around: str) -> list[str]:
    return [f.number.text for f in matcher.check(sentence(text, *around)) if f.status == "unsupported"]


@pytest.fixture(scope="module")
def experiment() -> Experiment:
    return made_experiment(3)


@pytest.fixture(scope="module")
def matcher(experiment: Experiment) -> Matcher:
    return Matcher(in_memory(experiment))


def test_the_value_of_another_run_is_found(
    matcher: Matcher, experiment: Experiment, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each run's value is said of each other run; where both print alike the falsehood is true by coincidence."""
    counts: Counter[str] = Counter()
    for (run, dataset, metric), mean in experiment.mean.items():
        for place, form in enumerate(FORMS):
            other = experiment.mean[(run + 1 + place % 3) % len(LABELS), dataset, metric]
            error = f"{experiment.stderr[run, dataset, metric]:.3f}"
            words = {
                "dataset": dataset,
                "run": LABELS[f"run_{run}"],
                "metric": metric.replace("_", " "),
                "error": error,
            }
            assert lost(matcher, form.format(**words, value=f"{mean:.3f}")) == []
            if f"{mean:.3f}" != f"{other:.3f}":
                counts["planted"] += 1
                counts["found"] += f"{other:.3f}" in lost(matcher, form.format(**words, value=f"{other:.3f}"))
    with capsys.disabled():
        print(f"\nvalues of another run: {counts['found']} of {counts['planted']} found")
    assert counts["planted"] >= 230
    assert counts["found"] >= 0.98 * counts["planted"]


PAIRS = (
    "On dino, {a} and {b} reach a KL divergence of {x} and {y}, respectively.",
    "On dino, {a} reaches a KL divergence of {x} and {b} {y}.",
    "On dino the KL divergence is {x} for {a} and {y} for {b}.",
    "On dino, {a} has a KL divergence of {x}, against {y} for {b}.",
    "On dino the KL divergence falls from the {b}'s {y} to {x} with {a}.",
    "On dino the KL divergences are {x} ({a}) and {y} ({b}).",
)


@pytest.mark.parametrize("form", PAIRS)
def test_a_swapped_pair_is_found(matcher: Matcher, experiment: Experiment, form: str) -> None:
    a, b = LABELS["run_2"], LABELS["run_0"]
    x, y = (f"{experiment.mean[run, 'dino', 'kl_divergence']:.4f}" for run in (2, 0))
    assert lost(matcher, form.format(a=a, b=b, x=x, y=y)) == []
    assert set(lost(matcher, form.format(a=a, b=b, x=y, y=x))) == {x, y}


@pytest.mark.parametrize("form", ["{a} has a KL divergence of {x} on dino and {y} on moons."])
def test_swapped_data_sets_are_found(matcher: Matcher, experiment: Experiment, form: str) -> None:
    x, y = (f"{experiment.mean[1, dataset, 'kl_divergence']:.4f}" for dataset in ("dino", "moons"))
    assert lost(matcher, form.format(a=LABELS["run_1"], x=x, y=y)) == []
    assert set(lost(matcher, form.format(a=LABELS["run_1"], x=y, y=x))) == {x, y}


@pytest.mark.parametrize(
    "form",
    [
        "It has a KL divergence of {own} on dino, less than the baseline.",
        "On dino {run} lowers the KL divergence from {base}.",
        "On dino {run} lowers the KL divergence from {base} to {own}.",
        "On dino {run} has a KL divergence of {own}, while ours stays at {base}.",
        "The KL divergence on dino is {own} with {run}, compared to {base}.",
        "The KL divergence of {run} differs by up to {most}% from the baseline, and is {own} on dino.",
        "On dino, the KL divergence of {run} is {own}, {gap} away from the baseline.",
    ],
)
def test_what_a_sentence_leaves_open_is_no_falsehood(matcher: Matcher, experiment: Experiment, form: str) -> None:
    own, base = (experiment.mean[run, "dino", "kl_divergence"] for run in (3, 0))
    most = 100 * max(abs(experiment.change(3, dataset, "kl_divergence")) for dataset in DATASETS)
    text = form.format(run=LABELS["run_3"], own=f"{own:.4f}", base=f"{base:.4f}", most=f"{most:.1f}",
                       gap=f"{abs(own - base):.4f}")  # fmt: skip
    assert lost(matcher, text, f"{LABELS['run_3']} is our last setting.") == []


def test_the_reason_names_what_the_number_is_a_rounding_of(matcher: Matcher, experiment: Experiment) -> None:
    other, own = (experiment.mean[run, "dino", "eval_loss"] for run in (1, 2))
    (finding,) = matcher.check(sentence(f"The eval loss of {LABELS['run_2']} on dino is {other:.4f}."))
    assert finding.reason == (
        "is a rounding of run_1 dino eval_loss mean, but the text speaks of run_2, dino, eval_loss"
    )
    assert finding.nearest is not None and finding.nearest.name == "run_2 dino eval_loss mean"
    assert finding.nearest.value == pytest.approx(own, rel=1e-5)
    (finding,) = matcher.check(sentence(f"The eval loss of {LABELS['run_2']} on dino is 77.7777."))
    assert finding.reason == "no logged value rounds to it, and none of the known derivations gives it"


def test_a_metric_is_named_by_the_words_of_its_label() -> None:
    """ "Training accuracy passes 99% after 300 updates" is of the updates, not of the final accuracy."""
    results = LoggedResults(labels={"run_0": "Baseline", "run_1": "No decay"})
    for run, steps in (("run_0", 300.0), ("run_1", 692.0)):
        results.logged += [Logged(run, "x_div_y", "step_train_acc_99", "mean", steps)]
        results.logged += [Logged(run, "x_div_y", "final_train_acc", "mean", 1.0)]
    results.metric_labels = {"step_train_acc_99": "Updates to 99% training accuracy",
                             "final_train_acc": "Final training accuracy"}  # fmt: skip
    said = "On x_div_y training accuracy passes 99% after {} updates for the Baseline and {} for No decay."
    assert lost(Matcher(results), said.format(300, 692)) == []
    assert lost(Matcher(results), said.format(692, 300)) == ["692", "300"]
