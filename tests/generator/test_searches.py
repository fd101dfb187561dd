"""What a search does with a model: plans that fail, metrics that are added, templates that take no other seeds."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from peerassay.generator.lab import Lab, LabSettings
from peerassay.generator.metrics import settled_metrics
from peerassay.generator.model_scientist.scientist import ModelScientist, open_scientist
from peerassay.generator.nodes import Node
from peerassay.generator.sandbox.find import find_sandbox
from peerassay.generator.search import find_search
from peerassay.generator.template import load_template
from peerassay.llm.budget import Budget
from peerassay.llm.ledger import Ledger
from peerassay.llm.model import Metering
from peerassay.llm.session import Session
from test_model_scientist import EXPERIMENT, PLOT, idea_titled
from tiny_template import make_template

from tests.loopback.running import Loopback

PRICE = "price_in=1&price_out=4"
OFFSET = 'SHIFT = int(os.environ.get("PEERASSAY_SEED_OFFSET", "0"))'


def bowl(folder: Path, *, seeds: int = 4, shifted: bool = False) -> Path:
    """A template without knobs.json: descent in a noisy bowl."""
    folder.mkdir()
    code = EXPERIMENT.replace("range(4)", f"range({seeds})")
    code = code if seeds > 1 else code.replace("statistics.stdev(losses)", "0.0")
    if shifted:
        code = code.replace("import argparse, json", "import argparse, json, os").replace(
            "\nNOISE", f"\n{OFFSET}\nNOISE"
        )
        code = code.replace("random.seed(seed)", "random.seed(seed + SHIFT)")
    (folder / "experiment.py").write_text(code)
    (folder / "plot.py").write_text(PLOT)
    (folder / "prompt.json").write_text(json.dumps({"system": "", "task_description": "Descent in a bowl."}))
    (folder / "seed_ideas.json").write_text("[]")
    return folder


def explored(
    tmp_path: Path, server: Loopback, template: Path, model: str, *, search: str = "linear", runs: int = 2
) -> tuple[Lab, list[str], Session]:
    """A search on the template, with the lines that were told."""
    lines: list[str] = []
    session = Session(Metering(None, Budget(None), Ledger(None)), cached=False)
    scientist: ModelScientist = open_scientist(f"openai/{model}@{server.openai_url}?{PRICE}", session=session)
    settings = LabSettings(runs=runs, run_seconds=60)
    lab = Lab(tmp_path / "idea_01", load_template(str(template)), find_sandbox(), settings, tell=lines.append)
    lab.idea = idea_titled("Noise").model_copy(
        update={"experiment": "NOISE is 0.05 here: take 0.025 and 0.1 in its place."}
    )
    lab.set_up()

    async def exploring() -> None:
        await find_search(search).explore(lab, scientist)
        await session.aclose()

    asyncio.run(exploring())
    return lab, lines, session


def labels(lab: Lab) -> list[tuple[str, str]]:
    return [(node.label, node.status) for node in lab.journal().nodes]


def test_a_constant_is_set_by_rule(tmp_path: Path, server: Loopback) -> None:
    lab, _, session = explored(tmp_path, server, bowl(tmp_path / "bowl"), "setter")
    assert labels(lab) == [("Baseline", "ok"), ("noise halved", "ok"), ("noise doubled", "ok")]
    assert "\nNOISE = 0.1\n" in (lab.snapshot("run_2") / "experiment.py").read_text()
    assert {stage: took.calls for stage, took in session.metering.ledger.totals().items()} == {
        "idea_01/measures": 1, "idea_01/plan": 2,
    }  # fmt: skip


def test_an_edit_that_fails_goes_back_with_its_blocks_and_the_reason(tmp_path: Path, server: Loopback) -> None:
    lab, lines, _ = explored(tmp_path, server, bowl(tmp_path / "bowl"), "coder-unmatched-stubborn", runs=1)
    node = lab.journal().nodes[-1]
    assert node.status == "failed"
    assert "do not stand in the file" in node.reason
    assert "# as I remember it" in node.reason, "the blocks that could not be applied"
    assert any("not mended" in line for line in lines)


def test_a_metric_is_added_once_and_the_baseline_run_again(tmp_path: Path, server: Loopback) -> None:
    lab, lines, _ = explored(tmp_path, server, bowl(tmp_path / "bowl"), "measurer")
    journal = lab.journal()
    assert journal.measured == "steps_taken added"
    assert labels(lab) == [("Baseline", "ok"), ("noise halved", "ok"), ("noise doubled", "ok")]
    assert all(node.results["bowl"]["steps_taken"].mean == 12 for node in journal.nodes)
    assert [metric.name for metric in settled_metrics(lab)] == ["final_loss_mean", "steps_taken"]
    assert lines.count("baseline, measured again for steps_taken") == 1
    assert lab.put_right() == (), "the new results are the protected ones"


def test_a_new_measurement_that_changes_the_results_is_refused(
    tmp_path: Path, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.loopback import author

    changed = author.MEASURED.replace("float(STEPS)}", 'float(STEPS), "final_loss_mean": 1.0}')
    monkeypatch.setattr(author, "MEASURED", changed)
    lab, _, _ = explored(tmp_path, server, bowl(tmp_path / "bowl"), "measurer", runs=1)
    assert "could not be added: bowl had final_loss_mean" in lab.journal().measured
    assert labels(lab) == [("Baseline", "ok"), ("noise halved", "ok")]
    assert "steps_taken" not in (lab.snapshot("run_1") / "experiment.py").read_text()
    assert "steps_taken" not in lab.journal().nodes[0].results["bowl"]


@pytest.mark.parametrize(("runs", "shifted", "seeds"), [(1, True, 4), (2, False, 4), (2, True, 1)])
def test_the_tree_confirms_where_that_tells_something(
    tmp_path: Path, server: Loopback, runs: int, shifted: bool, seeds: int
) -> None:
    """Without other seeds the same code would give the same numbers again."""
    template = bowl(tmp_path / "bowl", seeds=seeds, shifted=shifted)
    lab, lines, _ = explored(tmp_path, server, template, "author", search="tree", runs=runs)
    journal = lab.journal()
    made = journal.nodes[1:]
    fresh = [node for node in made if node.kind == "confirm"]
    assert len(made) - len(fresh) == runs
    assert [node.parent for node in fresh] == (["run_0", journal.choice.run] if shifted and journal.choice else [])
    assert any("not confirmed" in line for line in lines) != shifted
    assert any("no test is possible" in line for line in lines) == (seeds == 1)
    for node in fresh:
        original = journal.find(node.parent)
        assert original is not None and original.results != node.results and node.status == "ok"


def test_the_metrics_of_a_foreign_template_are_settled_before_its_first_experiment(
    tmp_path: Path, server: Loopback
) -> None:
    """A tree cannot tell which run is better without them."""
    lab, _, session = explored(tmp_path, server, bowl(tmp_path / "bowl"), "author", search="tree", runs=1)
    assert [metric.primary for metric in settled_metrics(lab)] == [True]
    assert list(session.metering.ledger.totals()) == ["idea_01/measures", "idea_01/plan"]


def test_the_next_idea_knows_what_the_baseline_has_given_and_how_long_it_took(tmp_path: Path) -> None:
    template = load_template(str(make_template(tmp_path / "lines")))
    first, later = (
        Lab(tmp_path / name, template, find_sandbox(), LabSettings(runs=1), baselines=tmp_path / "baselines")
        for name in ("idea_01", "idea_02")
    )
    assert first.known_baseline() is None
    first.set_up()
    baseline: Node = asyncio.run(first.baseline())
    known = later.known_baseline()
    assert known is not None
    assert known.results == baseline.results
    assert known.seconds == baseline.seconds > 0
