"""A review of an idea's paper as it is now, its text scrubbed as in a benchmark."""

from __future__ import annotations

from ..data.papers.load import load_paper
from ..llm.errors import BudgetReached
from ..reviewer.engine import review_papers
from ..reviewer.panel.panel import show_file
from ..reviewer.protocol import Reviewer
from ..reviewer.review import Review
from ..reviewer.scrub import scrub_paper
from .project import Project


async def review_paper(project: Project, reviewer: Reviewer, whose: str) -> Review:
    """The review of paper.pdf, under the reviewer's name. Raises BudgetReached, with `whose` it is."""
    pdf = project.folder / "paper.pdf"
    paper = scrub_paper(load_paper(pdf).paper)
    show_file(reviewer, paper.id, pdf)
    reviews, _ = await review_papers(reviewer, [paper], budget=project.session.metering.budget)
    if paper.id not in reviews:
        raise BudgetReached(f"the budget does not reach for {whose}")
    return reviews[paper.id].model_copy(update={"reviewer": reviewer.name, "fingerprint": reviewer.fingerprint})
