"""A report of sections with tables and drawings: report.html, which is one file, report.md, and the drawings."""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.errors import printable
from ..data.files import read_text, write_atomic
from .drawing import Plot, write_plots
from .formats import markdown
from .pages import render
from .table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class ReportSection:
    """A part of the report: `intro` in Markdown, tables, then drawings by name."""

    name: str
    title: str
    tables: tuple[Table, ...] = ()
    plots: tuple[str, ...] = ()
    intro: str = ""


@dataclass(frozen=True)
class Headline:
    """What to know of a row in one sentence, beside its colour."""

    colour: str
    name: str
    rest: str


@dataclass(frozen=True)
class Report:
    """What both files of a report hold; `context` is what the template takes beside it."""

    title: str
    subject: str
    headlines: Sequence[Headline]
    notes: Sequence[str]
    sections: Sequence[ReportSection]
    plots: Sequence[Plot]
    facts: Sequence[tuple[str, str]]
    glossary: Sequence[tuple[str, str]]
    command: Sequence[str]
    context: Mapping[str, Any] = field(default_factory=dict)

    def write(self, folder: Path, templates: Path, template: str, *, stem: str = "report") -> Path:
        """Write report.html by a template of `templates`, report.md and figures/; returns the page's path.

        `stem` is another name for both files.

        Raises InputError where a file cannot be written.
        """
        sources = write_plots(folder, self.plots)
        page = render(
            templates,
            template,
            report=self,
            plots={plot.name: plot for plot in self.plots},
            sources=sources,
            command=shlex.join(self.command),
            **self.context,
        )
        write_atomic(folder / f"{stem}.html", page)
        write_atomic(folder / f"{stem}.md", self.markdown())
        return folder / f"{stem}.html"

    def markdown(self) -> str:
        """The report in Markdown, without any markup of names or notes taken as HTML."""
        drawn = {plot.name: plot for plot in self.plots}
        parts = [f"# {self.title}: {self.subject}"]
        parts.append("\n".join(f"- **{h.name}**{h.rest}" for h in self.headlines))
        parts += [f"> {note}" for note in self.notes]
        for section in self.sections:
            parts += [f"## {section.title}", *([section.intro] if section.intro else [])]
            parts += [markdown(table).strip() for table in section.tables]
            shown = (drawn[name] for name in section.plots if name in drawn)
            parts += [f"![{plot.title}](figures/{plot.name}.png)\n\n{plot.caption}" for plot in shown]
        parts += ["## What was measured", "\n".join(f"- {name}: {printable(value)}" for name, value in self.facts)]
        parts += ["## How to read this", "\n".join(f"- **{term}**: {meaning}" for term, meaning in self.glossary)]
        escaped = "\n\n".join(parts).replace("<", "&lt;")
        return f"{escaped}\n\nCommand:\n\n    {printable(shlex.join(self.command))}\n"


def read_glossary(path: Path) -> list[tuple[str, str]]:
    """The terms of a TOML file with their meanings, in its order."""
    return [(term, " ".join(meaning.split())) for term, meaning in tomllib.loads(read_text(path)).items()]


def captioned(path: Path, drawn: Mapping[str, Figure | None], words: Mapping[str, str] | None = None) -> list[Plot]:
    """The drawings that there are, with titles and captions from a TOML file; `words` fill the braces in these."""
    captions = tomllib.loads(read_text(path))
    return [
        Plot(
            name,
            captions[name]["title"].format_map(words or {}),
            " ".join(captions[name]["caption"].format_map(words or {}).split()),
            figure,
        )
        for name, figure in drawn.items()
        if figure is not None
    ]
