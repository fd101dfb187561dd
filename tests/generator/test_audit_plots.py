"""Values that a drawing in the source plots are checked like cells of a table."""

from __future__ import annotations

from pathlib import Path

import pytest
from false_papers import audited, flagged, make_results


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_results(tmp_path_factory.mktemp("results"))


def figure(plots: str, options: str = "ylabel={Accuracy}", caption: str = "Accuracy on cifar.") -> str:
    axis = f"\\begin{{axis}}[{options}]\n{plots}\n\\end{{axis}}"
    return f"\\begin{{figure}}\\begin{{tikzpicture}}{axis}\\end{{tikzpicture}}\\caption{{{caption}}}\\end{{figure}}"


@pytest.mark.parametrize(
    ("plots", "options", "found"),
    [
        ("\\addplot coordinates {(1,0.7123) (2,0.8341) (3,0.6502)};", "ylabel={Accuracy}", []),
        ("\\addplot coordinates {(1,0.7123) (2,0.913) (3,0.6502)};", "ylabel={Accuracy}", ["0.913"]),
        ("\\addplot[ybar] coordinates {(Baseline,0.7123) (Wide,0.8341)};", "ylabel=Accuracy", []),
        ("\\addplot[ybar] coordinates {(Baseline,0.8341) (Wide,0.8341)};", "ylabel=Accuracy", ["0.8341"]),
        ("\\addplot[xbar] coordinates {(0.7123,Baseline) (0.913,Wide)};", "xlabel=Accuracy", ["0.913"]),
        (
            "\\addplot coordinates {(cifar,0.7123) (svhn,0.9012)};\\addlegendentry{Baseline}",
            "ylabel=Accuracy",
            ["0.9012"],
        ),
        (
            "\\addplot coordinates {(1,0.6502)};\n\\addplot+ coordinates {(1,0.6502)};\\legend{Narrow, Wide}",
            "",
            ["0.6502"],
        ),
        ("\\addplot coordinates {(Wide,0.8341) +- (0,0.0069)};", "ylabel=Accuracy", []),
        ("\\addplot coordinates {(Wide,0.8341) +- (0,0.02)};", "ylabel=Accuracy", ["0.02"]),
        ("\\addplot table {x y\n 1 0.7123\n 2 0.913\n};", "ylabel=Accuracy", ["0.913"]),
        ("\\addplot table[y=acc] {run loss acc\n 1 0.9125 0.913\n 2 0.4512 0.8341\n};", "", ["0.913"]),
        ("\\addplot table[y index=2] {run loss acc\n 1 0.9125 0.7123\n 2 0.4512 0.8341\n};", "", []),
        ("\\addplot table {data.dat};\\addplot {x^2 + 0.37};", "ylabel=Accuracy", []),
        ("\\draw (0,0.35) -- (1.25,2.7); \\node at (0.5,0.75) {data};", "", []),
    ],
)
def test_plotted_values_are_checked(results: Path, plots: str, options: str, found: list[str]) -> None:
    assert flagged(results, figure(plots, options)) == found


def test_a_plotted_value_has_its_place(results: Path) -> None:
    (lost,) = audited(results, "\n" + figure("\\addplot coordinates {(1,0.7123)\n(2,0.913)};")).unsupported
    assert (lost.where, lost.context) == ("paper.tex:5", "Accuracy: 0.913")
