"""A bench from its settings to its report: what `peerassay bench` and `evaluate` do, and the Python API."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pydantic import ValidationError

from ..data.dataset import Dataset
from ..data.errors import InputError, unknown
from ..data.lines import at
from ..data.records import DatasetCard
from ..data.registry import load_dataset
from ..llm.event_loop import wait_for
from ..llm.session import Session
from ..reviewer.bundled import released_note, released_specs
from ..reviewer.crew.gather import gather
from ..reviewer.protocol import Expectation
from ..reviewer.run_folder import locked
from ..reviewer.scrub import rules_fingerprint
from .audit.leaks import stored_audit
from .audit.records import AuditSummary, Form
from .automatic import automatic_specs
from .calibrations import calibrations_of
from .entrants import Entrant, ReviewerLike, as_reviewer, load_entrants, papers_of_all
from .load_outcomes import humans_of
from .mixes import Mix, chosen_mixes
from .outcomes import Humans, Machine
from .pdf_files import pdfs_first, show_dataset
from .records import Calibration
from .report import write_report
from .resampled import DRAWS
from .run import Run, RunDataset, default_folder, run_dataset, start_run
from .runner import Outcome, Progress, Share, expect_all, review_all
from .summary import RunMetrics, summarise


@dataclass(frozen=True, kw_only=True)
class BenchSettings:
    """What a bench takes beside the dataset and the reviewers; the names are those of the command's options."""

    split: str = "test"
    limit: int | None = None
    reviewed_only: bool = False
    dataset_date: str | None = None
    out: Path | None = None
    """The run folder; None: one under runs/, named after dataset and reviewers."""
    raw: bool = False
    floors: bool = True
    repeats: int = 1
    recall: bool = False
    audit: bool = True
    calibration: Path | None = None
    mixes: Sequence[str] = ()
    retry_failed: bool = False
    redo: Sequence[str] = ()
    """Reviewers, by name or SPEC, that review anew; what they said before is kept aside."""
    pdfs: Path | None = None
    """A folder with ID.pdf for the papers, for reviewers that see pages; None: the dataset's own folder."""
    draws: int = DRAWS
    seed: int = 0


@dataclass(frozen=True)
class Measured:
    """What came of a bench: its figures, and the arrays behind them."""

    figures: RunMetrics
    humans: Humans
    machines: list[Machine]


@dataclass(frozen=True)
class Bench:
    """Who reviews which papers, and where that is kept; made by `prepare_bench` or `prepare_evaluation`."""

    dataset: Dataset
    entrants: Sequence[Entrant]
    papers: RunDataset
    folder: Path
    session: Session
    settings: BenchSettings
    calibrations: Mapping[str, Calibration]
    mixes: Mapping[str, Mix]
    audited: Dataset | None = None
    """The dataset that the leak audit is of, all of its papers; None: there is no audit."""
    notes: Sequence[str] = ()
    """What has to be known before anything is paid for."""
    RUN: ClassVar[type[Run]] = Run
    """The kind of its folder."""

    def start(self, command: Sequence[str]) -> Run:
        """The run in its folder, a new one or the one that is there. Raises InputError where that is another one."""
        return start_run(self.folder, self.papers, self.dataset, command)

    @property
    def fixed(self) -> list[str]:
        """The reviewers that would say the same again, so that they are not repeated."""
        return [entrant.reviewer.name for entrant in self.entrants if not entrant.reviewer.traits.repeatable]

    def expect(self) -> dict[str, Expectation]:
        """By the name of each language model, what its reviews that are not there yet will take."""
        run = self.start([]) if self.RUN.is_there(self.folder) else None
        reviewers = [entrant.reviewer for entrant in self.entrants]
        scrubbed, repeats = not self.settings.raw, self.settings.repeats
        return expect_all(reviewers, self.dataset.papers, run, scrubbed=scrubbed, repeats=repeats)

    def review(self, command: Sequence[str], *, progress: Progress = lambda *_: None) -> tuple[Run, Outcome]:
        """Review what is not reviewed yet; `command` goes on record in a run that begins.

        Raises InputError where the folder holds something else, ModelUnusable, and NothingButFailures.
        """
        self.RUN.check(self.folder)
        with locked(self.folder):
            run = self.begin(command)
            self.session.open_ledger(run.ledger_path, run.spent())
            try:
                return run, wait_for(self.review_papers(run, progress))
            finally:
                run.note([*self.notes, *self.session.notes])

    def begin(self, command: Sequence[str]) -> Run:
        """The run, with its reviewers on record, and what stopped workers made in its files. Hold `locked` around it.

        Raises InputError where the folder holds something else, or workers are at it.
        """
        run = self.start(command)
        gather(run)
        for one in self.entrants:
            if {one.reviewer.name, one.spec} & {*self.settings.redo}:
                run.set_aside(one.reviewer)
            run.add_reviewer(one.reviewer, one.spec, automatic=one.automatic, recall_by=one.recall_by)
        run.record.config = self.session.config.given()
        run.save()
        return run

    async def review_papers(self, run: Run, progress: Progress, *, share: Share | None = None) -> Outcome:
        """Review what is not reviewed yet, or this process's share of it; raises as `runner.review_all`."""
        reviewers = [entrant.reviewer for entrant in self.entrants]
        return await review_all(
            run,
            reviewers,
            at(self.dataset.papers, pdfs_first(self.dataset.ids, reviewers)),
            concurrency=len(self.dataset) if self.session.batch else self.session.concurrency,
            budget=self.session.metering.budget,
            retry_failed=self.settings.retry_failed,
            repeats=self.settings.repeats,
            progress=progress,
            share=share,
        )

    def audit(self, *, progress: Callable[[str], None] = lambda _: None) -> tuple[AuditSummary | None, str]:
        """The leak audit's verdict; None with the reason where the dataset is too small for one."""
        if self.audited is None:
            return None, ""
        try:
            return stored_audit(self.audited, progress=progress).on(self._audited_form), ""
        except InputError as error:
            return None, f"no leak audit: {error}"

    @property
    def _audited_form(self) -> Form:
        """What reviewers read; without texts the raw ones, where any stored reviews are of them."""
        stored_raw = not self.dataset.card.has_texts and any(e.reviewer.traits.text == "raw" for e in self.entrants)
        return "raw" if self.settings.raw or stored_raw else "scrubbed"

    def measure(
        self, run: Run, audit: AuditSummary | None, *, progress: Callable[[str], None] = lambda _: None
    ) -> Measured:
        """The metrics of the reviewers that have reviewed all papers. Raises InputError where there is none."""
        settings = self.settings
        found = summarise(
            run,
            draws=settings.draws,
            seed=settings.seed,
            calibrations=self.calibrations,
            audit=audit,
            mixes=self.mixes,
            progress=progress,
        )
        return Measured(*found)

    def report(self, run: Run, measured: Measured) -> Path:
        """The page of the report, written with its drawings. Raises InputError where a file cannot be."""
        return write_report(run.folder, measured.figures, measured.humans, measured.machines, self.calibrations)


