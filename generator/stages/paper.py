"""From results to a reviewed paper: write-up, audit, review, improvement."""

from __future__ import annotations

from ...data.files import read_validated, write_json
from ...reviewer.review import Review
from ..latex.document import Draft
from ..own_review import disclosed, to_improve_by
from ..paper_review import review_paper
from ..paper_source import audited, typeset
from ..project import REVIEWED_DRAFT, Project, StageFailed
from ..provenance.records import Audit
from .compiling import compile_paper
from .pages import PagesSeen


async def write(project: Project) -> str:
    """The draft, and its source."""
    draft = await project.scientist.write(project.lab, project.literature)
    project.keep_draft(draft)
    typeset(project.lab, draft)
    return f"{len(draft.sections)} sections, {len(draft.cited)} works cited"


async def audit(project: Project) -> str:
    """What in the paper does not trace to a result, a figure of a run or a fetched work."""
    found = _audit_on_record(project)
    if found.ok:
        counts = (found.numbers_checked, len(found.figures), len(found.citations))
        return "all {} numbers, {} figures and {} citations trace".format(*counts)
    return "; ".join(found.troubles)


def _audit_on_record(project: Project) -> Audit:
    found = audited(project.lab)
    write_json(project.folder / "audit.json", found.model_dump(mode="json"))
    return found


async def review(project: Project) -> str:
    """The review of the PDF, its text scrubbed as in a benchmark."""
    return in_words(await _review_on_record(project, "review.json"))


async def _review_on_record(project: Project, file: str) -> Review:
    """A review of the paper as it is now, in this file. Raises StageFailed where it failed, which is on record too."""
    made = await review_paper(project, project.reviewer, "the review")
    write_json(project.folder / file, made.model_dump(mode="json"))
    if made.status == "failed":
        raise StageFailed(f"the review failed: {made.reason}")
    return made


async def made_anew(project: Project, file: str) -> Review:
    """The paper of a new draft, compiled and audited; its review, which goes to this file.

    Raises StageFailed where there is no PDF, or the review failed.
    """
    await compile_paper(project)
    _audit_on_record(project)
    return await _review_on_record(project, file)


async def improve(project: Project) -> str:
    """Rounds of improvement after the review, each compiled, audited and reviewed anew.

    The first review stays in review.json; those after it are in review_2.json, review_3.json, ... A stage that failed,
    as where one of these reviews did, begins again with the draft that was reviewed first.
    """
    made = read_validated(Review, project.folder / "review.json")
    await _from_reviewed_draft(project)
    pages = PagesSeen(project)
    for number in range(2, project.settings.improvements + 2):
        before = project.draft()
        seen = await pages.findings()
        used = await to_improve_by(project, made, number)
        draft = await project.scientist.improve(project.lab, before, used, audited(project.lab), seen)
        if draft is None or draft == before:
            return "nothing to improve" if number == 2 else f"{number - 2} rounds; {in_words(made)}"
        if number == 2:
            write_json(project.folder / REVIEWED_DRAFT, before.model_dump(mode="json"))
        project.keep_draft(disclosed(draft, made, used))
        made = await made_anew(project, f"review_{number}.json")
    await pages.last_look()
    own = ", improved by a review of its own" if project.draft().remarks else ""
    return f"{project.settings.improvements} rounds{own}; {in_words(made)}"


async def _from_reviewed_draft(project: Project) -> None:
    """Begin with the draft that was reviewed, also where a stop has left a later one."""
    kept = project.folder / REVIEWED_DRAFT
    if not kept.exists():
        return
    reviewed = read_validated(Draft, kept)
    if reviewed != project.draft():
        project.keep_draft(reviewed)
        await compile_paper(project)


def in_words(made: Review) -> str:
    """A review in a line: score, chance, by whom."""
    score = "no score" if made.overall is None else f"score {made.overall:.3g}"
    how = "" if made.p_calibrated else " (its own word)"
    chance = "" if made.p_accept is None else f", P(accept) {made.p_accept:.2f}{how}"
    return f"{score}{chance} by {made.reviewer}"
