"""`peerassay flaws`: from the reviews of a run on pairs to shares of named flaws."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from peerassay.bench.run import run_dataset, start_run
from peerassay.bench.stress.flaws import planted_flaws
from peerassay.data.registry import load_dataset
from peerassay.llm.session import Session
from peerassay.reviewer.review import Review, failed
from peerassay.reviewer.spec import load_reviewer

from tests.loopback.running import Loopback

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run on the ladder of a reviewer that quotes what was put into degraded papers, after a first failure."""
    ladder, flaws = load_dataset("ladder"), planted_flaws("ladder")
    described = run_dataset(ladder, source="ladder", split="all", limit=None, scrub_rules="any")
    made = start_run(tmp_path / "run", described, ladder, ["peerassay", "bench"])
    made.add_reviewer(load_reviewer("floor:random", session=Session()), "floor:random")
    appender = made.appender()
    appender.add(failed(ladder.papers[0].id, "no answer").model_copy(update={"reviewer": "floor:random"}))
    for judgement in ladder.judgements:
        passages = flaws[judgement.group or ""].passages
        said = f"This is not shown: {passages[-1]}" if passages and not judgement.accepted else "The title is long."
        fields = {"weaknesses": [said]}
        appender.add(Review(paper_id=judgement.paper_id, reviewer="floor:random", overall=1, fields=fields))
    return made.folder


def test_shares_by_rules_and_by_a_judge(typed: Call, run: Path) -> None:
    with Loopback() as server:
        judge = f"openai/scripted@{server.openai_url}"
        code, out, error = typed("flaws", run, "--judge", judge, "--json")
    assert code == 0, error
    rules, model = json.loads(out)
    assert (rules["by"], model["by"]) == ("rules", judge)
    quoted = sum(bool(flaw.passages) for flaw in planted_flaws("ladder").values())
    assert rules["named"]["of"] == rules["alarms"]["of"] == model["named"]["of"] == 11
    assert quoted - 2 <= rules["named"]["count"] <= quoted and rules["alarms"]["count"] == 0
    assert rules["failed"] == rules["wordless"] == 0, "the review that was made again counts"


def test_tables_and_what_cannot_be_told(typed: Call, run: Path, tmp_path: Path) -> None:
    assert "Does the review name the flaw?" in typed("flaws", run)[1]
    code, _, error = typed("flaws", run, "--flaws", "sample")
    assert code == 2 and "no paper of these reviews" in error
    assert typed("flaws", tmp_path / "nowhere")[0] == 2
    code, _, error = typed("flaws", run, "--judge", "nobody/x")
    assert code == 2 and "names no model" in error
