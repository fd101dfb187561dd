"""How far an idea's stages are: a file that is written whenever a stage begins or ends."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, field_validator

from ..data.errors import unknown
from ..data.files import read_validated, write_json

STAGES = (
    *("idea", "novelty", "plan", "experiments", "plots", "writeup", "compile", "audit", "review", "improve"),
    "revision",
)
Status = Literal["pending", "running", "done", "failed", "skipped"]


class StageState(BaseModel):
    """One stage."""

    status: Status = "pending"
    message: str = Field(default="", description="what came of it, or why it failed, in one line")
    seconds: float = 0.0
    usd: float | None = Field(default=0.0, description="what its calls cost; None: price unknown")
    at: str = Field(default="", description="when it ended")


class State(BaseModel):
    """state.json: what is worked on, by whom, and how far it is."""

    template: str
    template_fingerprint: str
    scientist: str
    scientist_fingerprint: str
    stages: dict[str, StageState] = Field(default_factory=lambda: {name: StageState() for name in STAGES})
    problems: tuple[str, ...] = Field(default=(), description="what is wrong with the paper as it is now, a line each")

    @field_validator("stages")
    @classmethod
    def _all_stages(cls, stages: dict[str, StageState]) -> dict[str, StageState]:
        """A stage that the version before had not counts as done where one after it is."""
        made = [STAGES.index(name) for name, stage in stages.items() if name in STAGES and stage.status == "done"]
        passed = StageState(status="done", message="no stage of its own in the version that made this")
        last = max(made, default=-1)
        return {name: passed if STAGES.index(name) < last else StageState() for name in STAGES} | stages

    @classmethod
    def read(cls, folder: Path) -> State:
        """The state of a folder. Raises InputError where there is none."""
        path = folder / "state.json"
        return read_validated(cls, path)

    def write(self, folder: Path) -> None:
        """Write it, whole or not at all."""
        write_json(folder / "state.json", self.model_dump(mode="json"))

    def mark(
        self, stage: str, status: Status, message: str = "", seconds: float = 0.0, usd: float | None = 0.0
    ) -> None:
        """Set what is known of a stage."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        line = " ".join(message.split())[:500]
        self.stages[stage] = StageState(status=status, message=line, seconds=seconds, usd=usd, at=at)

    def redo_from(self, stage: str) -> None:
        """Let the stage and all after it be done again. Raises InputError for an unknown stage."""
        if stage not in STAGES:
            raise unknown("stage", stage, STAGES)
        for name in STAGES[STAGES.index(stage) :]:
            self.stages[name] = StageState()

    @property
    def next(self) -> str | None:
        """The first stage that is not done; None where all are."""
        return next((name for name in STAGES if self.stages[name].status not in ("done", "skipped")), None)

    @property
    def finished(self) -> bool:
        """Whether all stages are done."""
        return self.next is None
