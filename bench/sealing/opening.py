"""Opening a seal: its scores against the decisions that came later, as a run of a bench."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...data.dataset import Dataset
from ...data.errors import InputError
from ...data.importers.rows import SUFFIXES
from ...data.importers.table import import_table
from ...data.records import DatasetCard
from ...data.registry import load_dataset, new_card, plain_name
from ...llm.session import Session
from ...reviewer.run_folder import RunRecord, locked
from ...reviewer.spec import load_reviewer
from ..entrants import ReviewerLike, as_reviewer
from ..load_outcomes import humans_of
from ..measure import Bench, BenchSettings, dated
from ..mixes import chosen_mixes
from ..run import BenchRecord, Run, RunDataset, RunReviewer
from ..runner import Outcome, Progress
from .fates import fates, retitled, sealed_part
from .reading import Forecast, check_published, read_forecast
from .records import OpenedSeal, moment, utc_now
from .sealing import Clock, refuse_settings


@dataclass(frozen=True, kw_only=True)
class Opening(Bench):
    """A seal that fits the decisions; made by `prepare_opening`."""

    forecast: Forecast
    opened: OpenedSeal

    def start(self, command: Sequence[str]) -> Run:
        """The run in its folder, with the sealed reviews in it. Raises InputError where that is another one."""
        record = BenchRecord(
            **{**RunRecord.now(), "created": self.opened.opened},
            command=list(command),
            dataset=self.papers,
            card=self.dataset.card,
            judgements=self.dataset.judgements,
            seal=self.opened,
        )
        return Run.start(self.folder, record)

    def review(self, command: Sequence[str], *, progress: Progress = lambda *_: None) -> tuple[Run, Outcome]:  # noqa: ARG002
        """The run with the reviews as they were sealed; none is made. Raises InputError as `start`."""
        with locked(self.folder):
            run = self.start(command)
            run.record.reviewers = _entries(self.forecast)
            run.save()
            there, kept = run.reviews(), [r for one in self.forecast.kept.reviewers for r in one.reviews]
            appender = run.appender()
            for review in kept:
                if (review.reviewer, review.fingerprint, review.paper_id) not in there:
                    appender.add(review)
        return run, Outcome(reused=len(kept))


def _entries(forecast: Forecast) -> list[RunReviewer]:
    pairs = zip(forecast.seal.reviewers, forecast.kept.reviewers, strict=True)
    return [
        RunReviewer(
            name=public.name,
            spec=kept.spec,
            fingerprint=public.fingerprint,
            traits=kept.traits,
            automatic=public.automatic,
        )
        for public, kept in pairs
    ]


def prepare_opening(
    path: Path,
    source: str | Dataset,
    settings: BenchSettings,
    *,
    reviewers: Sequence[ReviewerLike] = (),
    private: Path | None = None,
    withdrawn: Collection[str] = (),
    published: str = "",
    clock: Clock = utc_now,
) -> Opening:
    """A seal, checked, and the decisions on its papers, in a decided dataset or a table of ids and decisions.

    `reviewers` have to be among those that were sealed; all of them are measured. `withdrawn` names sealed papers that
    left without a decision, where the dataset does not say so; `published` says where the commitment was published: a
    commitment in it has to be the seal's.

    Raises InputError where scores, model, papers or salt are not those that were sealed; where the dataset is not
    decided yet, is another one, or says nothing of a sealed paper; and where the clock stands before the sealing.
    """
    refuse_settings(settings, ("dataset_date", "out", "floors", "audit", "mixes", "draws", "seed"), "--open")
    mixes = chosen_mixes(settings.mixes)
    forecast = read_forecast(path, private)
    seal = forecast.seal
    check_published(seal, published)
    _check_reviewers(forecast, reviewers)
    now = moment(clock())
    if now < seal.sealed:
        raise InputError(f"the clock goes back: this was sealed at {seal.sealed}, and now it is {now}; set it right")
    whole = dated(_decided(source) if isinstance(source, str) else source, settings.dataset_date)
    _refuse_early(whole.card, now)
    gone = fates(forecast, whole, withdrawn)
    dataset = sealed_part(forecast, whole, gone)
    humans_of(dataset.judgements)
    opened = OpenedSeal(
        seal=seal,
        opened=now,
        decided_on=whole.card.decided,
        decided=len(dataset),
        withdrawn=gone,
        retitled=retitled(forecast, whole),
        published=published,
        salts={one.name: one.salt for one in forecast.kept.reviewers},
    )
    papers = RunDataset(
        name=dataset.card.name,
        source=source if isinstance(source, str) else whole.card.name,
        hash=dataset.card.hash,
        split="test",
        papers=len(dataset),
        text=seal.text,
        scrub_rules=seal.scrub_rules,
    )
    folder = settings.out or forecast.folder / "opened"
    Run.check(folder)
    parts = (dataset, (), papers, folder, Session(), settings, {}, mixes)
    return Opening(*parts, forecast=forecast, opened=opened)


def _decided(source: str) -> Dataset:
    """A decided dataset, or a table that needs no texts. Raises InputError where nothing is decided."""
    path = Path(source)
    if path.is_file() and path.suffix in SUFFIXES:
        card = new_card(plain_name(path.stem), path).model_copy(update={"text_version": "none"})
        return import_table(path, card)
    return load_dataset(source)


def _refuse_early(card: DatasetCard, now: str) -> None:
    """Raises InputError where the decisions are of a day to come."""
    if card.decided > now[: len(card.decided)]:
        raise InputError(f"dataset {card.name} is decided on {card.decided}, and now it is {now}: opened too early")


def _check_reviewers(forecast: Forecast, reviewers: Sequence[ReviewerLike]) -> None:
    """Raises InputError where a reviewer is not one of those that were sealed; none is asked anything."""
    sealed = {one.name: one.fingerprint for one in forecast.seal.reviewers}
    for asked in reviewers:
        reviewer = load_reviewer(asked, session=Session(dry=True)) if isinstance(asked, str) else as_reviewer(asked)
        if sealed.get(reviewer.name) != reviewer.fingerprint:
            listed = ", ".join(f"{name} ({digits})" for name, digits in sealed.items())
            raise InputError(
                f"{reviewer.name} ({reviewer.fingerprint}) is not a reviewer of this seal, which is of {listed}; leave "
                f"-r out"
            )
