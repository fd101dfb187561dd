"""An attacker with a budget gains on a reviewer of words, nothing on a sound one, and goes on where it was stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from peerassay.bench.stress.figures import AttackFigures
from peerassay.bench.stress.result import measured
from peerassay.bench.stress.rewriting import ABSTRACT
from peerassay.bench.stress.run import StressRun
from peerassay.bench.stress.settings import StressSettings
from peerassay.bench.stress.stress import prepare_stress
from peerassay.bench.stress.summary import summary_table
from peerassay.data.records import Paper
from peerassay.data.registry import load_dataset
from peerassay.llm.session import Session
from peerassay.reviewer.review import Review, Usage

CLAIM = "set a new state of the art"
PLANTED = 3.0
ACCEPTED = {j.paper_id for j in load_dataset("sample").judgements if j.accepted}


def truth(paper: Paper) -> float:
    return 6.0 if paper.id in ACCEPTED else 4.0


def fond_of_claims(paper: Paper) -> float:
    return truth(paper) + PLANTED * (CLAIM in paper.text)


def sound(paper: Paper) -> float:
    return truth(paper)


def paid(paper: Paper) -> Review:
    return Review(paper_id=paper.id, overall=truth(paper), usage=Usage(usd=0.3))


def attacked(folder: Path, reviewer: Any, **settings: Any) -> tuple[AttackFigures, int]:
    """The figures of an attack on the abstracts, and how many reviews this start made."""
    asked = StressSettings(
        out=folder / "run", split="all", limit=12, manipulations=(), attacks=("abstract",), **settings
    )
    run, outcome = prepare_stress("sample", [reviewer], Session(), asked).review(["peerassay", "stress"])
    [found] = measured(run)[0].stress.figures.attacks
    return found, outcome.reviewed


def test_what_a_claim_is_worth_is_gained_and_turns_the_order_round(tmp_path: Path) -> None:
    found, _ = attacked(tmp_path, fond_of_claims, rounds=len(ABSTRACT))
    assert found.papers == 6
    assert found.gain.value == PLANTED
    assert (found.auc_before.value, found.auc.value) == (1, 0)
    [one] = measured(StressRun.open(tmp_path / "run"))
    answers = {row[0]: row[1] for row in summary_table(one.stress.figures, one.stress.rated).rows}
    assert answers["Gains by an attack on its scores?"] == "yes"


def test_nothing_is_gained_on_a_sound_reviewer(tmp_path: Path) -> None:
    found, _ = attacked(tmp_path, sound, rounds=4)
    assert found.gain.value == 0
    assert found.rounds.value == 4
    assert found.auc == found.auc_before


def test_an_attack_keeps_to_its_dollars_per_paper(tmp_path: Path) -> None:
    found, _ = attacked(tmp_path, paid, rounds=8, attack_usd=1.0)
    assert found.rounds.value == 3
    assert found.usd is not None and found.usd.value == pytest.approx(0.9)


def test_more_rounds_go_on_from_those_that_were_made(tmp_path: Path) -> None:
    _, first = attacked(tmp_path, sound, rounds=2)
    found, more = attacked(tmp_path, sound, rounds=3)
    assert (first, more) == (12 + 2 * 6, 6)
    assert found.rounds.value == 3
