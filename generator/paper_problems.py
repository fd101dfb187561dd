"""What is wrong with a paper that was made: told in the summary of a run, and counted on the board."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ..data.files import read_json, read_validated, validated
from .drawn import RECORD, DrawnFigures
from .latex.log import Problem
from .provenance.records import Audit
from .viewing import left


def paper_problems(folder: Path) -> list[str]:
    """A line for each thing that is wrong with the paper of an idea's folder, as it is now; none without a paper.

    What is left after compiling, too many pages among it; what the audit does not trace, and words that the means
    contradict; text that figures cut off; major findings of a model that looked at figures and pages.
    """
    if not (folder / "paper.pdf").exists():
        return []
    return [*_compiling(folder / "compile.json"), *_audit(folder / "audit.json"), *_figures(folder), *left(folder)]


def _compiling(path: Path) -> list[str]:
    if not path.exists():
        return []
    found = (validated(Problem, item, str(path)) for item in read_json(path).get("problems", ()))
    return list(dict.fromkeys(str(problem) for problem in found))


def _audit(path: Path) -> Iterator[str]:
    if not path.exists():
        return
    audit = read_validated(Audit, path)
    figures = [item.path for item in audit.figures if not item.traced]
    citations = [item.key for item in audit.citations if not item.traced]
    numbers = [number.text for number in audit.unsupported]
    for names, what in ((numbers, "number"), (figures, "figure"), (citations, "citation")):
        if names:
            yield _untraced(names, what)
    yield from (f"“{claim.word}” contradicts the means: {claim.reason}" for claim in audit.contradicted)
    yield from audit.problems


def _untraced(names: Sequence[str], what: str) -> str:
    shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
    return f"{len(names)} {what}{' does' if len(names) == 1 else 's do'} not trace: {shown}"


def _figures(folder: Path) -> list[str]:
    return DrawnFigures.read(folder).faults if (folder / RECORD).exists() else []
