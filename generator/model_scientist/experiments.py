"""Experiments and plots: the model says what to try next, an editor changes the code, and the runs are the judge."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from ...data.errors import InputError
from ...data.files import read_json, read_text, validated
from ..editors.protocol import Editor, EditRequest
from ..evidence import runs_in_words
from ..figures import relabel
from ..ideas import Idea
from ..lab import Lab
from ..nodes import Node
from ..scientist import CodeChange
from .calls import AnswerForm, Conversation, StructuredModel, rendered

EXPERIMENT, PLOT = Path("experiment.py"), Path("plot.py")


class ExperimentPlan(AnswerForm):
    """The next experiment."""

    thought: str = Field(description="what the runs so far say, and why this comes next")
    done: bool = Field(description="whether nothing is left that is worth a run; the other fields do not count then")
    label: str = Field(description="for legends and tables: a few words that tell this run from all others")
    description: str = Field(description="what this run changes and what it is to show, for whoever writes the paper")
    instruction: str = Field(description="what to change in the code, exactly enough for somebody who sees only it")


async def next_change(
    model: StructuredModel, editor: Editor, lab: Lab, nodes: Sequence[Node], parent: Node
) -> CodeChange | None:
    """Plan the next experiment and let the editor make it; None where the model is done.

    An edit that comes to nothing leaves the code as it is: the run then fails by that.
    """
    left = max(1, lab.settings.runs - (len(nodes) - 1))
    task = rendered(
        "plan",
        parent=parent,
        code=read_text(lab.workspace / EXPERIMENT),
        runs=runs_in_words(nodes),
        left=left,
        seconds=lab.settings.run_seconds,
    )
    plan = await model.ask(ExperimentPlan, start_of(lab), task, stage(lab, "plan"))
    if plan.done:
        return None
    label = _unlike(" ".join(plan.label.split()) or plan.description or "Change", nodes)
    instruction = rendered("change", plan=plan, label=label)
    await editor.edit(lab.workspace, edit_request(lab, instruction, (EXPERIMENT, PLOT), "edit"))
    return CodeChange(label=label, description=" ".join(plan.description.split()))


async def mend(editor: Editor, lab: Lab, node: Node) -> bool:
    """Let the editor mend the code by the reason why the run failed; False where it changed nothing."""
    instruction = rendered("mend", node=node)
    return bool((await editor.edit(lab.workspace, edit_request(lab, instruction, (EXPERIMENT,), "mend"))).changed)


async def draw(editor: Editor, lab: Lab, nodes: Sequence[Node], problem: str) -> bool:
    """Name the runs in plot.py, and let the editor make it show what the idea asks for.

    False where there was a problem and nothing could be changed.
    """
    if not problem:
        _named_by_rule(lab, nodes)
    instruction = rendered("draw", idea=idea_of(lab), nodes=nodes, problem=problem)
    result = await editor.edit(lab.workspace, edit_request(lab, instruction, (PLOT,), "plot", (EXPERIMENT,)))
    return bool(result.changed) or not problem


def start_of(lab: Lab) -> Conversation:
    """The beginning of every conversation about one idea's experiments."""
    system = rendered("system", manner=lab.template.system)
    return Conversation(system, (rendered("task", task=lab.template.task), rendered("idea", idea=idea_of(lab))))


def idea_of(lab: Lab) -> Idea:
    """The lab's idea; from its file in stages that are resumed. Raises InputError where there is none."""
    path = lab.folder / "idea.json"
    return lab.idea or validated(Idea, read_json(path), str(path))


def stage(lab: Lab, what: str) -> str:
    """The ledger's stage of a call for this idea."""
    return f"{lab.folder.name}/{what}"


def edit_request(
    lab: Lab, instruction: str, files: tuple[Path, ...], what: str, also_read: tuple[Path, ...] = ()
) -> EditRequest:
    """A request for the files; protected code is shown, and may not change."""
    protected = [Path(name) for name in lab.template.protected() if name.endswith(".py")]
    present = [path for path in (*also_read, *protected) if (lab.workspace / path).is_file()]
    return EditRequest(instruction, files, tuple(present), stage(lab, what))


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
