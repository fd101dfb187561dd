"""Tables of papers: what a cell may stand for, by its heads and by what stands beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from false_papers import flagged, make_results, table


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
