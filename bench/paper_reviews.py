"""Reviews of papers of one's own: what `peerassay review` does, and the Python API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..data.errors import InputError
from ..data.papers.load import LoadedPaper, load_paper, paper_ids, shortness
from ..data.papers.tokens import estimate_tokens
from ..data.records import Paper
from ..llm.event_loop import wait_for
from ..llm.ledger_file import StageTotals
from ..llm.session import Session
from ..reviewer.engine import review_papers
from ..reviewer.findings import findings
from ..reviewer.panel.panel import PanelReviewer, show_file
from ..reviewer.protocol import Expectation, Reviewer
from ..reviewer.review import Review
from ..reviewer.review_view import Reviewed
from ..reviewer.scrub import scrub_paper
from ..reviewer.verdict import Calibrated, verdict
from ..reviewer.vision.pages import CannotScrub
from .calibrations import calibration_for

Note = Callable[[str], None]


@dataclass
class PaperBatch:
    """The papers that could be read, as given to the reviewer, and the others."""

    raw: bool
    """The reviewer is given the whole texts, not the scrubbed ones."""
    loaded: dict[str, LoadedPaper] = field(default_factory=dict)
    """By paper id."""
    papers: list[Paper] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    """Path and reason."""

    @property
    def text(self) -> str:
        """What the reviewer is given, in a word."""
        return "raw" if self.raw else "scrubbed"

    def add(self, loaded: LoadedPaper, note: Note = lambda _: None) -> None:
        """Add a paper that could be read."""
        paper = loaded.paper
        warning = shortness(paper.text)
        if warning:
            note(f"{loaded.path or paper.id}: {warning}")
            loaded = loaded.model_copy(update={"notes": (*loaded.notes, warning)})
        if not self.raw:
            paper = scrub_paper(paper, max_words=None)
        self.loaded[paper.id] = loaded
        self.papers.append(paper)


def read_batch(
    paths: Sequence[Path], *, raw: bool, done: Callable[[], None] = lambda: None, note: Note = lambda _: None
) -> PaperBatch:
    """Load the papers under ids of their own; `done` is called after each.

    Raises InputError where the only one, or every one, cannot be read.
    """
    batch = PaperBatch(raw)
    for path, name in zip(paths, paper_ids(paths), strict=True):
        try:
            batch.add(load_paper(path, name), note)
        except InputError as error:
            if len(paths) == 1:
                raise
            batch.unread.append((str(path), str(error)))
            note(f"not read: {error}")
        done()
    if not batch.papers:
        raise InputError(f"none of the {len(paths)} files can be read; the first: {batch.unread[0][1]}")
    return batch


def batch_of(papers: Sequence[Paper], *, raw: bool, note: Note = lambda _: None) -> PaperBatch:
    """Papers that are read already. Raises InputError for two of one id."""
    batch = PaperBatch(raw)
    for paper in papers:
        if paper.id in batch.loaded:
            raise InputError(f"two papers have the id {paper.id!r}; give each its own")
        batch.add(LoadedPaper(path="", paper=paper, tokens=estimate_tokens(paper.text), references=0), note)
    return batch


@dataclass(frozen=True)
class Reviews:
    """What came of a batch: the reviewed papers, and what they took."""

    reviewer: Reviewer
    batch: PaperBatch
    reviewed: list[Reviewed]
    budget_reached: bool
    paid: StageTotals
    """For calls of language models, this time."""

    @property
    def left(self) -> int:
        """Papers without a review, since the budget was reached."""
        return len(self.batch.papers) - len(self.reviewed)

    @property
    def failed(self) -> list[Review]:
        """The reviews that failed."""
        return [one.review for one in self.reviewed if one.verdict is None]


def review_batch(
    reviewer: Reviewer,
    batch: PaperBatch,
    session: Session,
    calibrated: Calibrated | None = None,
    *,
    done: Callable[[Review], None] = lambda _: None,
) -> Reviews:
    """Review the papers; `done` is called after each. Raises ModelUnusable and NothingButFailures."""
    _show_files(reviewer, batch)
    reviews, reached = wait_for(
        review_papers(
            reviewer, batch.papers, concurrency=session.concurrency, budget=session.metering.budget, done=done
        )
    )
    reviewed = [
        _reviewed(reviewer, batch, paper, reviews[paper.id], calibrated)
        for paper in batch.papers
        if paper.id in reviews
    ]
    return Reviews(reviewer, batch, reviewed, reached, session.metering.ledger.all())


def _show_files(reviewer: Reviewer, batch: PaperBatch) -> None:
    for paper_id, loaded in batch.loaded.items():
        if loaded.path:
            show_file(reviewer, paper_id, Path(loaded.path), raw=batch.raw)


def calibrated_for(reviewer: Reviewer, calibration: Path | None) -> Calibrated | None:
    """What the file has for the reviewer; None without a file. Raises InputError as `calibration_for`."""
    if calibration is None:
        return None
    return calibration_for(reviewer.name, reviewer.fingerprint, calibration).applied()


def expect_batch(reviewer: Reviewer, batch: PaperBatch) -> Expectation | None:
    """What the reviews will take; None where the reviewer is no language model of ours.

    Raises InputError for a paper of which scrubbing leaves nothing.
    """
    if not isinstance(reviewer, PanelReviewer):
        return None
    _show_files(reviewer, batch)
    return sum((_expected(reviewer, paper) for paper in batch.papers), reviewer.expect_question())


def _expected(panel: PanelReviewer, paper: Paper) -> Expectation:
    try:
        return panel.expect_review(paper)
    except ValueError as error:
        advice = "" if isinstance(error, CannotScrub) else "; give the whole text with --raw"
        raise InputError(f"{paper.id}: {error}{advice}") from None


def _reviewed(
    reviewer: Reviewer, batch: PaperBatch, paper: Paper, review: Review, calibrated: Calibrated | None
) -> Reviewed:
    loaded = batch.loaded[paper.id]
    panel = reviewer if isinstance(reviewer, PanelReviewer) else None
    removes = panel.settings.injections == "remove" if panel else None
    ok = review.status == "ok"
    return Reviewed(
        path=loaded.path,
        title=loaded.paper.title,
        pages=loaded.pages,
        tokens=loaded.tokens,
        tokens_reviewed=estimate_tokens(paper.text),
        references=loaded.references,
        notes=loaded.notes,
        review=review,
        verdict=verdict(review, reviewer.traits, calibrated, rule=_rule(panel)) if ok else None,
        findings=findings(loaded.quarantine, paper, review, removes=removes),
        form=panel.form if panel else None,
    )


def _rule(panel: PanelReviewer | None) -> str:
    """Whose threshold it is that decides without a calibration."""
    if panel is None:
        return ""
    return f"the rule of the form {panel.form.name}" if panel.settings.threshold is None else "the threshold given"
