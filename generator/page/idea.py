"""All that the page shows of one idea, read from its folder as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from ...data.errors import InputError
from ...data.files import read_validated
from ...llm.ledger_file import StageSpend, StageTotals
from ...presentation.table import Table
from ...reviewer.review import Review
from ...reviewer.review_view import line
from ..batch import read_audit
from ..decisions import waiting
from ..disclosure import disclosure
from ..human_reviews.record import HumanReview, HumanReviews
from ..human_reviews.table import people_table
from ..ideas import Idea
from ..literature.novelty import NoveltyVerdict
from ..metrics import metrics_in
from ..nodes import Journal
from ..provenance.records import Audit
from ..state import State
from ..template import Metric, load_template
from ..tree_words import choice_in_words
from . import paper
from .drawings import drawn_curves
from .events import Event, last_events
from .experiments import NodeView, tree_of, value_tables
from .paper import FigureView
from .reading import Reader, Tail
from .review_form import AskedForm, asked_form
from .seen import SeenView, seen_of
from .stages import Outcome, StageRow, calls_of, outcome_of, stage_rows

Record = TypeVar("Record", bound=BaseModel)


@dataclass(frozen=True)
class IdeaView:
    """One idea. What is None or empty is not there (yet); `unread` says what could not be read."""

    name: str
    idea: Idea | None
    outcome: Outcome
    stages: list[StageRow]
    seconds: float
    usd: float | None
    novelty: NoveltyVerdict | None
    tree: list[NodeView]
    choice: str
    tables: list[Table]
    curves: str
    figures: list[FigureView]
    figures_left_out: int
    seen: SeenView
    plot_log: Tail | None
    abstract: str
    pages: tuple[str, ...]
    has_pdf: bool
    problems: list[str]
    audit: Audit | None
    reviews: list[Review]
    calls: list[tuple[str, str, StageTotals]]
    events: list[Event]
    people: tuple[str, ...]
    by_people: Table | None
    reviews_by_people: tuple[HumanReview, ...]
    asked: AskedForm | None
    unread: list[str]

    @property
    def title(self) -> str:
        """The idea's title, on one line."""
        return line(self.idea.title) if self.idea else "no idea"

    @property
    def nodes(self) -> list[NodeView]:
        """All experiments, the tree from the top down."""
        return [node for root in self.tree for node in root.flat()]


def metrics_of(template: str) -> list[Metric]:
    """The metrics that the template describes, the primary one first; none where it does not, or is gone."""
    with suppress(InputError):
        knobs = load_template(template).knobs
        return sorted(knobs.metrics, key=lambda metric: not metric.primary) if knobs else []
    return []


def view_of(
    folder: Path, *, metrics: Sequence[Metric], spend: Sequence[StageSpend], running: bool, asked: Sequence[str] = ()
) -> IdeaView:
    """The view of an idea's folder. `running`: a process holds the run; `asked`: what people decide on.

    Raises InputError where state.json is wrong.
    """
    reader = Reader(folder.parent)
    folder = reader.root / folder.name
    state = State.read(folder)
    journal_path, idea_path, novelty_path = (folder / f"{n}.json" for n in ("experiments", "idea", "novelty"))
    journal = reader.attempt(lambda: Journal.read(journal_path)) or Journal()
    metrics = _of_idea(reader, folder, metrics)
    audit = reader.attempt(lambda: read_audit(folder))
    problems = paper.compiled_problems(reader, folder)
    figures, left_out = paper.figures_of(reader, folder)
    troubles = [*([f"{len(problems)} problem{'s' * (len(problems) != 1)} in the PDF"] if problems else []),
                *(audit.troubles if audit else ())]  # fmt: skip
    waits = reader.attempt(lambda: waiting(folder, asked, state)) or ""
    costs = [stage.usd for stage in state.stages.values()]
    return IdeaView(
        name=folder.name,
        idea=reader.attempt(lambda: _record(Idea, idea_path)),
        outcome=outcome_of(state, running=running, troubles=troubles, waiting=waits),
        stages=stage_rows(state),
        seconds=sum(stage.seconds for stage in state.stages.values()),
        usd=None if None in costs else sum(cost or 0.0 for cost in costs),
        novelty=reader.attempt(lambda: _record(NoveltyVerdict, novelty_path)),
        choice=line(choice_in_words(journal)),
        tree=tree_of(reader, folder, journal, metrics[0] if metrics else None, running),
        tables=value_tables(journal, metrics),
        curves=drawn_curves(reader, folder / "workspace", journal),
        figures=figures,
        figures_left_out=left_out,
        seen=seen_of(reader, folder),
        plot_log=reader.tail(folder / "logs" / "plot.log"),
        abstract=paper.abstract_of(reader, folder),
        pages=paper.pages_of(reader, folder),
        has_pdf=(folder / "paper.pdf").is_file(),
        problems=problems,
        audit=audit,
        reviews=paper.reviews_of(reader, folder),
        calls=calls_of(spend, folder.name),
        events=reader.attempt(lambda: last_events(reader.root, folder.name)) or [],
        people=reader.attempt(lambda: disclosure(folder)) or (),
        reviews_by_people=(reader.attempt(lambda: HumanReviews.read(folder)) or HumanReviews()).made,
        by_people=reader.attempt(lambda: people_table([folder])),
        asked=None if running else reader.attempt(lambda: asked_form(folder)),
        unread=reader.unread,
    )


def _of_idea(reader: Reader, folder: Path, metrics: Sequence[Metric]) -> list[Metric]:
    """The metrics that count for the idea, the primary ones first."""
    settled = reader.attempt(lambda: metrics_in(folder, metrics))
    return sorted(metrics if settled is None else settled, key=lambda metric: not metric.primary)


def _record(kind: type[Record], path: Path) -> Record | None:
    return read_validated(kind, path) if path.is_file() else None
