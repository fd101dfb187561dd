"""Folders of one idea each, as AI scientists leave them: at most one paper in each, its last PDF.

Known by their names are AI-Scientist's (`20240801_120000_IDEA`, version 2 `2025-04-08_12-00-00_IDEA_attempt_0`) and
AutoResearchClaw's (`rc-20260315-120000-abc123`); others, our own among them, by what lies in them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

DATED = re.compile(
    r"(?:\d{8}|\d{4}-\d{2}-\d{2})[_-](?:\d{6}|\d{2}-\d{2}-\d{2})_(?P<idea>.+)|(?P<run>rc-\d{8}-\d{6}-\w+)"
)
ATTEMPT = re.compile(r"_attempt_\d+$")
MARKS = (
    *("notes.txt", "log.txt", "ideas.json", "idea.json", "idea.md", "research_idea.md", "experiment.py", "state.json"),
    *("run_0", "run_1", "logs", "latex", "experiment_results", "deliverables", "checkpoint.json", "token_tracker.json"),
    *("pipeline_summary.json", "bfts_config.yaml", "final_info.json", "plot.py", "review.txt", "experiments"),
    *("draft_summary.json", "baseline_summary.json", "research_summary.json", "ablation_summary.json"),
)
"""Files and folders that lie in an idea's folder; two of them make one."""
PARTS = re.compile(r"run_\d+|stage[-_]?\d+.*|logs?|latex|tex|figures?|plots?|deliverables|experiments?|code|data|src")
"""Folders within an idea's, which are none themselves."""
CITED = re.compile(r"references?|literature|related[-_ ]?works?|cited|bibliography|downloads?|papers_cited|arxiv")
"""Folders of papers by others."""
OFFICIAL = re.compile(
    r"(?:neurips|icml|iclr|acl|naacl|emnlp|aaai|cvpr|colm|icbinb|tmlr)[-_]?(?:\d{4})?"
    r"(?:[-_](?:conference|workshop|template|style|instructions))?|.*[-_]instructions|example_paper"
)
"""Names of a venue's own documents."""
NUMBERED = re.compile(r"(?:reflection|improved|version|draft|revision|round|rev|v)[-_ ]?(\d+)")
LAST = re.compile(r"improved|final|camera[-_ ]?ready")


def dated_idea(folder: str) -> str:
    """The idea that a folder is called after; empty where its name does not say that it is one's."""
    dated = DATED.fullmatch(folder)
    return ATTEMPT.sub("", dated["idea"] or dated["run"]) if dated else ""


def find_idea_folders(base: Path, *, by_marks: bool = True) -> list[Path]:
    """The folders of ideas in `base`, itself included, hidden ones and templates left out, in order.

    With `by_marks` also those that are told by what lies in them; parts of an idea's folder are none.
    """
    if dated_idea(base.name):
        return [base]
    found: list[Path] = []
    for path in sorted(path for path in base.iterdir() if path.is_dir() and not path.name.startswith(".")):
        if path.name != "templates":
            part = PARTS.fullmatch(path.name.lower()) is not None
            found += find_idea_folders(path, by_marks=by_marks and not part)
    marked = by_marks and sum((base / mark).exists() for mark in MARKS) >= 2
    return found or ([base] if marked else [])


def last_paper(folder: Path, pdfs: Iterable[Path]) -> Path | None:
    """The paper of an idea's folder among the PDF files in it; None where there is none.

    The last is an improved or final one, else that of the highest number, else one called after the idea, else the one
    nearest to the top; papers by others and a venue's own documents do not count.
    """
    own = [
        path
        for path in pdfs
        if not any(CITED.fullmatch(part.lower()) for part in _inside(path, folder)[:-1])
        and not (OFFICIAL.fullmatch(path.stem.lower()) and path.stem != folder.name)
    ]
    return max(own, key=lambda path: _age(path, folder), default=None)


def _age(path: Path, folder: Path) -> tuple[bool, int, bool, int, float, str]:
    stem = path.stem.lower()
    numbers = [int(number) for number in NUMBERED.findall(stem)]
    idea = (dated_idea(folder.name) or folder.name).lower()
    changed = path.stat().st_mtime if path.exists() else 0.0
    depth = len(_inside(path, folder))
    return LAST.search(stem) is not None, max(numbers, default=0), stem == idea, -depth, changed, stem


def _inside(path: Path, folder: Path) -> tuple[str, ...]:
    return Path(os.path.normpath(path.absolute())).relative_to(folder).parts


def within(path: Path, folders: Iterable[Path]) -> Path | None:
    """The one of the folders that the path lies in; None for none."""
    return next((folder for folder in folders if path.is_relative_to(folder)), None)
