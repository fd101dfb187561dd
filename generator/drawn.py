"""What the plot stage has drawn: the images, which of them the template's own script draws just so, cut-off text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from ..data.files import read_validated, write_json

RECORD = "drawn.json"


class DrawnFigures(BaseModel):
    """drawn.json."""

    model_config = ConfigDict(frozen=True)

    hashes: dict[str, str] = Field(description="image -> SHA-256 of its file, as in figures.json")
    as_template: tuple[str, ...] = Field(
        default=(), description="images that the template's own plot.py draws alike, so that its captions hold"
    )
    cut_off: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="image -> text that its edge cuts off, a line each"
    )

    @classmethod
    def read(cls, folder: Path) -> DrawnFigures:
        """The record of an idea's folder. Raises InputError where there is none."""
        path = folder / RECORD
        return read_validated(cls, path)

    def write(self, folder: Path) -> None:
        """Write drawn.json, and figures.json for the audit."""
        write_json(folder / RECORD, self.model_dump(mode="json"))
        write_json(folder / "figures.json", self.hashes)

    @property
    def faults(self) -> list[str]:
        """A line for each text that is cut off."""
        return faults_of(self.cut_off)


def faults_of(cut_off: Mapping[str, tuple[str, ...]]) -> list[str]:
    """A line for each text that is cut off, with its image."""
    return [f"{image}: {fault}" for image, faults in cut_off.items() for fault in faults]
