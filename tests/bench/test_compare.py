"""Comparisons of reviewers: equal ones are not told apart, and what is told apart is said with what it takes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from peerassay.bench.compare import compare, equivalence, rank
from peerassay.bench.compare_tables import equivalence_table, pairs_tables, ranks_table
from peerassay.bench.outcomes import Humans, Machine
from peerassay.bench.resampled import Bootstrap
from peerassay.bench.simulations.type_one import NullCase, compared, machine, most_allowed, tied
from peerassay.presentation.cell import Cell


def made(n: int = 120, skills: tuple[float, ...] = (1.5, 1.4, 0.0), seed: int = 1) -> tuple[Humans, list[Machine]]:
    rng = np.random.default_rng(seed)
    humans = NullCase(n, 0.4, 0.0).humans(rng)
    shared = rng.normal(size=n)
    return humans, [
        machine(f"r{i}", np.round(2 * (skill * humans.accepted + shared + rng.normal(size=n))))
        for i, skill in enumerate(skills)
    ]


def test_thresholds_play_no_part() -> None:
    humans, (one, *_) = made()
    assert one.score is not None
    lenient = machine("lenient", one.score, one.score > -9)
    strict = machine("strict", 3 * one.score - 1, one.score > 4)
    rows = {row.metric: row for row in compare(humans, [lenient, strict], Bootstrap(humans, 200))}
    for metric in ("auc", "balanced_accuracy", "spearman"):
        assert (rows[metric].difference, rows[metric].p_value, rows[metric].resolved) == (0, 1, False)
    assert rows["accuracy"].resolved
    assert rows["accuracy"].test == "exact McNemar"


def test_one_correction_for_all_tests() -> None:
    humans, machines = made()
    bootstrap = Bootstrap(humans, 1000)
    rows = compare(humans, machines, bootstrap)
    assert [row.metric for row in rows] == ["auc"] * 3 + ["balanced_accuracy"] * 3 + ["spearman"] * 3
    alone = compare(humans, machines, bootstrap, only=["auc"])
    for row, own in zip(rows[:3], alone, strict=True):
        assert row.p_value == own.p_value
        assert row.p_family is not None and own.p_family is not None and row.p_value is not None
        assert row.p_family >= own.p_family - 0.005 >= row.p_value - 0.01
    assert [row.resolved for row in rows[:3]] == [False, True, True]


def test_what_is_not_resolved_names_how_many_papers_would() -> None:
    humans, machines = made()
    rows = compare(humans, machines, Bootstrap(humans, 500))
    first, resolved = rows[0], rows[1]
    assert first.se is not None and first.difference is not None and first.papers_needed is not None
    assert first.papers_needed == pytest.approx(120 * (2.8016 * first.se / first.difference) ** 2, rel=1e-3, abs=1)
    assert resolved.papers_needed is None
    table = pairs_tables(rows)[0]
    difference = table.rows[0][1]
    assert isinstance(difference, Cell)
    assert (difference.value, difference.low, difference.high) == (first.difference, first.low, first.high)
    assert "not resolved: about" in table.rows[0][-1] and table.rows[0][-1].endswith("papers would")
    assert table.rows[1][-1] == "resolved"
    assert "all 9 tests" in pairs_tables(rows)[-1].note


def test_too_few_papers_end_in_no_test_and_a_note() -> None:
    humans = NullCase(4, 0.5, 0).humans(np.random.default_rng(0))
    reviewers = [machine("perfect", humans.accepted * 1.0), machine("constant", np.zeros(4))]
    bootstrap = Bootstrap(humans, 100)
    rows = compare(humans, reviewers, bootstrap)
    assert {row.metric: row.p_value for row in rows} == {"auc": pytest.approx(1 / 3), "balanced_accuracy": None}
    assert all(row.low is None and not row.resolved for row in rows)
    tables = pairs_tables(rows)
    assert tables[0].title.startswith("AUC of scores, the primary endpoint (permutation")
    assert tables[1].rows[0][-1] == "too few papers for a test"
    assert "too few papers" in tables[-1].note
    lone = NullCase(4, 0.25, 0).humans(np.random.default_rng(0))
    rows = compare(lone, reviewers, Bootstrap(lone, 100))
    assert all(row.p_value is None for row in rows)
    assert [row.rank for row in rank(lone, reviewers, Bootstrap(lone, 100))] == [None, None]
    pairs_tables(rows)


def test_reviewers_fitted_on_the_papers_have_no_rank() -> None:
    humans, machines = made(skills=(3.0, 1.4, 0.0))
    fitted = replace(machines[0], in_sample=17)
    bootstrap = Bootstrap(humans, 300)
    rows = rank(humans, [fitted, *machines[1:]], bootstrap)
    assert [(row.name, row.rank, row.in_sample) for row in rows] == [("r1", 1, 0), ("r2", 2, 0), ("r0", None, 17)]
    assert {row.high for row in rows} == {1, 2, None}
    shown = ranks_table(rows)
    assert shown.rows[-1][0] == "r0 (in-sample)"
    assert shown.rows[-1][2:] == ("–", "–")
    assert "no rank" in shown.note
    pairs = compare(humans, [fitted, *machines[1:]], bootstrap, only=["auc"])
    assert [row.in_sample for row in pairs] == [True, True, False]
    assert "(in-sample)" in pairs_tables(pairs)[0].rows[0][-1]


def test_equivalence_needs_many_papers() -> None:
    for n, expected in ((60, False), (3000, True)):
        humans, machines = made(n, skills=(1.0, 1.0))
        rows = compare(humans, machines, Bootstrap(humans, 100), only=["auc"])
        (found,) = equivalence(rows, 0.05)
        assert found.equivalent is expected
        assert equivalence_table([found]).rows[0][-1] == ("as good as within ±.05" if expected else "not shown")


def test_copies_of_an_entry_tie_no_board() -> None:
    told = 0
    for seed in range(6):
        humans, machines = made(skills=(1.6, 0.8), seed=seed)
        bootstrap = Bootstrap(humans, 20)
        assert machines[0].score is not None
        copies = [machine(f"copy {i}", machines[0].score) for i in range(10)]
        alone = {row.name: row.rank for row in rank(humans, machines, bootstrap)}
        crowd = {row.name: row.rank for row in rank(humans, [*machines, *copies], bootstrap)}
        assert crowd["r0"] == alone["r0"] == 1
        assert crowd["r1"] == (12 if alone["r1"] == 2 else 1)
        told += alone["r1"] == 2
    assert told >= 3


def test_equal_reviewers_are_rarely_told_apart() -> None:
    assert max(compared(NullCase(60, 0.4, 0.8), 40).values()) <= most_allowed(40) + 0.05
    assert tied(NullCase(60, 0.4, 0.8, reviewers=4), 3, 40) <= 0.15


def test_pairs_of_papers_are_drawn_and_tested_together() -> None:
    assert max(compared(NullCase(40, 0.5, 0.8, pairs=True), 40).values()) <= most_allowed(40) + 0.05
