"""Who takes part in a bench: the reviewers asked for, the rows that every table has, and what reviewers recall."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..bench.automatic import in_full
from ..bench.runner import base_rate_of, check_papers
from ..data.dataset import Dataset
from ..data.errors import InputError
from ..llm.session import Session
from ..reviewer.protocol import Reviewer
from ..reviewer.recall_flag import RecallFlag
from ..reviewer.replay import ReplayReviewer
from ..reviewer.spec import load_reviewer


@dataclass(frozen=True)
class Entrant:
    """A reviewer, its SPEC, whether it was added without being asked for, and the row that says what it recalls."""

    spec: str
    reviewer: Reviewer
    automatic: bool = False
    recall_by: str = ""


def load_entrants(dataset: Dataset, specs: Sequence[str], automatic: Sequence[str], session: Session) -> list[Entrant]:
    """The reviewers of the SPECs, each followed by the row of what it recalls, then the automatic ones.

    Raises InputError for a SPEC that cannot be loaded, two reviewers of one name, or reviews of other papers.
    """
    base_rate = base_rate_of(dataset)
    known = frozenset(paper.id for paper in dataset.papers)
    found: list[Entrant] = []
    for spec in (in_full(asked, dataset) for asked in specs):
        reviewer = load_reviewer(spec, base_rate=base_rate, session=session)
        check_papers(reviewer, known, dataset.card.name)
        recalls = [RecallFlag(reviewer)] if isinstance(reviewer, ReplayReviewer) and reviewer.knows_recall else []
        found.append(Entrant(spec, reviewer, recall_by=recalls[0].name if recalls else ""))
        found += [Entrant(spec, recall, automatic=True) for recall in recalls]
    _refuse_twins(entrant.reviewer.name for entrant in found)
    asked = {entrant.reviewer.name for entrant in found}
    rows = [Entrant(s, load_reviewer(s, base_rate=base_rate, session=session), automatic=True) for s in automatic]
    return found + [row for row in rows if row.reviewer.name not in asked]


def _refuse_twins(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InputError(f"two reviewers are called {name}; give one another name (?name=...)")
        seen.add(name)


def papers_of_all(entrants: Sequence[Entrant]) -> frozenset[str]:
    """The papers that every replay has a review of. Raises InputError where there is no replay."""
    known = [e.reviewer.paper_ids for e in entrants if isinstance(e.reviewer, ReplayReviewer)]
    if not known:
        raise InputError(
            "--reviewed-only chooses the papers that replays have reviews of: give one with -r replay:FILE"
        )
    return frozenset.intersection(*known)
