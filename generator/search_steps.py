"""Steps that every search shares: its beginning, one experiment, the notes."""

from __future__ import annotations

from .attempts import attempted, next_run, nothing_to_run
from .clock import Clock
from .lab import Lab
from .metrics import primary_metric
from .nodes import BASELINE, Journal, Node
from .plan import AnalysisPlan, fix_plan
from .progress import runs_left
from .remeasure import measure_again
from .scientist import Scientist
from .seeds import declare, runs_allowed
from .tree_words import tree_lines


async def begin(lab: Lab, scientist: Scientist, *, choosing: bool = False) -> tuple[Journal, AnalysisPlan]:
    """The journal with the baseline in it, run where it is not yet; then the metrics are settled, and the plan written.

    The plan is for as many experiments as the settings allow; `choosing`: one of them will be chosen by their results.
    Experiments of no tree that were cut short by a stop are dropped, and what they did to the workspace is undone.
    """
    if not lab.journal_path.exists():
        lab.set_up()
    journal = lab.journal()
    journal.nodes = [node for node in journal.nodes if node.kind or node.status != "planned"]
    if journal.find(BASELINE) is None:
        lab.tell("baseline")
        put_on_record(lab, journal, await lab.baseline())
        if not any(len(value.seeds) > 1 for values in journal.nodes[0].results.values() for value in values.values()):
            lab.tell("each run gives one value for a metric: no test is possible, and no difference will be resolved")
    lab.put_right()
    await scientist.settle_metrics(lab)
    return journal, declare(lab, journal.finished[0], lab.settings.runs, choosing=choosing)


async def experiment(lab: Lab, scientist: Scientist, journal: Journal, parent: Node, clock: Clock) -> Node | None:
    """One experiment from the parent's code, mended as often as allowed; None where there is nothing to try from it.

    A change that leaves the code as it was is none: it fails without being run, and may be made once more. Where the
    scientist wants more measured first, the baseline is run anew and it is asked again.
    """
    run = next_run(journal)
    lab.restore_code(parent.run)
    change = await scientist.change(lab, journal.nodes, parent)
    if change is not None and change.metrics:
        await measure_again(lab, scientist, journal, parent, change)
        write_notes(lab, journal)
        parent = journal.find(parent.run) or parent
        change = await scientist.change(lab, journal.nodes, parent)
    if change is None:
        return None
    parent = journal.find(change.parent or parent.run) or parent
    node = Node(run=run, parent=parent.run, label=change.label, description=change.description, parts=change.parts)
    fix_plan(lab.folder)
    journal.put(node)
    journal.write(lab.journal_path)
    lab.tell(f"{run}: {change.label} ({runs_left(journal, runs_allowed(lab))})")
    node = await attempted(clock.within(lab), scientist, node, nothing_to_run(lab, parent, change))
    journal.seconds = clock.taken
    put_on_record(lab, journal, node)
    return node


def put_on_record(lab: Lab, journal: Journal, node: Node) -> None:
    """Put the node into the journal, in its file and in the notes."""
    journal.put(node)
    journal.write(lab.journal_path)
    write_notes(lab, journal)


def write_notes(lab: Lab, journal: Journal) -> None:
    """notes.txt: what was run and what came of it, for whoever writes the paper."""
    lines = [*tree_lines(journal, primary_metric(lab))]
    lines += [""] if lines else []
    for node in journal.nodes:
        kind = f" ({node.kind}, from {node.parent})" if node.kind else ""
        lines += [f"## {node.run}: {node.label}{kind}", node.description]
        if node.status == "failed":
            lines.append(f"Failed after {node.tries} tries: {node.reason}")
        for dataset, metrics in node.results.items():
            shown = ", ".join(f"{name} {value.mean:.6g}" for name, value in metrics.items())
            lines.append(f"{dataset}: {shown}")
        lines += [f"Violation: {violation}" for violation in node.violations] + [""]
    lab.notes.write_text("\n".join(lines), encoding="utf-8")
