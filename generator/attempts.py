"""Running code and mending it until it runs, or until nobody knows how."""

from __future__ import annotations

from .lab import Lab
from .nodes import Journal, Node
from .scientist import CodeChange, Scientist


async def attempted(lab: Lab, scientist: Scientist, node: Node, problem: str) -> Node:
    """The node after its run, mended as often as that is needed, the settings allow and the scientist can.

    `problem` is why there is nothing to run: that fails the first try.
    """
    if problem:
        node = node.model_copy(update={"status": "failed", "reason": problem, "tries": 1})
    else:
        node = await lab.run(node)
    while node.status == "failed" and node.tries < lab.settings.tries:
        lab.tell(f"{node.run}: failed, {node.reason.splitlines()[0][:120]}")
        if not await scientist.mend(lab, node):
            break
        node = await lab.run(node)
    return node


def next_run(journal: Journal) -> str:
    """The name of the next run."""
    return f"run_{1 + max(int(node.run.removeprefix('run_')) for node in journal.nodes)}"


def nothing_to_run(lab: Lab, parent: Node, change: CodeChange) -> str:
    """Why the workspace has nothing new to run, its code being the parent's; empty where it has."""
    kept = lab.snapshot(parent.run)
    if any((lab.workspace / path.name).read_bytes() != path.read_bytes() for path in kept.iterdir()):
        return ""
    return change.problem or "the change left the code as it was"
