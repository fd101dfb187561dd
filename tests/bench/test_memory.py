"""Whether scores may be memory: what is recalled beside what is scored, and figures only where there are papers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
from peerassay.bench.annotation_tables import memory_table
from peerassay.bench.load_outcomes import humans_of, machine_of
from peerassay.bench.memory import MemoryRow, memory_rows
from peerassay.bench.notes import memory_sentence
from peerassay.bench.outcomes import Machine
from peerassay.data.importers.table import read_rows
from peerassay.data.records import Judgement, Paper, parse_decision
from peerassay.reviewer.protocol import Traits
from peerassay.reviewer.recall import RecallFlag
from peerassay.reviewer.replay import ReplayReviewer
from peerassay.reviewer.review import Recall, Review


def planted(recalls: list[Recall | None], accepted: np.ndarray, scores: np.ndarray) -> MemoryRow:
    """The row of a reviewer with these scores that says which outcomes it recalls."""
    judgements = [Judgement(paper_id=f"p{i}", decision="accept" if a else "reject") for i, a in enumerate(accepted)]
    humans = humans_of(judgements)
    reviews = [Review(paper_id=p, overall=float(s)) for p, s in zip(humans.ids, scores, strict=True)]
    told = [
        Review(paper_id=p, overall=float(r == "outcome") * (1 if a else -1), recall=r)
        for p, r, a in zip(humans.ids, recalls, accepted, strict=True)
    ]
    mine = machine_of("mine", Traits(), reviews, humans)
    machines = [
        Machine(**{**mine.__dict__, "recall_by": "recall:mine"}),
        machine_of("recall:mine", Traits(kind="floor"), told, humans),
    ]
    return memory_rows(humans, machines)[0]


def test_a_reviewer_that_only_remembers_has_no_skill_on_papers_not_recalled() -> None:
    rng = np.random.default_rng(3)
    accepted = rng.random(200) < 0.4
    recalled = rng.random(200) < 0.6
    scores = np.where(recalled, accepted * 10.0, rng.normal(5, 1, 200))
    row = planted(["outcome" if r else "no" for r in recalled], accepted, scores)
    rest = row.unrecalled
    assert row.whole.auc is not None and rest.auc is not None
    assert row.whole.auc.value is not None and row.whole.auc.value > 0.8
    assert rest.auc.low is not None and rest.auc.high is not None
    assert rest.auc.low < 0.5 < rest.auc.high
    assert rest.n == (~recalled).sum() == row.recalled["no"]
    assert memory_sentence(row).startswith("scores may be memory: what it recalls alone has AUC")
    assert f"on the {rest.n} papers of which it recalls nothing: AUC" in memory_sentence(row)


def test_what_tells_nothing_is_said_to_tell_nothing() -> None:
    rng = np.random.default_rng(4)
    accepted = np.arange(120) % 2 == 0
    judgements = [Judgement(paper_id=f"p{i}", decision="accept" if a else "reject") for i, a in enumerate(accepted)]
    humans = humans_of(judgements)
    flags = [Review(paper_id=p, overall=float(i % 4 < 2), recall="outcome" if i % 4 < 2 else "no")
             for i, p in enumerate(humans.ids)]  # fmt: skip
    reviews = [Review(paper_id=p, overall=float(s)) for p, s in zip(humans.ids, rng.normal(size=120), strict=True)]
    mine = Machine(**{**machine_of("mine", Traits(), reviews, humans).__dict__, "recall_by": "recall:mine"})
    row = memory_rows(humans, [mine, machine_of("recall:mine", Traits(), flags, humans)])[0]
    assert not row.tells
    assert "does not tell the decisions" in memory_sentence(row)
    assert "may be memory" not in memory_sentence(row)


def test_papers_that_were_not_asked_about_are_left_out_and_counted() -> None:
    accepted = np.arange(60) % 2 == 0
    row = planted(["no"] * 40 + [None] * 20, accepted, np.arange(60.0))
    assert (row.unasked, row.whole.n, row.unrecalled.n) == (20, 40, 40)
    assert memory_sentence(row).startswith("it recalls the outcome of none of 40 papers; on the 40 papers")
    table = memory_table([row])
    assert table is not None
    assert "not known of 20 more papers" in table.note


def test_the_flag_of_a_frontier_model_is_as_good_as_its_scores(shared_data: Path) -> None:
    replay = ReplayReviewer(shared_data / "iclr2022" / "llm_reviews_with_recall.tsv")
    decided = {
        str(row["paper_id"]): parse_decision(str(row["decision"]))[0]
        for row in read_rows(shared_data / "iclr2022" / "decisions.tsv")
    }
    humans = humans_of([Judgement(paper_id=p, decision=decided[p]) for p in sorted(replay.paper_ids)])
    flag = RecallFlag(replay)
    flags = [asyncio.run(flag.review(Paper(id=p, text="unread"))) for p in humans.ids]
    scored = machine_of(replay.name, replay.traits, [replay.reviews[p] for p in humans.ids], humans)
    machines = [
        Machine(**{**scored.__dict__, "recall_by": flag.name}),
        machine_of(flag.name, flag.traits, flags, humans),
    ]
    row = memory_rows(humans, machines)[0]
    assert row.whole.auc is not None and row.whole.recall_auc is not None
    assert f"{row.whole.auc.value:.3f}" == "0.951"
    assert f"{row.whole.recall_auc.value:.3f}" == "0.947"
    assert (row.recalled["outcome"], row.outcomes_accepted, row.whole.n) == (15, 14, 40)
    assert (row.unrecalled.n, row.unrecalled.accepted, row.unrecalled.auc) == (13, 0, None)
    sentence = memory_sentence(row)
    assert sentence.startswith("scores may be memory")
    assert "on the 13 papers of which it recalls nothing: no figure, too few of a class (0 accepted" in sentence
    assert sentence.endswith("so that nothing here shows reading")
