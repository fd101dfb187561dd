"""A table of scores from what is named to its report: what `peerassay score` does, and the Python API."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from ...data.errors import InputError, unknown
from ...data.papers.load import shortness
from ...data.records import Paper
from ...llm.event_loop import wait_for
from ...llm.session import Session
from ...reviewer.protocol import Expectation
from ...reviewer.review import Review
from ...reviewer.run_folder import locked
from ..calibrations import bundled_name, calibration_for, read_calibrations
from ..entrants import ReviewerLike
from ..pdf_files import pdfs_first, sees, show_pdfs
from ..records import Calibration
from ..runner import expect_all
from .bundled import ideas_tried, reviewer_of
from .entries import Entry
from .given import mapped, read_map, read_tried
from .grouping import groups_of, guesses, same_papers, told_apart
from .humans import read_scale, refuse_judge, with_humans
from .metrics import ScoreMetrics
from .one_reviewer import Choice, choose_reviewer
from .reading import floor_entries, read_papers, to_read
from .records import Group, ScoreRecord, ScoreReviewer
from .report import write_score_report
from .run import ScoreRun, default_folder, open_score_run
from .sources import find_entries
from .summary import summarise_scores


@dataclass(frozen=True, kw_only=True)
class ScoreSettings:
    """What a table of scores takes beside the papers and the reviewer; named like the command's options."""

    out: Path | None = None
    """The folder of the score run; None: one under runs/, named after papers and reviewer."""
    map_file: Path | None = None
    humans: Path | None = None
    human_scale: str | None = None
    tried: Sequence[str] = ()
    floor: bool = False
    calibration: Path | None = None
    calibrated_as: str | None = None
    reviewed_by: str | None = None
    raw: bool = False
    retry_failed: bool = False
    seed: int = 0


@dataclass(frozen=True)
class Chosen:
    """The ideas and who reviews them, before any paper is read."""

    choice: Choice
    calibration: Calibration | None
    notes: Sequence[str]

    @property
    def files(self) -> int:
        """How many files are to be read."""
        return len(to_read(self.choice.entries))


@dataclass(frozen=True)
class ScoreBatch:
    """The ideas in their groups."""

    entries: Sequence[Entry]
    groups: Sequence[Group]
    papers: Mapping[str, Paper]
    """By idea, those to be reviewed, as given to the reviewer."""
    notes: Sequence[str]
    unseen: Sequence[str] = ()
    """Which of the papers cannot be shown to a reviewer that sees."""

    def reviews(self) -> dict[str, Review]:
        """By idea, the reviews that were made earlier."""
        return {entry.idea.id: entry.review for entry in self.entries if entry.review}

    def still_to_review(self, reviews: Mapping[str, Review], *, retry_failed: bool = False) -> list[Paper]:
        """The papers of which there is no review yet, or with `retry_failed` only a failed one."""
        there = {idea for idea, review in reviews.items() if not (retry_failed and review.status == "failed")}
        return [paper for idea, paper in self.papers.items() if idea not in there]


@dataclass(frozen=True)
class Scoring:
    """What is scored by whom, and where that is kept; made by `prepare_scores`."""

    batch: ScoreBatch
    choice: Choice
    record: ScoreRecord
    folder: Path
    session: Session
    settings: ScoreSettings

    def still_to_review(self, reviews: Mapping[str, Review]) -> list[Paper]:
        """The papers that are to be reviewed now."""
        return self.batch.still_to_review(reviews, retry_failed=self.settings.retry_failed)

    def expect(self) -> tuple[int, dict[str, Expectation]]:
        """How many papers are to be reviewed, and by the name of a language model what that will take."""
        there = open_score_run(self.folder)[1] if ScoreRun.is_there(self.folder) else {}
        todo, reviewer = self.still_to_review(there), self.choice.reviewer
        return len(todo), expect_all([reviewer] if reviewer else [], todo, None, scrubbed=False)

    def review(self, *, progress: Callable[[int, int], None] = lambda *_: None) -> tuple[ScoreRun, bool]:
        """Review what is not reviewed yet; whether the budget put an end to it.

        `progress` is called with papers done and papers in all. Raises InputError where the folder holds something
        else, ModelUnusable, and NothingButFailures.
        """
        with locked(self.folder):
            run = ScoreRun.start(self.folder, self.record.model_copy(update={"config": self.session.config.given()}))
            run.take_over(self.batch.reviews())
            try:
                return run, self._review(run, progress)
            finally:
                run.note([*self.batch.unseen, *self.session.notes])

    def _review(self, run: ScoreRun, progress: Callable[[int, int], None]) -> bool:
        reviewer, todo, total = self.choice.reviewer, self.still_to_review(run.reviews()), len(self.batch.papers)
        if reviewer is None or not todo:
            return False
        finished = total - len(todo)
        progress(finished, total)

        def done(_: Review) -> None:
            nonlocal finished
            finished += 1
            progress(finished, total)

        self.session.open_ledger(run.ledger_path, run.spent(self.batch.papers))
        budget, concurrency = self.session.metering.budget, self.session.concurrency
        watched = not self.settings.retry_failed
        return wait_for(run.review(reviewer, todo, concurrency=concurrency, budget=budget, watched=watched, done=done))

    def measure(self, run: ScoreRun) -> ScoreMetrics:
        """The figures of all ideas, those without a review included."""
        return summarise_scores(run.record, run.reviews(), seed=self.settings.seed)

    def report(self, run: ScoreRun, figures: ScoreMetrics) -> Path:
        """The page of the report, written with its drawings. Raises InputError where a file cannot be."""
        return write_score_report(run.folder, run.record, figures)


