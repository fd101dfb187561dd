r"""Writing and changing the paper's text, with the evidence and the works in front.

Tables and figures are put in by the program between two comments, so that they can be taken out again. The model writes
the text around them and refers to them by \ref; it never sees or writes their LaTeX.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...data.files import read_text
from ...llm.structured import UnusableAnswer
from ..editors.protocol import diff_of, read_files
from ..evidence import Evidence
from ..lab import Lab
from ..latex.document import Draft
from ..literature.record import Work
from ..nodes import BASELINE, Node
from .calls import Conversation, StructuredModel, rendered
from .experiments import idea_of, stage, system_of
from .results_text import floats_text, runs_text, tests_text
from .section_text import tidied
from .text_edits import TextEdits, edited

MOST_DIFF = 6000
"""Characters of one run's changes that are shown."""


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

    async def better(self, draft: Draft, task: str, what: str) -> Draft:
        """The draft with the passages replaced that the model names.

        Those that are not found are shown to it once; what cannot be done even then is left out, with a line.
        """
        tried: list[TextEdits] = []

        def fits(said: TextEdits) -> None:
            tried.append(said)
            if problems := edited(draft, said.edits, self._clean)[1]:
                raise ValueError("; ".join(problems[:5]))

        try:
            await self.model.ask(TextEdits, self.conversation, task, stage(self.lab, what), check=fits)
        except UnusableAnswer as problem:
            self.lab.tell(f"{what}: not all of it could be done: {problem}")
        return edited(draft, tried[-1].edits, self.tidy)[0] if tried else draft

    def tidy(self, text: str) -> str:
        """The text without what must not be there; a line is logged for each thing taken out."""
        clean, done = tidied(text, [work.key for work in self.works], self.labels)
        for line in done:
            self.lab.tell(line)
        return clean

    def _clean(self, text: str) -> str:
        return tidied(text, [work.key for work in self.works], self.labels)[0]


def study_conversation(lab: Lab, evidence: Evidence, floats: dict[str, str]) -> Conversation:
    """The beginning of every conversation about the paper, without the works to cite; each result stands in it once."""
    return Conversation(
        system_of(lab),
        (
            rendered(
                "study",
                task=lab.template.task,
                idea=idea_of(lab),
                code=read_text(lab.snapshot(BASELINE) / "experiment.py"),
                diffs={node.run: _diff(lab, node) for node in evidence.nodes if node.run != BASELINE},
                parents={node.run: node.parent for node in evidence.nodes},
                tests=tests_text(evidence),
                runs=runs_text([*evidence.nodes, *evidence.failed], {metric.name for metric in evidence.primary}),
                floats=floats_text(floats),
            ),
        ),
    )


def _diff(lab: Lab, node: Node) -> str:
    """How the run's code differs from that of the run it was made from."""
    mine, theirs = lab.snapshot(node.run), lab.snapshot(node.parent or BASELINE)
    names = sorted({Path(path.name) for folder in (mine, theirs) for path in folder.glob("*.py")})
    return diff_of(read_files(theirs, names), read_files(mine, names), MOST_DIFF)


def section_writer(
    model: StructuredModel, lab: Lab, conversation: Conversation, works: list[Work], labels: list[str]
) -> SectionWriter:
    """The writer, with the works behind the shared beginning."""
    with_works = Conversation(conversation.system, (*conversation.shared, rendered("works", works=works)))
    return SectionWriter(model, lab, with_works, tuple(works), tuple(labels))
