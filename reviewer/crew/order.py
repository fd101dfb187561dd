"""What workers are asked to do: RUN/work/order.json."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, Field

from ...data.errors import InputError
from ...data.files import read_validated, write_json
from ..run_folder import RunFolder


class WorkOrder(BaseModel):
    """What every kind of run tells its workers."""

    peerassay: str = Field(
        default_factory=lambda: version("peerassay"), description="workers of another one are refused"
    )
    place: Path = Field(default_factory=Path.cwd, description="from where paths count")
    budget: float | None = Field(description="US dollars that all starts and workers may cost together")
    spent_before: float = Field(default=0.0, description="US dollars that earlier starts have cost")

    @classmethod
    def read(cls, run: RunFolder[Any]) -> Self:
        """The order of a run. Raises InputError where there is none, or it is of another version."""
        path = run.order_path
        if not path.exists():
            raise InputError(
                f"{run.folder}: gives no work out; the command that made it does with --workers N, as long as it runs"
            )
        order = read_validated(cls, path)
        if order.peerassay != version("peerassay"):
            raise InputError(
                f"{path}: was given by peerassay {order.peerassay}, this is {version('peerassay')}; "
                f"workers need the same version"
            )
        return order

    def write(self, run: RunFolder[Any]) -> None:
        """Give the work out."""
        write_json(run.order_path, self.model_dump(mode="json"))

    def asked(self) -> dict[str, Any]:
        """What was asked for, by this start or another one."""
        return self.model_dump(mode="json", exclude={"spent_before"})

    def go_there(self) -> None:
        """Let paths count from where the work was given out, if that folder is here too."""
        if self.place.is_dir():
            os.chdir(self.place)
