"""Signs of printed differences: held against the column that they stand in and against the interval behind them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from peerassay.generator.provenance.audit import audit_paper

LOSSES = {"run_0": 0.9125, "run_1": 0.8451, "run_2": 0.9544, "run_3": 0.8812}
LABELS = {"run_0": "Baseline", "run_1": "Wide", "run_2": "Narrow", "run_3": "Deep"}
ROWS = {"run_1": "-0.0674 & $-7.39$\\%", "run_2": "0.0419 & 4.59\\%", "run_3": "-0.0313 & $-3.43$\\%"}


@pytest.fixture
def results(tmp_path: Path) -> Path:
    for run, loss in LOSSES.items():
        (tmp_path / run).mkdir()
        info = {"pebbles": {"means": {"val_loss": loss}}}
        (tmp_path / run / "final_info.json").write_text(json.dumps(info))
    (tmp_path / "labels.json").write_text(json.dumps(LABELS))
    (tmp_path / "statistics.json").write_text(json.dumps({"pebbles": {"low": -0.0912, "high": -0.0436}}))
    return tmp_path


def flagged(results: Path, rows: dict[str, str], prose: str = "") -> list[str]:
    """The numbers that are flagged in a paper with a table of differences on pebbles."""
    body = "\n".join(f"{LABELS[run]} & {cells} \\\\" for run, cells in rows.items())
    tex = results / "latex" / "paper.tex"
    tex.parent.mkdir(exist_ok=True)
    tex.write_text(
        "\\documentclass{article}\\begin{document}\\section{Results}\n"
        f"{prose}\n\n\\begin{{table}}\\caption{{Difference in val loss on pebbles from the baseline.}}\n"
        "\\begin{tabular}{lrr} Run & Difference & Change \\\\\n"
        f"{body}\n\\end{{tabular}}\\end{{table}}\\end{{document}}\n"
    )
    return [number.text for number in audit_paper(tex, None, results).unsupported]


def test_sound_signs_pass_in_either_convention(results: Path) -> None:
    other = {run: cells.replace("-", "+") if "-" in cells else f"-{cells.replace('& ', '& -')}"
             for run, cells in ROWS.items()}  # fmt: skip
    assert flagged(results, ROWS) == []
    assert flagged(results, other) == []


def test_a_column_without_signs_gives_sizes(results: Path) -> None:
    assert flagged(results, {run: cells.replace("-", "") for run, cells in ROWS.items()}) == []


@pytest.mark.parametrize(
    ("sound", "wrong", "number"),
    [("-0.0674", "0.0674", "0.0674"), ("4.59", "$-4.59$", "-4.59%"), ("-3.43", "3.43", "3.43%")],
)
def test_a_wrong_sign_in_a_column_is_found(results: Path, sound: str, wrong: str, number: str) -> None:
    assert flagged(results, {run: cells.replace(sound, wrong) for run, cells in ROWS.items()}) == [number]


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        ("On pebbles the val loss of Wide differs by $-0.0674$ (95\\% interval $-0.0912$ to $-0.0436$).", []),
        ("On pebbles the val loss of Wide is lower by 0.0674 (95\\% interval $-0.0912$ to $-0.0436$).", []),
        ("On pebbles the val loss of Wide has a difference $0.0674$ [$-0.0912$, $-0.0436$].", ["0.0674"]),
        ("On pebbles the val loss of Wide differs: $+0.0674$ (95\\% CI $-0.0912$ to $-0.0436$).", ["+0.0674"]),
    ],
)
def test_a_difference_has_the_sign_of_its_interval(results: Path, prose: str, found: list[str]) -> None:
    assert flagged(results, ROWS, prose) == found


@pytest.mark.parametrize(
    ("ends", "found"),
    [
        ("[$-0.0912$, $-0.0436$]", []),
        ("[$-0.0436$, $-0.0912$]", ["-0.0436"]),
        ("$[-0.0436, -0.0912]$", ["-0.0436"]),
        ("($-0.0436$, $-0.0912$)", ["-0.0436"]),
        ("from $-0.0912$ to $-0.0436$", []),
        ("from $-0.0436$ to $-0.0912$", ["-0.0436"]),
        ("between $-0.0436$ and $-0.0912$", ["-0.0436"]),
        ("$-0.0436$ to $-0.0912$", ["-0.0436"]),
        ("moves from $-0.0436$ to $-0.0912$", []),
    ],
)
def test_the_lower_end_of_an_interval_stands_first(results: Path, ends: str, found: list[str]) -> None:
    prose = f"On pebbles the val loss of Wide differs by $-0.0674$ (95\\% interval {ends})."
    assert flagged(results, ROWS, prose) == found


@pytest.mark.parametrize(
    "prose",
    [
        "On pebbles the val losses of Narrow and Wide are [0.9544, 0.8451].",
        "On pebbles we have intervals of 95\\%. On pebbles the val losses of Narrow and Wide are (0.9544, 0.8451).",
        "On pebbles, the val loss falls from 0.9544 for Narrow to 0.8451 for Wide.",
        "On pebbles, without an interval, the val losses of Narrow and Wide are [0.9544, 0.8451].",
    ],
)
def test_two_values_in_brackets_that_are_no_interval_may_fall(results: Path, prose: str) -> None:
    assert flagged(results, ROWS, prose) == []


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        ("On pebbles, Wide changes the val loss by $-0.0674$.", []),
        ("On pebbles, Wide changes the val loss by $+0.0674$.", ["+0.0674"]),
        ("On pebbles, the val loss of Narrow differs from the baseline by $+4.59$\\%.", []),
        ("On pebbles, the val loss of Narrow differs from the baseline by $-4.59$\\%.", ["-4.59%"]),
        ("On pebbles, Wide changes the val loss by 0.0674.", []),
        ("On pebbles, the val loss of Wide shows a difference of $+0.0674$.", ["+0.0674"]),
        ("On pebbles, the val loss of Wide shows a difference of $-0.0674$ to the baseline.", []),
        ("Relative to the baseline, the val loss of Wide differs by $+7.39$\\% on pebbles.", ["+7.39%"]),
        ("Wide ($+0.0674$) differs from the baseline in val loss on pebbles.", ["+0.0674"]),
        ("On pebbles, the val loss changes by $-0.0674$ with Wide and by $-0.0419$ with Narrow.", ["-0.0419"]),
        ("On pebbles, the difference in val loss between the baseline and Wide is $+0.0674$.", []),
        ("On pebbles, Wide has an improvement in val loss of $+0.0674$.", []),
        ("On pebbles, going from Wide to Baseline changes the val loss by $+0.0674$.", []),
        ("On pebbles, Baseline differs from Wide in val loss by $+0.0674$.", []),
        ("On pebbles, taking Wide back changes the val loss of Baseline by $+0.0674$.", []),
    ],
)
def test_a_run_that_changes_a_measure_has_the_sign_of_the_change(results: Path, prose: str, found: list[str]) -> None:
    assert flagged(results, ROWS, prose) == found


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        ("On pebbles, the val loss of Wide is 0.8451.", []),
        ("On pebbles, the val loss of Wide is 84.51\\%.", ["84.51%"]),
        ("On pebbles, the val loss of Wide is 7.39\\% below that of Baseline.", []),
    ],
)
def test_a_loss_is_no_share(results: Path, prose: str, found: list[str]) -> None:
    assert flagged(results, ROWS, prose) == found
