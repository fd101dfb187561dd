"""A panel of language models as a reviewer, and how a SPEC such as `openai/MODEL@BASE_URL?ensemble=5` makes one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from copy import copy
from pathlib import Path

from ...data.papers.tokens import estimate_tokens
from ...data.records import Paper
from ...llm.images import image_tokens
from ...llm.messages import ContentPart, ImagePart, Message
from ...llm.model import MeteredModel
from ...llm.model_name import PROVIDERS, ModelName
from ...llm.releases import check_sight
from ...llm.session import Session
from ...llm.sight import probe_tokens
from ...llm.tokens import sent_text
from ..forms.form import Form, load_form
from ..injections import rules_fingerprint
from ..prompts.builder import Prompts
from ..protocol import Expectation, Reviewer, Traits, check_name, fingerprint_of
from ..review import Review, failed
from ..vision.pages import CannotScrub
from ..vision.seen import PaperFile, images_of
from .aggregation import Stopping
from .connection import CONNECTION, given_price, given_seconds, with_dates
from .discussion import Discussion, Reading, prepare, usage_of
from .expected import answer_tokens, expect_tokens
from .settings import PanelSettings, make_settings

IN_PROMPTS = {"form", "stance", "shots", "venue", "base_rate", "percentile"}
"""Settings that change a review by its prompts alone, and a fingerprint by theirs."""


class PanelReviewer(Reviewer):
    """Reviews by asking a model as often as the settings say, see `discussion`.

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
        self.files: dict[str, PaperFile] = {}
        """Where papers come from, by their ids: for settings with `vision`."""
        self._ready: dict[str, Reading] = {}
        threshold = form.accept_at if settings.threshold is None else settings.threshold
        self.stopping = Stopping(settings.stop, threshold, *form.scale)
        chairs_reflections = (
            {"reflecting": "the chair, on the reviews"} if settings.meta and settings.reflections else {}
        )
        self.fingerprint = fingerprint_of(
            model=model.identity,
            settings=settings.model_dump(exclude=IN_PROMPTS if settings.vision else {*IN_PROMPTS, "vision"}),
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
        try:
            images = await asyncio.to_thread(self._images, reading)
        except CannotScrub as refusal:
            return failed(paper.id, str(refusal))
        discussion = Discussion(*parts, repeat=self.repeat, images=images)
        limit = asyncio.timeout(self.review_timeout)
        try:
            async with limit:
                return await discussion.review()
        except TimeoutError:
            if not limit.expired():
                raise
            took = usage_of(discussion.replies, discussion.lost)
            return failed(paper.id, f"no review within {self.review_timeout:g} s (?review_timeout=SECONDS)", took)

    def _images(self, reading: Reading) -> tuple[ContentPart | ImagePart, ...]:
        """The pages that the panel sees; none without `vision`. Raises CannotScrub."""
        if not self.settings.vision:
            return ()
        injected = bool(reading.injections) and self.settings.injections == "remove"
        return images_of(self.files.get(reading.paper.id), reading.paper.text, injected=injected)

    def expect(self, papers: Iterable[Paper]) -> Expectation:
        """What reviews of the papers will take; one of which no text is left will fail before any call."""
        expected = Expectation()
        for paper in papers:
            try:
                expected += self.expect_review(paper)
            except ValueError:
                expected += Expectation(reviews=1)
        return expected + self.expect_question() if expected.reviews else expected

    def expect_question(self) -> Expectation:
        """The question whether the model sees, asked once before the first paper; nothing without vision."""
        if not self.settings.vision:
            return Expectation()
        tokens = probe_tokens(self.model.provider.kind, self.model.provider.model)
        return Expectation(calls=1, tokens=tokens, usd=self.model.price.cost(tokens) if self.model.price else None)

    def expect_review(self, paper: Paper) -> Expectation:
        """What the review of a paper will take, at the price of the model.

        Raises ValueError where no text is left, or the pages cannot be shown.
        """
        reading = prepare(paper, self.settings)
        images = [part for part in self._images(reading) if isinstance(part, ImagePart)]
        provider = self.model.provider
        seen = sum(image_tokens(image, provider.kind, provider.model) for image in images)
        calls, tokens = expect_tokens(
            self.settings,
            prefix=self._prompt_tokens(self.prompts.paper(reading.paper)) + seen,
            answer=answer_tokens(self.form),
            task=estimate_tokens(self.prompts.reflect(1, 1)),
            caches=not self.model.batched,
        )
        price = self.model.price
        usd = None if price is None else price.cost(tokens, batch=self.model.batched)
        return Expectation(reviews=1, calls=calls, tokens=tokens, usd=usd)

    def _prompt_tokens(self, paper: str) -> int:
        """Tokens of the prompt about a paper, the schema included, by what is known of how the endpoint is asked."""
        request = self.prompts.request((Message(role="user", parts=(ContentPart(text=paper),)),))
        return estimate_tokens(sent_text(self.model.provider.body(request, self.model.quirks)))

    async def aclose(self) -> None:
        """Close the model's connections."""
        await self.model.aclose()


def show_file(reviewer: Reviewer, paper_id: str, path: Path, *, raw: bool = False) -> None:
    """Tell a panel where a paper comes from, for its pages as images; `raw`: it gets the whole text."""
    if isinstance(reviewer, PanelReviewer):
        reviewer.files[paper_id] = PaperFile(path, raw)


def names_a_model(spec: str) -> bool:
    """Whether a SPEC begins as a model's name does."""
    return spec.startswith(tuple(f"{provider}/" for provider in PROVIDERS))


def load_panel(model: str, options: Mapping[str, str], session: Session) -> PanelReviewer:
    """The panel of a model with these options: `PanelSettings`, `config`, `name` and those of `CONNECTION`.

    Raises InputError for an unknown model name, option, form, stance or configuration, a missing key, or a price that
    is unknown though there is a budget.
    """
    name = ModelName.parse(model)

    def connect() -> MeteredModel:
        return session.connect(
            name,
            key_env=options.get("key_env"),
            price=given_price(options, model),
            timeout=given_seconds(options["timeout"], f"{model}: timeout") if "timeout" in options else None,
        )

    return panel_of(connect, f"{name.provider}/{name.model}", options, name.model, where=model)


def panel_of(
    connect: Callable[[], MeteredModel], shown: str, options: Mapping[str, str], model: str, *, where: str
) -> PanelReviewer:
    """The panel that asks the model, called `model` by its vendor; its name is `shown` and its options.

    `connect` is called when all options are known to be right.

    Raises InputError, which names `where`, as `load_panel`.
    """
    given = {key: value for key, value in options.items() if key not in (*CONNECTION, "name")}
    settings = make_settings(given, where)
    if settings.vision:
        check_sight(model, where)
    form = load_form(settings.form, venue=settings.venue, base_rate=settings.base_rate, percentile=settings.percentile)
    prompts = Prompts(form, stance=settings.stance, shots=settings.shots)
    door = connect()
    words = "&".join(f"{key}={value}" for key, value in given.items())
    check_name(options.get("name", ""), where)
    panel = PanelReviewer(
        options.get("name") or f"{shown}{f'?{words}' if words else ''}", door, settings, form, prompts
    )
    if "review_timeout" in options:
        panel.review_timeout = given_seconds(options["review_timeout"], f"{where}: review_timeout")
    panel.traits = with_dates(panel.traits, model, options, where)
    return panel
