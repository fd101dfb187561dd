"""Several ideas on one template: thought of one after another, worked on at once, all in one folder.

OUT/scientist.json        what was asked for; a resumed run goes by it, see `RunFolder`
OUT/ideas.jsonl           the archive
OUT/calls.jsonl           the ledger of model calls
OUT/idea_01/, idea_02/     a folder per idea, see `lab`
OUT/baselines/            the baseline's results, shared by the ideas
"""

from __future__ import annotations

import asyncio
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import Field

from ..data.files import make_folder, read_json, read_validated
from ..llm.errors import BudgetReached
from ..llm.session import Session
from ..reviewer.protocol import Reviewer
from ..reviewer.review import Review
from ..reviewer.run_folder import RunFolder, RunRecord
from .ideas import Archive, Scored
from .lab import Lab, LabSettings
from .literature.search import Literature
from .nodes import Node
from .progress import ideas_left
from .project import PaperSettings, Project, Stage, advance, open_state
from .provenance.records import Audit
from .sandbox.run import Sandbox
from .scientist import Scientist
from .share import Alone, Job, Share
from .state import State
from .template import Template

IDEA_FOLDER = re.compile(r"idea_\d{2,}")


class ScientistRecord(RunRecord):
    """scientist.json: the settings of a run, as given on the command line."""

    template: str
    model: str
    reviewer: str
    editor: str = "builtin"
    sandbox: str = "auto"
    online: bool = Field(default=True, description="whether literature is searched for online too")
    ideas: int = 1
    seed: int = 0
    lab: LabSettings = LabSettings()
    paper: PaperSettings = PaperSettings()

    def settings(self) -> dict[str, Any]:
        """Everything that an idea depends on, by name."""
        own = self.model_dump(exclude={*RunRecord.model_fields, "ideas", "lab", "paper"})
        return own | self.lab.model_dump() | self.paper.model_dump()


class ScientistRun(RunFolder[ScientistRecord]):
    """An opened folder of the scientist."""

    FILE = "scientist.json"
    RECORD = ScientistRecord
    KIND = "run of the scientist"
    COMMAND = "peerassay scientist run --out FOLDER"

    @classmethod
    def conflict(cls, old: ScientistRecord, new: ScientistRecord) -> str:
        """Another setting; there may be more ideas or fewer."""
        was = old.settings()
        for name, now in new.settings().items():
            if was[name] != now:
                return f"a run with {name} {was[name]!r}, not {now!r}"
        return ""

    @property
    def complete(self) -> bool:
        """Whether all stages of all ideas are done."""
        states = [State.read(folder) for folder in idea_folders(self.folder) if (folder / "state.json").exists()]
        return len(states) >= self.record.ideas and all(state.next is None for state in states)


