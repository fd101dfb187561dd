"""The offline scientist: it varies what a template's knobs.json names, one knob per idea, and writes by rules."""

from __future__ import annotations

import random
from collections.abc import Sequence

from ...reviewer.protocol import fingerprint_of
from ...reviewer.review import Review
from ..figures import relabel
from ..ideas import Idea, Scored
from ..lab import Lab
from ..latex.document import Draft
from ..latex.log import Problem
from ..literature.novelty import Verdict, verdict_on
from ..literature.search import Literature
from ..nodes import BASELINE, Node
from ..provenance.records import Audit
from ..scientist import CodeChange
from ..template import Knob, Template
from .edits import apply_edits
from .revision import improved, mended
from .study import knob_of, knobs_of
from .writer import write_paper

VERSION = 1
"""To be raised by hand with every change after which the same template and seed could give another paper: in the rules
and words here, in the statistics, tables and figures that go into it, or in its layout. Not for anything else."""


class OfflineScientist:
    """A `Scientist` by rules. The seed orders the knobs; everything else follows from the template and the runs."""

    name = "offline"
    sees_examples = False

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.fingerprint = fingerprint_of(name=self.name, version=VERSION, seed=seed)

    async def propose(self, template: Template, earlier: Sequence[Scored]) -> Idea | None:
        """The next knob that no earlier idea varied; None where all have been.

        Raises InputError for a template without knobs.json.
        """
        knobs = list(knobs_of(template).knobs)
        random.Random(self.seed).shuffle(knobs)
        used = {scored.idea.details.get("knob") for scored in earlier}
        return next((idea_of(knob) for knob in knobs if knob.name not in used), None)

    async def judge(self, idea: Idea, literature: Literature) -> Verdict:
        """Novel unless a work that is found comes too near."""
        return await verdict_on(idea.title, idea.experiment, literature)

    async def change(self, lab: Lab, nodes: Sequence[Node], parent: Node) -> CodeChange | None:  # noqa: ARG002
        """The knob's next variant, made from the baseline's code whatever the parent is; None after the last."""
        tried = {node.label for node in nodes}
        variant = next((variant for variant in knob_of(lab).variants if variant.label not in tried), None)
        if variant is None:
            return None
        lab.restore_code(BASELINE)
        apply_edits(lab.workspace, variant.edits)
        return CodeChange(label=variant.label, description=variant.description, parent=BASELINE)

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
        return await write_paper(lab, literature)

    async def revise(self, lab: Lab, draft: Draft, problems: Sequence[Problem]) -> Draft | None:
        """The draft with what rules can mend."""
        return mended(lab, draft, problems)

    async def improve(self, lab: Lab, draft: Draft, review: Review, audit: Audit) -> Draft | None:  # noqa: ARG002
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
