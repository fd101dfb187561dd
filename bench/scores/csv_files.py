"""The figures of a score run as CSV files, for other programs: groups.csv, pairs.csv, papers.csv."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...data.files import write_atomic
from .records import GroupFigures, ScoredIdea, ScoreFigures, ScorePair

ESTIMATES = ("mean", "median", "mean_tried", "accepted_share", "p_accept", "p_tried")


PAPER_HEADS = (
    *("id", "template", "configuration", "name", "title", "stage", "score", "p_accept", "accepted", "reason"),
    *("usd", "seconds", "numbers_checked", "violations", "hidden", "injections", "paper", "sha256"),
)


def write_csv_files(folder: Path, figures: ScoreFigures) -> None:
    """Write the three files; an unknown figure is an empty cell. Raises InputError where one cannot be written."""
    write_atomic(folder / "groups.csv", _csv(_group_heads(), [_group(group) for group in figures.groups]))
    write_atomic(folder / "pairs.csv", _csv(list(ScorePair.model_fields), [p.model_dump() for p in figures.pairs]))
    write_atomic(folder / "papers.csv", _csv(PAPER_HEADS, [_paper(scored) for scored in figures.ideas]))


def _group_heads() -> list[str]:
    """The fields of a group, each estimate with its ends."""
    heads: list[str] = []
    for name in GroupFigures.model_fields:
        heads += [name, f"{name}_low", f"{name}_high"] if name in ESTIMATES else [name]
    return heads


def _group(group: GroupFigures) -> dict[str, Any]:
    row = group.model_dump()
    for name in ESTIMATES:
        estimate = row[name] or {"value": None, "low": None, "high": None}
        row |= {name: estimate["value"], f"{name}_low": estimate["low"], f"{name}_high": estimate["high"]}
    return row


def _paper(scored: ScoredIdea) -> dict[str, Any]:
    row = scored.idea.model_dump() | scored.model_dump(exclude={"idea"})
    row["reason"] = row["reason"] or row["ended"]
    return {name: row[name] for name in PAPER_HEADS}


def _csv(heads: Sequence[str], rows: Sequence[dict[str, Any]]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, heads, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()
