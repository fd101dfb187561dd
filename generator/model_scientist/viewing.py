"""What the model sees: each figure as drawn, and the pages as printed."""

from __future__ import annotations

import asyncio
import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import BeforeValidator, Field

from ...llm.errors import CallFailed
from ...llm.images import image_part
from ...llm.messages import ContentPart, ImagePart
from ...llm.model import MeteredModel
from ...reviewer.vision.pages import CannotScrub, Pages, whole_pages
from ..figure_images import figure_parts
from ..lab import Lab
from ..latex.document import Draft
from ..latex.placement import bare
from ..nodes import Node
from ..viewing import Finding, Kind, Viewing
from .calls import NOT_EMPTY, ONE_LINE, AnswerForm, StructuredModel, rendered
from .experiments import stage, start_of
from .results_text import floats_text

GRAVE = ("major", "critical", "high", "severe", "serious", "blocker", "error")
Shown = Sequence[ContentPart | ImagePart]


def _kind(value: Any) -> Any:
    """One of the kinds; words of the model's own are "other"."""
    word = str(value).strip().lower()
    return word if word in get_args(Kind) else "other"


def _severity(value: Any) -> Any:
    return "major" if str(value).strip().lower() in GRAVE else "minor"


class SeenFault(AnswerForm):
    """One thing that is wrong."""

    where: Annotated[str, NOT_EMPTY, ONE_LINE] = Field(
        description="the file of the figure; or the page and what stands there, as in: page 4, Figure 2"
    )
    kind: Annotated[Kind, BeforeValidator(_kind)]
    severity: Annotated[Literal["major", "minor"], BeforeValidator(_severity)]
    problem: Annotated[str, NOT_EMPTY, ONE_LINE] = Field(description="what you see, in one or two sentences")
    remedy: Annotated[str, ONE_LINE] = Field(description="what to change")

    def finding(self, names: Sequence[str]) -> Finding:
        """The finding; a figure that is named otherwise than its file gets the file's name."""
        said = self.where.strip("`'\" ").lower()
        named = next((name for name in names if said in (name.lower(), name.lower().rpartition(".")[0])), self.where)
        return Finding(**{**self.model_dump(), "where": named})


class SeenFigure(AnswerForm):
    """What a figure shows."""

    image: str = Field(description="the name of the file")
    shows: Annotated[str, ONE_LINE] = Field(
        description="in one sentence, from the picture alone: the axes, what is drawn, what stands out"
    )


class PagesSeen(AnswerForm):
    """What is wrong with the pages; empty where all is in order."""

    findings: list[SeenFault]


class FiguresSeen(AnswerForm):
    """What each figure shows, and what is wrong; no findings where all is in order."""

    figures: list[SeenFigure]
    findings: list[SeenFault]


Seen = TypeVar("Seen", bound=AnswerForm)


@dataclass(frozen=True)
class ModelViewer:
    """A `Viewer`. What is on record of a look is the model's word, but for what could not be shown to it."""

    model: StructuredModel
    door: MeteredModel
    rounds: int

    async def prepare(self) -> None:
        """Ask whether the model gets the images that it is sent. Raises ModelUnusable."""
        await self.door.prove_sight()

    async def figures(
        self, lab: Lab, nodes: Sequence[Node], images: Mapping[str, bytes], before: Sequence[Finding]
    ) -> Viewing:
        """What the model sees on the figures. Captions that it is told are the template's."""
        parts, unseen = await asyncio.to_thread(figure_parts, images)
        viewing = Viewing(shown=tuple(parts), unseen=tuple(unseen))
        if not parts:
            return viewing
        captions = {name: text for name, text in lab.template.captions.items() if fnmatch.filter(parts, name)}
        task = rendered("view_figures", images=list(parts), nodes=nodes, captions=captions, before=before)
        shown = [part for name, image in parts.items() for part in (ContentPart(text=f"{name}:\n"), image)]
        said = await self._asked(lab, FiguresSeen, task, shown)
        if isinstance(said, str):
            return viewing.model_copy(update={"failed": said})
        shows = {figure.image: figure.shows for figure in said.figures if figure.image in parts}
        found = tuple(fault.finding(list(parts)) for fault in said.findings)
        return viewing.model_copy(update={"shows": shows, "findings": found})

    async def pages(self, lab: Lab, draft: Draft, pdf: Path, before: Sequence[Finding]) -> Viewing:
        """What the model sees on the first pages of the paper."""
        try:
            pages = await asyncio.to_thread(whole_pages, pdf)
        except CannotScrub as problem:
            return Viewing(shown=(), failed=str(problem))
        names = tuple(f"page {number}" for number in pages.numbers)
        viewing = Viewing(shown=names, unseen=_not_shown(pages))
        task = rendered("view_pages", floats=floats_text(bare(draft)[1]), pages=pages, before=before)
        said = await self._asked(lab, PagesSeen, task, _page_parts(pages))
        if isinstance(said, str):
            return viewing.model_copy(update={"failed": said})
        return viewing.model_copy(update={"findings": tuple(fault.finding(()) for fault in said.findings)})

    async def _asked(self, lab: Lab, form: type[Seen], task: str, shown: Shown) -> Seen | str:
        """The answer, or in a line why there is none: a paper is made without it. Raises what a later try may mend."""
        try:
            return await self.model.ask(form, start_of(lab), task, stage(lab, "view"), images=shown)
        except CallFailed as failure:
            if failure.worth_retrying:
                raise
            return " ".join(str(failure).split())[:300]


def _not_shown(pages: Pages) -> tuple[str, ...]:
    more = pages.total - len(pages.numbers)
    return (f"the last {more} of {pages.total} pages were not looked at",) if more > 0 else ()


def _page_parts(pages: Pages) -> Shown:
    return [
        part
        for number, image in zip(pages.numbers, pages.images, strict=True)
        for part in (ContentPart(text=f"Page {number}:\n"), image_part(image, f"page {number}"))
    ]
