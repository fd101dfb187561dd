"""Tables of papers: what a cell may stand for, by its heads and by what stands beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from false_papers import audited, flagged, make_results, table
from peerassay.generator.provenance.logged import Logged, LoggedResults
from peerassay.generator.provenance.names import Names


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_results(tmp_path_factory.mktemp("results"))


DATA = "Run & cifar & svhn"


@pytest.mark.parametrize(
    ("head", "row", "caption", "found"),
    [
        ("Change (\\%) & cifar & svhn", "Narrow & 8.72 & 7.10", "Accuracy.", []),
        ("Change (\\%) & cifar & svhn", "Narrow & $-8.72$ & $-7.10$", "Accuracy.", []),
        ("Difference (\\%) & cifar & svhn", "Narrow & $-8.72$ & $-7.11$", "Accuracy.", ["-7.11"]),
        ("Run (\\%) & cifar & svhn", "Narrow & 65.02 & 76.31", "Accuracy.", []),
        ("Run (\\%) & cifar & svhn", "Narrow & 65.02 & 7.10", "Accuracy.", ["7.10"]),
    ],
)
def test_a_first_head_says_whether_the_columns_give_changes(
    results: Path, head: str, row: str, caption: str, found: list[str]
) -> None:
    assert flagged(results, table(head, row, caption=caption)) == found


@pytest.mark.parametrize(
    ("cells", "caption", "found"),
    [
        ("$0.8341 \\pm 0.0069$ & $0.9012 \\pm 0.0069$", "with standard errors over 3 seeds", []),
        ("$0.8221 \\pm 0.0069$ & $0.9012 \\pm 0.0069$", "with standard errors over 3 seeds", ["0.8221"]),
        ("$0.8221$ & $0.8892$", "of 3 seeds, lower in parts", ["0.8221", "0.8892"]),
        ("$0.8221$ & $0.8892$", "of the worst seed", []),
        ("$0.8341 \\pm 0.0136$ & $0.9012 \\pm 0.0069$", "with standard errors, higher is better", ["0.0136"]),
        ("$0.8341 \\pm 0.0136$ & $0.9012 \\pm 0.0136$", "with 95\\% confidence intervals", []),
        ("$0.1458 \\pm 0.0069$ & $0.9012 \\pm 0.0069$", "with intervals of differences", ["0.1458"]),
    ],
)
def test_a_mean_in_a_cell_is_none_of_a_seed_and_no_bound(
    results: Path, cells: str, caption: str, found: list[str]
) -> None:
    assert flagged(results, table(DATA, f"Wide & {cells}", caption=f"Accuracy {caption}.")) == found


def test_a_change_is_no_value_of_another_measure(results: Path) -> None:
    head = "Run & Difference & Change"
    sound = table(head, "Wide & $+0.1218$ & $+17.1$\\%", caption="Accuracy on cifar.")
    assert flagged(results, sound) == []
    for wrong in ("83.4", "13.9", "10.5"):
        assert flagged(results, sound.replace("17.1", wrong)) == [f"+{wrong}%"]


RUNS = ("Baseline & 0.7123 & 0.8214", "Wide & 0.8341 & 0.9012")


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("Thin & 0.6502 & 0.7631", []),
        ("Thin & 0.6502 & 0.8423", ["0.6502", "0.8423"]),
        ("AdamW (ours) & 0.8341 & 0.8214", ["0.8341", "0.8214"]),
        ("AdamW & 0.7123 & 0.8214", ["0.7123", "0.8214"]),
        ("Ours & 0.8341 & 0.9012", []),
        ("Best & 0.8341 & 0.9012", []),
        ("Largest change & 17.1\\% & 9.72\\%", []),
        ("Narrow & 0.6502 & 0.8423", ["0.8423"]),
    ],
)
def test_a_row_that_is_no_runs_has_the_values_of_one(results: Path, row: str, found: list[str]) -> None:
    assert flagged(results, table(DATA, *RUNS, row, caption="Accuracy.")) == found


@pytest.mark.parametrize(("cells", "found"), [("0.6502 & 0.7631", []), ("0.6502 & 0.8423", ["0.6502", "0.8423"])])
def test_a_column_that_is_no_runs_has_the_values_of_one(results: Path, cells: str, found: list[str]) -> None:
    first, second = cells.split(" & ")
    head = "Data set & Baseline & Thin"
    rows = (f"cifar & 0.7123 & {first}", f"svhn & 0.8214 & {second}")
    assert flagged(results, table(head, *rows, caption="Accuracy.")) == found


def test_one_strange_value_in_a_row_is_the_one_reported(results: Path) -> None:
    head = "Run & Accuracy on cifar & Accuracy on svhn & Val loss on cifar & Val loss on svhn"
    sound = table(head, "Thin & 0.6502 & 0.7631 & 1.3544 & 0.8744")
    assert flagged(results, sound) == []
    (lost,) = audited(results, sound.replace("0.7631", "0.8423")).unsupported
    assert lost.text == "0.8423"
    assert lost.reason == "stands in the row 'Thin', which is no run's name, among values of run_2, run_3"


def test_words_of_a_label_that_denies_are_not_its_name() -> None:
    names = Names(LoggedResults([Logged(f"run_{n}", "", "loss", "mean", 1.0) for n in range(3)],
                                {"run_1": "No decay", "run_2": "Decay on block"}))  # fmt: skip
    assert names.named("Block decay").runs == {"run_2"} and names.named("a weight decay of 1").runs == set()
    assert names.named("without any decay").runs == names.named("no weight decay").runs == {"run_1"}


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("Mean & 0.7732 & 0.8613", []),
        ("Average & 0.7732 & 0.8624", ["0.8624"]),
        ("Meanwhile & 0.7732 & 0.8613", ["0.7732", "0.8613"]),
    ],
)
def test_a_mean_of_the_rows_above_is_known(results: Path, row: str, found: list[str]) -> None:
    assert flagged(results, table(DATA, *RUNS, row, caption="Accuracy.")) == found


def test_a_caption_says_that_a_table_has_percentages(results: Path) -> None:
    sound = table(DATA, "Wide & 83.4 (0.7) & 90.1 (0.7)", caption="Accuracy in \\%, standard errors in brackets.")
    assert flagged(results, sound) == []
    assert flagged(results, sound.replace("83.4 (0.7)", "85.4 (0.9)")) == ["85.4", "0.9"]


def test_a_wrong_sign_in_a_row_of_differences_is_found(results: Path) -> None:
    head = "Wide & Accuracy on cifar & Accuracy on svhn & Accuracy, mean"
    sound = table(head, "$\\Delta$ & $+0.1218$ & $+0.0798$ & $+0.1008$", caption="Differences from the baseline.")
    assert flagged(results, sound) == []
    assert flagged(results, sound.replace("$+0.0798$", "$-0.0798$")) == ["-0.0798"]
