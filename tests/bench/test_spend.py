"""What a run paid for calls, read back from its ledger, and the tables of cost."""

from __future__ import annotations

from pathlib import Path

import pytest
from peerassay.bench.cost_tables import cost_table, spend_table
from peerassay.bench.outcomes import MeanUsage
from peerassay.bench.records import ReviewerMetrics
from peerassay.data.errors import InputError
from peerassay.llm.ledger import Ledger
from peerassay.llm.ledger_file import Outcome, stage_spend
from peerassay.llm.messages import Tokens

SOME = Tokens(uncached=100, cached=40, output=10)
CALLS: list[tuple[str, Outcome, Tokens, float | None]] = [
    ("review", "ok", SOME, 0.5),
    ("meta", "ok", SOME, 0.25),
    ("review", "failed", Tokens(), None),
    ("review", "refused", Tokens(), None),
    ("meta", "uncertain", Tokens(), None),
    ("review", "ok", SOME, 0.75),
]


def booked(path: Path, model: str = "openai/m", bound: float | None = 1.0) -> Ledger:
    """A ledger with `CALLS` and one call that was killed."""
    ledger = Ledger(path)
    for stage, outcome, tokens, usd in CALLS:
        call = ledger.begin(stage, model, bound)
        ledger.end(call, tokens=tokens, usd=usd, outcome=outcome, seconds=2.0)
    ledger.begin("review", model, bound)
    return ledger


def test_calls_add_up_by_stage_and_model_over_all_starts(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    booked(path)
    booked(path)
    booked(path, "anthropic/n")
    spend = stage_spend(path)
    assert [(row.stage, row.model) for row in spend] == [
        ("review", "openai/m"), ("meta", "openai/m"), ("review", "anthropic/n"), ("meta", "anthropic/n")
    ]  # fmt: skip
    review, meta = spend[0].took, spend[1].took
    assert (review.calls, review.failed, review.refused, review.uncertain) == (10, 2, 2, 2)
    assert (meta.calls, meta.uncertain) == (4, 2)
    assert review.tokens == Tokens(uncached=400, cached=160, output=40)
    assert (review.usd, meta.usd) == (4.5, 2.5)
    assert sum(row.took.usd or 0 for row in spend) == Ledger(path).spent


def test_a_line_that_is_being_written_is_no_call_yet(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    booked(path)
    before = stage_spend(path)
    with path.open("ab") as stream:
        stream.write(b'{"call": "abc", "sta')
    assert stage_spend(path) == before


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"call": "x"}', "calls.jsonl:1: field stage"),
        ('{"call": "x", "outcome": "ok", "tokens": {}, "usd": 0, "seconds": 1}', "call x, which was not begun"),
        ("nonsense", "calls.jsonl:1: not JSON"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_text(f"{line}\n")
    with pytest.raises(InputError, match=message):
        stage_spend(path)


def test_the_table_of_stages_ends_with_all_of_them(tmp_path: Path) -> None:
    booked(tmp_path / "calls.jsonl")
    table = spend_table(stage_spend(tmp_path / "calls.jsonl"))
    assert table is not None
    assert table.heads == ("Stage", "Model", "Calls", "Failed", "Refused", "Uncertain", "Tokens in, full price",
                           "Tokens in, cached", "Tokens out", "US$")  # fmt: skip
    assert table.rows[-1] == ("in all", "", "7", "1", "1", "2", "300", "120", "30", "3.50")


def test_a_call_of_unknown_price_makes_the_sum_unknown(tmp_path: Path) -> None:
    booked(tmp_path / "calls.jsonl", bound=None)
    table = spend_table(stage_spend(tmp_path / "calls.jsonl"))
    assert table is not None
    assert {row[-1] for row in table.rows} == {"unknown"}


def test_a_run_without_calls_has_no_table_of_stages(tmp_path: Path) -> None:
    assert stage_spend(tmp_path / "calls.jsonl") == []
    (tmp_path / "calls.jsonl").touch()
    assert spend_table(stage_spend(tmp_path / "calls.jsonl")) is None


def reviewer(name: str, **fields: object) -> ReviewerMetrics:
    settings = {"kind": "llm", "automatic": False, "n": 40, "reviewed": 40, "coverage": 1.0, "seconds_per_review": 1.5}
    return ReviewerMetrics.model_validate({"name": name, "usd_per_review": 0.0, **settings, **fields})


def test_the_table_of_cost_has_only_columns_that_tell_something() -> None:
    plain = cost_table([reviewer("floor:length")])
    assert plain.heads == ("Reviewer", "Coverage", "Seconds per review", "US$ per review")
    assert plain.rows == (("floor:length", "40/40", "1.50", "0.00"),)
    usage = MeanUsage(calls=5.25, tokens_in=12_000, tokens_cached=9_000, tokens_out=801.6)
    both = cost_table([reviewer("floor:length"), reviewer("gpt", usage=usage, usd_per_review=0.02, noted=3)])
    assert both.heads == ("Reviewer", "Coverage", "Seconds per review", "US$ per review", "US$ in all", "Calls",
                          "Tokens in", "Tokens out", "Partly failed")  # fmt: skip
    assert both.rows[0][4:] == ("–", "–", "–", "–", "–")
    assert both.rows[1][3:] == ("0.0200", "0.8000", "5.2", "12,000 [75% cached]", "802", "3")
    assert "when they were made" in both.note


def test_an_unknown_price_is_not_zero() -> None:
    table = cost_table([reviewer("gpt", usd_per_review=None, usage=MeanUsage(calls=1, tokens_in=10))])
    assert table.rows[0][table.heads.index("US$ per review")] == "unknown"
    assert "US$ in all" not in table.heads
