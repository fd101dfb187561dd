"""Seeds of real runs: how many each gets, what is planned, and the second look of settings that are promising."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from peerassay.data.errors import InputError
from peerassay.generator.evidence import Evidence
from peerassay.generator.lab import Lab, LabSettings
from peerassay.generator.merged_curves import merge_curves
from peerassay.generator.merged_seeds import merged
from peerassay.generator.metrics import settled_metrics
from peerassay.generator.more_seeds import look_again
from peerassay.generator.offline.knob_study import knobs_of
from peerassay.generator.offline.scientist import OfflineScientist, idea_of
from peerassay.generator.plan import read_plan
from peerassay.generator.power import power_in_words
from peerassay.generator.sandbox.find import find_sandbox
from peerassay.generator.search import find_search
from peerassay.generator.seeds import check_seeds
from peerassay.generator.template import load_template
from tiny_template import EXPERIMENT, make_template

PARSED = 'parser.add_argument("--out_dir", required=True)\nout = Path(parser.parse_args().out_dir)'
WITH_SEEDS = (
    'parser.add_argument("--out_dir", required=True)\nparser.add_argument("--seeds", type=int, default=3)\n'
    "SEEDS = parser.parse_args().seeds\nout = Path(parser.parse_args().out_dir)"
)


def seeded(folder: Path) -> Path:
    """The tiny template with an option for the number of seeds, three by default."""
    code = EXPERIMENT.replace(PARSED, WITH_SEEDS).replace("range(4)", "range(SEEDS)")
    code = code.replace("/ 4\n", "/ SEEDS\n").replace("/ 3) ** 0.5 / 2", "/ (SEEDS - 1)) ** 0.5 / SEEDS**0.5")
    (make_template(folder) / "experiment.py").write_text(code)
    return folder


def explored(tmp_path: Path, **settings: float) -> tuple[Lab, list[str]]:
    """An idea on the knob that matters, with its second look."""
    lines: list[str] = []
    template = load_template(str(seeded(tmp_path / "lines")))
    scientist = OfflineScientist(seed=0)
    chosen = LabSettings.model_validate({"runs": 2, "run_seconds": 60, **settings})
    lab = Lab(tmp_path / "idea_01", template, find_sandbox(), chosen, tell=lines.append)
    lab.idea = next(idea_of(knob) for knob in knobs_of(template).knobs if knob.name == "shrinkage")
    lab.set_up()

    async def exploring() -> None:
        await find_search("linear").explore(lab, scientist)
        await look_again(lab)

    asyncio.run(exploring())
    return lab, lines


def seeds_of(lab: Lab) -> dict[str, int]:
    return {node.run: len(node.results["steep"]["error"].seeds) for node in lab.journal().nodes}


def test_promising_settings_get_further_seeds_and_are_resolved(tmp_path: Path) -> None:
    lab, lines = explored(tmp_path)
    plan = read_plan(lab.folder)
    assert plan is not None
    assert (plan.metrics, plan.comparisons, [look.pairs for look in plan.looks]) == (("error",), 2, [6, 12])
    assert [look.share for look in plan.looks] == [0.0, 1.0], "six pairs cannot resolve one of two tests at half of .05"
    assert seeds_of(lab) == {"run_0": 6, "run_1": 6, "run_2": 6}
    found = Evidence.of(lab.journal().nodes, settled_metrics(lab), plan).comparisons
    assert [(item.pairs, item.looks, item.effect) for item in found.pooled] == [(12, 2, "better")] * 2
    assert sum("further seeds" in line for line in lines) == 3
    values = json.loads((lab.workspace / "run_0" / "final_info.json").read_text())["steep"]["final_info_dict"]["error"]
    assert len(set(values)) == 6, "other seeds, not the same once more"
    assert lab.put_right() == (), "the results with all seeds are the protected ones"
    assert "Look 2: 12 pairs" in power_in_words(lab)


def test_a_second_look_that_was_cut_short_goes_on(tmp_path: Path) -> None:
    lab, _ = explored(tmp_path)
    done = lab.journal()
    wanted = {node.run: node.results for node in done.nodes}
    for run, kept in (("run_1", True), ("run_2", False)):
        first = lab.folder / "seeds" / run
        shutil.copyfile(first / "final_info.json", lab.workspace / run / "final_info.json")
        if not kept:
            shutil.rmtree(first)
        done.put(done.nodes[int(run[-1])].model_copy(update={"looks": 1}))
    done.write(lab.journal_path)
    asyncio.run(look_again(lab))
    assert {node.run: node.results for node in lab.journal().nodes} == wanted


def test_without_time_there_is_no_second_look(tmp_path: Path) -> None:
    lab, lines = explored(tmp_path, more_seconds=1e-6)
    assert seeds_of(lab) == {"run_0": 3, "run_1": 3, "run_2": 3}
    assert any("more time than they may" in line for line in lines)


def test_the_number_of_seeds_is_chosen(tmp_path: Path) -> None:
    lab, _ = explored(tmp_path, seeds=8, looks=1)
    assert seeds_of(lab) == {"run_0": 8, "run_1": 8, "run_2": 8}
    with pytest.raises(InputError, match="has no option --seeds"):
        check_seeds(load_template(str(make_template(tmp_path / "plain"))), 8)


def test_curves_of_all_seeds_are_one_file(tmp_path: Path) -> None:
    parts = tmp_path / "first", tmp_path / "more"
    for number, folder in enumerate(parts):
        folder.mkdir()
        rows = np.arange(8.0).reshape(2, 4) + number
        over = np.array([[3.0, 1.0, 0.0], [2.0, 0.0, 0.0]]) if number else np.array([[3.0, 0.0], [2.0, 0.0]])
        np.savez(folder / "all_results.npz", loss=rows, cases=over, step=np.arange(4), sample=np.full((9, 2), number))
        (folder / "curves.json").write_text(json.dumps({"a": {"runs": [number, 2], "n": 4}, "b": [1, 2, number]}))
        (folder / "final_info.json").write_text("{}")
    target = tmp_path / "together"
    target.mkdir()
    assert merge_curves(*parts, target, (2, 2))
    with np.load(target / "all_results.npz") as arrays:
        assert arrays["loss"].tolist() == [[0, 1, 2, 3], [4, 5, 6, 7], [1, 2, 3, 4], [5, 6, 7, 8]]
        assert arrays["cases"].tolist() == [[3, 0, 0], [2, 0, 0], [3, 1, 0], [2, 0, 0]]
        assert (arrays["step"].shape, arrays["sample"].shape) == ((4,), (9, 2))
    assert json.loads((target / "curves.json").read_text()) == {"a": {"runs": [0, 2, 1, 2], "n": 4}, "b": [1, 2, 0]}
    assert not (target / "final_info.json").exists()
    np.savez(parts[1] / "all_results.npz", loss=np.ones((2, 7)), cases=np.ones((2, 2)))
    assert not merge_curves(*parts, target, (2, 2)), "rows of other lengths cannot stand in one figure"


def test_two_parts_of_a_run_are_one() -> None:
    first = {"a": {"means": {"x_mean": 2.0}, "stderrs": {"x_stderr": 0.1}, "final_info_dict": {"x": [1.0, 3.0]}}}
    more = {"a": {"means": {"x_mean": 8.0}, "stderrs": {"x_stderr": 0.1}, "final_info_dict": {"x": [8.0, None]}}}
    found = merged(first, more)["a"]
    assert found["final_info_dict"] == {"x": [1.0, 3.0, 8.0, None]}
    assert found["means"] == {"x_mean": 4.0}
    assert found["stderrs"]["x_stderr"] == pytest.approx(3.605551 / 3**0.5, abs=1e-5)
    with pytest.raises(ValueError, match="have the datasets"):
        merged(first, {"b": more["a"]})
