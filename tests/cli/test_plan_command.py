"""`peerassay plan`: papers, power and cost before a run, and wrong input."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from printed import has_row

Call = Callable[..., tuple[int, str, str]]


def test_without_arguments_it_is_the_power_of_500_papers(typed: Call) -> None:
    found = json.loads(typed("plan", "--json")[1])
    assert found["papers"] == 500
    assert [round(row["power"], 2) for row in found["differences"]] == [0.11, 0.2, 0.46, 0.84]
    assert has_row(typed("plan")[1], ".050", "1,145", ".46")


def test_papers_for_a_difference_and_back(typed: Call) -> None:
    papers = json.loads(typed("plan", "--difference", 0.05, "--power", 0.9, "--json")[1])["papers"]
    back = json.loads(typed("plan", "--papers", papers, "--power", 0.9, "--json")[1])
    assert back["detectable"] == pytest.approx(0.05, abs=1e-4)


def test_cost_is_that_of_so_many_reviews(typed: Call) -> None:
    out = typed("plan", "--papers", 800, "-r", "openai/gpt-4o", "-r", "floor:length", "--json")[1]
    one, floor = json.loads(out)["costs"]
    assert one["usd"] == pytest.approx(800 * one["usd_per_review"])
    assert one["usd"] > 1
    assert floor["usd"] == 0
    assert "unknown" in typed("plan", "-r", "openai/no-such-model@http://127.0.0.1:9/v1")[1]


def test_the_error_of_a_run(typed: Call) -> None:
    assert typed("bench", "-d", "sample", "--split", "all", "--no-audit", "--draws", 100, "--out", "run")[0] == 0
    code, out, _ = typed("plan", "--from", "run", "--json")
    assert code == 0
    assert "on 32 papers" in json.loads(out)["source"]
    assert typed("compare", "run", "--floors", "--draws", 100, "--metric", "auc", "--equivalence", 0.05)[0] == 0
    code, _, err = typed("compare", "run", "--floors", "--metric", "spearman", "--equivalence", 0.05)
    assert (code, "tests AUC" in err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--from", "nowhere"), "no run there"),
        (("--from", "nowhere", "--se", 0.1), "not both"),
        (("-r", "nope/x"), "unknown reviewer"),
        (("-d", "nope"), "-d nope: of use for the cost of reviews alone"),
        (("--difference", 0), "not in the range"),
        (("--papers", 1), "not in the range"),
        (("--power", "high"), "not a valid float"),
        (("--rpm", 500, "--words", 3_900), "--words, --rpm: of use with --conference N alone"),
    ],
)
def test_wrong_input_is_one_line(typed: Call, arguments: tuple[object, ...], message: str) -> None:
    code, _, err = typed("plan", *arguments)
    assert code == 2
    last = " ".join(err.split())
    assert message in last
    assert "Traceback" not in err


def test_a_conference_is_told_and_what_is_not_known_refused(typed: Call) -> None:
    asked = ("plan", "--conference", 20_000, "-r", "openai/gpt-4o")
    [found] = json.loads(typed(*asked, "--json")[1])["conference"]
    assert (found["submissions"], found["calls"]) == (20_000, 20_000)
    assert "Reviews of 20,000 submissions" in typed(*asked)[1]
    assert "unknown" in typed("plan", "--conference", 5, "-r", "openai/none@http://127.0.0.1:9/v1")[1]
    for wrong, message in (
        ((), "needs a reviewer"),
        (("-r", "floor:length"), "calls no language model itself"),
        (("-r", "openai/gpt-4o", "--papers", 9), "goes without --papers"),
        (("-r", "openai/gpt-4o", "-d", "sample", "--power", 0.8), "goes without --power, --dataset"),
        (("-r", "openai/gpt-4o?vision=true"), "a plan knows no pages"),
    ):
        code, _, err = typed("plan", "--conference", 100, *wrong)
        assert (code, message in err) == (2, True), err
