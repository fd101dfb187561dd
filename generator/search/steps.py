"""What every search does with one experiment: change, run, mend, note; each step on record before the next."""

from __future__ import annotations

from ..lab import Lab
from ..nodes import BASELINE, Journal, Node
from ..scientist import Scientist


async def begin(lab: Lab) -> Journal:
    """The journal with the baseline in it, run where it is not yet.

    Experiments cut short by a stop are dropped, and what they did to the workspace is undone.
    """
    journal = lab.journal()
    journal.nodes = [node for node in journal.nodes if node.status != "planned"]
    if journal.find(BASELINE) is None:
        lab.tell("baseline")
        journal.put(await lab.baseline())
        journal.write(lab.journal_path)
        write_notes(lab, journal)
    lab.put_right()
    return journal


async def experiment(lab: Lab, scientist: Scientist, journal: Journal, parent: Node) -> Node | None:
    """One experiment from the parent's code, mended as often as allowed; None where there is nothing to try from it.

    A change that leaves the code as it was is none: it fails without being run.
    """
    run = f"run_{1 + max(int(node.run.removeprefix('run_')) for node in journal.nodes)}"
    lab.restore_code(parent.run)
    change = await scientist.change(lab, journal.nodes, parent)
    if change is None:
        return None
    parent = journal.find(change.parent or parent.run) or parent
    node = Node(run=run, parent=parent.run, label=change.label, description=change.description)
    journal.put(node)
    journal.write(lab.journal_path)
    lab.tell(f"{run}: {change.label}")
    if unchanged(lab, parent):
        node = node.model_copy(update={"status": "failed", "reason": "the change left the code as it was", "tries": 1})
    else:
        node = await lab.run(node)
    while node.status == "failed" and node.tries < lab.settings.tries:
        lab.tell(f"{run}: failed, {node.reason.splitlines()[0][:120]}")
        if not await scientist.mend(lab, node):
            break
        node = await lab.run(node)
    journal.put(node)
    journal.write(lab.journal_path)
    write_notes(lab, journal)
    return node


def unchanged(lab: Lab, parent: Node) -> bool:
    """Whether the workspace's code is the parent's."""
    kept = lab.snapshot(parent.run)
    return all((lab.workspace / path.name).read_bytes() == path.read_bytes() for path in kept.iterdir())


def write_notes(lab: Lab, journal: Journal) -> None:
    """notes.txt: what was run and what came of it, for whoever writes the paper."""
    lines = []
    for node in journal.nodes:
        lines += [f"## {node.run}: {node.label}", node.description]
        if node.status == "failed":
            lines.append(f"Failed after {node.tries} tries: {node.reason}")
        for dataset, metrics in node.results.items():
            shown = ", ".join(f"{name} {value.mean:.6g}" for name, value in metrics.items())
            lines.append(f"{dataset}: {shown}")
        lines += [f"Violation: {violation}" for violation in node.violations] + [""]
    lab.notes.write_text("\n".join(lines), encoding="utf-8")
