"""given.json: the results that a paper is to be written from, as they were read, with what was decided on the way."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from ...data.files import read_validated, write_json
from ..nodes import Results
from ..template import GIVEN, Metric


class GivenRun(BaseModel):
    """One configuration with its results; the seeds of all values have names, by which runs are paired."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(description="as the files call it")
    label: str = Field(description="for tables and text")
    results: Results


class GivenStudy(BaseModel):
    """Somebody's finished experiments. The first run is what the others are compared with."""

    model_config = ConfigDict(frozen=True)

    title: str
    notes: str = Field(default="", description="what the person who gave the results says of them, plain text")
    source: str = Field(description="the folder or the file")
    files: dict[str, str] = Field(description="what was read, and its SHA-256")
    metrics: tuple[Metric, ...] = Field(min_length=1)
    runs: tuple[GivenRun, ...] = Field(min_length=1)
    said: tuple[str, ...] = Field(default=(), description="what was decided by rule, a line each, as it was told")
    lost: tuple[str, ...] = Field(default=(), description="values that are missing or not finite, a sentence each")
    unnamed_seeds: bool = Field(default=False, description="whether values are paired by their place in the files")
    code: str = Field(default="", description="the experiment's code, where the folder has it")

    @classmethod
    def read(cls, folder: Path) -> GivenStudy:
        """The study of a folder. Raises InputError where it has none."""
        path = folder / GIVEN
        return read_validated(cls, path)

    def write(self, folder: Path) -> None:
        """Write given.json."""
        write_json(folder / GIVEN, self.model_dump(mode="json"))
