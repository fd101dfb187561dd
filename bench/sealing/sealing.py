"""From papers without decisions to a seal: reviews as a bench makes them, then the commitment to their scores."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import ClassVar

from ...data.dataset import Dataset
from ...data.errors import InputError
from ...data.files import write_json
from ...data.undecided import first_papers, undecided_papers
from ...llm.session import Session
from ...reviewer.panel.panel import PanelReviewer
from ...reviewer.protocol import Reviewer
from ...reviewer.review import Review, reasons_in_words
from ...reviewer.run_folder import RunRecord, locked
from ...reviewer.scrub import rules_fingerprint
from ..automatic import automatic_specs
from ..entrants import Entrant, ReviewerLike, load_entrants
from ..measure import Bench, BenchSettings, identity_of
from ..pdf_files import show_dataset
from ..run import Key, Run, default_folder, run_dataset
from .records import (
    KeptPaper,
    KeptReviewer,
    KeptSeal,
    Seal,
    SealedPaper,
    SealedReviewer,
    SealedScore,
    bare,
    id_digest,
    moment,
    new_salt,
    scores_digest,
    text_digest,
    utc_now,
)
from .run import KEPT, OWNER_ONLY, SEAL, SealingRecord, SealingRun, refuse_sealed

Clock = Callable[[], datetime]
TAKEN = ("limit", "out", "raw", "floors", "audit", "retry_failed", "pdfs", "draws", "seed")
"""Settings of a bench that mean something before there are decisions."""
NAMES = {"mixes": "mix"}
"""Settings that an option of another name gives."""


class FailedReviews(InputError):
    """Reviews failed, so that nothing was sealed."""


@dataclass(frozen=True)
class Sealing(Bench):
    """Who reviews which papers before they are decided, and where that is kept; made by `prepare_sealing`."""

    clock: Clock = utc_now
    RUN: ClassVar[type[Run]] = SealingRun

    def start(self, command: Sequence[str]) -> Run:
        """The run in its folder. Raises InputError where that is another one, or sealed already."""
        record = SealingRecord(
            **{**RunRecord.now(), "created": moment(self.clock())},
            command=list(command),
            dataset=self.papers,
            card=self.dataset.card,
            judgements=[],
        )
        return SealingRun.start(self.folder, record)

    def seal(self, *, with_failures: bool = False) -> Seal:
        """Commit to the reviews that are there, and write the seal and what belongs to it into the run's folder.

        Raises FailedReviews where some failed, unless `with_failures` has them sealed as failures, and InputError where
        some are missing, the run is sealed already, or the clock stands before the run's beginning.
        """
        with locked(self.folder):
            refuse_sealed(self.folder)
            run = SealingRun.open(self.folder)
            now, begun = moment(self.clock()), run.record.created
            if now < begun:
                raise InputError(f"the clock goes back: the run began on {begun}, and now it is {now}; set it right")
            reviews = run.reviews()
            kept = [self._kept(reviews, one, with_failures=with_failures) for one in self.entrants]
            seal = self._seal(run, kept, now)
            private = KeptSeal(
                commitment=seal.commitment,
                papers=tuple(KeptPaper(id=paper.id, title=paper.title) for paper in self.dataset.papers),
                reviewers=tuple(kept),
            )
            write_json(self.folder / KEPT, private.model_dump(mode="json"), mode=OWNER_ONLY)
            write_json(self.folder / SEAL, seal.model_dump(mode="json"))
        return seal

    def _kept(self, reviews: Mapping[Key, Review], entrant: Entrant, *, with_failures: bool) -> KeptReviewer:
        """What is kept of a reviewer. Raises InputError where it has not reviewed all papers."""
        reviewer = entrant.reviewer
        mine = [reviews.get((reviewer.name, reviewer.fingerprint, paper)) for paper in self.dataset.ids]
        whole = [review for review in mine if review is not None]
        if len(whole) < len(mine):
            raise InputError(
                f"{self.folder}: {reviewer.name} has reviewed {len(whole)} of {len(mine)} papers; start the same "
                f"command again to continue, nothing is sealed before"
            )
        failures = [review for review in whole if review.status == "failed"]
        if failures and not with_failures:
            raise FailedReviews(
                f"not sealed: {len(failures)} of {len(whole)} reviews by {reviewer.name} failed "
                f"({reasons_in_words(failures)}); --retry-failed tries them again, --seal-failed seals them as "
                f"failures, which count as wrong; after sealing neither is possible"
            )
        return KeptReviewer(
            name=reviewer.name,
            spec=entrant.spec,
            salt=new_salt(),
            traits=reviewer.traits,
            reviews=tuple(review.model_copy(update={"fields": {}}) for review in whole),
        )

    def _seal(self, run: Run, kept: Sequence[KeptReviewer], now: str) -> Seal:
        card, papers = self.dataset.card, self.papers
        seal = Seal(
            sealed=now,
            begun=run.record.created,
            peerassay=run.record.peerassay,
            dataset=card.name,
            title=card.title,
            source=card.source,
            text_version=card.text_version,
            dataset_hash=card.hash,
            text="raw" if papers.text == "raw" else "scrubbed",
            scrub_rules=papers.scrub_rules,
            papers=tuple(SealedPaper(id=id_digest(p.id), text=text_digest(p.text)) for p in self.dataset.papers),
            reviewers=tuple(_sealed(one, of) for one, of in zip(self.entrants, kept, strict=True)),
        )
        return seal.model_copy(update={"commitment": seal.computed()})


def _sealed(entrant: Entrant, kept: KeptReviewer) -> SealedReviewer:
    reviewer = entrant.reviewer
    form, prompts = _asked(reviewer)
    scores = [SealedScore.of(review) for review in kept.reviews]
    return SealedReviewer(
        name=reviewer.name,
        fingerprint=reviewer.fingerprint,
        traits=bare(reviewer.traits),
        form=form,
        prompts=prompts,
        automatic=entrant.automatic,
        scores=scores_digest(reviewer.name, reviewer.fingerprint, kept.salt, scores),
    )


def _asked(reviewer: Reviewer) -> tuple[str, str]:
    """The form and the fingerprint of the prompts that a language model is asked with; empty for others."""
    if isinstance(reviewer, PanelReviewer):
        return reviewer.form.name, reviewer.prompts.fingerprint
    return "", ""


def prepare_sealing(
    source: str | Dataset,
    reviewers: Sequence[ReviewerLike],
    session: Session,
    settings: BenchSettings,
    *,
    clock: Clock = utc_now,
) -> Sealing:
    """Everything that can be wrong is looked at here, before anything is paid for.

    `source` is an undecided dataset, by name or path or as it is. Of the settings those count that need no decisions.

    Raises InputError for papers that are decided, reviewers that need decisions, settings that do not fit, and a folder
    that is sealed already.
    """
    refuse_settings(settings, TAKEN, "--seal")
    whole = undecided_papers(source) if isinstance(source, str) else source
    _refuse_fitted(reviewers)
    entrants = load_entrants(whole, reviewers, automatic_specs(whole) if settings.floors else (), session)
    if not entrants:
        raise InputError("nothing to seal: give a reviewer with -r, or leave --floors on")
    dataset = first_papers(whole, settings.limit)
    where = source if isinstance(source, str) else whole.card.name
    shown = [entrant.reviewer for entrant in entrants]
    notes = show_dataset(shown, where, dataset.ids, settings.pdfs, raw=settings.raw)
    rules = None if settings.raw else rules_fingerprint()
    papers = run_dataset(dataset, source=where, split="all", limit=settings.limit, scrub_rules=rules)
    usual = default_folder(papers, [identity_of(asked) for asked in reviewers])
    folder = settings.out or usual.with_name(f"sealed-{usual.name}")
    SealingRun.check(folder)
    refuse_sealed(folder)
    return Sealing(dataset, entrants, papers, folder, session, settings, {}, {}, notes=notes, clock=clock)


def refuse_settings(settings: BenchSettings, taken: Collection[str], option: str) -> None:
    """Raises InputError for a setting beside those that the option takes: it would be without effect."""
    usual = BenchSettings()
    for field in fields(settings):
        if field.name not in taken and getattr(settings, field.name) != getattr(usual, field.name):
            raise InputError(f"{option} does not go with --{NAMES.get(field.name, field.name.replace('_', '-'))}")


def _refuse_fitted(reviewers: Sequence[ReviewerLike]) -> None:
    """Raises InputError for a floor that goes by decisions or ratings."""
    for asked in reviewers:
        if isinstance(asked, str) and asked.startswith("floor:base-rate"):
            raise InputError(f"{asked}: needs the share of accepted papers, which nobody knows yet")
