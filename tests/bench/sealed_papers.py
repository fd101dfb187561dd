"""Undecided papers, a clock of their own, reviewers that see something, and the decisions that come later."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from peerassay.bench.measure import BenchSettings
from peerassay.bench.sealing.sealing import Sealing, prepare_sealing
from peerassay.data.importing import import_dataset
from peerassay.data.records import Paper
from peerassay.llm.session import Session

N = 40
BEGIN = datetime(2026, 10, 1, 12, tzinfo=UTC)
DECIDED = "2027-01-20"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = BEGIN

    def __call__(self) -> datetime:
        return self.time

    def move(self, days: float) -> None:
        self.time += timedelta(days=days)


def title_of(number: int) -> str:
    kinds = ("Sparse", "Deep", "Robust", "Causal", "Federated", "Lazy", "Quantised", "Equivariant")
    objects = ("attention", "kernels", "planning", "retrieval", "sampling")
    return f"{kinds[number % 8]} {objects[number % 5]} for problem {number * 7919 % 997}"


def accepted(number: int) -> bool:
    return number % 3 == 0


def undecided_table(path: Path) -> Path:
    with path.open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["paper_id", "title", "text", "status"])
        for number in range(N):
            words = f"We study problem {number}. " * 30
            rows.writerow(
                [f"p{number:02}", title_of(number), f"{title_of(number)}\n\nAbstract\n\n{words}", "Under review"]
            )
    return path


def decisions_table(path: Path, *, words: Mapping[int, str] | None = None, leave: int = N) -> Path:
    """The decisions of the first papers, without texts; `words` says others of some."""
    with path.open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["paper_id", "title", "decision"])
        for number in range(leave):
            usual = "Accept (poster)" if accepted(number) else "Reject"
            rows.writerow([f"p{number:02}", title_of(number), (words or {}).get(number, usual)])
    return path


def seer(paper: Paper) -> Mapping[str, Any]:
    """Right on most papers; it fails on one, and tells why."""
    number = int(paper.id[1:])
    if number == 7:
        raise ConnectionError("the line was cut")
    score = 4 + 3 * accepted(number) + (number * 31 % 5 - 2)
    return {"overall": score, "decision": "accept" if score >= 6 else "reject"}


def sure(paper: Paper) -> Mapping[str, Any]:
    return {"overall": 5 + int(paper.id[1:]) % 4, "decision": "accept"}


def import_undecided(folder: Path, name: str = "venue27") -> None:
    import_dataset(name, undecided_table(folder / "submissions.csv"), undecided=True)


def prepared(out: Path, clock: Clock, *reviewers: Callable[[Paper], Any] | str, **settings: Any) -> Sealing:
    asked = BenchSettings(**{"out": out, "floors": False, **settings})
    return prepare_sealing("venue27", reviewers or (sure,), Session(), asked, clock=clock)


def rewritten(path: Path, change: Callable[[Any], object]) -> None:
    """The JSON file after the change."""
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value))
