"""Where a paper is written: the evidence and the works in front, one section at a time."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, field_validator

from ...data.files import read_json, read_text
from ...llm.structured import UnusableAnswer
from ..lab import Lab
from ..latex.figures import GOOD_PATH, figure
from ..literature.record import Work
from ..nodes import BASELINE
from ..offline.plots import CAPTIONS
from ..offline.plots import floats as known_figures
from .calls import Answer, Asker, Talk, latex
from .evidence import Evidence, plain_caption, runs_in_words
from .experiments import idea_of, stage, talk_of
from .floats import tidied
from .measures import metrics_of
from .texts import rendered

MOST_FIGURES = 6


class Body(Answer):
    """The text of a section."""

    body: str = Field(description="LaTeX")

    @field_validator("body")
    @classmethod
    def _whole(cls, body: str) -> str:
        if not body.strip():
            raise ValueError("must not be empty")
        return latex(body)


class Caption(Answer):
    """What a figure shows."""

    image: str = Field(description="the name of the file")
    caption: str = Field(description="LaTeX, one to three sentences")

    @field_validator("caption")
    @classmethod
    def _whole(cls, caption: str) -> str:
        return latex(" ".join(caption.split()))


class Captions(Answer):
    """The captions of all figures."""

    captions: list[Caption]


@dataclass(frozen=True)
class Desk:
    """All that a call about the paper's text needs. `labels` are those of the tables and figures."""

    asker: Asker
    lab: Lab
    talk: Talk
    works: tuple[Work, ...]
    labels: tuple[str, ...]

    @property
    def rules(self) -> str:
        """How text is to be written."""
        return rendered("rules", labels=self.labels)

    async def body(self, task: str, what: str) -> str:
        """A section's text as the task asks for it, tidied. Raises UnusableAnswer."""
        said = await self.asker.ask(Body, self.talk, task, stage(self.lab, what))
        return self.tidy(said.body)

    async def better(self, before: str, task: str, what: str) -> str:
        """As `body`; where no answer is of use, the text as it was."""
        try:
            return await self.body(task, what)
        except UnusableAnswer as problem:
            self.lab.tell(f"{what}: the text stays as it was: {problem}")
            return before

    def tidy(self, text: str) -> str:
        """The text without what must not be there; each thing taken out is told."""
        clean, done = tidied(text, [work.key for work in self.works], self.labels)
        for line in done:
            self.lab.tell(line)
        return clean


async def evidence_of(asker: Asker, lab: Lab) -> Evidence:
    """The evidence by the lab's metrics. Raises UnusableAnswer."""
    return Evidence.of(lab, await metrics_of(asker, lab))


def study_talk(lab: Lab, evidence: Evidence, floats: dict[str, str]) -> Talk:
    """The beginning of every talk about the paper, without the works to cite."""
    return Talk(
        rendered("system", manner=lab.template.system),
        (
            rendered(
                "study",
                task=lab.template.task,
                idea=idea_of(lab),
                code=read_text(lab.snapshot(BASELINE) / "experiment.py"),
                evidence=evidence,
                runs=runs_in_words([*evidence.nodes, *evidence.failed]),
                floats="\n".join(floats.values()),
            ),
        ),
    )


def open_desk(asker: Asker, lab: Lab, talk: Talk, works: list[Work], labels: list[str]) -> Desk:
    """The desk, with the works behind the shared beginning."""
    with_works = Talk(talk.system, (*talk.shared, rendered("works", works=works)))
    return Desk(asker, lab, with_works, tuple(works), tuple(labels))


async def figures_of(asker: Asker, lab: Lab) -> dict[str, str]:
    """The figures in the paper's folder as LaTeX, by label: those of our templates as we know them, else captioned."""
    if lab.template.name in CAPTIONS:
        return dict(known_figures(lab.template.name, lab.latex))
    made = sorted(read_json(lab.folder / "figures.json"))
    images = [image for image in made if GOOD_PATH.fullmatch(image)][:MOST_FIGURES]
    if len(images) < len(made):
        lab.tell(f"figures left out: {', '.join(sorted(set(made) - set(images)))}")
    captions = await _captions(asker, lab, images)
    return {
        f"fig:{Path(image).stem}": figure(
            image, captions.get(image) or plain_caption(image), f"fig:{Path(image).stem}", _width(lab.latex / image)
        )
        for image in images
    }


async def _captions(asker: Asker, lab: Lab, images: list[str]) -> dict[str, str]:
    if not images:
        return {}
    task = rendered("captions", images=images, code=read_text(lab.workspace / "plot.py"))
    try:
        said = await asker.ask(Captions, talk_of(lab), task, stage(lab, "captions"))
    except UnusableAnswer as problem:
        lab.tell(f"the figures have plain captions: {problem}")
        return {}
    return {caption.image: tidied(caption.caption, (), ())[0] for caption in said.captions}


def _width(image: Path) -> float:
    """A share of the line: wide images get more of it."""
    header = image.read_bytes()[:24]
    width, height = struct.unpack(">II", header[16:24]) if header[1:4] == b"PNG" else (4, 3)
    return 0.92 if width > 1.6 * height else 0.7
