"""The learned reviewer: features, weights, and a review without a model or a network."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path

from ...data.errors import unknown
from ...data.records import Paper
from ..protocol import Traits, fingerprint_of
from ..review import Review, Usage
from .artefact import ModelCard, Weights, load_artefact
from .features import extract

BUNDLED = Path(__file__).parent
DECISION_RULE = "threshold fitted on calibration papers (cross-fitted scores)"


def load_learned(name: str) -> LearnedReviewer:
    """The reviewer with a bundled name, such as `iclr2022`, or in the .npz at this path.

    Raises InputError for an unknown name, with near matches, or a broken artefact.
    """
    if name.endswith(".npz"):
        return LearnedReviewer(Path(name))
    names = sorted(path.stem for path in BUNDLED.glob("*.npz"))
    if name not in names:
        raise unknown("learned reviewer", name, names, hint="or the path of an .npz made by `peerassay train`")
    return LearnedReviewer(BUNDLED / f"{name}.npz")


@dataclass
class LearnedReviewer:
    """Reviews by the weights in one artefact. `overall` is in log-odds, uncalibrated; `p_accept` is calibrated."""

    path: Path
    name: str = ""
    fingerprint: str = field(init=False)
    traits: Traits = field(init=False)
    card: ModelCard = field(init=False, repr=False)
    weights: Weights = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.weights, self.card = load_artefact(self.path)
        self.name = self.name or f"learned:{self.path.stem}"
        self.fingerprint = fingerprint_of(learned=self.card.sha256, format=self.card.format)
        self.traits = Traits(kind="learned", decision_rule=DECISION_RULE, trained_on=self.card.training_keys)

    async def review(self, paper: Paper) -> Review:
        """The review of one paper, scrubbed or not; it never fails. Its seconds are those of the processor."""
        return await asyncio.to_thread(self._timed, paper)

    def _timed(self, paper: Paper) -> Review:
        start = time.thread_time()
        review = self.assess(paper)
        return review.model_copy(update={"usage": Usage(seconds=time.thread_time() - start)})

    def assess(self, paper: Paper) -> Review:
        """`review`, for callers without an event loop."""
        overall, manuscript, abstract = self.weights.log_odds(extract(paper))
        return Review(
            paper_id=paper.id,
            overall=overall,
            decision="accept" if overall >= self.weights.threshold else "reject",
            p_accept=float(self.weights.calibrator.predict([overall])[0]),
            fields={"manuscript_score": round(manuscript, 4), "abstract_score": round(abstract, 4)},
        )