def choose_scored(
    paths: Sequence[str], asked: ReviewerLike | None, session: Session, settings: ScoreSettings
) -> Chosen:
    """Find the ideas in what is named, and who reviews them; see `choose_reviewer`.

    Raises InputError for what is not there, and settings that do not fit.
    """
    if settings.calibrated_as and settings.calibration is None:
        raise InputError("--calibrated-as names an entry of a calibration file; give that with --calibration FILE")
    rules = read_map(settings.map_file) if settings.map_file else []
    found = find_entries(paths, reviewed_by=settings.reviewed_by or reviewer_of(paths))
    entries, numbered = told_apart(mapped(found.entries, rules))
    notes = [*found.notes, *guesses(entries), *numbered]
    if settings.human_scale and settings.humans is None:
        raise InputError("--human-scale says what the scores of a file can be; give that with --humans FILE")
    if settings.humans:
        scale = read_scale(settings.human_scale) if settings.human_scale else None
        entries, said = with_humans(entries, settings.humans, scale)
        notes += said
    if settings.floor:
        shuffled = floor_entries(entries)
        if not any(entry.shuffled for entry in (*entries, *shuffled)):
            raise InputError("--floor shuffles papers, and there is no file of one here; leave it out")
        entries = [*entries, *shuffled]
    choice = choose_reviewer(entries, asked, session, raw=settings.raw, retry_failed=settings.retry_failed)
    refuse_judge(entries, choice.record)
    if settings.floor and sees(choice.reviewer):
        raise InputError("--floor shuffles texts, of which there are no pages; leave it out, or ?vision")
    calibration = None
    if settings.calibration:
        calibration = _calibration(choice.record, settings.calibration, settings.calibrated_as)
    return Chosen(choice, calibration, notes)


def prepare_scores(
    chosen: Chosen,
    session: Session,
    settings: ScoreSettings,
    command: Sequence[str],
    *,
    done: Callable[[], None] = lambda: None,
) -> Scoring:
    """Read the papers; `done` is called after each file, `command` goes on record.

    Raises InputError as `read_batch`.
    """
    batch = _shown(read_batch(chosen.choice, settings.tried, raw=settings.raw, done=done), chosen.choice, settings)
    record = record_of(batch, chosen.choice, command, chosen.calibration)
    folder = settings.out or default_folder(record)
    return Scoring(batch, chosen.choice, record, folder, session, settings)


def _shown(batch: ScoreBatch, choice: Choice, settings: ScoreSettings) -> ScoreBatch:
    """The batch, for a reviewer that sees with those papers first that are PDFs. Raises InputError where none is."""
    if not sees(choice.reviewer):
        return batch
    files = {entry.idea.id: entry.file for entry in batch.entries if not entry.shuffled}
    pdfs = {idea: file for idea, file in files.items() if file and file.suffix.lower() == ".pdf"}
    advice = "give PDFs, or leave ?vision out"
    notes = show_pdfs([choice.reviewer], list(batch.papers), pdfs, raw=settings.raw, advice=advice)
    ideas = list(batch.papers)
    in_order = [ideas[place] for place in pdfs_first(ideas, [choice.reviewer])]
    return replace(batch, papers={idea: batch.papers[idea] for idea in in_order}, unseen=notes)


def _calibration(reviewer: ScoreReviewer, path: Path, calibrated_as: str | None) -> Calibration:
    if calibrated_as is None and bundled_name(path):
        return next(iter(read_calibrations(path).values()))
    if calibrated_as is None:
        return calibration_for(reviewer.name, reviewer.fingerprint, path)
    fitted = read_calibrations(path)
    if calibrated_as not in fitted:
        raise unknown("calibration", calibrated_as, fitted, hint=str(path))
    return fitted[calibrated_as]


def read_batch(
    choice: Choice, tried: Sequence[str], *, raw: bool, done: Callable[[], None] = lambda: None
) -> ScoreBatch:
    """Read the files of what was chosen; `tried` is what the user says of groups, see `read_tried`.

    Raises InputError where that does not fit what is there; a file that cannot be read is a note.
    """
    labels = {f"{e.idea.template}/{e.idea.configuration}" for e in choice.entries}
    said = ideas_tried(choice.entries) | read_tried(tried, labels)
    groups, versions = groups_of(choice.entries, said)
    entries, papers = read_papers(choice.entries, raw=raw, done=done)
    unread = [f"not read: {e.idea.ended}" for e in entries if e.idea.finished and e.idea.ended]
    short = [f"{idea}: {warning}" for idea, paper in papers.items() if (warning := shortness(paper.text))]
    return ScoreBatch(entries, groups, papers, [*versions, *same_papers(entries), *unread, *short])


def record_of(
    batch: ScoreBatch, choice: Choice, command: Sequence[str], calibration: Calibration | None = None
) -> ScoreRecord:
    """score.json of a run that begins now."""
    another = calibration is not None and calibration.fingerprint != choice.record.fingerprint
    return ScoreRecord(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        peerassay=version("peerassay"),
        command=list(command),
        reviewer=choice.record,
        text=choice.text,
        scrub_rules=choice.scrub_rules,
        calibration=calibration,
        calibrated_as=calibration.reviewer if calibration and another else "",
        groups=list(batch.groups),
        ideas=[entry.idea for entry in batch.entries],
    )
