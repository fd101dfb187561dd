"""The paper of a scientist's idea as a manuscript for the ladder, with what its runs logged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...data.errors import InputError
from ...data.files import read_json
from ...data.papers.load import load_paper
from ...data.papers.sections import find_sections
from ...data.records import Paper

LATEX = Path("latex") / "paper.tex"
COMMENT = re.compile(r"(?m)^# (?!\A)")
ROW = re.compile(r"(?m)^(?!\|)([^\n|]*(?:\|[^\n|]*)+)$")
BETWEEN_ROWS = re.compile(r"(?<=\|)\n\n(?=\|)")
BESIDE = ("how this paper was made", "further results")
"""Sections that a paper could do without; in a manuscript they stand above the references."""
LONGEST = 3600
"""Words of a manuscript; scrubbing would cut a longer one. Lines of further results go first."""


@dataclass(frozen=True)
class Manuscript:
    """A paper, the template that it was made from, and the numbers that its runs logged."""

    paper: Paper
    template: str
    logged: tuple[float, ...]


def find_ideas(runs: list[Path]) -> list[Path]:
    """The folders of ideas with a paper, of runs or named themselves. Raises InputError for a folder without one."""
    found: list[Path] = []
    for run in runs:
        ideas = [run] if (run / LATEX).is_file() else sorted(path.parent.parent for path in run.glob(f"idea_*/{LATEX}"))
        if not ideas:
            raise InputError(f"{run}: no paper of an idea in it (looked for {LATEX} and idea_*/{LATEX})")
        found += [idea for idea in ideas if idea not in found]
    return found


def read_manuscript(idea: Path) -> Manuscript:
    """The paper of an idea's folder, its further results above the references and its appendix left out.

    Raises InputError where the paper or the idea's state cannot be read.
    """
    state = read_json(idea / "state.json")
    if "template" not in state:
        raise InputError(f"{idea / 'state.json'}: no idea of a scientist's run")
    read = load_paper(idea / LATEX, f"{state['template']}-{idea.name}").paper
    kept = read.model_copy(update={"text": _regular(_reordered(read.text)), "source": "md", "sections": ()})
    return Manuscript(kept, str(state["template"]), tuple(sorted(set(_numbers(idea)))))


def _reordered(text: str) -> str:
    """The text without its appendix, but for the further results, which stand above the references."""
    sections = find_sections(text)
    listed = next((s for s in sections if s.title.lower() == "references"), None)
    if listed is None:
        return text
    beside = "".join(text[s.start : s.end] for s in sections if s.title.lower() in BESIDE and s.start > listed.start)
    body, references = text[: listed.start].rstrip(), text[listed.start : listed.end]
    lines = beside.strip().split("\n")
    while lines and len(f"{body} {' '.join(lines)}".split()) > LONGEST:
        lines.pop()
    return "\n\n".join(part.strip() for part in (body, "\n".join(lines), references) if part.strip()) + "\n"


def _regular(text: str) -> str:
    """Rows of tables between bars, and no line of code that looks like a heading."""
    head, line_end, body = text.partition("\n")
    return head + line_end + BETWEEN_ROWS.sub("\n", ROW.sub(r"|\1|", COMMENT.sub("", body)))


def _numbers(idea: Path) -> Iterator[float]:
    """All numbers of the statistics and of the runs' results."""
    for path in [idea / "statistics.json", *sorted((idea / "workspace").glob("run_*/final_info.json"))]:
        if path.is_file():
            yield from _leaves(read_json(path))


def _leaves(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield float(value)
