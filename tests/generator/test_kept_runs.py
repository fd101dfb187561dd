"""A note on experiments: results of code that stays the same are kept, and what was seen before counts in the tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from offline_batch import gone_on, offline_batch
from peerassay.data.files import read_json, read_text, write_atomic
from peerassay.generator.batch import IdeaBatch
from peerassay.generator.decisions import guidance
from peerassay.generator.disclosure import disclosure
from peerassay.generator.evidence import Evidence
from peerassay.generator.kept_runs import KeptRuns
from peerassay.generator.lab import Lab
from peerassay.generator.metrics import settled_metrics
from peerassay.generator.nodes import BASELINE, Journal, Node
from peerassay.generator.offline.scientist import OfflineScientist
from peerassay.generator.people import decide
from peerassay.generator.plan import read_plan
from peerassay.generator.project import redo_from
from peerassay.generator.scientist import LINEAR, CodeChange, Step
from test_more_seeds import seeded
from tiny_template import make_template


class Told(OfflineScientist):
    """It tries two values; after a note the second of them and another one."""

    name = "told"

    async def change(self, lab: Lab, nodes: Sequence[Node], parent: Node, step: Step = LINEAR) -> CodeChange | None:  # noqa: ARG002
        values = [f"0.{25 * n}" for n in range(len(guidance(lab.folder)), len(guidance(lab.folder)) + 2)]
        tried = {node.label for node in nodes}
        value = next((value for value in values if f"Shrinkage {value}" not in tried), None)
        if value is None:
            return None
        lab.restore_code(BASELINE)
        path = lab.workspace / "experiment.py"
        write_atomic(path, read_text(path).replace("SHRINKAGE = 0.5", f"SHRINKAGE = {value}"))
        return CodeChange(label=f"Shrinkage {value}", parent=BASELINE)


def run_of(out: Path, template: Path) -> tuple[IdeaBatch, list[str]]:
    lines: list[str] = []
    batch = replace(offline_batch(out, template, "experiments"), scientist=Told())
    batch.tell = lambda _, line: lines.append(line)
    return batch, lines


def nodes_in(folder: Path) -> dict[str, Node]:
    return {node.run: node for node in Journal.read(folder / "experiments.json").nodes}


def test_only_what_a_note_changes_is_run_again_and_what_was_seen_counts(tmp_path: Path) -> None:
    template, out, folder = make_template(tmp_path / "lines"), tmp_path / "out", tmp_path / "out" / "idea_01"
    gone_on(run_of(out, template)[0])
    first, before = nodes_in(folder), read_plan(folder)
    decision = decide(folder, "guided", note="Less shrinkage.", by="Ann Ho")
    assert decision.subject == "run_1: Shrinkage 0.0; run_2: Shrinkage 0.25"
    batch, lines = run_of(out, template)
    gone_on(batch)
    again = nodes_in(folder)
    assert [node.label for node in again.values()] == ["Baseline", "Shrinkage 0.25", "Shrinkage 0.50"]
    assert "run_1: the same code as run_2 before the note: its results are kept, it is not run again" in lines
    assert (again["run_1"].taken, again["run_2"].taken) == ("run_2", "")
    assert (again["run_1"].results, again["run_1"].seconds) == (first["run_2"].results, first["run_2"].seconds)
    assert read_json(folder / "workspace" / "run_1" / "final_info.json")["steep"]["means"]
    plan = read_plan(folder)
    assert before is not None and plan is not None
    assert (plan.seen, plan.tests, plan.comparisons, plan.at) == (2, 4, 2, before.at)
    said = "Ann Ho had the experiments made again, with a note to the model (2 settings seen before count too)."
    assert disclosure(folder) == (said,)
    found = Evidence.of(list(again.values()), settled_metrics(batch.project(folder).lab), plan).comparisons
    assert found.plan is not None and found.plan.tests == 3, "0.0, 0.25 and 0.50, each once"
    decide(folder, "guided", note="Still less.")
    plan = read_plan(folder)
    assert plan is not None and plan.seen == 3, "one of the two was counted before"
    redo_from(folder, "experiments")
    assert not (folder / "kept").exists(), "whoever wants all of them made again has them made again"


def test_further_seeds_are_kept_with_their_run(tmp_path: Path) -> None:
    template, out, folder = seeded(tmp_path / "lines"), tmp_path / "out", tmp_path / "out" / "idea_01"
    gone_on(run_of(out, template)[0])
    first = nodes_in(folder)
    assert first["run_2"].looks == 2, "it was promising"
    ran = {log.name: log.stat().st_mtime_ns for log in (folder / "logs").glob("more_*.log")}
    decide(folder, "guided", note="Less shrinkage.")
    gone_on(run_of(out, template)[0])
    again = nodes_in(folder)
    assert (again["run_0"].looks, again["run_1"].looks) == (2, 2)
    assert (again["run_0"].results, again["run_1"].results) == (first["run_0"].results, first["run_2"].results)
    assert {log.name: log.stat().st_mtime_ns for log in (folder / "logs").glob("more_*.log")} == ran, "none ran again"


class Steady(OfflineScientist):
    """It follows notes, in that it may be given some."""

    name = "steady"


def test_a_tree_keeps_its_runs_and_confirms_its_next_choice_on_more_seeds(tmp_path: Path) -> None:
    template, out, folder = seeded(tmp_path / "lines"), tmp_path / "out", tmp_path / "out" / "idea_01"

    def tree() -> IdeaBatch:
        return replace(offline_batch(out, template, "experiments", search="tree"), scientist=Steady())

    gone_on(tree())
    first, before = nodes_in(folder), read_plan(folder)
    decide(folder, "guided", note="Once more.")
    plan = read_plan(folder)
    assert before is not None and before.confirmation is not None and plan is not None and plan.confirmation is not None
    searched = [node for node in first.values() if node.kind not in ("", "confirm")]
    assert (plan.seen, plan.seen_fresh, plan.deciding.tests) == (len(searched), 1, 2)
    assert plan.confirmation.pairs > before.confirmation.pairs and plan.can_resolve
    gone_on(tree())
    again = nodes_in(folder)
    assert {node.run: node.taken for node in again.values() if node.kind not in ("", "confirm")} == {
        node.run: node.run for node in searched
    }
    confirmed = [node for node in again.values() if node.kind == "confirm"]
    assert len(confirmed) == 2 and not any(node.taken for node in confirmed)
    assert len(confirmed[0].results["steep"]["error"].seeds) == max(plan.confirmation.seeds.values())


def test_no_result_is_kept_that_is_marked_or_of_other_seeds(tmp_path: Path) -> None:
    for run in ("run_1", "run_2"):
        (tmp_path / "workspace" / run).mkdir(parents=True)
        (tmp_path / "snapshots" / run).mkdir(parents=True)
        (tmp_path / "snapshots" / run / "experiment.py").write_text(f"print({run[-1]})")
        (tmp_path / "workspace" / run / "final_info.json").write_text('{"d": {"means": {"error": 1.0}}}')
    kept = KeptRuns(tmp_path)
    good = Node(run="run_1", label="Good", status="ok", tries=1)
    marked = Node(run="run_2", label="Marked", status="ok", violations=("evaluation.py changed",))
    assert kept.keep([good, marked]) == [good] and kept.keep([good]) == []
    (tmp_path / "workspace" / "run_1" / "final_info.json").unlink()
    (tmp_path / "workspace" / "run_1").rmdir()
    fresh = Node(run="run_1", label="Again")
    other_seeds = fresh.model_copy(update={"seed_offset": 1000})
    assert kept.take(other_seeds, tmp_path / "workspace") is None
    taken = kept.take(fresh, tmp_path / "workspace")
    assert taken is not None and (taken.taken, taken.status, taken.results["d"]["error"].mean) == ("run_1", "ok", 1.0)
    assert kept.take(fresh.model_copy(update={"run": "run_2"}), tmp_path / "workspace") is None