@dataclass
class IdeaBatch:
    """The ideas of one run. `tell` is called with the name of an idea's folder and a line."""

    folder: Path
    record: ScientistRecord
    template: Template
    scientist: Scientist
    literature: Literature
    reviewer: Reviewer
    session: Session
    sandbox: Sandbox
    tell: Callable[[str, str], None] = lambda *_: None
    budget_reached: bool = False
    share: Share = field(default_factory=Alone)
    """What this process does of it."""

    def begin(self) -> ScientistRun:
        """Write what was asked for. Raises InputError where the folder holds another run."""
        run = ScientistRun.start(self.folder, self.record)
        self.record = run.record
        return run

    def project(self, folder: Path) -> Project:
        """An idea's project."""
        lab = Lab(
            folder,
            self.template,
            self.sandbox,
            self.record.lab,
            tell=lambda line: self.tell(folder.name, line),
            baselines=self.folder / "baselines",
            page_limit=self.record.paper.page_limit,
            style=self.record.paper.style,
            seed=self.record.seed,
            share=self.share,
        )
        return Project(
            lab, self.scientist, self.literature, self.reviewer, self.session, self.record.paper, self.archive()
        )

    async def prove_baseline(self) -> None:
        """Run the baseline, unless its results are there, and keep them for the ideas.

        Raises InputError where it does not run: nothing has been paid for yet.
        """
        lab = self.project(self.folder / "trial").lab
        lab.set_up()
        try:
            await lab.baseline()
        finally:
            shutil.rmtree(lab.folder, ignore_errors=True)

    async def run_job(self, job: Job) -> Node:
        """Run an experiment of an idea that another process works on."""
        lab = self.project(self.folder / job.idea).lab
        settings = lab.settings.model_copy(update={"run_seconds": job.run_seconds})
        self.tell(job.idea, f"{job.node.run}: runs in another process")
        return await replace(lab, place=job.place, settings=settings).run(job.node)

    def archive(self) -> list[Scored]:
        """All ideas of the run, with the scores of their papers."""
        scores = {}
        for folder in idea_folders(self.folder):
            name, review = _name_and_review(folder)
            if name and review is not None:
                scores[name] = review.overall
        ideas = Archive(self.folder / "ideas.jsonl").read()
        return [scored.model_copy(update={"paper_score": scores.get(scored.idea.name)}) for scored in ideas]

    async def work(self, stages: dict[str, Stage], *, parallel: int = 1, until: str | None = None) -> list[State]:
        """Work on all ideas, so many at once. Raises ModelUnusable where no call of the model can succeed."""
        self.share.open([self.folder / f"idea_{number:02d}" for number in range(1, self.record.ideas + 1)])
        states: dict[str, State] = {}
        took: list[float] = []

        async def worker() -> None:
            while not self.budget_reached and (folder := await self.share.take()) is not None:
                begun = time.perf_counter()
                states[folder.name] = await self._work_on(folder, stages, until)
                self.share.finish(folder)
                self.tell(folder.name, _ended(states[folder.name]))
                took.append(time.perf_counter() - begun)
                if self.share.whole and (left := ideas_left(took, self.record.ideas, parallel)):
                    self.tell(folder.name, left)

        results = await asyncio.gather(*(worker() for _ in range(parallel)), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return [states[name] for name in sorted(states)]

    async def _work_on(self, folder: Path, stages: dict[str, Stage], until: str | None) -> State:
        make_folder(folder)
        try:
            async with self.share.lock("thinking"):
                project = self.project(folder)
                if open_state(project).next == "idea":
                    state = await advance(project, stages, until="idea")
                    if state.stages["idea"].status != "done":
                        return state
            return await advance(project, stages, until=until)
        except BudgetReached:
            self.budget_reached = True
            return State.read(folder)


def idea_folders(folder: Path) -> list[Path]:
    """The folders of a run's ideas, in order."""
    return sorted(path for path in folder.glob("idea_*") if IDEA_FOLDER.fullmatch(path.name) and path.is_dir())


def latest_review(folder: Path) -> Review | None:
    """The last review of an idea's paper by the machine, None where there is none."""
    number = latest_review_number(folder)
    path = folder / (f"review_{number}.json" if number > 1 else "review.json")
    return read_validated(Review, path) if number else None


def latest_review_number(folder: Path) -> int:
    """The number of the last review, 0 where there is none: review.json is the first, then come review_2.json, ..."""
    later = [int(path.stem.removeprefix("review_")) for path in folder.glob("review_*.json") if path.stem[7:].isdigit()]
    return max(later, default=int((folder / "review.json").exists()))


def read_audit(folder: Path) -> Audit | None:
    """The audit of an idea's paper, None where there is none."""
    path = folder / "audit.json"
    return read_validated(Audit, path) if path.exists() else None


def _ended(state: State) -> str:
    return f"stopped at {state.next}" if state.next else "all stages done"


def _name_and_review(folder: Path) -> tuple[str | None, Review | None]:
    path = folder / "idea.json"
    return (read_json(path).get("name") if path.exists() else None), latest_review(folder)
