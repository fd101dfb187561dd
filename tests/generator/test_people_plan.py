"""The plan of an idea by hand: what may be changed before the first experiment, what is taken over, and what is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from offline_batch import gone_on, offline_batch
from peerassay.data.errors import InputError
from peerassay.data.files import read_json
from peerassay.generator.disclosure import disclosure
from peerassay.generator.latex.log import Problem
from peerassay.generator.latex.placement import of_the_text
from peerassay.generator.nodes import Journal
from peerassay.generator.people import decide, editable, take_over, waits_for
from peerassay.generator.plan import AnalysisPlan, Look, read_plan
from peerassay.generator.plan_edits import check_plan
from peerassay.generator.state import State
from tiny_template import make_template

MADE = AnalysisPlan(
    metrics=("error",),
    comparisons=3,
    looks=(Look(seeds={"a": 3, "b": 3}, share=0.5), Look(seeds={"a": 6, "b": 6}, share=0.5)),
    at="2026-01-01T10:00:00+00:00",
)
ONE = {"seeds": {"a": 3, "b": 3}, "share": 0.5}


def two(seeds: dict[str, int], share: float = 0.5) -> list[dict[str, Any]]:
    return [ONE, {"seeds": seeds, "share": share}]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"metrics": ["speed", "loss"]}, r"field metrics: 'loss' is not measured; known: error, speed"),
        ({"metrics": ["error", "error"]}, "field metrics: one stands there twice"),
        ({"metrics": []}, "field metrics: name at least one"),
        ({"comparisons": 4}, "field comparisons: 4 is not from 1 to 3"),
        ({"comparisons": 0}, "field comparisons: 0 is not from 1 to 3"),
        ({"level": 0.1}, "field level: stays as it was made, 0.05"),
        ({"declared": False}, "field declared: stays"),
        ({"looks": [{**ONE, "seeds": {"a": 3, "b": 5}}]}, r"field looks\.0\.seeds: the baseline has run with 3 on a"),
        ({"looks": [ONE]}, "field looks: the shares add up to 0.5, not to 1"),
        ({"looks": two({"a": 6})}, r"field looks\.1\.seeds: has to name a, b"),
        ({"looks": two({"a": 6, "b": 99})}, r"field looks\.1\.seeds\.b: 99 is not from 3"),
        ({"looks": two({"a": 3, "b": 3})}, r"field looks\.1\.seeds: a second look needs more seeds"),
        ({"looks": [*two({"a": 6, "b": 6}, 0.25), {"seeds": {"a": 9, "b": 9}, "share": 0.25}]}, "third look"),
    ],
)
def test_what_a_plan_cannot_become_is_named(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check_plan(AnalysisPlan.model_validate(MADE.model_dump() | changed), MADE, {"error", "speed"})


@pytest.mark.parametrize(
    "changed",
    [{"metrics": ["speed"]}, {"comparisons": 1}, {"looks": [{**ONE, "share": 1}]}, {"looks": two({"a": 9, "b": 3})}],
)
def test_what_a_plan_can_become_is_taken(changed: dict[str, Any]) -> None:
    check_plan(AnalysisPlan.model_validate(MADE.model_dump() | changed), MADE, {"error", "speed"})


def edited(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(read_json(path) | changes))


@pytest.mark.parametrize("search", ["linear", "tree"])
def test_a_run_waits_with_its_plan_and_keeps_to_the_edited_one(tmp_path: Path, search: str) -> None:
    template, out, folder = make_template(tmp_path / "lines"), tmp_path / "out", tmp_path / "out" / "idea_01"
    state = gone_on(offline_batch(out, template, "plan", "experiments", search=search, runs=2))
    assert (waits_for(folder)[0], state.next) == ("plan", "experiments")
    assert [node.run for node in Journal.read(folder / "experiments.json").nodes] == ["run_0"], "nothing else has run"
    edited(editable(folder), comparison=1)
    with pytest.raises(InputError, match="unknown field 'comparison'; did you mean comparisons"):
        decide(folder, "approved")
    path = folder / "plan.json"
    path.write_text((folder / "shown" / "plan.json").read_text())
    with pytest.raises(InputError, match=r"somebody has changed it meanwhile; .* your text is in .*not_taken"):
        take_over(path, "as I have seen it", path.read_text())
    edited(path, comparisons=1)
    decide(folder, "approved", by="Ann Ho")
    gone_on(offline_batch(out, template, "plan", "experiments", search=search, runs=2))
    made = [node.label for node in Journal.read(folder / "experiments.json").nodes]
    assert len([label for label in made if not label.endswith(", fresh seeds")]) == 2, "the baseline and one setting"
    said = "Ann Ho approved the plan after changing it by hand (comparisons 1 instead of 2)."
    assert disclosure(folder) == (said,)
    with pytest.raises(InputError, match="nor is their plan any more, since their results are known"):
        editable(folder)
    edited(path, comparisons=2)
    with pytest.raises(InputError, match="was changed after the first experiment had begun"):
        read_plan(folder)


def test_a_state_of_the_version_before_is_no_unfinished_one(tmp_path: Path) -> None:
    state = State(template="t", template_fingerprint="", scientist="offline", scientist_fingerprint="")
    for name in state.stages:
        state.mark(name, "done")
    state.write(tmp_path)
    edited(tmp_path / "state.json", stages={n: s for n, s in read_json(tmp_path / "state.json")["stages"].items()
                                            if n != "plan"})  # fmt: skip
    assert State.read(tmp_path).finished
    edited(tmp_path / "state.json", stages={"idea": {"status": "done"}})
    assert State.read(tmp_path).next == "novelty"


def test_no_name_of_a_person_is_the_scientist_s_to_mend() -> None:
    tex = "\\title{A}\n\\notice{Ann {[}U+738B{]} approved the plan.}\n\\begin{document}\n"
    problems = [Problem(kind="chktex", severity="note", file="paper.tex", line=n, message="m") for n in (1, 2)]
    assert [problem.line for problem in of_the_text(tex, problems)] == [1]
