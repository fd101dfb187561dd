"""Write-up, compiling, audit."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from ...data.files import write_atomic, write_json
from ..latex.check import PdfCheck, check_pdf
from ..latex.chktex import run_chktex
from ..latex.compile import Compiled, compile_tex
from ..latex.document import Draft, write_draft
from ..literature.bibtex import write_bib
from ..project import Project, StageFailed
from ..provenance.audit import audit_paper
from ..provenance.records import Audit

MAIN = "paper.tex"


async def write(project: Project) -> str:
    """The draft, and its source."""
    draft = await project.scientist.write(project.lab, project.literature)
    project.keep_draft(draft)
    typeset(project, draft)
    return f"{len(draft.sections)} sections, {len(draft.cited)} works cited"


def typeset(project: Project, draft: Draft) -> Path:
    """Write the paper's source with its bibliography of fetched works."""
    folder = project.lab.latex
    write_draft(draft, folder, MAIN)
    cited = set(draft.cited)
    works = [work for work in project.lab.works() if work.key in cited]
    write_atomic(folder / f"{draft.bibliography or 'references'}.bib", write_bib(works))
    return folder / MAIN


async def compile_paper(project: Project) -> str:
    """The PDF, mended by what the compiler and the checks complain of until it is in order.

    What ChkTeX finds goes to the scientist with the rest, and gets a round of its own where there is nothing else.
    Raises StageFailed where there is no PDF in the end; smaller faults stay on record in compile.json.
    """
    draft = project.draft()
    revision = 0
    while True:
        typeset(project, draft)
        compiled, check = await asyncio.to_thread(_compiled, project)
        problems = (*compiled.errors, *(p for p in (check.problems if check else ()) if p.severity == "error"))
        slips = run_chktex(project.lab.latex, MAIN)
        in_order = not problems and (not slips or revision > 0)
        if in_order or revision == project.settings.revisions:
            break
        revision += 1
        wrong = (*problems, *slips)
        project.lab.tell(f"revision {revision}: {len(wrong)} problems, first: {wrong[0]}")
        revised = await project.scientist.revise(project.lab, draft, wrong)
        if revised is None or revised == draft:
            break
        draft = revised
        project.keep_draft(draft)
    write_json(
        project.folder / "compile.json",
        {
            "check": check.model_dump(mode="json") if check else None,
            "problems": [problem.model_dump(mode="json") for problem in problems],
            "slips": [slip.model_dump(mode="json") for slip in slips],
        },
    )
    if compiled.pdf is None or check is None:
        raise StageFailed(f"no PDF: {problems[0] if problems else 'LaTeX made none'}")
    shutil.copyfile(compiled.pdf, project.folder / "paper.pdf")
    left = f", {len(problems)} problems left" if problems else ""
    return f"{check.pages} pages in {compiled.seconds:.1f} s{left}"


def _compiled(project: Project) -> tuple[Compiled, PdfCheck | None]:
    sandbox = project.lab.sandbox if project.lab.sandbox.name == "bubblewrap" else None
    compiled = compile_tex(project.lab.latex, MAIN, sandbox=sandbox)
    if compiled.pdf is None:
        return compiled, None
    return compiled, check_pdf(
        compiled.pdf,
        tex=project.lab.latex / MAIN,
        compiled=compiled.problems,
        page_limit=project.settings.page_limit,
    )


async def audit(project: Project) -> str:
    """What in the paper does not trace to a result, a figure of a run or a fetched work."""
    found = audited(project)
    write_json(project.folder / "audit.json", found.model_dump(mode="json"))
    if found.ok:
        counts = (found.numbers_checked, len(found.figures), len(found.citations))
        return "all {} numbers, {} figures and {} citations trace".format(*counts)
    return f"{len(found.unsupported)} of {found.numbers_checked} numbers do not trace"


def audited(project: Project) -> Audit:
    """The audit of the paper as it is now, against the records that the stages have written."""
    for name in ("statistics.json", "figures.json", "literature.json"):
        record = project.folder / name
        target = project.lab.workspace / name
        target.unlink(missing_ok=True)
        if record.exists():
            shutil.copyfile(record, target)
    labels = {node.run: node.label for node in project.lab.journal().nodes}
    knobs = project.lab.template.knobs
    metrics = {metric.name: metric.label for metric in knobs.metrics} if knobs else {}
    write_json(project.lab.workspace / "labels.json", labels)
    write_json(project.lab.workspace / "metrics.json", metrics)
    return audit_paper(project.lab.latex / MAIN, project.folder / "paper.pdf", project.lab.workspace)
