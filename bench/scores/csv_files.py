"""The CSV files of a score run: groups, papers, and the scores of all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...data.files import write_atomic
from ...presentation.formats import csv_of
from .metrics import GroupMetrics, ScoredIdea, ScoreMetrics, ScorePair

ESTIMATES = ("mean", "median", "mean_tried", "accepted_share", "p_accept", "p_tried")

PAPER_HEADS = (
    *("id", "template", "configuration", "name", "title", "stage", "score", "human_mean", "humans"),
    *("p_accept", "accepted", "reason"),
    *("usd", "seconds", "numbers_checked", "numbers_traced", "violations", "problems", "hidden", "injections"),
    *("paper", "sha256"),
)


def write_csv_files(folder: Path, figures: ScoreMetrics) -> None:
    """Write scores.csv, groups.csv, pairs.csv and papers.csv; what is unknown is an empty cell."""
    write_atomic(folder / "scores.csv", _scores_csv(figures))
    write_atomic(folder / "groups.csv", _csv(_group_heads(), [_group(group) for group in figures.groups]))
    write_atomic(folder / "pairs.csv", _csv(list(ScorePair.model_fields), [p.model_dump() for p in figures.pairs]))
    write_atomic(folder / "papers.csv", _csv(PAPER_HEADS, [_paper(scored) for scored in figures.ideas]))


def _group_heads() -> list[str]:
    """The fields of a group, each estimate with its ends."""
    heads: list[str] = []
    for name in GroupMetrics.model_fields:
        heads += [name, f"{name}_low", f"{name}_high"] if name in ESTIMATES else [name]
    return heads


def _group(group: GroupMetrics) -> dict[str, Any]:
    row = group.model_dump()
    for name in ESTIMATES:
        estimate = row[name] or {"value": None, "low": None, "high": None}
        row |= {name: estimate["value"], f"{name}_low": estimate["low"], f"{name}_high": estimate["high"]}
    return row


def _paper(scored: ScoredIdea) -> dict[str, Any]:
    row = scored.idea.model_dump() | scored.model_dump(exclude={"idea"})
    row["humans"] = len(scored.idea.human_scores) or None
    row["reason"] = row["reason"] or row["ended"]
    return {name: row[name] for name in PAPER_HEADS}


def _scores_csv(figures: ScoreMetrics) -> str:
    """A row per paper with the columns that a run of `bench` has, those of humans if known, and its group."""
    heads = ("paper", "reviewer", "fingerprint", "repeat", "status", "score", "decision", "p_accept",
             "human_mean", "accepted", "template", "configuration")  # fmt: skip
    reviewer = figures.reviewer
    decisions = {True: "accept", False: "reject", None: None}
    rows = [
        (s.idea.id, reviewer.name, reviewer.fingerprint, 0, "ok" if s.stage == "reviewed" else "failed", s.score,
         decisions[s.accepted], s.p_accept, s.idea.human_mean,
         None if s.idea.human_accepted is None else int(s.idea.human_accepted), s.idea.template, s.idea.configuration)
        for s in figures.ideas
        if s.idea.finished
    ]  # fmt: skip
    return csv_of(heads, rows)


def _csv(heads: Sequence[str], rows: Sequence[dict[str, Any]]) -> str:
    return csv_of(heads, [[row[head] for head in heads] for row in rows])
