"""What was seen on the figures as drawn and on the pages as printed: findings, and the record of all viewings.

figures_seen.json   the viewings of the plot stage
pages_seen.json     those of the improvement
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from ..data.errors import InputError
from ..data.files import read_text, write_json

Subject = Literal["figures", "pages"]
Kind = Literal["legibility", "agreement", "duplicate", "unused", "empty", "layout", "other"]
FILES: dict[Subject, str] = {"figures": "figures_seen.json", "pages": "pages_seen.json"}
MAJOR = 3
"""Minor findings that weigh as much as a major one."""


class Finding(BaseModel):
    """One thing that is wrong with what was seen."""

    model_config = ConfigDict(frozen=True)

    where: str = Field(description="the file of a figure, or the page with what stands on it")
    kind: Kind
    severity: Literal["major", "minor"] = Field(description="major: it misleads, or hides a result")
    problem: str
    remedy: str = ""
    by: Literal["model", "rule"] = "model"

    def __str__(self) -> str:
        return f"{self.where}: {self.severity}, {self.kind}: {self.problem}"


class Viewing(BaseModel):
    """One look at all figures, or at the pages."""

    model_config = ConfigDict(frozen=True)

    shown: tuple[str, ...] = Field(description="what was seen, by name")
    unseen: tuple[str, ...] = Field(default=(), description="what could not be shown, with the reason, a line each")
    shows: dict[str, str] = Field(default_factory=dict, description="image -> what it shows, in a sentence")
    findings: tuple[Finding, ...] = ()
    failed: str = Field(default="", description="why nothing was said of it")
    counts: bool = Field(default=True, description="it is of what stands in the paper; else that was given up")

    @property
    def weight(self) -> int:
        """How much is wrong in all."""
        return sum(MAJOR if finding.severity == "major" else 1 for finding in self.findings)

    @property
    def brief(self) -> str:
        """The viewing in a phrase."""
        if self.failed:
            return f"not looked at: {self.failed}"
        major = sum(finding.severity == "major" for finding in self.findings)
        return f"{len(self.shown)} seen, {len(self.findings)} findings" + (f" ({major} major)" if major else "")


VIEWINGS: TypeAdapter[list[Viewing]] = TypeAdapter(list[Viewing])


def write_viewings(folder: Path, subject: Subject, viewings: Sequence[Viewing]) -> None:
    """Write the viewings of an idea's folder, in their order."""
    write_json(folder / FILES[subject], VIEWINGS.dump_python(list(viewings), mode="json"))


def read_viewings(folder: Path, subject: Subject) -> list[Viewing]:
    """The viewings on record, none where nothing was looked at. Raises InputError for a file that is none."""
    path = folder / FILES[subject]
    if not path.exists():
        return []
    try:
        return VIEWINGS.validate_json(read_text(path))
    except ValueError as error:
        raise InputError(f"{path}: no record of what was seen ({str(error).splitlines()[0]})") from None


def counted(viewings: Sequence[Viewing]) -> Viewing:
    """The last viewing of what stands in the paper; the first one always is."""
    return next(viewing for viewing in reversed(viewings) if viewing.counts)


def left(folder: Path) -> list[str]:
    """A line for each major finding that is left in the figures and pages as they are, and for figures not seen.

    Pages beyond those that are shown at once are none: most papers with an appendix have such.
    """
    lines: list[str] = []
    for subject in FILES:
        viewings = read_viewings(folder, subject)
        if not viewings:
            continue
        last = counted(viewings)
        if last.failed:
            lines.append(f"{subject} were not looked at: {last.failed}")
        elif subject == "figures":
            lines += last.unseen
        lines += [f"seen on {f.where}: {f.problem}" for f in last.findings if f.severity == "major"]
    return lines


def in_words(findings: Sequence[Finding]) -> str:
    """The findings for whoever is to mend them, a line each."""
    return "\n".join(f"{finding}{f' Remedy: {finding.remedy}' if finding.remedy else ''}" for finding in findings)


def same_images(images: Mapping[str, bytes]) -> list[Finding]:
    """A finding for each image that is another one to the last bit."""
    first: dict[bytes, str] = {}
    found = []
    for name, content in images.items():
        twin = first.setdefault(content, name)
        if twin != name:
            problem = f"it is the same image as {twin}"
            found.append(Finding(where=name, kind="duplicate", severity="major", problem=problem, by="rule"))
    return found


def unused_images(names: Sequence[str], tex: str) -> list[Finding]:
    """A finding for each image that was drawn and stands nowhere in the paper's source."""
    problem = "it was drawn, and stands nowhere in the paper"
    return [
        Finding(where=name, kind="unused", severity="minor", problem=problem, by="rule")
        for name in names
        if f"{{{name}}}" not in tex
    ]
