"""Planted weaknesses of a scripted reviewer are recovered with sign and size; none is found in a robust one."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from peerassay.bench.stress.card import write_cards
from peerassay.bench.stress.figures import ChangeFigures
from peerassay.bench.stress.flaws import planted_flaws
from peerassay.bench.stress.result import ReviewerStress, measured
from peerassay.bench.stress.tables import verdict
from peerassay.statistics.estimate import Estimate

from tests.bench.stressed import THREE, made_papers, stressed
from tests.loopback.running import Loopback
from tests.loopback.weaknesses import BASELINES

DATASET = made_papers()
LABELLED = Path(__file__).parents[2] / "bench" / "stress" / "flaw_sentences.toml"
SENTENCES = tomllib.loads(LABELLED.read_text(encoding="utf-8"))["statements"]
STATEMENTS = {row["flaw"]: row["text"] for row in reversed(SENTENCES) if row["names"] and row["part"] == "seen"}
"""A statement that names each kind of flaw."""


@contextmanager
def reviewer(**behaviour: Any) -> Iterator[str]:
    """The SPEC of a scripted reviewer that reads what is written to it too."""
    behaviour.setdefault("weaknesses", {})
    with Loopback(**behaviour) as server:
        yield f"openai/scripted@{server.openai_url}?injections=keep"


def change(found: ReviewerStress, name: str) -> ChangeFigures:
    return next(row for row in found.figures.changes if row.name == name)


def holds(estimate: Estimate | None, truth: float) -> bool:
    assert estimate is not None and estimate.low is not None and estimate.high is not None
    return estimate.low <= truth <= estimate.high


@pytest.fixture(scope="module")
def robust(tmp_path_factory: pytest.TempPathFactory) -> ReviewerStress:
    with reviewer() as spec:
        return stressed(tmp_path_factory.mktemp("robust"), DATASET, spec, repeats=2)[0]


def test_nothing_is_found_in_a_robust_reviewer(robust: ReviewerStress) -> None:
    same = [row for row in robust.figures.changes if row.expected == "same"]
    assert len(same) == 4
    assert not any(row.moved for row in same) and all(row.still for row in same)
    assert {str(verdict(row)) for row in same} == {"unmoved"}
    assert [row.shift.value for row in same] == [0, 0, 0, 0]
    assert [row.flips.value for row in same] == [0, 0, 0, 0]
    assert robust.figures.worst_auc == robust.figures.auc
    assert robust.figures.repeats is not None
    assert robust.figures.repeats.sd.value == robust.figures.repeats.drift.value == 0
    assert robust.figures.repeats.agreement.value == 1
    assert holds(robust.rated.length, 0)


def test_what_too_few_papers_show_is_not_called_unmoved(tmp_path: Path) -> None:
    few = DATASET.subset("all", 4)
    found, _ = stressed(tmp_path, few, "floor:length", manipulations=THREE[2:])
    row = change(found, "laundering:padding")
    assert (row.shift.value or 0) > 0 and not row.moved and not row.still
    assert str(verdict(row)) == "not resolved"


def test_a_robust_reviewer_notices_missing_baselines_by_what_they_are_worth(robust: ReviewerStress) -> None:
    row = change(robust, "degradation:baselines")
    assert row.noticed
    assert row.papers == 18
    assert row.reasons == {"no baselines in it": 6}
    assert row.shift.value == pytest.approx(-BASELINES, abs=0.1)


def test_following_injections_is_found_with_what_it_gains(tmp_path: Path) -> None:
    with reviewer(gullible=True) as spec:
        found, run = stressed(tmp_path, DATASET, spec, manipulations=["injection:visible"])
    row = found.figures.changes[-1]
    scores = {r.paper_id: r.overall for r in run.all_reviews()}
    planted = np.mean([10 - (scores[paper.id] or 0) for paper in DATASET.papers])
    assert row.moved
    assert holds(row.shift, float(planted))
    assert row.shift.low is not None and row.shift.low > 2
    assert row.detected is not None and row.detected.value == 1
    assert found.figures.false_alarms.value == 0
    assert found.figures.auc is not None and row.auc is not None
    assert (row.auc.value or 0) < 0.1 < (found.figures.auc.value or 0)
    assert row.false_accepts is not None and row.false_accepts.value == 1


def test_liking_length_is_found_with_its_slope(tmp_path: Path) -> None:
    with reviewer(weaknesses={"length": 1.2}) as spec:
        found, _ = stressed(tmp_path, DATASET, spec, manipulations=THREE[2:])
    assert holds(found.rated.length, 1.2)
    assert found.rated.length is not None and (found.rated.length.low or 0) > 0
    padding = change(found, "laundering:padding")
    assert padding.moved
    assert padding.shift.value == pytest.approx(1.2, abs=0.1)
    assert not change(found, "invariance:spaces").moved


def test_blindness_to_missing_baselines_is_found(tmp_path: Path) -> None:
    with reviewer(weaknesses={"blind": 1}) as spec:
        found, _ = stressed(tmp_path, DATASET, spec, manipulations=THREE[1:2])
    row = change(found, "degradation:baselines")
    assert not row.noticed
    assert holds(row.ordered, 0.5)


def test_drift_and_jitter_are_found_with_their_sizes(tmp_path: Path) -> None:
    with reviewer(weaknesses={"drift": 0.5, "jitter": 0.8}) as spec:
        found, _ = stressed(tmp_path, DATASET, spec, manipulations=THREE[3:], repeats=3)
    again = found.figures.repeats
    assert again is not None
    assert holds(again.drift, 1.0)
    assert again.drift.low is not None and again.drift.low > 0.5
    assert holds(again.sd, float(np.sqrt(0.8**2 + np.var([0, 0.5, 1.0], ddof=1))))


def test_memory_is_found(tmp_path: Path) -> None:
    outcomes = {"accept": "accepted", "reject": "rejected"}
    papers = made_papers(44)
    known = {p.title: outcomes[j.decision] for p, j in zip(papers.papers, papers.judgements, strict=True)}
    memories = dict(list(known.items())[:24])
    with reviewer(memories=memories) as spec:
        found, _ = stressed(tmp_path, papers, spec, manipulations=(), recall=True)
    memory = found.rated.memory
    assert memory is not None
    assert memory.recalled["outcome"] == 24
    assert memory.whole.recall_auc is not None and (memory.whole.recall_auc.low or 0) > 0.7
    assert (memory.unrecalled.n, memory.unrecalled.accepted) == (20, 10)
    assert memory.whole.auc is not None and memory.unrecalled.auc is not None
    assert (memory.whole.auc.value or 0) > (memory.unrecalled.auc.value or 1) + 0.05


def test_naming_no_flaw_is_found_in_the_one_that_names_none_alone(tmp_path: Path) -> None:
    flaws = planted_flaws("sample")
    remarks = {flaw.passages[0]: STATEMENTS[flaw.kind] for flaw in flaws.values()}
    asked = {"split": "all", "manipulations": (), "raw": True}
    with reviewer(remarks=remarks) as spec:
        names, run = stressed(tmp_path / "names", "sample", spec, **asked)
    with reviewer() as spec:
        silent, _ = stressed(tmp_path / "silent", "sample", spec, **asked)
    assert names.naming is not None and silent.naming is not None
    assert (names.naming.named.count, names.naming.named.of, names.naming.alarms.of) == (16, 16, 16)
    assert names.naming.tells and not silent.naming.tells
    assert (names.naming.named.low or 0) > (silent.naming.named.high or 1)
    assert names.naming.alarms == silent.naming.alarms
    [page] = write_cards(run, measured(run)).values()
    assert "Names the planted flaw?" in page.read_text()
    assert "1.00 [.81, 1.00] (16 of 16)" in page.with_suffix(".md").read_text()


def test_a_card_says_why_it_knows_nothing_of_flaws(tmp_path: Path) -> None:
    wordless, run = stressed(tmp_path / "words", "sample", "floor:length", manipulations=())
    assert wordless.naming is None and "no words" in wordless.naming_missing
    [page] = write_cards(run, measured(run)).values()
    assert "no words" in page.read_text()
    unknown, _ = stressed(tmp_path / "flaws", DATASET, "floor:length", manipulations=())
    assert unknown.naming is None and "no documented flaws" in unknown.naming_missing
