"""Sentences as models write them: false ones are flagged, sound ones are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from false_papers import audited, flagged, make_results


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_results(tmp_path_factory.mktemp("results"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Averaged over the data sets, Deep has a val loss of 0.6662.", []),
        ("Averaged over the data sets, Deep has a val loss of 66.62\\%.", ["66.62%"]),
        ("Averaged over the data sets, Deep has an accuracy of 80.71\\%.", []),
        ("We give 95\\% intervals, and confidence intervals of 99\\% as well.", []),
    ],
)
def test_only_shares_are_percentages(results: Path, text: str, found: list[str]) -> None:
    assert flagged(results, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("On cifar, Wide reaches $A = 0.834$.", []),
        ("On cifar, Wide reaches $A = 0.999$.", ["0.999"]),
        ("The accuracy of Wide on cifar is $a = 0.7123$.", ["0.7123"]),
        ("We obtain $A = 0.999$.", ["0.999"]),
        ("On cifar, Wide gives $L = 0.451, A = 0.934$.", ["0.934"]),
        ("On cifar, Wide has $\\mathcal{L}_{\\mathrm{val}}(\\theta) = 0.31$.", ["0.31"]),
        ("With $A_{\\text{Wide}} = 0.834$ accuracy on cifar we are ahead.", []),
        ("With $A_{\\text{Wide}} = 0.712$ accuracy on cifar we are ahead.", ["0.712"]),
        ("Width and accuracy correlate with $r = 0.93$.", ["0.93"]),
        ("We set $\\alpha = 0.25$ throughout.", []),
        ("We set $\\alpha = 0.3$ throughout.", ["0.3"]),
        ("Wide uses $\\lambda = 0.1$.", []),
        ("Wide uses $\\lambda = 0.7$.", ["0.7"]),
        ("We set $\\gamma = 0.3$ and $K = 4$ in the definition of the gap; let $x = 0.5$ be its middle.", []),
    ],
)
def test_the_value_of_a_symbol_is_a_setting_a_result_or_a_definition(
    results: Path, text: str, found: list[str]
) -> None:
    assert flagged(results, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("All runs have a dropout of 0.1 and a learning rate of 0.003.", []),
        ("All runs have an alpha of 0.3.", ["0.3"]),
    ],
)
def test_a_setting_is_written_with_all_its_digits(results: Path, text: str, found: list[str]) -> None:
    assert flagged(results, text) == found


def test_a_learning_rate_in_a_formula_is_held_against_the_code(results: Path) -> None:
    stated = audited(results, "We train with a learning rate of $\\eta = 0.0031$ and a dropout of $p = 0.1$.").method
    assert [(one.what, one.stated, one.status) for one in stated] == [
        ("learning rate", "0.0031", "differs"), ("dropout", "0.1", "agrees"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("On cifar, Narrow has an accuracy 6.2 points below the baseline.", []),
        ("On cifar, Narrow has an accuracy 6.9 percentage points below the baseline.", ["6.9"]),
        ("The accuracies of Wide on cifar and svhn are 0.8341 and 0.9012.", []),
        ("The accuracies of Wide on cifar and svhn are 0.9012 and 0.8341.", ["0.9012", "0.8341"]),
        ("On cifar, the accuracies of Wide and Narrow are 0.6502 and 0.8341.", ["0.6502", "0.8341"]),
        ("The lowest val loss on cifar is 0.4512.", []),
        ("The lowest val loss on cifar is 0.7812.", ["0.7812"]),
        ("The best val loss on cifar is 1.3544.", ["1.3544"]),
        ("The highest accuracy among the other variants on cifar is 0.7719.", []),
        ("The median accuracy over the runs on cifar is 0.7719.", ["0.7719"]),
        ("The mean accuracy over all runs on cifar is 0.7719.", ["0.7719"]),
        ("The mean accuracy over all runs on cifar is 0.7421.", []),
        ("The accuracy on cifar ranges from 0.6502 to 0.8341.", []),
        ("The accuracy on cifar ranges between 0.7123 and 0.8341.", ["0.7123"]),
        ("On cifar, the accuracy is 0.7719 in one run, and ranges are large.", []),
    ],
)
def test_what_a_value_is_said_to_be_among_all_runs(results: Path, text: str, found: list[str]) -> None:
    assert flagged(results, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Wide improves accuracy by 17.1\\% (relative) on cifar.", []),
        ("Wide improves accuracy by 12.2\\% (relative) on cifar.", ["12.2%"]),
        ("On cifar, Wide has an absolute gain in accuracy of 17.1\\%.", ["17.1%"]),
        ("The standard error of the accuracy is 0.0069 throughout.", []),
        ("The standard error of the accuracy is 0.0120 throughout.", ["0.0120"]),
        ("The standard deviation of the accuracy is 0.0120 throughout.", []),
        ("Averaged over data sets, the accuracy rises from 0.767 (baseline) to 0.868 (Wide).", []),
        ("Averaged over data sets, the accuracy rises from 0.767 (baseline) to 0.901 (Wide).", ["0.901"]),
        ("Wide beats Deep by 0.0622 in accuracy on cifar.", []),
        ("Wide beats Deep by 0.1218 in accuracy on cifar.", ["0.1218"]),
        ("The difference in accuracy between Wide and Deep on cifar is 0.1218.", ["0.1218"]),
        ("The second best accuracy on cifar is 0.7719.", []),
        ("The second best accuracy on cifar is 0.8341.", ["0.8341"]),
        ("On cifar the accuracy of Narrow drops to 0.6502, about nine percent below the baseline.", []),
        ("On cifar the accuracy of Narrow drops to 0.6502, about eight percent below the baseline.", ["eight percent"]),
        ("We set the dropout to $p = 0.1$; there are $n = 3$ seeds, and $\\tau = 0.05$ is the threshold.", []),
        ("Each run was repeated three times.", []),
        ("Each run was repeated ten times.", ["run was repeated ten times"]),
        ("Narrow is faster than the baseline on cifar.", []),
        ("Narrow is slower than the baseline on cifar.", ["slower"]),
        ("Deep is the fastest run in train time on cifar.", ["is the fastest"]),
        ("On cifar, Wide is more accurate than Deep.", []),
        ("On cifar, Deep is more accurate than Wide.", ["more accurate"]),
        ("On cifar, Narrow converges faster than Wide.", []),
        ("On cifar, Wide increases the train time by 101.8\\%.", []),
        ("On cifar, Wide increases the train time by 201.8\\%.", ["201.8%"]),
        ("The gain in accuracy of Wide is larger on cifar ($+0.1218$) than on svhn ($+0.0798$).", []),
        (
            "The gain in accuracy of Wide is larger on cifar ($+0.0798$) than on svhn ($+0.1218$).",
            ["+0.0798", "+0.1218"],
        ),
        ("Across both data sets, Wide improves accuracy by 0.1008 on average.", []),
        ("Across both data sets, Wide improves accuracy by 0.1218 on average.", ["0.1218"]),
        ("Wide needs 2$\\times$ the train time of the baseline on cifar.", []),
        ("Wide needs 3$\\times$ the train time of the baseline on cifar.", ["3×"]),
        ("Narrow is the most accurate run on cifar.", ["is the most accurate"]),
        ("Accuracy: with Wide, cifar has 0.834 (baseline: 0.712) and svhn 0.901 (baseline: 0.821).", []),
        ("On cifar Wide reaches $0.834 \\pm 0.007$ accuracy (baseline: $0.712 \\pm 0.007$).", []),
        (
            "For Wide, accuracy on cifar is $0.834 \\pm 0.007$ (baseline: $0.712 \\pm 0.007$), on svhn $0.901"
            " \\pm 0.007$ (baseline: $0.821 \\pm 0.007$).",
            [],
        ),
        ("On cifar Wide reaches $0.712 \\pm 0.007$ accuracy (baseline: $0.834 \\pm 0.007$).", ["0.712", "0.834"]),
    ],
)
def test_what_a_comparison_is_said_to_be(results: Path, text: str, found: list[str]) -> None:
    assert flagged(results, text) == found
