"""A stress run from its settings to its cards: what `peerassay stress` does, and the Python API."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...data.dataset import Dataset
from ...data.errors import InputError
from ...llm.event_loop import wait_for
from ...llm.session import Session
from ...reviewer.protocol import Expectation
from ...reviewer.recall import RecallReviewer
from ...reviewer.run_folder import RunRecord, locked
from ...reviewer.scrub import rules_fingerprint
from ..entrants import Entrant, ReviewerLike, load_entrants
from ..pdf_files import refuse_sight
from ..run import RunDataset, default_folder
from ..runner import Outcome, Progress, still_to_review
from .asking import FormReviewer, check_asked, expectation, stand_ins
from .forms import RAW, REMOVED, Forms
from .manipulation import Manipulation
from .manipulations import chosen
from .papers import StressPapers, dataset_papers, folder_papers
from .records import INTACT, AttackRecord, FormRecord, ManipulationRecord, StressRecord
from .reviewing import Asked, review_forms
from .rewriting import TARGETS, moves_of
from .run import StressRun

Planned = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class StressSettings:
    """What a stress run takes beside papers and reviewers; the names are those of the command's options."""

    split: str = "test"
    limit: int | None = None
    out: Path | None = None
    """The run folder; None: one under runs/, named after papers and reviewers."""
    raw: bool = False
    files: int | None = None
    """At most so many papers are written as files (PDF, LaTeX) by the manipulations that do so; None: all."""
    manipulations: Sequence[str | Manipulation] = ("all",)
    """Their names, those of families, or all; or manipulations of one's own."""
    repeats: int = 1
    """Reviews of each intact paper."""
    recall: bool = False
    attacks: Sequence[str] = ()
    """What an attacker may rewrite: abstract, presentation."""
    rounds: int = 8
    attack_usd: float = 1.0
    """US dollars that an attack may cost per paper."""
    defences: bool = False
    """Intact papers are also read without scrubbing, and with injections removed."""
    retry_failed: bool = False
    seed: int = 0


@dataclass(frozen=True)
class Stress:
    """Who is asked about which papers in which forms, and where that is kept; made by `prepare_stress`."""

    papers: StressPapers
    entrants: Sequence[Entrant]
    manipulations: Sequence[Manipulation]
    folder: Path
    session: Session
    settings: StressSettings
    moves: Sequence[Manipulation] = field(default=())

    def record(self, command: Sequence[str] = ()) -> StressRecord:
        """stress.json of a run that begins now."""
        dataset = _described(self.papers, self.settings)
        return StressRecord(
            **RunRecord.now(),
            command=list(command),
            dataset=dataset,
            card=self.papers.card,
            judgements=list(self.papers.judgements),
            seed=self.settings.seed,
            papers=[paper.id for paper in self.papers.papers],
            manipulations=[recorded(one) for one in self.manipulations],
            attacks=[
                AttackRecord(
                    target=target,
                    moves=tuple(m.name for m in moves_of(target)),
                    rounds=self.settings.rounds,
                    usd=self.settings.attack_usd,
                )
                for target in self.settings.attacks
            ],
        )

    def expect(self, *, planned: Planned = lambda *_: None) -> tuple[int, dict[str, Expectation]]:
        """Forms to be reviewed, and by the name of each language model what the reviews not there yet will take.

        Attacks are counted with all their rounds: at most so much. Nothing is written.
        """
        record = self.record()
        run = StressRun.start(self.folder, record) if StressRun.is_there(self.folder) else None
        forms = self.forms(run)
        ids = self._plan(forms, planned)
        existing = run.repeats() if run else {}
        found: dict[str, Expectation] = {}
        for reviewer in (e.reviewer for e in self.entrants if e.reviewer.traits.pays == "per call"):
            recall = isinstance(reviewer, RecallReviewer)
            asked = [form for form in ids if not recall or forms.known[form].name == INTACT]
            times = self.settings.repeats if reviewer.traits.repeatable else 1
            lacking = still_to_review(reviewer, stand_ins(asked), existing.get(0, {}))
            intact = [paper.id for paper in self.papers.papers]
            for number in range(1, times):
                lacking += still_to_review(reviewer, stand_ins(intact), existing.get(number, {}))
            found[reviewer.name] = expectation(reviewer, forms, lacking)
            if not recall:
                for attack in record.attacks:
                    once = expectation(reviewer, forms, stand_ins(record.attacked))
                    found[reviewer.name] += sum([once] * min(attack.rounds, len(attack.moves)), Expectation())
        return len(ids), found

    def review(
        self, command: Sequence[str], *, planned: Planned = lambda *_: None, progress: Progress = lambda *_: None
    ) -> tuple[StressRun, Outcome]:
        """Make what forms are missing and review what is not reviewed yet; `command` goes on record at the begin.

        Raises InputError where the folder holds something else, ModelUnusable, and NothingButFailures.
        """
        StressRun.check(self.folder)
        with locked(self.folder):
            run = StressRun.start(self.folder, self.record(command))
            for one in self.entrants:
                run.add_reviewer(one.reviewer, one.spec, automatic=one.automatic, recall_by=one.recall_by)
            run.record.config = self.session.config.given()
            run.save()
            self.session.open_ledger(run.ledger_path, run.spent())
            with run.appending(run.forms_path) as appender:
                forms = self.forms(run, keep=appender.add)
                ids = self._plan(forms, planned)
                try:
                    return run, wait_for(review_forms(self._asked(forms), run, forms, ids, progress))
                finally:
                    run.note([*self.papers.notes, *self.session.notes])

    def _asked(self, forms: Forms) -> Asked:
        by_kind: dict[bool, list[FormReviewer]] = {True: [], False: []}
        for reviewer in (entrant.reviewer for entrant in self.entrants):
            shown = FormReviewer(reviewer, lambda form: forms.known[form].paper)
            by_kind[isinstance(reviewer, RecallReviewer)].append(shown)
        settings = self.settings
        return Asked(
            reviewers=by_kind[False], recalling=by_kind[True], attacks=self.record().attacks, session=self.session,
            repeats=settings.repeats, retry_failed=settings.retry_failed,
        )  # fmt: skip

    def forms(self, run: StressRun | None, keep: Callable[[FormRecord], None] = lambda _: None) -> Forms:
        """The forms that the run knows; `keep` is called with each further one."""
        made = {m.name: m for m in (*self.manipulations, *self.moves)}
        settings, known = self.settings, run.forms() if run else {}
        return Forms(
            self.papers, list(made.values()), seed=settings.seed, raw=settings.raw, files=settings.files, known=known,
            keep=keep,
        )  # fmt: skip

    def _plan(self, forms: Forms, planned: Planned) -> list[str]:
        defences = [REMOVED] if self.settings.raw else [RAW, REMOVED]
        strengths: Mapping[str, Sequence[float]] = {m.name: m.strengths for m in self.manipulations}
        return forms.plan(strengths, defences if self.settings.defences else (), done=planned)


