"""A stress run from its settings to its cards: what `peerassay stress` does, and the Python API."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from ...data.dataset import Dataset
from ...data.errors import InputError
from ...llm.event_loop import wait_for
from ...llm.session import Session
from ...reviewer.protocol import Expectation, Reviewer
from ...reviewer.recall import RecallReviewer
from ...reviewer.run_folder import RunRecord, locked
from ...reviewer.scrub import rules_fingerprint
from ..entrants import Entrant, ReviewerLike, load_entrants
from ..known import Known
from ..pdf_files import refuse_sight
from ..run import RunDataset, default_folder
from ..runner import Outcome, Progress, still_to_review
from .asking import FormReviewer, check_asked, expectation, stand_ins
from .forms import RAW, REMOVED, Forms
from .manipulation import Manipulation
from .manipulations import chosen
from .model_moves import NEEDS_MODEL, REWRITE, job_of, laundering, model_moves
from .papers import StressPapers, dataset_papers, folder_papers
from .records import INTACT, AttackRecord, FormRecord, ManipulationRecord, StressRecord, form_id
from .reviewing import Asked, review_forms
from .rewriter import Rewriter
from .rewrites import Rewrites
from .rewriting import moves_of
from .run import StressRun
from .settings import StressSettings

Planned = Callable[[int, int], None]


@dataclass(frozen=True)
class Stress:
    """Who is asked about which papers in which forms, and where that is kept; made by `prepare_stress`."""

    papers: StressPapers
    entrants: Sequence[Entrant]
    manipulations: Sequence[Manipulation]
    folder: Path
    session: Session
    settings: StressSettings
    moves: Mapping[str, Sequence[Manipulation]] = field(default_factory=dict)
    """Of attackers, by what they rewrite."""
    rewriter: Rewriter | None = None

    def record(self, command: Sequence[str] = ()) -> StressRecord:
        """stress.json of a run that begins now."""
        dataset = _described(self.papers, self.settings)
        return StressRecord(
            **RunRecord.now(),
            command=list(command),
            dataset=dataset,
            card=self.papers.card,
            judgements=self.papers.judgements,
            seed=self.settings.seed,
            papers=[paper.id for paper in self.papers.papers],
            manipulations=[recorded(one) for one in self.manipulations],
            attacks=[
                AttackRecord(
                    target=target,
                    moves=tuple(m.name for m in moves),
                    rounds=self.settings.rounds,
                    usd=self.settings.attack_usd,
                )
                for target, moves in self.moves.items()
            ],
            rewriter=self.rewriter.identity if self.rewriter else "",
        )

    def expect(self, *, planned: Planned = lambda *_: None) -> tuple[int, dict[str, Expectation]]:
        """Forms to be reviewed, and by the name of each language model what the reviews not there yet will take.

        Attacks are counted with all their rounds: at most so much. Nothing is written.
        """
        record = self.record()
        run = StressRun.start(self.folder, record) if StressRun.is_there(self.folder) else None
        if run and self.rewriter:
            self.rewriter.rewrites.read(run.rewrites_path)
        forms = self.forms(run)
        ids = self._plan(forms, planned)
        existing = run.known() if run else Known()
        found: dict[str, Expectation] = {}
        for reviewer in (e.reviewer for e in self.entrants if e.reviewer.traits.pays == "per call"):
            recall = isinstance(reviewer, RecallReviewer)
            written, unwritten = ([], []) if recall else self._laundered(forms)
            asked = [form for form in ids if not recall or forms.known[form].name == INTACT] + written
            times = self.settings.repeats if reviewer.traits.repeatable else 1
            lacking = [*still_to_review(stand_ins(asked), existing.of(reviewer))]
            intact = [paper.id for paper in self.papers.papers]
            for number in range(1, times):
                lacking += still_to_review(stand_ins(intact), existing.of(reviewer, number))
            found[reviewer.name] = expectation(reviewer, forms, [*lacking, *stand_ins(unwritten)])
            if not recall:
                for attack in record.attacks:
                    once = expectation(reviewer, forms, stand_ins(record.attacked))
                    found[reviewer.name] += sum([once] * min(attack.rounds, len(attack.moves)), Expectation())
        if self.rewriter:
            found[self.rewriter.name] = self._rewriting(self.rewriter, record, asking=len(self._by_kind()[0]))
        return len(ids), found

    def _laundered(self, forms: Forms) -> tuple[list[str], list[str]]:
        """The forms that a model has written, and the papers that it has still to launder: they stand for these."""
        asked = any(one.name == REWRITE for one in self.manipulations)
        ids = {form_id(paper.id, REWRITE, 1.0): paper.id for paper in self.papers.papers} if asked else {}
        written = [form for form in ids if form in forms.known and not forms.known[form].reason]
        return written, [paper for form, paper in ids.items() if form not in forms.known]

    def _rewriting(self, rewriter: Rewriter, record: StressRecord, *, asking: int) -> Expectation:
        """What the rewriter's calls will take: of attacks, a paper's first text stands for that of each round."""
        papers = {paper.id: paper for paper in self.papers.papers}
        laundered = [one.name for one in self.manipulations if one.name == REWRITE]
        found = rewriter.expect([job_of(paper, name) for name in laundered for paper in papers.values()])
        for attack in record.attacks:
            moves = attack.moves[: attack.rounds]
            once = rewriter.expect([job_of(papers[one], move) for move in moves for one in record.attacked])
            found += sum([once] * asking, Expectation())
        return found

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
            appender = run.appender(run.forms_path)
            with self._rewrites(run):
                forms = self.forms(run, keep=appender.add)
                ids = self._plan(forms, planned)
                try:
                    return run, wait_for(review_forms(self._asked(forms), run, forms, ids, progress))
                finally:
                    run.note([*self.papers.notes, *self.session.notes])

    @contextmanager
    def _rewrites(self, run: StressRun) -> Iterator[None]:
        """What a model rewrote is known, and kept."""
        if self.rewriter is None:
            yield
            return
        self.rewriter.rewrites.read(run.rewrites_path)
        appender = run.appender(run.rewrites_path)
        self.rewriter.rewrites.keep = appender.add
        yield

    @property
    def unwritten(self) -> Mapping[str, str]:
        """By paper, why a model's rewriting came to nothing in this start."""
        return self.rewriter.failures if self.rewriter else {}

    def _asked(self, forms: Forms) -> Asked:
        reviewers, recalling = (
            [FormReviewer(one, lambda form: forms.known[form].paper) for one in kind] for kind in self._by_kind()
        )
        settings = self.settings
        return Asked(
            reviewers=reviewers,
            recalling=recalling,
            attacks=self.record().attacks,
            session=self.session,
            repeats=settings.repeats,
            retry_failed=settings.retry_failed,
            rewriter=self.rewriter,
            rewriting=any(one.name == REWRITE for one in self.manipulations),
        )

    def _by_kind(self) -> tuple[list[Reviewer], list[Reviewer]]:
        """Who reviews, and who says what is recalled."""
        every = [entrant.reviewer for entrant in self.entrants]
        recalling = [one for one in every if isinstance(one, RecallReviewer)]
        return [one for one in every if not isinstance(one, RecallReviewer)], list(recalling)

    def forms(self, run: StressRun | None, keep: Callable[[FormRecord], None] = lambda _: None) -> Forms:
        """The forms that the run knows; `keep` is called with each further one."""
        made = {m.name: m for m in (*self.manipulations, *chain(*self.moves.values()))}
        settings, known = self.settings, run.forms() if run else {}
        return Forms(
            self.papers, list(made.values()), seed=settings.seed, raw=settings.raw, files=settings.files, known=known,
            keep=keep,
        )  # fmt: skip

    def _plan(self, forms: Forms, planned: Planned) -> list[str]:
        defences = [REMOVED] if self.settings.raw else [RAW, REMOVED]
        """What a model has to write first is left out."""
        strengths = {m.name: m.strengths for m in self.manipulations if m.name != REWRITE}
        return forms.plan(strengths, defences if self.settings.defences else (), done=planned)


