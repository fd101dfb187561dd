"""Tree search: its choices, nodes at once, debugging, what it confirms, budgets and times that end in the middle."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest
from peerassay.generator import benches
from peerassay.generator.evidence import Evidence
from peerassay.generator.lab import Lab, LabSettings
from peerassay.generator.nodes import Journal, Kind, Node, Value
from peerassay.generator.offline.knob_study import knobs_of
from peerassay.generator.offline.scientist import OfflineScientist, idea_of
from peerassay.generator.offline.tree import Settings
from peerassay.generator.plan import planned_search, read_plan
from peerassay.generator.plan_edits import check_plan
from peerassay.generator.power import power_in_words
from peerassay.generator.sandbox.find import find_sandbox
from peerassay.generator.scientist import LINEAR, CodeChange
from peerassay.generator.search import find_search
from peerassay.generator.template import Metric, Template, load_template
from peerassay.generator.tree_choice import Step, budgets, drawn_nodes, merit, next_step, ranking
from peerassay.generator.tree_words import choice_in_words, tree_lines
from peerassay.llm.errors import BudgetReached
from tiny_template import make_template

ERROR = Metric(name="error", label="error", better="lower", primary=True)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return load_template(str(make_template(tmp_path_factory.mktemp("lines") / "lines")))


class Scripted(OfflineScientist):
    """Sets the shrinkage, by the next of the values; some of the texts are no Python. None: nothing more to try."""

    def __init__(self, values: Sequence[str | None], mended: str = "", budget: int | None = None) -> None:
        super().__init__()
        self.values, self.mended, self.budget = iter(values), mended, budget
        self.asked: list[tuple[str, str, tuple[str, ...]]] = []

    async def change(self, lab: Lab, nodes: Sequence[Node], parent: Node, step: Step = LINEAR) -> CodeChange | None:
        if self.budget is not None and len(self.asked) >= self.budget:
            raise BudgetReached("used up")
        self.asked.append((step.kind, parent.run, tuple(node.run for node in nodes if node.status == "planned")))
        value = self.mended if step.kind == "debug" else next(self.values)
        if not value:
            return None
        code = lab.snapshot("run_0") / "experiment.py"
        text = code.read_text().replace("SHRINKAGE = 0.5", f"SHRINKAGE = {value}")
        (lab.workspace / "experiment.py").write_text(text)
        return CodeChange(label=parent.label if step.kind == "debug" else f"shrinkage {value}")


def lab_of(folder: Path, template: Template, lines: list[str] | None = None, **settings: float) -> Lab:
    chosen = LabSettings.model_validate({"run_seconds": 60, **settings})
    lab = Lab(folder, template, find_sandbox(), chosen, tell=(lines if lines is not None else []).append)
    lab.idea = idea_of(next(knob for knob in knobs_of(template).knobs if knob.name == "shrinkage"))
    if not lab.journal_path.exists():
        lab.set_up()
    return lab


def grown(lab: Lab, scientist: OfflineScientist) -> Journal:
    asyncio.run(find_search("tree").explore(lab, scientist))
    return lab.journal()


def shape(journal: Journal) -> list[tuple[str, Kind, str, str]]:
    return [(node.run, node.kind, node.parent, node.status) for node in journal.nodes[1:]]


def node(number: int, kind: Kind = "draft", error: float | None = 1.0, parent: str = "run_0", **more: object) -> Node:
    results = {} if error is None else {"steep": {"error": Value(mean=error)}}
    status = "failed" if error is None else "ok"
    found = {"run": f"run_{number}", "kind": kind, "parent": parent, "label": f"n{number}", "status": status}
    return Node.model_validate({**found, "results": results, **more})


def journal_of(*nodes: Node) -> Journal:
    baseline = Node(run="run_0", label="Baseline", status="ok", results={"steep": {"error": Value(mean=1.0)}})
    return Journal(nodes=[baseline, *nodes])


def steps(journal: Journal, runs: int = 8, seeds: int = 1, tries: int = 4) -> set[tuple[Kind, str]]:
    found = (next_step(journal, ERROR, runs=runs, seed=seed, tries=tries) for seed in range(seeds))
    return {(step.kind, step.parent) if step else ("", "") for step in found}


def test_every_stage_has_its_budget() -> None:
    for runs in range(1, 40):
        shares = budgets(runs)
        assert sum(shares.values()) == runs and shares["draft"] >= 1 and min(shares.values()) >= 0
    assert budgets(12) == {"draft": 5, "tune": 4, "ablate": 3}
    assert budgets(5) == {"draft": 2, "tune": 2, "ablate": 1}


def test_the_tree_goes_on_from_the_best_and_at_times_from_another() -> None:
    drafts = [node(1, error=0.9), node(2, error=0.5), node(3, error=0.7), node(4, error=0.8)]
    assert steps(journal_of(*drafts[:3])) == {("draft", "run_0")}
    assert steps(journal_of(*drafts), seeds=60) == {("tune", run) for run in ("run_1", "run_2", "run_3", "run_4")}
    chosen = [next_step(journal_of(*drafts), ERROR, runs=8, seed=seed, tries=4) for seed in range(300)]
    others = sum(step is not None and step.parent != "run_2" for step in chosen)
    assert 30 < others < 90, "a fifth explores"
    assert chosen[7] == next_step(journal_of(*drafts), ERROR, runs=8, seed=7, tries=4)
    tired = [*drafts, node(5, "tune", 0.6, "run_2"), node(6, "tune", 0.6, "run_2")]
    assert ("tune", "run_2") not in steps(journal_of(*tired), runs=12, seeds=60), "two children without gain"
    full = [*tired, node(7, "ablate", 0.4, "run_2")]
    assert steps(journal_of(*full), runs=8, seeds=20) == {("ablate", "run_7")}
    assert steps(journal_of(*full, node(8, "ablate", 0.9, "run_7"))) == {("", "")}


def test_a_failed_node_is_mended_by_chance_and_not_for_ever() -> None:
    failed = journal_of(node(1, error=None), node(2, error=0.5))
    assert steps(failed, seeds=40) == {("debug", "run_1"), ("draft", "run_0")}
    chain = [node(1, error=None), *(node(n, "debug", None, f"run_{n - 1}") for n in (2, 3))]
    assert ("debug", "run_3") in steps(journal_of(*chain), seeds=40)
    chain.append(node(4, "debug", None, "run_3"))
    assert steps(journal_of(*chain), seeds=40) == {("draft", "run_0")}, "three times at most"
    nothing = journal_of(node(1, error=None))
    assert steps(nothing, runs=1, seeds=20) == {("debug", "run_1")}, "where nothing has worked it is tried in any case"
    nothing.spent.append("run_1")
    assert steps(nothing, runs=1) == {("", "")}


def test_where_all_drafts_fail_there_are_more_of_them() -> None:
    failed = journal_of(*(node(n, error=None) for n in range(1, 7)))
    failed.spent += [f"run_{n}" for n in range(1, 7)]
    assert steps(failed, runs=8, seeds=20) == {("draft", "run_0")}


def test_what_changed_the_evaluation_or_leaves_values_out_is_never_the_best() -> None:
    two = {"steep": {"error": Value(mean=1.0, seeds=(1.0, 1.0))}, "flat": {"error": Value(mean=1.0, seeds=(1.0, 1.0))}}
    baseline = Node(run="run_0", label="Baseline", status="ok", results=two)
    one_left_out = node(1, results={"steep": two["steep"]})
    seed_left_out = node(2, results={**two, "flat": {"error": Value(mean=0.1, seeds=(0.1, None))}})
    cheat = node(3, results={**two, "flat": {"error": Value(mean=0.01, seeds=(0.01, 0.01))}}, violations=("x",))
    sound = node(4, results={**two, "flat": {"error": Value(mean=0.9, seeds=(0.9, 0.9))}})
    journal = Journal(nodes=[baseline, one_left_out, seed_left_out, cheat, sound])
    assert [found.run for found in ranking(journal, ERROR)] == ["run_4"]
    assert merit(sound, baseline, ERROR) == pytest.approx(0.05)
    assert [found.run for found in drawn_nodes(journal, ERROR)] == ["run_0", "run_4"]


def test_figures_find_no_other_runs_than_those_they_show(tmp_path: Path, template: Template) -> None:
    lab = lab_of(tmp_path / "run", template)
    for run in ("run_0", "run_1", "run_2"):
        (lab.workspace / run).mkdir()
        (lab.workspace / run / "final_info.json").write_text(run)
    lab.keep_code("run_0")
    bench = benches.with_runs(lab, "plots", ["run_0", "run_2"])
    assert sorted(path.name for path in bench.workspace.glob("run_*")) == ["run_0", "run_2"]
    assert (bench.workspace / "plot.py").read_bytes() == (lab.workspace / "plot.py").read_bytes()


def test_two_at_once_make_the_same_tree_as_they_are_stopped_and_go_on(tmp_path: Path, template: Template) -> None:
    values = ["0.4", "0.3", "0.2", "0.45", "0.1", "0.0"]
    whole, script = lab_of(tmp_path / "whole", template, runs=6, workers=2), Scripted(values)
    expected = grown(whole, script)
    assert [kind for kind, _, _ in script.asked] == ["draft"] * 3 + ["tune"] * 2 + ["ablate"]
    assert script.asked[1][2] == ("run_1",), "the second knows that the first is in work, and not its results"
    assert script.asked[3][2] == (), "a stage begins when all runs have ended"
    assert [found.known for found in expected.nodes[1:7]] == [0, 0, 1, 3, 3, 5]
    fresh = [found for found in expected.nodes if found.kind == "confirm"]
    assert [found.parent for found in fresh] == ["run_0", expected.choice.run if expected.choice else ""]
    assert not list((whole.folder / "benches").glob("*"))
    stopped, asked = lab_of(tmp_path / "stopped", template, runs=6, workers=2), 0
    for budget in (1, 1, 2, 1, 9):
        again = Scripted(values[asked:], budget=budget)
        try:
            grown(stopped, again)
        except BudgetReached:
            assert all(found.status != "planned" or not found.made for found in stopped.journal().nodes)
        asked += len(again.asked)
    assert asked == 6, "nothing was planned twice"
    assert shape(stopped.journal()) == shape(expected)
    assert [found.results for found in stopped.journal().nodes] == [found.results for found in expected.nodes]


def test_cancelled_runs_are_run_again_and_not_planned_again(tmp_path: Path, template: Template) -> None:
    lab, first = lab_of(tmp_path / "run", template, runs=2, workers=2), Scripted(["0.4", "0.3"])

    async def cancelled() -> None:
        task = asyncio.create_task(find_search("tree").explore(lab, first))
        while not any(found.made for found in lab.journal().nodes):
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert any(found.status == "planned" and found.made for found in lab.journal().nodes)
    second = Scripted(["0.4", "0.3"][len(first.asked) :])
    journal = grown(lab, second)
    assert len(first.asked) + len(second.asked) == 2
    assert {found.status for found in journal.nodes} == {"ok"} and journal.done


def test_a_confirmation_that_was_cut_short_goes_on(tmp_path: Path, template: Template) -> None:
    lab = lab_of(tmp_path / "run", template, runs=1)
    done = grown(lab, Scripted(["0.4"]))
    cut = done.model_copy(update={"done": False})
    cut.put(done.nodes[-1].model_copy(update={"status": "planned", "results": {}}))
    cut.write(lab.journal_path)
    again = grown(lab, Scripted([]))
    assert [found.results for found in again.nodes] == [found.results for found in done.nodes] and again.done


def test_a_failed_draft_is_mended_in_a_node_of_its_own(tmp_path: Path, template: Template) -> None:
    lab = lab_of(tmp_path / "run", template, runs=1)
    journal = grown(lab, Scripted(["1 / 0"], mended="0.25"))
    assert shape(journal)[:2] == [("run_1", "draft", "run_0", "failed"), ("run_2", "debug", "run_1", "ok")]
    assert journal.choice is not None and journal.choice.run == "run_2"
    assert Evidence.of(journal.nodes, [ERROR], read_plan(lab.folder)).failed == (), "what was mended has not failed"
    hopeless = lab_of(tmp_path / "hopeless", template, runs=2, tries=2)
    journal = grown(hopeless, Scripted(["1 / 0", "2 / 0"], mended="3 / 0"))
    assert {found.status for found in journal.nodes[1:]} == {"failed"} and journal.choice is None
    assert [found.kind for found in journal.nodes].count("debug") == 2, "one try to mend each"


def test_time_that_ends_in_the_middle(tmp_path: Path) -> None:
    lines: list[str] = []
    slow = load_template(str(make_template(tmp_path / "slow")))
    code = slow.folder / "experiment.py"
    code.write_text(code.read_text().replace("info = {}", "import time\ntime.sleep(SHRINKAGE)\ninfo = {}"))
    lab = lab_of(tmp_path / "run", slow, lines, runs=6, workers=2, search_seconds=1.6)
    journal = grown(lab, Scripted(["0.1", "30", "0.3", "0.2", "0.1", "0.0"]))
    assert 1 <= sum(found.kind == "draft" for found in journal.nodes) <= 3
    late = journal.find("run_2")
    assert late is not None and late.status == "failed" and late.seconds < 10
    assert any("for all of them are used up" in line for line in lines)
    assert journal.seconds >= 1.5
    assert journal.choice is not None and journal.choice.run == "run_1"


def test_the_confirmation_is_of_seeds_that_chose_nothing(tmp_path: Path, template: Template) -> None:
    lab = lab_of(tmp_path / "run", template, runs=4)
    journal = grown(lab, Scripted(["0.4", "0.3", "0.0", "0.2"]))
    plan = read_plan(lab.folder)
    assert plan is not None and plan.confirmation is not None
    assert (plan.comparisons, plan.looks[0].pairs, plan.confirmation.pairs) == (4, 8, 8)
    evidence = Evidence.of(journal.nodes, [ERROR], plan)
    assert [(item.run, item.pairs, item.effect) for item in evidence.comparisons.pooled] == [("run_6", 8, "better")]
    assert {item.run for item in evidence.selection.pooled} == {"run_1", "run_2", "run_3", "run_4"}
    assert evidence.comparisons.pooled[0].p == evidence.comparisons.pooled[0].p_holm
    first, fresh = (journal.find(run) for run in ("run_0", "run_5"))
    assert first is not None and fresh is not None
    values = [set(found.results["steep"]["error"].seeds) for found in (first, fresh)]
    assert not values[0] & values[1]
    said = evidence.tests_in_words({"error"})
    assert said[0].startswith("On fresh seeds") and any("exploratory" in line for line in said)
    assert "run_6 is the same on fresh seeds" in choice_in_words(journal)
    assert "<- chosen" in "\n".join(tree_lines(journal, ERROR)) and "tune" in lab.notes.read_text()
    assert "8 pairs of fresh seeds" in power_in_words(lab)


def test_fresh_seeds_are_enough_for_the_one_test_where_they_can_be_chosen() -> None:
    single = planned_search({"a": 1}, ["m"], 3, others=True, number=True)
    assert single.confirmation is not None and single.confirmation.seeds == {"a": 6} and single.can_resolve
    fixed = planned_search({"a": 1}, ["m"], 3, others=True, number=False)
    assert fixed.confirmation is not None and fixed.confirmation.seeds == {"a": 1} and not fixed.can_resolve
    assert planned_search({"a": 1}, ["m"], 3, others=False, number=True).confirmation is None
    with pytest.raises(ValueError, match="fresh seeds stay"):
        check_plan(single.model_copy(update={"confirmation": None}), single, ["m"])


def test_other_seeds_that_are_none_are_found_out(tmp_path: Path) -> None:
    lines: list[str] = []
    folder = make_template(tmp_path / "lines")
    code = folder / "experiment.py"
    code.write_text(code.read_text().replace("seed + OFFSET + ELSEWHERE", "seed + OFFSET"))
    lab = lab_of(tmp_path / "run", load_template(str(folder)), lines, runs=2)
    journal = grown(lab, Scripted(["0.4", "0.3"]))
    assert journal.choice is not None and "gives the same values under other seeds" in journal.choice.unconfirmed
    assert any("is not confirmed: the code gives the same values" in line for line in lines)
    evidence = Evidence.of(journal.nodes, [ERROR], read_plan(lab.folder))
    assert evidence.confirmed is None and evidence.tests_in_words({"error"})[0].startswith("Nothing was confirmed")


def test_the_offline_scientist_walks_the_whole_tree(tmp_path: Path, template: Template) -> None:
    lab = lab_of(tmp_path / "run", template, runs=8, workers=2)
    journal = grown(lab, OfflineScientist())
    settings = [frozenset(found.parts) for found in journal.nodes[1:] if found.kind != "confirm"]
    assert len(settings) == len(set(settings)), "none is tried twice"
    assert {found.kind for found in journal.nodes} == {"", "draft", "tune", "ablate", "confirm"}
    assert any("~" in part for found in journal.nodes for part in found.parts), "values between those of knobs.json"
    code = (
        lab.snapshot(next(f.run for f in journal.nodes if f.parts == ("shrinkage~0.12",))) / "experiment.py"
    ).read_text()
    assert "SHRINKAGE = 0.12" in code


def test_settings_of_several_knobs_and_their_names() -> None:
    knobs = load_template("epidemic").knobs
    assert knobs is not None
    own = next(knob for knob in knobs.knobs if knob.name == "vaccinated")
    settings = Settings(knobs, own, load_template("epidemic").code(), seed=0)
    both = settings.setting(("vaccinated~0.3", "vaccine_effect=Leaky"))
    assert both.label == "vaccinated 0.3 + vaccine effect Leaky"
    assert both.edits[0].replace == 'CHANGES: dict[str, Any] = {"vaccinated": 0.3, "vaccine_effect": "leaky"}'
    failed = node(1, error=None, parts=("vaccinated=40%",))
    step = Step("debug", "run_1")
    assert list(settings.candidates(step, failed, [failed])) == [("vaccinated~0.3",)], "halfway back to 0.2"
    single = node(2, parts=("vaccinated=40%",))
    assert list(settings.candidates(Step("ablate", "run_2"), single, [single])) == []
    double = node(3, parts=("vaccinated=40%", "efficacy=50%"))
    assert list(settings.candidates(Step("ablate", "run_3"), double, [single, double])) == [("efficacy=50%",)]
    for name in ("diffusion", "nanogpt", "grokking", "epidemic", "tabular"):
        found = load_template(name).knobs
        assert found is not None
        for knob in found.knobs:
            around = Settings(found, knob, load_template(name).code(), seed=0)
            start = node(1, parts=tuple(p for p in next(around.candidates(Step("draft"), node(9), []))))
            for tried in itertools.islice(around.candidates(Step("tune", "run_1"), start, [start]), 4):
                assert around.setting(tried).label != around.setting(start.parts).label
