"""The scientist whose ideas, plans and texts come from a language model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from urllib.parse import parse_qsl

from ...llm.model import MeteredModel
from ...llm.releases import check_sight
from ...llm.session import Session
from ...reviewer.panel.panel import load_panel
from ...reviewer.protocol import Reviewer, fingerprint_of
from ...reviewer.review import Review
from ..editors.protocol import Editor
from ..ideas import Idea, Scored
from ..lab import Lab
from ..latex.document import Draft
from ..latex.log import Problem
from ..literature.novelty import NoveltyVerdict
from ..literature.search import Literature
from ..nodes import Node
from ..provenance.records import Audit
from ..scientist import LINEAR, CodeChange, Viewer
from ..tree_choice import Step
from ..viewing import Finding
from . import experiments, foreign, ideas, revision, writing
from .calls import StructuredModel, prompts, rendered
from .settings import Connection, Settings, read_spec
from .viewing import ModelViewer

VERSION = 4
"""To be raised by hand with every change after which the same answers of the model could give another paper. Prompts
and settings are inputs beside it."""


REVIEWERS = (*Connection.model_fields, "temperature", "effort", "max_tokens")
"""Options of a scientist's model that it has as a reviewer too."""


class ModelScientist:
    """A `Scientist`. Its calls are booked under the name of the idea's folder, those before there is one under "ideas".

    What a call raises passes through: BudgetReached and ModelUnusable always, CallFailed (UnusableAnswer is one) where
    the work cannot do without the answer. Done again with the same replies in the cache, the work is the same.
    """

    sees_examples = True

    def __init__(
        self, name: str, model: MeteredModel, settings: Settings, editor: Editor, own_reviewer: Reviewer | None = None
    ) -> None:
        self.name = name
        self.own_reviewer = own_reviewer
        self.editor = editor
        self.model = StructuredModel(model, settings)
        self.viewer: Viewer | None = ModelViewer(self.model, model, settings.views) if settings.vision else None
        self.fingerprint = fingerprint_of(
            version=VERSION,
            model=model.identity,
            settings=settings.model_dump(),
            prompts=prompts(),
            editor=editor.fingerprint,
        )
        self._proposed: Counter[str] = Counter()

    async def propose(self, lab: Lab, earlier: Sequence[Scored]) -> Idea | None:
        """A new idea after reflection. Asked again with the same earlier ideas, it is told that it repeated one."""
        asked = fingerprint_of(template=lab.template.fingerprint(), earlier=[scored.model_dump() for scored in earlier])
        repeats, self._proposed[asked] = self._proposed[asked], self._proposed[asked] + 1
        return await ideas.have_idea(self.model, ideas.start_of(lab), earlier, repeats=repeats)

    async def judge(self, idea: Idea, literature: Literature) -> NoveltyVerdict:
        """The model's verdict after searches of its own; none in the end counts as not novel."""
        return await ideas.judge_novelty(self.model, rendered("system", manner="", guidance=[]), idea, literature)

    async def settle_metrics(self, lab: Lab) -> None:
        """The template's metrics, else those that the model names, once."""
        await foreign.metrics_of(self.model, lab)

    async def change(self, lab: Lab, nodes: Sequence[Node], parent: Node, step: Step = LINEAR) -> CodeChange | None:
        """The next experiment by plan and edit; None where the model has nothing more to try."""
        return await experiments.next_change(self.editor, lab, nodes, parent, step)

    async def mend(self, lab: Lab, node: Node) -> bool:
        """An edit by the reason of the failure; False where it changed nothing."""
        return await experiments.mend(self.editor, lab, node)

    async def draw(self, lab: Lab, nodes: Sequence[Node], problem: str) -> bool:
        """The names of the runs by rule, the rest by an edit of plot.py."""
        return await experiments.draw(self.editor, lab, nodes, problem)

    async def write(self, lab: Lab, literature: Literature) -> Draft:
        """The paper; statistics.json, and measures.json for templates that do not say what counts, are left beside."""
        return await writing.write_paper(self.model, lab, literature, self.name)

    async def revise(self, lab: Lab, draft: Draft, problems: Sequence[Problem]) -> Draft | None:
        """The draft mended by rules, or else by the model; None where neither changes anything."""
        return await revision.revise(self.model, lab, draft, problems)

    async def improve(
        self, lab: Lab, draft: Draft, review: Review, audit: Audit, seen: Sequence[Finding] = ()
    ) -> Draft | None:
        """The draft with what the review, the audit and the look at its pages call for; None where that is nothing."""
        return await revision.improve(self.model, lab, draft, review, audit, seen)


def open_scientist(model: str, *, session: Session, editor: str | Editor = "builtin") -> ModelScientist:
    """The scientist of a SPEC such as `openai/MODEL@BASE_URL?temperature=0.7`, see `settings`.

    Raises InputError for a wrong SPEC, a missing key, a price that is unknown though there is a budget, or an editor
    that is not set up.
    """
    name, settings, connection = read_spec(model)
    if settings.vision:
        check_sight(name.model, model)
    metered = session.connect(name, key_env=connection.key_env, price=connection.price(), timeout=connection.timeout)
    if isinstance(editor, str):
        from ..editors import find_editor

        editor = find_editor(editor, metered, name, connection.key_env, temperature=settings.temperature)
    return ModelScientist(f"{name.provider}/{name.model}", metered, settings, editor, _as_reviewer(model, session))


def _as_reviewer(spec: str, session: Session) -> Reviewer:
    """The scientist's model with a plain review form, reached in the same way."""
    model, _, query = spec.partition("?")
    given = {name: value for name, value in parse_qsl(query) if name in REVIEWERS}
    return load_panel(model, given, session)
