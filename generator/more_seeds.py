"""The second look: settings that are promising and not resolved run under as many further seeds, the baseline too.

Promising is a setting whose conditional power, the probability of being resolved at the second look if the further
seeds are like the first, is `PROMISING` or more. Whatever this rule says, the plan's shares of the level keep the
probability of a false finding (see `plan`). Each run's seeds are put together in its final_info.json; the parts stay
in seeds/RUN/.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from ..data.files import make_folder, read_json, write_json
from ..statistics.sign_flip import conditional_power
from .compare import compare_runs, pooled_test
from .kept_runs import KeptRuns
from .lab import Lab, failure_of
from .merged_curves import merge_curves
from .merged_seeds import merged
from .metrics import settled_metrics
from .nodes import BASELINE, INFO, Journal, Node, read_results
from .plan import AnalysisPlan, read_plan
from .search_steps import write_notes
from .template import Metric

PROMISING = 0.2


async def look_again(lab: Lab) -> None:
    """Run the promising settings under further seeds, the most promising first, as far as the time allows.

    Stopped and begun again it goes on where it was. A run that fails under further seeds keeps what it has, with a
    note of the reason.
    """
    plan, journal = read_plan(lab.folder), lab.journal()
    baseline = journal.find(BASELINE)
    if plan is None or len(plan.looks) < 2 or baseline is None:
        return
    metrics = [metric for metric in settled_metrics(lab) if metric.name in plan.metrics]
    chosen = _within(lab, plan, baseline, promising(journal, metrics, plan))
    for node in [baseline, *chosen] if chosen else []:
        if node.looks > 1 or node.note:
            continue
        lab.tell(f"{node.run}: further seeds, {node.label}")
        node = await _extended(lab, node, plan)
        if node.note:
            lab.tell(f"{node.run}: {node.note.splitlines()[0][:120]}")
        journal.put(node)
        journal.write(lab.journal_path)
        if node.run == BASELINE and node.note:
            break
    write_notes(lab, journal)


def promising(journal: Journal, metrics: Sequence[Metric], plan: AnalysisPlan) -> list[Node]:
    """The settings that a second look may resolve and the first has not, the most promising first."""
    nodes = [node.model_copy(update={"looks": 1}) for node in journal.finished]
    baseline = next((node for node in nodes if node.run == BASELINE), None)
    if baseline is None:
        return []
    first = compare_runs(nodes, metrics, plan)
    found: dict[str, float] = {}
    for node in nodes:
        for metric in metrics:
            test, _ = pooled_test(baseline, node, metric, plan, 0)
            if node is baseline or test is None or first.decision(node.run, metric.name) in ("better", "worse"):
                continue
            later = round(test.pairs * plan.looks[1].pairs / plan.looks[0].pairs)
            chance = conditional_power(test.statistic, test.pairs, later, plan.level_at(1))
            found[node.run] = max(chance, found.get(node.run, 0.0))
    wanted = sorted((run for run in found if found[run] >= PROMISING), key=lambda run: -found[run])
    return [node for run in wanted if (node := journal.find(run)) is not None]


def _within(lab: Lab, plan: AnalysisPlan, baseline: Node, nodes: Sequence[Node]) -> list[Node]:
    """The first nodes whose further seeds, with the baseline's, fit the time that they may take."""
    share = plan.looks[1].pairs / plan.looks[0].pairs - 1
    longest = max((node.seconds for node in nodes), default=0.0)
    spent, chosen = share * (baseline.seconds or longest), []
    for node in nodes:
        spent += share * node.seconds
        if spent > lab.settings.more_seconds or share * node.seconds > lab.settings.run_seconds:
            lab.tell(f"{node.run}: no further seeds, which would take more time than they may ({spent:.0f} s in all)")
            break
        chosen.append(node)
    return chosen


async def _extended(lab: Lab, node: Node, plan: AnalysisPlan) -> Node:
    """The node with the seeds of the second look too, or with a note why it has none."""
    kept = lab.folder / "seeds" / node.run
    KeptRuns(lab.folder).take_seeds(node)
    try:
        seconds = 0.0 if (kept / "more" / INFO).is_file() else await _run_more(lab, node, plan, kept / "more")
        if not (kept / INFO).is_file():
            _keep_first(lab.workspace / node.run, kept)
        together = merged(read_json(kept / INFO), read_json(kept / "more" / INFO))
        lab.unlock(node.run)
        whole = merge_curves(kept, kept / "more", lab.workspace / node.run, _numbers(plan))
        write_json(lab.workspace / node.run / INFO, together)
        results = read_results(lab.workspace / node.run)
        return node.model_copy(
            update={
                "looks": 2,
                "results": results,
                "seconds": node.seconds + seconds,
                "first_curves": not whole,
            }
        )
    except ValueError as problem:
        return node.model_copy(update={"note": f"further seeds failed: {problem}"})


def _keep_first(run: Path, kept: Path) -> None:
    """Copy what the first seeds have written, final_info.json last: with it the copy is whole."""
    make_folder(kept)
    for path in sorted((*run.glob("*.npz"), *run.glob("*.json")), key=lambda path: path.name == INFO):
        shutil.copyfile(path, kept / path.name)


def _numbers(plan: AnalysisPlan) -> tuple[int, int]:
    """The seeds of the first look, and those that come to them at the second."""
    first, last = (max(look.seeds.values()) for look in plan.looks)
    return first, last - first


async def _run_more(lab: Lab, node: Node, plan: AnalysisPlan, target: Path) -> float:
    """Run the node's code under the seeds after its first; returns the seconds. Raises ValueError where it fails."""
    first, further = _numbers(plan)
    lab.restore_code(node.run)
    made = lab.workspace / f"more_{node.run}"
    shutil.rmtree(made, ignore_errors=True)
    outcome, violations = await lab.experiment(made.name, further, first)
    if outcome.status != "ok":
        raise ValueError(failure_of(outcome))
    if violations:
        raise ValueError(f"the run changed protected files: {', '.join(violations)}")
    read_results(made)
    make_folder(target.parent)
    shutil.rmtree(target, ignore_errors=True)
    made.rename(target)
    return outcome.seconds
