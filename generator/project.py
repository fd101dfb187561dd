"""One idea on its way to a reviewed paper."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from ..data.errors import InputError, NotRecorded
from ..data.files import read_validated, write_json
from ..llm.errors import BudgetReached, CallFailed, ModelUnusable
from ..llm.ledger_file import StageTotals
from ..llm.session import Session
from ..reviewer.protocol import Reviewer
from .by_hand import show
from .decisions import waiting
from .human_reviews.record import HumanReviews
from .ideas import Idea, Scored
from .lab import Lab
from .latex.document import Draft
from .latex.styles import StyleName
from .literature.search import Literature
from .paper_problems import paper_problems
from .scientist import Scientist
from .state import STAGES, State
from .viewing import FILES


class StageFailed(Exception):
    """A stage came to nothing; what was done before it is kept, and it can be done again."""


class PaperSettings(BaseModel):
    """How a paper is made of experiments."""

    model_config = ConfigDict(frozen=True)

    search: str = "linear"
    novelty: bool = Field(default=True, description="stop at ideas that are not new")
    page_limit: int = Field(default=8, ge=1, description="pages before the references")
    style: StyleName = "single-column"
    revisions: int = Field(default=5, ge=0, description="times that a paper is mended after compiling")
    ask: tuple[str, ...] = Field(default=(), description="what a person decides on before it goes on")
    improvements: int = Field(default=1, ge=0, description="rounds after a review")


@dataclass
class Project:
    """All that the stages of one idea need."""

    lab: Lab
    scientist: Scientist
    literature: Literature
    reviewer: Reviewer
    session: Session
    settings: PaperSettings
    earlier: Sequence[Scored] = ()

    @property
    def folder(self) -> Path:
        """The idea's folder."""
        return self.lab.folder

    def idea(self) -> Idea:
        """The idea, from its file. Raises InputError where there is none yet."""
        path = self.folder / "idea.json"
        return read_validated(Idea, path)

    def draft(self) -> Draft:
        """The paper's draft, from its file."""
        path = self.folder / "draft.json"
        return read_validated(Draft, path)

    def keep_draft(self, draft: Draft) -> None:
        """Write the draft's file."""
        write_json(self.folder / "draft.json", draft.model_dump(mode="json"))


Stage = Callable[[Project], Awaitable[str]]
"""Does a stage, returns what came of it in one line. Raises StageFailed, InputError or BudgetReached."""


def open_state(project: Project) -> State:
    """The project's state, a new one where there is none.

    Raises InputError where the folder is that of another template or scientist.
    """
    if not (project.folder / "state.json").exists():
        return State(
            template=project.lab.template.name,
            template_fingerprint=project.lab.template.fingerprint(),
            scientist=project.scientist.name,
            scientist_fingerprint=project.scientist.fingerprint,
        )
    state = State.read(project.folder)
    for what, old, new in (
        ("template", state.template_fingerprint, project.lab.template.fingerprint()),
        ("scientist", state.scientist_fingerprint, project.scientist.fingerprint),
    ):
        if old != new:
            raise InputError(f"{project.folder}: was begun with another {what} (it changed since); start a new run")
    return state


async def advance(project: Project, stages: dict[str, Stage], *, until: str | None = None) -> State:
    """Do the stages that are not done yet, in order, each on record before the next; returns how far it came.

    It also ends before a stage after `until`, and where a person has to decide first. A stage that fails ends it.
    BudgetReached, ModelUnusable and OSError (a full disk) are raised on, the stage on record as pending.
    """
    state = open_state(project)
    state.write(project.folder)
    if (project.folder / "idea.json").exists():
        project.lab.idea = project.idea()
    last = STAGES.index(until) if until else len(STAGES)
    while (name := state.next) is not None and STAGES.index(name) <= last:
        if asked := waiting(project.folder, project.settings.ask, state):
            project.lab.tell(f"waits for a decision on the {asked}: peerassay scientist show {project.folder}")
            break
        state.mark(name, "running")
        state.write(project.folder)
        project.lab.tell(f"stage {name} ({STAGES.index(name) + 1} of {len(STAGES)})")
        start, before = time.perf_counter(), taken(project)
        try:
            message = await stages[name](project)
        except (BudgetReached, ModelUnusable, NotRecorded, OSError, asyncio.CancelledError):
            state.mark(name, "pending", "stopped", time.perf_counter() - start, spent(project, before))
            state.write(project.folder)
            raise
        except (StageFailed, CallFailed, InputError) as failure:
            state.mark(name, "failed", str(failure), time.perf_counter() - start, spent(project, before))
            state.write(project.folder)
            return state
        state.mark(name, "done", message, time.perf_counter() - start, spent(project, before))
        state.problems = tuple(paper_problems(project.folder))
        if asked := waiting(project.folder, project.settings.ask, state):
            show(project.folder, asked)
        if name == "novelty" and message.startswith("not new") and project.settings.novelty:
            for later in STAGES[STAGES.index(name) + 1 :]:
                state.mark(later, "skipped", "the idea is not new")
        state.write(project.folder)
    return state


REVIEWED_DRAFT = "draft_1.json"
"""The draft that the first review was of, kept once it is improved."""
MADE_BY: dict[str, tuple[str, ...]] = {
    "idea": ("idea.json",),
    "novelty": ("novelty.json", "literature.json"),
    "plan": ("plan.json", "plan_fixed.json", "measures.json"),
    "experiments": (
        "experiments.json",
        "added_measures.json",
        "kept",
        "workspace",
        "snapshots",
        "failed",
        "guard",
        "seeds",
        "benches",
    ),
    "plots": ("figures.json", "drawn.json", FILES["figures"], "latex"),
    "writeup": ("draft.json", "statistics.json"),
    "compile": ("compile.json", "paper.pdf"),
    "audit": ("audit.json",),
    "review": ("review.json",),
    "improve": ("review_*.json", "own_review_*.json", REVIEWED_DRAFT, FILES["pages"]),
    "revision": ("round_*_draft.json",),
}
"""What each stage leaves in the folder, as patterns of names."""


def redo_from(folder: Path, stage: str, *, keep: Collection[str] = ()) -> None:
    """Let a stage and all after it be done again, what they left removed but for what `keep` names.

    Raises InputError for an unknown stage.

    An improved paper is made again from the draft that was reviewed first, so that the same comes of it. What people
    have said of it stays: of the same draft they are answered again.
    """
    state = State.read(folder)
    reviewed = folder / REVIEWED_DRAFT
    same = stage in STAGES[STAGES.index("compile") :]
    if reviewed.exists() and same:
        shutil.copyfile(reviewed, folder / "draft.json")
        stage = "compile"
    state.redo_from(stage)
    people = HumanReviews.read(folder)
    if people.made:
        people.reopened(same_paper=same).write(folder)
    for later in STAGES[STAGES.index(stage) :]:
        for path in (path for name in MADE_BY[later] if name not in keep for path in folder.glob(name)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    state.write(folder)


def taken(project: Project) -> StageTotals:
    """What this start's calls for this idea have taken; they are booked under the name of its folder."""
    totals = project.session.metering.ledger.totals().items()
    return sum((took for stage, took in totals if stage.startswith(f"{project.folder.name}/")), StageTotals())


def spent(project: Project, before: StageTotals) -> float | None:
    """US dollars that the calls since `before` have cost; None: the price of one is unknown."""
    now = taken(project)
    if now.calls == before.calls:
        return 0.0
    return None if now.usd is None or before.usd is None else now.usd - before.usd
