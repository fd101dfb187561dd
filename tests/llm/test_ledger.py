"""The ledger: what was paid, over starts, crashes and damaged lines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from peerassay.data.errors import InputError
from peerassay.llm.ledger import Ledger
from peerassay.llm.ledger_file import StageTotals
from peerassay.llm.messages import Tokens

TOKENS = Tokens(uncached=100, cached=20, written=3, output=40)


def book(ledger: Ledger, stage: str, usd: float | None, **end: object) -> None:
    call = ledger.begin(stage, "openai/gpt-4o", 0.5)
    ledger.end(call, **{"tokens": TOKENS, "usd": usd, "seconds": 1.5, **end})  # type: ignore[arg-type]


def test_totals_of_a_stage_and_of_all() -> None:
    ledger = Ledger()
    book(ledger, "review", 0.25)
    book(ledger, "review", 0.0, outcome="failed", tokens=Tokens())
    book(ledger, "review", None, outcome="refused", tokens=Tokens())
    book(ledger, "reflect", None, outcome="uncertain", tokens=Tokens())
    ledger.reused("review", "openai/gpt-4o", TOKENS, 0.125)
    assert list(ledger.totals()) == ["review", "reflect"]
    assert ledger.totals()["review"] == StageTotals(
        calls=3, failed=1, refused=1, tokens=TOKENS, usd=0.25, seconds=4.5, reused=1, reused_tokens=TOKENS,
        reused_usd=0.125,
    )  # fmt: skip
    assert ledger.totals()["reflect"] == StageTotals(calls=1, uncertain=1, usd=0.5, seconds=1.5)
    assert ledger.all() == ledger.totals()["review"] + ledger.totals()["reflect"]
    assert ledger.spent == 0.75
    assert ledger.spent_before == 0


def test_an_unknown_price_makes_the_sum_unknown_and_only_that_of_its_stage() -> None:
    ledger = Ledger()
    book(ledger, "review", 0.25)
    call = ledger.begin("reflect", "openai/own", None)
    ledger.end(call, tokens=TOKENS, usd=None, seconds=1)
    ledger.reused("review", "openai/own", TOKENS, None)
    assert ledger.totals()["review"].usd == 0.25
    assert ledger.totals()["review"].reused_usd is None
    assert ledger.totals()["reflect"].usd is None
    assert ledger.all().usd is None
    assert ledger.all().tokens == TOKENS + TOKENS
    assert ledger.spent == 0.25


def test_an_empty_ledger_adds_up_to_nothing() -> None:
    assert Ledger().all() == StageTotals()


def test_a_call_ends_once() -> None:
    ledger = Ledger()
    call = ledger.begin("review", "m", 0.5)
    ledger.end(call, tokens=TOKENS, usd=0.1, seconds=1)
    with pytest.raises(KeyError):
        ledger.end(call, tokens=TOKENS, usd=0.1, seconds=1)
    assert ledger.spent == 0.1


def test_earlier_starts_count_in_what_is_spent_but_not_in_the_totals(tmp_path: Path) -> None:
    path = tmp_path / "run" / "calls.jsonl"
    first = Ledger(path)
    book(first, "review", 0.25)
    book(first, "review", None, outcome="uncertain", tokens=Tokens())
    book(first, "review", 0.0, outcome="failed", tokens=Tokens())
    killed = first.begin("review", "openai/gpt-4o", 0.125)
    first.begin("review", "openai/own", None)
    assert first.spent == 0.75
    second = Ledger(path)
    assert second.spent_before == second.spent == 0.875
    assert second.totals() == {}
    book(second, "review", 1.0)
    assert (second.spent_before, second.spent) == (0.875, 1.875)
    second.end(killed, tokens=TOKENS, usd=0.0625, seconds=1)
    assert second.spent == 1.8125
    assert Ledger(path).spent == 1.8125


def test_calls_under_way_do_not_count_before_they_end() -> None:
    ledger = Ledger()
    ledger.begin("review", "m", 0.5)
    assert ledger.spent == 0


def test_the_file_has_what_is_said_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    book(Ledger(path), "review", 0.25)
    before, after = (json.loads(line) for line in path.read_text().splitlines())
    assert set(before) == {"call", "stage", "model", "bound", "at"}
    assert set(after) == {"call", "outcome", "tokens", "usd", "seconds"}
    assert before["call"] == after["call"]


@pytest.mark.parametrize("cut", [1, 2, 30])
def test_a_torn_last_line_is_repaired(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "calls.jsonl"
    book(Ledger(path), "review", 0.25)
    path.write_bytes(path.read_bytes()[:-cut])
    ledger = Ledger(path)
    assert ledger.spent_before == (0.25 if cut == 1 else 0.5)
    book(ledger, "review", 0.125)
    assert Ledger(path).spent_before == ledger.spent


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nonsense", "not JSON"),
        ('{"call": "x"}', "field stage"),
        ('{"call": "x", "outcome": "lost", "tokens": {}, "usd": 1, "seconds": 1}', "field outcome"),
        ('{"call": "x", "outcome": "ok", "tokens": {}, "usd": 1, "seconds": 1}', "call x, which was not begun"),
    ],
)
def test_a_damaged_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "calls.jsonl"
    book(Ledger(path), "review", 0.25)
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(InputError, match=rf"calls.jsonl:3: .*{said}"):
        Ledger(path)


def test_an_unusable_path_gives_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="folder cannot be made"):
        Ledger(tmp_path / "file" / "calls.jsonl")
    with pytest.raises(InputError, match="cannot be read and written"):
        Ledger(tmp_path)
    gone = Ledger(tmp_path / "run" / "calls.jsonl")
    (tmp_path / "run").rmdir()
    with pytest.raises(InputError, match="cannot be written"):
        gone.begin("review", "m", 0.5)


def test_a_killed_process_leaves_its_open_call_at_the_bound(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    script = (
        "import sys, time; from pathlib import Path\n"
        "from peerassay.llm.ledger import Ledger; from peerassay.llm.messages import Tokens\n"
        "ledger = Ledger(Path(sys.argv[1]))\n"
        "call = ledger.begin('review', 'm', 0.5); ledger.end(call, tokens=Tokens(), usd=0.125, seconds=1)\n"
        "ledger.begin('review', 'm', 0.25)\n"
        "print('begun', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.kill()
    assert Ledger(path).spent_before == 0.375
