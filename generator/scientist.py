"""What a scientist does, whatever it is (a rule-based one or a language model), and one by its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from ..data.errors import unknown
from ..llm.model_name import PROVIDERS
from ..llm.session import Session
from ..reviewer.protocol import Reviewer
from ..reviewer.review import Review
from .ideas import Idea, Scored
from .lab import Lab
from .latex.document import Draft
from .latex.log import Problem
from .literature.novelty import NoveltyVerdict
from .literature.search import Literature
from .nodes import Node
from .provenance.records import Audit
from .template import Metric
from .tree_choice import Step
from .viewing import Finding, Viewing

LINEAR = Step()
"""The step of a search without stages."""


class CodeChange(BaseModel):
    """A change to the code that stands in the workspace now, to be run."""

    model_config = ConfigDict(frozen=True)

    label: str = Field(min_length=1, description="for legends and tables, a few words")
    description: str = ""
    parent: str | None = Field(default=None, description="the run whose code it changed; None: the one it was given")
    problem: str = Field(default="", description="why nothing was changed, with what could not be applied")
    parts: tuple[str, ...] = Field(default=(), description="see `Node.parts`")
    metrics: tuple[Metric, ...] = Field(default=(), description="it only measures these too; the baseline is run again")


class Viewer(Protocol):
    """Whoever looks at what was made."""

    @property
    def rounds(self) -> int:
        """Times that figures are drawn anew after a look, at most."""
        ...

    async def prepare(self) -> None:
        """Find out, before anything else is paid for, whether it gets the images. Raises ModelUnusable."""
        ...

    async def figures(
        self, lab: Lab, nodes: Sequence[Node], images: Mapping[str, bytes], before: Sequence[Finding]
    ) -> Viewing:
        """Look at the figures as drawn; `before` is what was found the last time."""
        ...

    async def pages(self, lab: Lab, draft: Draft, pdf: Path, before: Sequence[Finding]) -> Viewing:
        """Look at the pages of the paper, in the same way."""
        ...


class Scientist(Protocol):
    """Whoever has the ideas, changes the code and writes the paper. `fingerprint` changes whenever its work could."""

    name: str
    fingerprint: str
    sees_examples: bool
    """Whether it is shown the template's seed ideas, so that giving one back is no idea of its own."""
    viewer: Viewer | None
    """Its eyes; None: it sees nothing."""
    own_reviewer: Reviewer | None
    """Its own model as a reviewer, for papers of which the reviewer says nothing in words; None: it has none."""

    async def propose(self, lab: Lab, earlier: Sequence[Scored]) -> Idea | None:
        """A new idea, None where it has no more. `earlier` has all ideas so far, with the scores of their papers."""
        ...

    async def judge(self, idea: Idea, literature: Literature) -> NoveltyVerdict:
        """Whether the idea is new, and the nearest work."""
        ...

    async def settle_metrics(self, lab: Lab) -> None:
        """Settle by which metrics runs are judged, once the baseline has run and before anything else does."""
        ...

    async def change(self, lab: Lab, nodes: Sequence[Node], parent: Node, step: Step = LINEAR) -> CodeChange | None:
        """Change the code in the workspace, which is that of `parent`; None: there is nothing more to try.

        `nodes` are all experiments so far, the baseline first; while there is none beside it, the change may be one
        of what is measured. Those that are planned run at the same time. `step` says what the change is for.
        """
        ...

    async def mend(self, lab: Lab, node: Node) -> bool:
        """Mend the code of a node that failed (its reason says how). False: it has no idea how."""
        ...

    async def draw(self, lab: Lab, nodes: Sequence[Node], problem: str) -> bool:
        """Edit plot.py for these runs; `problem` is what the last try said, empty at first. False: it gives up."""
        ...

    async def write(self, lab: Lab, literature: Literature) -> Draft:
        """The paper. Figures, results and statistics are in the lab's folder."""
        ...

    async def revise(self, lab: Lab, draft: Draft, problems: Sequence[Problem]) -> Draft | None:
        """The draft with what the compiler and the checks complain of mended, None where it cannot be."""
        ...

    async def improve(
        self, lab: Lab, draft: Draft, review: Review, audit: Audit, seen: Sequence[Finding] = ()
    ) -> Draft | None:
        """The draft after a review, an audit and what was seen on its pages, None where nothing is to improve."""
        ...


def find_scientist(model: str, *, session: Session, editor: str = "builtin", seed: int = 0) -> Scientist:
    """`offline`, or a language model (`openai/MODEL`, `anthropic/MODEL`, either with `@BASE_URL`).

    Raises InputError for another name, a missing key, or an editor that is not installed.
    """
    if model == "offline":
        from .offline.scientist import OfflineScientist

        return OfflineScientist(seed)
    require_known_model(model)
    from .model_scientist.scientist import open_scientist

    return open_scientist(model, session=session, editor=editor)


def require_known_model(model: str) -> None:
    """Raises InputError for a name that is neither `offline` nor begins as that of a language model."""
    if model != "offline" and not model.startswith(tuple(f"{provider}/" for provider in PROVIDERS)):
        raise unknown("model", model, ["offline", "openai/MODEL", "anthropic/MODEL", "openai/MODEL@BASE_URL"])
