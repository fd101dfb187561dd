"""Sealed forecasts from Python: `peerassay.seal` before the decisions, `peerassay.open_seal` after them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...data.dataset import Dataset
from ...llm.session import Session
from ..api_arguments import Progress, Reviewers, Where, listed, measured_run, name_of, settings_of
from ..measure import BenchSettings
from ..results import BenchResult
from .opening import prepare_opening
from .records import Seal
from .run import KEPT, SEAL
from .sealing import prepare_sealing


@dataclass(frozen=True)
class SealResult:
    """What came of sealing: nothing is sealed where the budget was reached; the same call with more goes on."""

    folder: Path
    seal: Seal | None

    @property
    def line(self) -> str:
        """What to publish where its date is kept by others. Raises ValueError where nothing is sealed."""
        if self.seal is None:
            raise ValueError(f"{self.folder}: the budget was reached, and nothing is sealed yet")
        return self.seal.line

    @property
    def public(self) -> Path:
        """The file that may be published."""
        return self.folder / SEAL

    @property
    def private(self) -> Path:
        """The file without which the seal cannot be opened: keep it to yourself, and safe."""
        return self.folder / KEPT


def seal(
    dataset: Where | Dataset,
    reviewers: Reviewers = (),
    *,
    out: Where | None = None,
    budget: float | None = None,
    concurrency: int = 8,
    cached: bool = True,
    with_failures: bool = False,
    progress: Progress = lambda *_: None,
    **settings: Any,
) -> SealResult:
    """Review papers that are not decided yet, and commit to the scores.

    `dataset` is an undecided one, a folder of papers, or a table without decisions; the other arguments are those of
    `peerassay.bench`. `with_failures` seals failed reviews as failures, which count as wrong.

    Raises FailedReviews (an InputError) where reviews failed and `with_failures` is not set, InputError for papers that
    are decided, settings that need decisions and a folder that is sealed already, ModelUnusable, NothingButFailures.
    """
    session, asked = Session.within(budget, concurrency=concurrency, cached=cached), listed(reviewers)
    source = dataset if isinstance(dataset, Dataset) else str(dataset)
    sealing = prepare_sealing(source, asked, session, settings_of(BenchSettings, out, settings))
    command = f"peerassay.seal({name_of(source)!r}, {[name_of(one) for one in asked]})"
    run, outcome = sealing.review([command], progress=progress)
    made = None if outcome.budget_reached else sealing.seal(with_failures=with_failures)
    return SealResult(run.folder, made)


def open_seal(
    seal: Where,
    dataset: Where | Dataset,
    *,
    out: Where | None = None,
    private: Where | None = None,
    withdrawn: Collection[str] = (),
    published: str = "",
    **settings: Any,
) -> BenchResult:
    """Score a seal, its file or its folder, against the decisions that came later.

    `dataset` is decided, or a table of ids and decisions; `private` is the kept file where it does not lie beside the
    seal; `withdrawn` names papers that left without a decision; `published` says where the line was published.

    Raises InputError where anything is not as it was sealed, and where the decisions are not out yet.
    """
    source = dataset if isinstance(dataset, Dataset) else str(dataset)
    opening = prepare_opening(
        Path(seal),
        source,
        settings_of(BenchSettings, out, settings),
        private=Path(private) if private is not None else None,
        withdrawn=withdrawn,
        published=published,
    )
    return measured_run(opening, f"peerassay.open_seal({str(seal)!r}, {name_of(source)!r})", lambda *_: None)
