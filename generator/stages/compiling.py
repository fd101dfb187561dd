"""The PDF: typeset, compiled, checked, and mended until it is in order or nothing helps any more."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...data.files import read_text, write_json
from ..disclosure import disclosure
from ..latex.check import PdfCheck, run_chktex
from ..latex.compile import Compiled
from ..latex.document import Draft
from ..latex.log import Problem
from ..latex.placement import of_the_text, with_one_moved_out
from ..latex.words import count
from ..paper_source import MAIN, compiled, typeset
from ..project import Project, StageFailed
from ..result_tables import RESULTS

LATE = "Floats are left when the references begin"
"""What the style file says in the log."""
HELPED = 0.05
"""Pages by which a round of shortening has to make a paper shorter for another one."""


@dataclass(frozen=True)
class Attempt:
    """What came of compiling a draft; `check` is None without a PDF."""

    compiled: Compiled
    check: PdfCheck | None
    slips: tuple[Problem, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The errors of the compiler and of the checks."""
        found = self.check.problems if self.check else ()
        return (*self.compiled.errors, *(problem for problem in found if problem.severity == "error"))

    @property
    def too_long(self) -> bool:
        """Whether there are more pages than allowed."""
        return any(problem.kind == "pages" for problem in self.problems)

    @property
    def has_late_floats(self) -> bool:
        """Whether a figure or table comes so late that it stands among the references."""
        return any(LATE in problem.message for problem in self.compiled.problems)

    @property
    def length(self) -> float:
        """The pages before the references, 0 without a PDF."""
        return self.check.length if self.check else 0.0

    def write(self, folder: Path) -> None:
        """Write compile.json."""
        record = {
            "check": self.check.model_dump(mode="json") if self.check else None,
            "problems": [problem.model_dump(mode="json") for problem in self.problems],
            "slips": [slip.model_dump(mode="json") for slip in self.slips],
        }
        write_json(folder / "compile.json", record)


async def compile_paper(project: Project) -> str:
    """The PDF, mended by what the compiler and the checks complain of until it is in order.

    A paper that is too long, or has floats among its references, first gets its floats moved to the appendix; then the
    scientist shortens it as long as that helps. What ChkTeX finds goes to the scientist with the rest, and gets a round
    of its own where there is nothing else; problems within the program's own floats never go there. Raises StageFailed
    where there is no PDF in the end; smaller faults stay on record in compile.json.
    """
    draft = project.draft().model_copy(update={"people": disclosure(project.folder)})
    revision, shortened_from = 0, 0.0
    while True:
        attempt = await asyncio.to_thread(_attempt, project, draft)
        out = attempt.too_long or attempt.has_late_floats
        moved = with_one_moved_out(draft, always=RESULTS) if out else None
        if moved is not None:
            why = f"{attempt.length:.1f} pages" if attempt.too_long else "no room before the references"
            project.lab.tell(f"{why}: a table or figure goes to the appendix")
            draft = moved
            project.keep_draft(draft)
            continue
        wrong = _to_mend(project, attempt, shortened_from, revision)
        if not wrong or revision == project.settings.revisions:
            break
        revision += 1
        shortened_from = attempt.length if attempt.too_long else 0.0
        project.lab.tell(f"revision {revision}: {count(len(wrong), 'problem')}, first: {wrong[0]}")
        revised = await project.scientist.revise(project.lab, draft, wrong)
        if revised is None or revised == draft:
            break
        draft = revised
        project.keep_draft(draft)
    attempt.write(project.folder)
    if attempt.compiled.pdf is None or attempt.check is None:
        raise StageFailed(f"no PDF: {attempt.problems[0] if attempt.problems else 'LaTeX made none'}")
    shutil.copyfile(attempt.compiled.pdf, project.folder / "paper.pdf")
    left = f", {count(len(attempt.problems), 'problem')} left" if attempt.problems else ""
    return f"{attempt.check.pages} pages in {attempt.compiled.seconds:.1f} s{left}"


def _to_mend(project: Project, attempt: Attempt, shortened_from: float, revision: int) -> Sequence[Problem]:
    """What the scientist is asked to mend: nothing of the program's own, no length that the last round left as it was.

    `shortened_from` is the length in pages before a round of shortening, 0 where the last round was none.
    """
    wrong = of_the_text(read_text(project.lab.latex / MAIN), attempt.problems, MAIN)
    if shortened_from and attempt.length > shortened_from - HELPED:
        wrong = [problem for problem in wrong if problem.kind != "pages"]
    slips = of_the_text(read_text(project.lab.latex / MAIN), attempt.slips, MAIN)
    return [*wrong, *slips] if wrong or revision == 0 else []


def _attempt(project: Project, draft: Draft) -> Attempt:
    typeset(project.lab, draft)
    return Attempt(*compiled(project.lab), run_chktex(project.lab.latex, MAIN))
