"""Confirming what a tree search has chosen: the best setting and the baseline on fresh seeds, and on these alone.

The search has compared all its settings on the same first seeds and chosen by them, so that a test on these seeds would
be too favourable to what was chosen. The fresh seeds come after them, no choice has seen them, and plan.json has their
number before the first experiment. What is decided is decided on them.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from . import benches
from .attempts import next_run
from .lab import Lab
from .nodes import BASELINE, Choice, Journal, Node
from .plan import AnalysisPlan, read_plan
from .progress import time_in_words
from .search_steps import put_on_record, write_notes
from .seeds import takes_number
from .template import SEED_OFFSET, Metric
from .tree_choice import confirmed_pair, merit, ranking

FRESH = "fresh seeds"
SAME = "the code gives the same values under other seeds, so that these are not fresh"


async def confirm(lab: Lab, journal: Journal, metric: Metric | None) -> None:
    """Choose the best setting and run it and the baseline on the fresh seeds; `journal.choice` says what came of it.

    Stopped and begun again it goes on where it was. Nothing is chosen where no experiment has worked.
    """
    plan, baseline = read_plan(lab.folder), journal.find(BASELINE)
    if journal.choice is None:
        journal.choice = chosen(journal, metric)
        journal.write(lab.journal_path)
    if journal.choice is None or plan is None or baseline is None:
        return
    best = journal.find(journal.choice.run) or baseline
    lab.tell(f"{best.run} is chosen: {best.label}, the best of {journal.choice.of} ({100 * journal.choice.gain:+.3g}%)")
    problem = _hindrance(lab, plan, (baseline, best))
    if not problem:
        gate = asyncio.Semaphore(lab.settings.workers)
        nodes = [_fresh_node(lab, journal, original) for original in (baseline, best)]
        await asyncio.gather(*(_run(lab, journal, node, plan, gate) for node in nodes if node.status == "planned"))
        problem = _failure(journal, baseline, plan)
    if problem:
        lab.tell(f"the best run is not confirmed: {problem}")
    journal.choice = journal.choice.model_copy(update={"unconfirmed": problem})
    journal.write(lab.journal_path)
    write_notes(lab, journal)


def chosen(journal: Journal, metric: Metric | None) -> Choice | None:
    """The best of the settings by their mean gain on the first seeds; None where there is none."""
    ranked, baseline = ranking(journal, metric), journal.find(BASELINE)
    if not ranked or baseline is None:
        return None
    name = metric.name if metric else ""
    return Choice(run=ranked[0].run, gain=merit(ranked[0], baseline, metric), of=len(ranked), metric=name)


def _hindrance(lab: Lab, plan: AnalysisPlan, originals: tuple[Node, Node]) -> str:
    """Why nothing can be confirmed; empty where it can."""
    if plan.confirmation is None:
        return f"template {lab.template.name} takes no other seeds (its code does not read {SEED_OFFSET})"
    share = plan.confirmation.pairs / max(1, plan.looks[0].pairs)
    seconds = share * sum(node.seconds for node in originals)
    if seconds > lab.settings.more_seconds:
        return f"it would take about {time_in_words(seconds)}, more than it may ({lab.settings.more_seconds:g} s)"
    return ""


def _fresh_node(lab: Lab, journal: Journal, original: Node) -> Node:
    """The node of a run on the fresh seeds, which is made where it is not there yet."""
    found = next((node for node in journal.nodes if (node.kind, node.parent) == ("confirm", original.run)), None)
    if found is None:
        found = Node(
            run=next_run(journal),
            parent=original.run,
            kind="confirm",
            label=f"{original.label}, {FRESH}",
            description=f"{original.run} once more, on seeds that no choice has seen.",
            parts=original.parts,
            made=True,
        )
        journal.put(found)
        journal.write(lab.journal_path)
    return found


async def _run(lab: Lab, journal: Journal, node: Node, plan: AnalysisPlan, gate: asyncio.Semaphore) -> None:
    async with gate:
        lab.tell(f"{node.run}: {node.label}")
        fresh = max(plan.confirmation.seeds.values()) if plan.confirmation and takes_number(lab.template) else None
        bench = benches.set_up(lab, node.run, node.parent)
        at_bench = replace(bench, settings=lab.settings.model_copy(update={"seeds": fresh}))
        node = await at_bench.run(node, seed_offset=max(plan.looks[0].seeds.values()))
        benches.bring_home(lab, bench, node.run)
        put_on_record(lab, journal, node)
        benches.clear(bench)


def _failure(journal: Journal, baseline: Node, plan: AnalysisPlan) -> str:
    """What is wrong with the runs on the fresh seeds, which then count as failed; empty where nothing is."""
    pair = confirmed_pair(journal.nodes)
    if pair is None:
        failed = next(node for node in journal.nodes if node.kind == "confirm" and node.status == "failed")
        return f"{failed.run} failed: {failed.reason.splitlines()[0]}"
    marked = next((node for node in pair if node.violations), None)
    problem = f"{marked.run} changed protected files" if marked else SAME if _repeats(pair[0], baseline, plan) else ""
    for node in pair if problem else ():
        journal.put(node.model_copy(update={"status": "failed", "reason": problem, "results": {}}))
    return problem


def _repeats(fresh: Node, first: Node, plan: AnalysisPlan) -> bool:
    """Whether the values of a run on other seeds are those of the first, in the metrics that count."""
    values = [
        (before.seeds or (before.mean,), after.seeds or (after.mean,))
        for dataset, metrics in first.results.items()
        for name, before in metrics.items()
        if (not plan.metrics or name in plan.metrics)
        and (after := fresh.results.get(dataset, {}).get(name)) is not None
    ]
    return all(before[: len(after)] == after[: len(before)] for before, after in values)
