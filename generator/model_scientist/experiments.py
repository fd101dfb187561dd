"""Experiments and plots: the model says what to try next and changes the code, and the runs are the judge."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...data.errors import InputError
from ...data.files import read_validated
from ...llm.structured import UnusableAnswer
from ..decisions import guidance
from ..editors.head import DONE, SET, Head
from ..editors.protocol import Editor, EditRequest
from ..figures import relabel
from ..ideas import Idea
from ..lab import Lab
from ..metrics import settled_metrics
from ..nodes import Node
from ..scientist import CodeChange
from ..seeds import runs_allowed
from ..tree_choice import Step, counted
from .added_metrics import METRIC, added_metrics
from .calls import Conversation, rendered
from .conditions import conditions_text
from .results_text import runs_text

EXPERIMENT, PLOT = Path("experiment.py"), Path("plot.py")
LABEL, DESCRIPTION = "LABEL", "DESCRIPTION"


async def next_change(editor: Editor, lab: Lab, nodes: Sequence[Node], parent: Node, step: Step) -> CodeChange | None:
    """Plan the next experiment and make it, in one call; None where the model is done.

    An edit that comes to nothing leaves the code as it is: the run then fails by the reason, which goes back with the
    blocks. Raises UnusableAnswer where there is no plan.
    """
    if step.kind == "debug":
        mended = await mend(editor, lab, parent)
        return CodeChange(label=parent.label, description=parent.description) if mended else None
    measuring = len(nodes) == 1 and not lab.journal().measured
    known = (LABEL, DESCRIPTION, SET, DONE, *((METRIC,) if measuring else ()))
    request = EditRequest(
        instruction=_task(lab, nodes, parent, step, "experiment", measuring=measuring),
        files=(EXPERIMENT,),
        stage=stage(lab, "plan"),
        manner=system_of(lab),
        opening=(*start_of(lab).shared, conditions_text(lab, results=False)),
        head=Head(known, needed=(LABEL, DESCRIPTION), instead=(DONE, METRIC) if measuring else (DONE,)),
    )
    result = await editor.edit(lab.workspace, request)
    said = {name: values[-1] for name, values in result.fields.items()}
    if DONE in said and not result.changed:
        return None
    if metrics := added_metrics(result.fields.get(METRIC, ())):
        return CodeChange(label="Baseline, measured again", metrics=metrics, problem=result.failure)
    if not said.get(LABEL):
        raise UnusableAnswer(f"no plan for an experiment: {'; '.join(result.problems)}", [result.last])
    label = _unlike(said[LABEL], nodes)
    return CodeChange(label=label, description=said.get(DESCRIPTION, ""), problem=result.failure)


def _task(lab: Lab, nodes: Sequence[Node], parent: Node, step: Step, prompt: str, **more: object) -> str:
    primary = {metric.name for metric in settled_metrics(lab) if metric.primary}
    left = max(1, runs_allowed(lab) - (counted(nodes) if step.kind else len(nodes) - 1))
    measured, runs = lab.journal().measured, runs_text(nodes, primary)
    return rendered(prompt, parent=parent, runs=runs, left=left, measured=measured, step=step, **more)


async def mend(editor: Editor, lab: Lab, node: Node) -> bool:
    """Let the editor mend the code by the reason why the run failed; False where it changed nothing."""
    kept = lab.snapshot(node.parent or node.run) / EXPERIMENT
    made = not kept.exists() or kept.read_bytes() != (lab.workspace / EXPERIMENT).read_bytes()
    instruction = rendered("mend", node=node, made=made)
    result = await editor.edit(lab.workspace, edit_request(lab, instruction, EXPERIMENT, "mend"))
    if not result.changed:
        lab.tell(f"{node.run}: not mended: {'; '.join(result.problems)[:200]}")
    return bool(result.changed)


async def draw(editor: Editor, lab: Lab, nodes: Sequence[Node], problem: str) -> bool:
    """Name the runs in plot.py, and let the editor make it show what the idea asks for.

    False where there was a problem and nothing could be changed.
    """
    if not problem:
        _named_by_rule(lab, nodes)
    last = lab.workspace / nodes[-1].run
    files = sorted(str(path.relative_to(last)) for path in last.rglob("*") if path.is_file()) if last.is_dir() else []
    means = {dataset: list(metrics) for dataset, metrics in nodes[-1].results.items()}
    instruction = rendered("draw", idea=idea_of(lab), nodes=nodes, problem=problem, files=files, means=means)
    result = await editor.edit(lab.workspace, edit_request(lab, instruction, PLOT, "plot", protected=False))
    if not result.changed:
        lab.tell(f"plot.py stays as it was: {'; '.join(result.problems)[:200]}")
    return bool(result.changed) or not problem


def system_of(lab: Lab) -> str:
    """Who the model is in all that concerns the lab's idea."""
    return rendered("system", manner=lab.template.system, guidance=guidance(lab.folder))


def start_of(lab: Lab) -> Conversation:
    """The beginning of every conversation about one idea's experiments."""
    return Conversation(system_of(lab), (rendered("task", task=lab.template.task), rendered("idea", idea=idea_of(lab))))


def idea_of(lab: Lab) -> Idea:
    """The lab's idea; from its file in stages that are resumed. Raises InputError where there is none."""
    path = lab.folder / "idea.json"
    return lab.idea or read_validated(Idea, path)


def stage(lab: Lab, what: str) -> str:
    """The ledger's stage of a call for this idea."""
    return f"{lab.folder.name}/{what}"


def edit_request(lab: Lab, instruction: str, file: Path, what: str, *, protected: bool = True) -> EditRequest:
    """A request for one file; protected code is shown, and may not change."""
    names = [Path(name) for name in lab.template.protected() if name.endswith(".py")] if protected else []
    present = tuple(path for path in names if (lab.workspace / path).is_file())
    return EditRequest(instruction, (file,), present, stage(lab, what))


def _unlike(label: str, nodes: Sequence[Node]) -> str:
    """The label, with a number behind it where a run has it already."""
    taken = {node.label.lower() for node in nodes}
    found, number = label, 2
    while found.lower() in taken:
        found, number = f"{label} ({number})", number + 1
    return found


def _named_by_rule(lab: Lab, nodes: Sequence[Node]) -> None:
    """Set the dictionary `labels` of plot.py; one that has none is left to the editor."""
    try:
        relabel(lab.workspace / PLOT, {node.run: node.label for node in nodes})
    except InputError as problem:
        lab.tell(f"the runs are not named by rule: {problem}")
