"""Repeated reviews: chance is told from papers, failures are borne, and what is foretold comes true."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from peerassay.bench.cost_tables import repeat_tables
from peerassay.bench.load_outcomes import load_outcomes
from peerassay.bench.repeat_designs import hanley_mcneil
from peerassay.bench.repeats import RepeatRow, repeat_rows
from peerassay.bench.run import Run, run_dataset, start_run
from peerassay.bench.runner import review_all
from peerassay.data.dataset import Dataset, build
from peerassay.data.records import DatasetCard, Judgement, Paper
from peerassay.reviewer.floors import make_floor
from peerassay.reviewer.function_reviewer import FunctionReviewer
from peerassay.statistics import metrics

N = 600


def made(n: int = N) -> tuple[Dataset, np.ndarray]:
    """Papers with a hidden quality, which decides with some noise; the quality has a standard deviation of 1."""
    rng = np.random.default_rng(11)
    quality = rng.normal(size=n)
    accepted = quality + rng.normal(size=n) > 0.5
    papers = [Paper(id=f"p{i:03}", text=f"text {i}") for i in range(n)]
    judgements = [
        Judgement(paper_id=f"p{i:03}", decision="accept" if a else "reject", ratings=(5 + q, 5 + q))
        for i, (a, q) in enumerate(zip(accepted, quality, strict=True))
    ]
    return build(DatasetCard(name="made"), papers, judgements), quality


def repeated_run(folder: Path, noise: float, repeats: int, *, failing: int = 0, n: int = N) -> Run:
    """A run of a reviewer that sees the quality through noise; the first papers fail in the second review."""
    dataset, quality = made(n)
    rng, seen = np.random.default_rng(5), dict.fromkeys((p.id for p in dataset.papers), 0)

    async def noisy(paper: Paper) -> dict[str, object]:
        seen[paper.id] += 1
        if seen[paper.id] == 2 and int(paper.id[1:]) < failing:
            raise RuntimeError("out of order")
        score = float(quality[int(paper.id[1:])] + noise * rng.normal())
        return {"overall": score, "decision": "accept" if score > 0 else "reject"}

    run = start_run(folder, run_dataset(dataset, source="made", split="all", limit=None, scrub_rules=None), dataset, [])
    reviewers = [FunctionReviewer("noisy", noisy, "f" * 12), make_floor("length")]
    for reviewer in reviewers:
        run.add_reviewer(reviewer, reviewer.name)
    run.save()
    outcome = asyncio.run(review_all(run, reviewers, dataset.papers, repeats=repeats))
    assert outcome.reviewed == n * (repeats + 1)  # rules are done once
    return run


def rows_of(run: Run) -> list[RepeatRow]:
    humans, machines = load_outcomes(run)
    return repeat_rows(run, humans, machines, draws=300)


def test_chance_is_told_from_papers(tmp_path: Path) -> None:
    (row,) = rows_of(repeated_run(tmp_path / "run", 0.7, 4))
    assert row.reviewer == "noisy" and row.repeats == 4 and row.n == N
    for estimate, truth in ((row.sd, 0.7), (row.reliability, 1 / 1.49)):
        assert estimate.low is not None and estimate.high is not None
        assert estimate.low < truth < estimate.high
    assert row.same_decision is not None and row.same_decision.value is not None
    assert 0.6 < row.same_decision.value < 0.95


def test_what_is_foretold_of_more_reviews_comes_true(tmp_path: Path) -> None:
    (row,) = rows_of(repeated_run(tmp_path / "run", 1.0, 5))
    foretold = {design.reviews: design for design in row.designs if design.papers == N}
    assert foretold[1].auc is not None and foretold[5].auc is not None
    assert foretold[5].auc > foretold[1].auc + 0.05
    assert foretold[5].auc == pytest.approx(row.auc_of_mean.value, abs=0.01)
    assert foretold[5].spearman is not None
    assert foretold[5].spearman == pytest.approx(6 / np.pi * np.arcsin(np.sqrt(1 / 1.2) / 2), abs=0.02)
    four_times = next(design for design in row.designs if design.papers == 4 * N)
    assert four_times.auc == foretold[1].auc
    assert four_times.se == pytest.approx((foretold[1].se or 0) / 2, rel=0.02)


def test_the_standard_error_is_that_of_hanley_and_mcneil() -> None:
    rng = np.random.default_rng(2)
    accepted = np.arange(150) < 50
    aucs = [metrics.roc_auc_score(accepted, rng.normal(size=150) + accepted) for _ in range(400)]
    assert hanley_mcneil(float(np.mean(aucs)), 50, 100) == pytest.approx(np.std(aucs), rel=0.15)


def test_a_paper_that_failed_once_counts_as_wrong_in_that_repeat_only(tmp_path: Path) -> None:
    (row,) = rows_of(repeated_run(tmp_path / "run", 0.3, 3, failing=60))
    assert row.failed == [0, 60, 0]
    assert row.n == N - 60
    first, second, third = (auc or 0 for auc in row.aucs)
    assert second < min(first, third) - 0.05
    assert row.auc_of_mean.n == N
    tables = repeat_tables([row])
    assert [table.title for table in tables] == ["Repeated reviews", "What another member, repeat or paper buys: noisy"]
    assert "0, 60, 0" in tables[0].rows[0]


def test_repeats_go_on_where_they_stopped_and_the_first_counts(tmp_path: Path) -> None:
    run = repeated_run(tmp_path / "run", 0.5, 2, n=40)
    kept = {number: len(there) for number, there in run.repeats().items()}
    assert kept == {0: 80, 1: 40}
    assert all(review.repeat == 0 for review in run.reviews().values())
    lines = run.reviews_path.read_text().splitlines()
    run.reviews_path.write_text("".join(f"{line}\n" for line in lines[:-50]))
    assert rows_of_complete(run) == []
    again = [FunctionReviewer("noisy", lambda _: 1.0, "f" * 12), make_floor("length")]
    assert asyncio.run(review_all(run, again, made(40)[0].papers, repeats=2)).reviewed == 50
    assert {number: len(there) for number, there in run.repeats().items()} == kept


def rows_of_complete(run: Run) -> list[RepeatRow]:
    """The rows where only the first repeat is complete."""
    humans, machines = load_outcomes(run)
    return repeat_rows(run, humans, machines, draws=100)


def test_few_papers_or_constant_scores_foretell_nothing(tmp_path: Path) -> None:
    (few,) = rows_of(repeated_run(tmp_path / "few", 0.5, 2, n=12))
    assert few.designs == []
    dataset, _ = made(60)
    run = start_run(
        tmp_path / "same", run_dataset(dataset, source="m", split="all", limit=None, scrub_rules=None), dataset, []
    )
    constant = FunctionReviewer("constant", lambda _: 1.0, "c" * 12)
    run.add_reviewer(constant, "constant")
    run.save()
    asyncio.run(review_all(run, [constant], dataset.papers, repeats=2))
    (row,) = rows_of(run)
    assert (row.sd.value, row.reliability.value, row.spearman, row.designs) == (0, None, None, [])
    assert repeat_tables([row])[0].rows
