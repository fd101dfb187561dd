"""A panel of language models as a reviewer."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from copy import copy

from ...data.records import Paper
from ...llm.model import MeteredModel
from ..forms.form import Form
from ..injections import rules_fingerprint
from ..prompts.builder import Prompts
from ..protocol import Reviewer, Traits, fingerprint_of
from ..review import Review, failed
from .reading import Reading, prepare
from .settings import PanelSettings
from .sitting import Sitting, usage_of
from .stopping import Stopping

IN_PROMPTS = {"form", "stance", "shots", "venue", "base_rate", "percentile"}
"""Settings that change a review by its prompts alone, and a fingerprint by theirs."""


class PanelReviewer(Reviewer):
    """Reviews by asking a model as often as the settings say, see `sitting`.

    The decision on record is the model's own word; the traits say from which overall on the form, or the threshold set,
    would accept.
    """

    reads_ahead = True

    def __init__(self, name: str, model: MeteredModel, settings: PanelSettings, form: Form, prompts: Prompts) -> None:
        self.name = name
        self.model = model
        self.settings = settings
        self.form = form
        self.prompts = prompts
        self.repeat = 0
        self.review_timeout: float | None = None
        """Seconds for a whole review; None: each call is limited alone."""
        self._ready: dict[str, Reading] = {}
        threshold = form.accept_at if settings.threshold is None else settings.threshold
        self.stopping = Stopping(settings.stop, threshold, *form.scale)
        chairs_reflections = (
            {"reflecting": "the chair, on the reviews"} if settings.meta and settings.reflections else {}
        )
        self.fingerprint = fingerprint_of(
            model=model.identity,
            settings=settings.model_dump(exclude=IN_PROMPTS),
            prompts=prompts.fingerprint,
            reading=rules_fingerprint(),
            **chairs_reflections,
        )
        self.traits = Traits(kind="llm", scale=form.scale, accept_at=threshold, decision_rule="the model's own word")

    def repeated(self, number: int) -> PanelReviewer:
        """The same panel, whose reviews are made by other calls than those of any other number."""
        again = copy(self)
        again.repeat, again._ready = number, {}
        return again

    def make_ready(self, paper: Paper) -> None:
        """Read a paper that is to be reviewed soon; what is wrong with it is said when its turn comes."""
        with suppress(ValueError):
            self._ready[paper.id] = prepare(paper, self.settings)

    async def review(self, paper: Paper) -> Review:
        """The panel's review; failed, with the raw answers kept, where it came to none.

        Raises BudgetReached and ModelUnusable: then nothing is on record, and what was paid for is in the cache.
        """
        await asyncio.sleep(0)
        reading = self._ready.pop(paper.id, None) or prepare(paper, self.settings)
        parts = (self.model, self.settings, self.form, self.prompts, self.stopping, reading)
        sitting = Sitting(*parts, repeat=self.repeat)
        limit = asyncio.timeout(self.review_timeout)
        try:
            async with limit:
                return await sitting.review()
        except TimeoutError:
            if not limit.expired():
                raise
            took = usage_of(sitting.replies, sitting.lost)
            return failed(paper.id, f"no review within {self.review_timeout:g} s (?review_timeout=SECONDS)", took)

    async def aclose(self) -> None:
        """Close the model's connections."""
        await self.model.aclose()