def prepare_bench(
    source: str | Dataset, reviewers: Sequence[ReviewerLike], session: Session, settings: BenchSettings
) -> Bench:
    """Everything that can be wrong is looked at here, before anything is paid for.

    Raises InputError for an unknown dataset or reviewer, settings that do not fit, and papers of one class.
    """
    mixes = chosen_mixes(settings.mixes)
    whole = dated(load_dataset(source) if isinstance(source, str) else source, settings.dataset_date)
    left_out = "" if reviewers else released_note(whole.card.name, settings.split)
    reviewers = reviewers or released_specs(whole.card.name, settings.split)
    automatic = automatic_specs(whole) if settings.floors else ()
    if not reviewers and not automatic:
        raise InputError("nothing to measure: give a reviewer with -r, or leave --floors on")
    if settings.raw:
        whole.require_texts("--raw")
    entrants = load_entrants(whole, reviewers, automatic, session, recall=settings.recall)
    _check_redo(settings.redo, entrants)
    chosen = whole.only(papers_of_all(entrants)) if settings.reviewed_only else whole
    dataset = chosen.subset(settings.split, settings.limit)
    humans_of(dataset.judgements)
    where = source if isinstance(source, str) else whole.card.name
    shown = [entrant.reviewer for entrant in entrants]
    notes = [
        *show_dataset(shown, where, dataset.ids, settings.pdfs, raw=settings.raw),
        *([left_out] if left_out else []),
    ]
    papers = run_dataset(
        dataset,
        source=where,
        split=settings.split,
        limit=settings.limit,
        scrub_rules=rules_fingerprint() if whole.card.has_texts and not settings.raw else None,
        reviewed_only=settings.reviewed_only,
        text=None if whole.card.has_texts else "none",
    )
    folder = settings.out or default_folder(papers, [identity_of(asked) for asked in reviewers])
    Run.check(folder)
    calibrations = calibrations_in(settings.calibration, entrants)
    audited = whole if settings.audit else None
    return Bench(dataset, entrants, papers, folder, session, settings, calibrations, mixes, audited, notes)


def calibrations_in(path: Path | None, entrants: Sequence[Entrant]) -> Mapping[str, Calibration]:
    """By reviewer, what the file has for those that take part. Raises InputError where it has nothing for any."""
    fingerprints = {entrant.reviewer.name: entrant.reviewer.fingerprint for entrant in entrants}
    return calibrations_of(fingerprints, path) if path else {}


def identity_of(asked: ReviewerLike) -> str:
    """What a default folder is named after."""
    if isinstance(asked, str):
        return asked
    reviewer = as_reviewer(asked)
    return f"{reviewer.name} {reviewer.fingerprint}"


def _check_redo(redo: Sequence[str], entrants: Sequence[Entrant]) -> None:
    """Raises InputError for a name that no reviewer of the bench has."""
    names = [name for one in entrants for name in (one.reviewer.name, one.spec) if name]
    for name in redo:
        if name not in names:
            raise unknown("reviewer", name, dict.fromkeys(names), hint="--redo")


def dated(dataset: Dataset, date: str | None) -> Dataset:
    """The dataset with another date of its decisions, where one is given. Raises InputError for no date."""
    if date is None:
        return dataset
    try:
        DatasetCard(name="x", decided=date)
    except ValidationError:
        raise InputError(f"--dataset-date {date!r}: write YYYY, YYYY-MM or YYYY-MM-DD") from None
    return dataset.with_card(decided=date)
