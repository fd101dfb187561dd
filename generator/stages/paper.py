"""From results to a reviewed paper: write-up, compiling, audit, review, improvement."""

from __future__ import annotations

import asyncio
import shutil

from ...data.files import read_json, validated, write_json
from ...data.papers.load import load_paper
from ...llm.errors import BudgetReached
from ...reviewer.engine import review_papers
from ...reviewer.review import Review
from ...reviewer.scrub import scrub_paper
from ..latex.check import PdfCheck, check_pdf, run_chktex
from ..latex.compile import Compiled, compile_tex
from ..latex.document import Draft
from ..own_review import disclosed, to_improve_by
from ..paper_source import MAIN, audited, typeset
from ..project import REVIEWED_DRAFT, Project, StageFailed


async def write(project: Project) -> str:
    """The draft, and its source."""
    draft = await project.scientist.write(project.lab, project.literature)
    project.keep_draft(draft)
    typeset(project.lab, draft)
    return f"{len(draft.sections)} sections, {len(draft.cited)} works cited"


async def compile_paper(project: Project) -> str:
    """The PDF, mended by what the compiler and the checks complain of until it is in order.

    What ChkTeX finds goes to the scientist with the rest, and gets a round of its own where there is nothing else.
    Raises StageFailed where there is no PDF in the end; smaller faults stay on record in compile.json.
    """
    draft = project.draft()
    revision = 0
    while True:
        typeset(project.lab, draft)
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
    found = audited(project.lab)
    write_json(project.folder / "audit.json", found.model_dump(mode="json"))
    if found.ok:
        counts = (found.numbers_checked, len(found.figures), len(found.citations))
        return "all {} numbers, {} figures and {} citations trace".format(*counts)
    return f"{len(found.unsupported)} of {found.numbers_checked} numbers do not trace"


async def review(project: Project) -> str:
    """The review of the PDF, its text scrubbed as in a benchmark."""
    made = await reviewed(project)
    write_json(project.folder / "review.json", made.model_dump(mode="json"))
    if made.status == "failed":
        raise StageFailed(f"the review failed: {made.reason}")
    return _in_words(made)


async def reviewed(project: Project) -> Review:
    """A review of the paper as it is now."""
    paper = scrub_paper(load_paper(project.folder / "paper.pdf").paper)
    reviews, _ = await review_papers(project.reviewer, [paper], budget=project.session.metering.budget)
    if paper.id not in reviews:
        raise BudgetReached("the budget does not reach for the review")
    return reviews[paper.id].model_copy(
        update={"reviewer": project.reviewer.name, "fingerprint": project.reviewer.fingerprint}
    )


async def improve(project: Project) -> str:
    """Rounds of improvement after the review, each compiled, audited and reviewed anew.

    The first review stays in review.json; those after it are in review_2.json, review_3.json, ...
    """
    made = validated(Review, read_json(project.folder / "review.json"), str(project.folder / "review.json"))
    await _from_reviewed_draft(project)
    for number in range(2, project.settings.improvements + 2):
        before = project.draft()
        used = await to_improve_by(project, made, number)
        draft = await project.scientist.improve(project.lab, before, used, audited(project.lab))
        if draft is None or draft == before:
            return "nothing to improve" if number == 2 else f"{number - 2} rounds; {_in_words(made)}"
        if number == 2:
            write_json(project.folder / REVIEWED_DRAFT, before.model_dump(mode="json"))
        project.keep_draft(disclosed(draft, made, used))
        await compile_paper(project)
        write_json(project.folder / "audit.json", audited(project.lab).model_dump(mode="json"))
        made = await reviewed(project)
        write_json(project.folder / f"review_{number}.json", made.model_dump(mode="json"))
    own = ", improved by a review of its own" if project.draft().remarks else ""
    return f"{project.settings.improvements} rounds{own}; {_in_words(made)}"


async def _from_reviewed_draft(project: Project) -> None:
    """Begin with the draft that was reviewed, also where a stop has left a later one."""
    kept = project.folder / REVIEWED_DRAFT
    if not kept.exists():
        return
    reviewed = validated(Draft, read_json(kept), str(kept))
    if reviewed != project.draft():
        project.keep_draft(reviewed)
        await compile_paper(project)


def _in_words(made: Review) -> str:
    if made.status == "failed":
        return f"the review failed: {made.reason}"
    score = "no score" if made.overall is None else f"score {made.overall:.3g}"
    how = "" if made.p_calibrated else " (its own word)"
    chance = "" if made.p_accept is None else f", P(accept) {made.p_accept:.2f}{how}"
    return f"{score}{chance} by {made.reviewer}"
