r"""The text of a paper, one section at a time, with the evidence and the works in front.

Tables and figures are put in by the program between two comments, so that they can be taken out again. The model writes
the text around them and refers to them by \ref; it never sees or writes their LaTeX.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from ...data.files import read_text
from ...llm.structured import UnusableAnswer
from ..editors.protocol import diff_of, read_files
from ..evidence import Evidence, runs_in_words
from ..lab import Lab
from ..literature.record import Work
from ..nodes import BASELINE, Node
from .calls import LATEX, NOT_EMPTY, AnswerForm, Conversation, StructuredModel, rendered
from .experiments import idea_of, stage
from .section_text import tidied

MOST_DIFF = 6000
"""Characters of one run's changes that are shown."""


class SectionText(AnswerForm):
    """The text of a section."""

    body: Annotated[str, NOT_EMPTY, LATEX] = Field(description="LaTeX")


@dataclass(frozen=True)
class SectionWriter:
    """All that a call about the paper's text needs. `labels` are those of the tables and figures."""

    model: StructuredModel
    lab: Lab
    conversation: Conversation
    works: tuple[Work, ...]
    labels: tuple[str, ...]

    @property
    def rules(self) -> str:
        """How text is to be written."""
        return rendered("rules", labels=self.labels)

    async def body(self, task: str, what: str) -> str:
        """A section's text as the task asks for it, tidied. Raises UnusableAnswer."""
        said = await self.model.ask(SectionText, self.conversation, task, stage(self.lab, what))
        return self.tidy(said.body)

    async def better(self, before: str, task: str, what: str) -> str:
        """As `body`; where no answer is of use, the text as it was."""
        try:
            return await self.body(task, what)
        except UnusableAnswer as problem:
            self.lab.tell(f"{what}: the text stays as it was: {problem}")
            return before

    def tidy(self, text: str) -> str:
        """The text without what must not be there; a line is logged for each thing taken out."""
        clean, done = tidied(text, [work.key for work in self.works], self.labels)
        for line in done:
            self.lab.tell(line)
        return clean


def study_conversation(lab: Lab, evidence: Evidence, floats: dict[str, str]) -> Conversation:
    """The beginning of every conversation about the paper, without the works to cite."""
    return Conversation(
        rendered("system", manner=lab.template.system),
        (
            rendered(
                "study",
                task=lab.template.task,
                idea=idea_of(lab),
                code=read_text(lab.snapshot(BASELINE) / "experiment.py"),
                diffs={node.run: _diff(lab, node) for node in evidence.nodes if node.run != BASELINE},
                tests=evidence.tests_in_words(),
                runs=runs_in_words([*evidence.nodes, *evidence.failed]),
                floats="\n".join(floats.values()),
            ),
        ),
    )


def _diff(lab: Lab, node: Node) -> str:
    """How the run's code differs from the baseline's."""
    mine, theirs = lab.snapshot(node.run), lab.snapshot(BASELINE)
    names = sorted({Path(path.name) for folder in (mine, theirs) for path in folder.glob("*.py")})
    return diff_of(read_files(theirs, names), read_files(mine, names), MOST_DIFF)


def section_writer(
    model: StructuredModel, lab: Lab, conversation: Conversation, works: list[Work], labels: list[str]
) -> SectionWriter:
    """The writer, with the works behind the shared beginning."""
    with_works = Conversation(conversation.system, (*conversation.shared, rendered("works", works=works)))
    return SectionWriter(model, lab, with_works, tuple(works), tuple(labels))
