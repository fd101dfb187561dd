"""Sealed forecasts from Python."""

from __future__ import annotations

import json
from pathlib import Path

import peerassay as pa
import pytest
from sealed_papers import N, accepted, decisions_table, sure, undecided_table


def test_sealed_before_the_decisions_and_opened_after_them(tmp_path: Path) -> None:
    table = undecided_table(tmp_path / "papers.csv")
    sealed = pa.seal(table, sure, out=tmp_path / "run", floors=False)
    assert sealed.seal is not None and sealed.line == sealed.seal.line
    assert len(sealed.seal.papers) == N
    assert sealed.public.is_file() and sealed.private.is_file()
    with pytest.raises(pa.InputError, match="sealed already"):
        pa.seal(table, sure, out=tmp_path / "run", floors=False)
    decisions = decisions_table(tmp_path / "decisions.csv")
    found = pa.open_seal(tmp_path / "run", decisions, draws=100, floors=False, audit=False, published=sealed.line)
    assert len(found.reviews()) == N
    assert found.run.record.command == [f"peerassay.open_seal({str(tmp_path / 'run')!r}, {str(decisions)!r})"]
    assert sum(map(accepted, range(N))) == found.reviews()["accepted"].sum()


def test_changed_scores_are_refused(tmp_path: Path) -> None:
    sealed = pa.seal(undecided_table(tmp_path / "papers.csv"), sure, out=tmp_path / "run", floors=False)
    kept = json.loads(sealed.private.read_text())
    kept["reviewers"][0]["reviews"][0]["overall"] = 1.0
    sealed.private.write_text(json.dumps(kept))
    with pytest.raises(pa.InputError):
        pa.open_seal(sealed.folder, decisions_table(tmp_path / "decisions.csv"))


def test_nothing_is_sealed_where_the_budget_was_reached(tmp_path: Path) -> None:
    nothing = pa.SealResult(tmp_path, None)
    with pytest.raises(ValueError, match="nothing is sealed yet"):
        print(nothing.line)
