"""The learned reviewer: a fitted model on disk, and a review without a language model or a network.

A model is numbers in one .npz, with a model card in the .json beside it.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path

from ...data.errors import unknown
from ...data.records import Paper
from ..protocol import Reviewer, Traits, fingerprint_of
from ..review import Review, Usage
from .artefact import Model, ModelCard, load_artefact

BUNDLED = Path(__file__).parent
SURFACE_FLOOR = BUNDLED / "surface" / "iclr2022.npz"


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


def surface_floor() -> LearnedReviewer:
    """`floor:surface`: the bundled trees on surface counts."""
    return LearnedReviewer(SURFACE_FLOOR, name="floor:surface", kind="floor")


@dataclass
class LearnedReviewer(Reviewer):
    """Reviews by the model in one artefact. `overall` and `p_accept` are the calibrated chance of acceptance."""

    path: Path
    name: str = ""
    kind: str = "learned"
    fingerprint: str = field(init=False)
    traits: Traits = field(init=False)
    card: ModelCard = field(init=False, repr=False)
    model: Model = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.model, self.card = load_artefact(self.path)
        self.name = self.name or f"learned:{self.path.stem}"
        self.fingerprint = fingerprint_of(learned=self.card.sha256, format=self.card.format)
        rule = f"accept from P(accept) {self.model.scale.base_rate:.3g} on, the share of accepted calibration papers"
        self.traits = Traits(kind=self.kind, decision_rule=rule, trained_on=self.card.training_keys)

    async def review(self, paper: Paper) -> Review:
        """The review of one paper, scrubbed or not; it never fails. Its seconds are those of the processor."""
        return await asyncio.to_thread(self._timed, paper)

    def _timed(self, paper: Paper) -> Review:
        start = time.thread_time()
        review = self.assess(paper)
        return review.model_copy(update={"usage": Usage(seconds=time.thread_time() - start)})

    def assess(self, paper: Paper) -> Review:
        """`review`, for callers without an event loop."""
        score, scale = self.model.score(paper), self.model.scale
        p_accept = float(scale.probabilities([score])[0])
        return Review(
            paper_id=paper.id,
            overall=p_accept,
            decision="accept" if scale.predict([score])[0] else "reject",
            p_accept=p_accept,
            p_calibrated=True,
            fields={"percentile_of_known_papers": round(scale.percentile(score), 1)},
        )