def prepare_stress(
    source: str | Path | Dataset, reviewers: Sequence[ReviewerLike], session: Session, settings: StressSettings
) -> Stress:
    """Everything that can be wrong is looked at here, before anything is paid for; a Path is a folder of papers.

    Raises InputError for unknown papers, reviewers, manipulations or attacks, and for reviewers that cannot be asked.
    """
    if not reviewers:
        raise InputError("nothing to stress: give a reviewer with -r")
    rewriter = Rewriter.of(settings.rewriter, session) if settings.rewriter else None
    moves = {target: _moves(target, rewriter) for target in settings.attacks}
    manipulations = _manipulations(settings, rewriter)
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
    return Stress(papers, entrants, manipulations, folder, session, settings, moves, rewriter)


def _manipulations(settings: StressSettings, rewriter: Rewriter | None) -> list[Manipulation]:
    """Those asked for. Raises InputError for unknown names, for one that needs a model, and a model without work."""
    own = [one for one in settings.manipulations if isinstance(one, Manipulation)]
    names = [one for one in settings.manipulations if isinstance(one, str)]
    if rewriter is None and {REWRITE, REWRITE.partition(":")[2]} & {*names}:
        raise InputError(NEEDS_MODEL)
    every = chosen(names, [laundering(rewriter.rewrites if rewriter else Rewrites())])
    found = [*(one for one in every if rewriter or one.name != REWRITE), *own]
    if rewriter and not settings.attacks and all(one.name != REWRITE for one in found):
        raise InputError(f"--rewriter {settings.rewriter}: has nothing to write without --attack or {REWRITE}")
    return found


def _moves(target: str, rewriter: Rewriter | None) -> list[Manipulation]:
    """The attacker's moves, by rules or by the model. Raises InputError for an unknown target."""
    by_rules = moves_of(target)
    return model_moves(target, rewriter.rewrites) if rewriter else by_rules


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
