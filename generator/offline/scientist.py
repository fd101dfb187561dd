"""The offline scientist: it varies what a template's knobs.json names, one knob per idea, and writes by rules."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from ...data.errors import InputError
from ...reviewer.protocol import Reviewer, fingerprint_of
from ...reviewer.review import Review
from ..figures import relabel
from ..ideas import Idea, Scored
from ..lab import Lab
from ..latex.document import ABSTRACT, Draft
from ..latex.log import Problem
from ..latex.mended_draft import mended
from ..latex.placement import text_and_floats
from ..literature.novelty import NoveltyVerdict, verdict_on
from ..literature.search import Literature
from ..metrics import primary_metric
from ..nodes import BASELINE, Journal, Node
from ..provenance.passages import sentences
from ..provenance.records import Audit, Unsupported
from ..scientist import LINEAR, CodeChange, Viewer
from ..template import Knob
from ..tree_choice import Step, ranking
from ..viewing import Finding
from .code_changes import apply_edits
from .given_paper import write_given_paper
from .knob_study import knob_of, knobs_of
from .review_points import points_raised
from .tree import Settings
from .writer import write_paper

VERSION = 7
"""To be raised by hand with every change after which the same template and seed could give another paper: in the rules
and words here, in the statistics, tables and figures that go into it, or in its layout. Not for anything else."""
LIMITATIONS = "Limitations"


class OfflineScientist:
    """A `Scientist` by rules. The seed orders the knobs; everything else follows from the template and the runs."""

    name = "offline"
    sees_examples = False
    viewer: Viewer | None = None
    own_reviewer: Reviewer | None = None

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.fingerprint = fingerprint_of(name=self.name, version=VERSION, seed=seed)

    async def propose(self, lab: Lab, earlier: Sequence[Scored]) -> Idea | None:
        """The next knob that no earlier idea varied; None where all have been.

        Raises InputError for a template without knobs.json.
        """
        knobs = list(knobs_of(lab.template).knobs)
        random.Random(self.seed).shuffle(knobs)
        used = {scored.idea.details.get("knob") for scored in earlier}
        return next((idea_of(knob) for knob in knobs if knob.name not in used), None)

    async def judge(self, idea: Idea, literature: Literature) -> NoveltyVerdict:
        """Novel unless a work that is found comes too near."""
        return await verdict_on(idea.title, idea.experiment, literature)

    async def settle_metrics(self, lab: Lab) -> None:
        """Those of knobs.json."""
        knobs_of(lab.template)

    async def change(self, lab: Lab, nodes: Sequence[Node], parent: Node, step: Step = LINEAR) -> CodeChange | None:
        """The knob's next variant or, in a tree, what `tree.Settings` has for the step; None where that is nothing.

        Where nothing is left to tune or to take away at the parent, it is done at the best node that has something.
        """
        settings = Settings(knobs_of(lab.template), knob_of(lab), lab.template.code(), self.seed)
        origins = [parent]
        if step.kind in ("tune", "ablate"):
            origins += ranking(Journal(nodes=list(nodes)), primary_metric(lab))
        for origin in origins:
            for parts in settings.candidates(step, origin, nodes):
                lab.restore_code(BASELINE)
                setting = settings.setting(parts)
                try:
                    apply_edits(lab.workspace, setting.edits)
                except InputError:
                    if len(parts) == 1:
                        raise
                    continue
                return CodeChange(
                    label=setting.label, description=setting.description, parts=parts,
                    parent=origin.run if step.kind else BASELINE,
                )  # fmt: skip
        return None

    async def mend(self, lab: Lab, node: Node) -> bool:  # noqa: ARG002
        """Rules cannot mend code."""
        return False

    async def draw(self, lab: Lab, nodes: Sequence[Node], problem: str) -> bool:
        """Let the figures name the runs. A plot.py that fails with that is not mended."""
        if problem:
            return False
        relabel(lab.workspace / "plot.py", {node.run: node.label for node in nodes})
        return True

    async def write(self, lab: Lab, literature: Literature) -> Draft:
        """The paper."""
        return await (write_given_paper if lab.template.given else write_paper)(lab, literature)

    async def revise(self, lab: Lab, draft: Draft, problems: Sequence[Problem]) -> Draft | None:
        """The draft with what rules can mend."""
        return mended(lab.latex, draft, problems, lab.style)

    async def improve(
        self,
        lab: Lab,  # noqa: ARG002
        draft: Draft,
        review: Review,
        audit: Audit,
        seen: Sequence[Finding] = (),  # noqa: ARG002
    ) -> Draft | None:
        """The draft without what does not trace, and with the points of the review that stay open."""
        return improved(draft, review, audit)


def idea_of(knob: Knob) -> Idea:
    """The knob as an idea. It rates itself in nothing: rules have no ground for a score."""
    settings = "; ".join(f"{variant.label}: {variant.description}" for variant in knob.variants)
    return Idea(
        name=knob.name,
        title=knob.title,
        experiment=f"{knob.question} {knob.hypothesis} {knob.why} Settings: {settings}",
        details={"knob": knob.name},
    )


def improved(draft: Draft, review: Review, audit: Audit) -> Draft | None:
    """The draft without sentences whose numbers do not trace, and with the review's points named as open.

    None where there is nothing to do. Rules cannot answer a reviewer; what they can do is not to hide the points.
    """
    better = without_unsupported(draft, audit.unsupported)
    raised = points_raised(review)
    limits = better.sections.get(LIMITATIONS, "")
    if raised and raised not in limits:
        better = better.model_copy(update={"sections": {**better.sections, LIMITATIONS: f"{limits}\n\n{raised}"}})
    return better if better != draft else None


def without_unsupported(draft: Draft, unsupported: Sequence[Unsupported]) -> Draft:
    """The draft without the sentences in which these numbers stand; tables and captions stay as they are."""
    abstract, sections = draft.abstract, dict(draft.sections)
    for lost in unsupported:
        name = lost.section.partition(" / ")[0]
        if name == ABSTRACT:
            abstract = _without(abstract, lost)
        elif name in sections:
            sections[name] = _without(sections[name], lost)
    return draft.model_copy(update={"abstract": abstract, "sections": sections})


def _without(body: str, lost: Unsupported) -> str:
    """The body without the sentence that has the number and shares its context, outside of floats."""
    pieces = list(text_and_floats(body))
    for index, (text, put_in) in enumerate(pieces):
        if not put_in and (shorter := _cut_from(text, lost)) is not None:
            pieces[index] = (shorter, False)
            break
    return "".join(text for text, _ in pieces)


def _cut_from(text: str, lost: Unsupported) -> str | None:
    """The text without the sentence; None where there is none."""
    context = _letters(lost.context)
    paragraphs = text.split("\n\n")
    for index, paragraph in enumerate(paragraphs):
        if paragraph.lstrip().startswith("\\begin"):
            continue
        for start, end in sentences(paragraph):
            words = paragraph[start:end]
            if re.search(r"\\(?:begin|end|item)\b", words):
                continue
            if lost.stands_in(words) and _shares(_letters(words), context):
                paragraphs[index] = f"{paragraph[:start]}{paragraph[end:]}".strip()
                return "\n\n".join(part for part in paragraphs if part)
    return None


def _letters(text: str) -> list[str]:
    """The words of a text, without commands of LaTeX."""
    return re.findall(r"[a-z]{3,}", re.sub(r"\\[A-Za-z]+", " ", text).lower())


def _shares(words: Sequence[str], context: Sequence[str]) -> bool:
    """Whether most words of the shorter one occur in the other."""
    shorter, longer = sorted((words, context), key=len)
    return bool(shorter) and sum(word in longer for word in shorter) >= 0.8 * len(shorter)