def prepare_stress(
    source: str | Path | Dataset, reviewers: Sequence[ReviewerLike], session: Session, settings: StressSettings
) -> Stress:
    """Everything that can be wrong is looked at here, before anything is paid for; a Path is a folder of papers.

    Raises InputError for unknown papers, reviewers, manipulations or attacks, and for reviewers that cannot be asked.
    """
    if not reviewers:
        raise InputError("nothing to stress: give a reviewer with -r")
    asked = settings.manipulations
    own = [one for one in asked if isinstance(one, Manipulation)]
    manipulations = [*chosen(one for one in asked if isinstance(one, str)), *own]
    moves = [move for target in settings.attacks for move in moves_of(target)]
    if settings.attacks and not moves:
        raise InputError(f"--attack: there are no moves on {', '.join(settings.attacks)}; known: {', '.join(TARGETS)}")
    papers = (
        folder_papers(source, settings.limit)
        if isinstance(source, Path)
        else dataset_papers(source, settings.split, settings.limit)
    )
    _check_base_rate(reviewers, papers)
    entrants = load_entrants(papers.whole, reviewers, (), session, recall=settings.recall)
    check_asked(entrant.reviewer for entrant in entrants)
    refuse_sight((entrant.reviewer for entrant in entrants), "a stress test changes texts, of which there are no pages")
    folder = settings.out or default_folder(_described(papers, settings), [_identity(e) for e in entrants])
    StressRun.check(folder)
    return Stress(papers, entrants, manipulations, folder, session, settings, moves)


def recorded(m: Manipulation) -> ManipulationRecord:
    """What a run has on record of a manipulation."""
    return ManipulationRecord(name=m.name, family=m.family, expected=m.expected, strengths=m.strengths, says=m.says)


def _check_base_rate(reviewers: Sequence[ReviewerLike], papers: StressPapers) -> None:
    for one in reviewers:
        if isinstance(one, str) and one.startswith("floor:base-rate") and "rate=" not in one and not papers.judgements:
            raise InputError(f"{one}: these papers have no decisions and so no base rate: floor:base-rate?rate=0.3")


def _identity(entrant: Entrant) -> str:
    return f"stress {entrant.spec or entrant.reviewer.name} {entrant.reviewer.fingerprint}"


def _described(papers: StressPapers, settings: StressSettings) -> RunDataset:
    return RunDataset(
        name=papers.card.name,
        source=papers.source,
        hash=papers.card.hash,
        split=papers.split,
        limit=settings.limit,
        papers=len(papers.papers),
        text="raw" if settings.raw else "scrubbed",
        scrub_rules="" if settings.raw else rules_fingerprint(),
    )
