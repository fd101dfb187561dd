"""Results that somebody else has brought: read in many layouts, refused where they can be read in two ways."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from peerassay.data.errors import InputError
from peerassay.generator.compare import compare_runs
from peerassay.generator.given.directions import by_name
from peerassay.generator.given.options import reading_of
from peerassay.generator.given.record import GivenStudy
from peerassay.generator.given.study import Reading, read_study
from peerassay.generator.given.workspace import info_of
from peerassay.generator.nodes import Node

TIDY = "method,dataset,seed,accuracy\n" + "\n".join(
    f"{run},{data},{seed},{0.9 - 0.1 * (run == 'baseline') + 0.01 * seed}"
    for run in ("ours", "baseline") for data in ("a", "b") for seed in range(4)
)  # fmt: skip


def table(tmp_path: Path, text: str | bytes, name: str = "results.csv", **said: Any) -> GivenStudy:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_study(None, path, Reading(**said))


def folder(tmp_path: Path, files: Mapping[str, object], **said: Any) -> GivenStudy:
    for name, content in files.items():
        path = tmp_path / "results" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return read_study(tmp_path / "results", None, Reading(**said))


def seeds(study: GivenStudy, run: int, dataset: str, metric: str = "accuracy") -> Sequence[float | None]:
    return study.runs[run].results[dataset][metric].seeds


def nodes_of(study: GivenStudy) -> list[Node]:
    return [Node(run=f"run_{i}", label=run.label, status="ok", results=run.results) for i, run in enumerate(study.runs)]


def test_a_tidy_table_is_read_with_the_baseline_first(tmp_path: Path) -> None:
    study = table(tmp_path, TIDY)
    assert [run.name for run in study.runs] == ["baseline", "ours"]
    assert seeds(study, 0, "a") == pytest.approx([0.8, 0.81, 0.82, 0.83])
    assert study.runs[1].results["b"]["accuracy"].mean == pytest.approx(0.915)
    assert study.metrics[0].better == "higher"
    assert "accuracy: higher is better, by its name" in "\n".join(study.said)
    assert list(study.files) == ["results.csv"]


LONG = "run,task,fold,metric,value\n" + "\n".join(
    f"{run},x,{fold},{metric},{base + shift + fold}"
    for run, shift in (("control", 0), ("treated", 1)) for fold in range(3)
    for metric, base in (("mse", 5), ("runtime", 70))
)  # fmt: skip
WIDE = "model;task;seed_0;seed_1\nbaseline;a;0,5;0,75\nnew;a;0,625;0,8\n"
CURVES = {
    f"{run}/seed_{seed}/metrics.csv": f"epoch,val_loss\n0,9\n1,{level + seed}\n"
    for run, level in (("baseline", 2), ("wide", 1))
    for seed in range(2)
}
RUNS = {
    f"run_{i}/final_info.json": {"dino": {"means": {"kl_mean": 1.5 - i}, "final_info_dict": {"kl": [1.0 - i, 2.0 - i]}}}
    for i in range(2)
}
DICTIONARY = {"results.json": {"vanilla": {"acc": [0.5, 0.6]}, "ours": {"acc": [0.7, 0.8]}}}
SUMMARY = {
    f"logs/0-run/{stage}_summary.json": {"best node": {"metric": {"value": {"metric_names": [
        {"metric_name": "loss", "lower_is_better": True, "data": [
            {"dataset_name": "pg19", "final_value": value, "best_value": value}]}]}}}}
    for stage, value in (("baseline", 2.0), ("research", 1.5))
}  # fmt: skip


def test_layouts_that_people_have_give_the_same_kind_of_study(tmp_path: Path) -> None:
    found = [
        (table(tmp_path, LONG), ["control", "treated"], "mse", [5.0, 6.0, 7.0], [6.0, 7.0, 8.0]),
        (table(tmp_path, WIDE, better={"value": "higher"}), ["baseline", "new"], "value", [0.5, 0.75], [0.625, 0.8]),
        (folder(tmp_path / "1", CURVES), ["baseline", "wide"], "val_loss", [2.0, 3.0], [1.0, 2.0]),
        (folder(tmp_path / "2", RUNS), ["run_0", "run_1"], "kl", [1.0, 2.0], [0.0, 1.0]),
        (folder(tmp_path / "3", DICTIONARY), ["vanilla", "ours"], "acc", [0.5, 0.6], [0.7, 0.8]),
        (folder(tmp_path / "4", SUMMARY), ["baseline", "research"], "loss", [], []),
    ]
    for study, runs, metric, first, second in found:
        assert [run.name for run in study.runs] == runs
        dataset = next(iter(study.runs[0].results))
        assert (list(seeds(study, 0, dataset, metric)), list(seeds(study, 1, dataset, metric))) == (first, second)
    assert [metric.timed for metric in found[0][0].metrics] == [False, True]
    assert any("decimal commas" in line for line in found[1][0].said)
    assert found[5][0].runs[1].results["pg19"]["loss"].mean == 1.5


def test_tensorboard_logs_are_read(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.compat.proto.event_pb2 import Event  # pyright: ignore[reportMissingImports]
    from tensorboard.compat.proto.summary_pb2 import Summary  # pyright: ignore[reportMissingImports]
    from tensorboard.summary.writer.event_file_writer import EventFileWriter  # pyright: ignore[reportMissingImports]

    for run, level in (("baseline", 0.5), ("wide", 0.6)):
        for seed in range(2):
            writer = EventFileWriter(str(tmp_path / run / f"seed{seed}"))
            for step in range(3):
                value = Summary.Value(tag="val/accuracy", simple_value=level + seed / 8 + step)
                writer.add_event(Event(step=step, wall_time=step, summary=Summary(value=[value])))
            writer.close()
    study = read_study(tmp_path, None, Reading())
    assert [run.name for run in study.runs] == ["baseline", "wide"]
    assert seeds(study, 0, "data", "val_accuracy") == pytest.approx([2.5, 2.625])


REFUSED = {
    "two columns of runs": ("method,model,seed,acc\nbaseline,x,0,1\nnew,y,0,2\n", "method, model could each name"),
    "words without a role": ("method,split,seed,acc\nbaseline,train,0,1\nnew,test,0,2\n", "column 'split' has words"),
    "runs as columns": ("dataset,baseline,ours\na,.5,.6\nb,.7,.8\n", "no column names the run"),
    "no run": ("seed,acc\n0,1\n1,2\n", "no column names the run"),
    "a counter": ("method,i,acc\nbaseline,0,1\nbaseline,1,2\nnew,0,1\nnew,1,3\n", "is it the seed or a step"),
    "rows that contradict": ("method,lr,seed,acc\nbaseline,1,0,.5\nbaseline,2,0,.6\nnew,1,0,.5\n", "run=method,lr"),
    "text for a number": ("method,seed,acc\nbaseline,0,0.9 ± 0.1\nbaseline,1,.8\nnew,0,.7\n", "s.csv:2, column acc"),
    "thousands or decimals": ('method,seed,acc\nbaseline,0,"1,234"\nnew,0,"1,235"\n', "--decimal comma or"),
    "percent and shares": ("method,seed,acc\nbaseline,0,91%\nnew,0,0.92\n", "use one unit"),
    "no baseline": ("method,seed,acc\nold,0,1\nnew,0,2\n", "no run is called a baseline (old, new)"),
    "two baselines": ("method,seed,acc\nbaseline a,0,1\nbaseline b,0,2\n", "more than one run is called a baseline"),
    "unknown direction": ("method,seed,zeta\nbaseline,0,1\nnew,0,2\n", "--better NAME=lower"),
    "no numbers": ("method,seed,acc\nbaseline,0,\nnew,0,\n", "no column of numbers"),
    "no rows": ("method,seed,acc\n", "no rows"),
    "an empty run": ("method,seed,acc\nbaseline,0,1\n,0,2\n", "results.csv:3: nothing in the column of runs"),
    "a baseline of nothing": ("method,seed,acc\nbaseline,0,nan\nnew,0,2\nnew,1,2\n", "has no finite value of acc"),
    "not UTF-8": ("method,acc\nbäse,1\n".encode("latin-1"), "results.csv:2: not UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_can_be_read_in_two_ways_is_refused_with_the_way_out(case: str, tmp_path: Path) -> None:
    text, told = REFUSED[case]
    with pytest.raises(InputError) as refused:
        table(tmp_path, text)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_huge_table_and_an_empty_folder_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peerassay.generator.given.table.LARGEST", 1e-6)
    with pytest.raises(InputError, match="keep the final value of each run"):
        table(tmp_path, TIDY)
    with pytest.raises(InputError, match="nothing numeric in it"):
        folder(tmp_path, {"notes.txt": "nothing", "a.json": {"x": "y"}})
    with pytest.raises(InputError, match="no such folder"):
        read_study(tmp_path / "gone", None, Reading())


def test_options_decide_what_the_table_leaves_open(tmp_path: Path) -> None:
    text = "method,model,lr,seed,zeta\n" + "\n".join(
        f"{m},{n},{lr},0,{i}" for i, (m, n, lr) in enumerate([("a", "x", 1), ("a", "x", 2), ("b", "y", 1)])
    )
    mapping = tmp_path / "reading.toml"
    mapping.write_text(
        'baseline = "method a, lr 1"\nprimary = ["zeta"]\n[columns]\nrun = ["method", "lr"]\nignore = "model"\n'
        '[better]\nzeta = "lower"\n[labels]\n"method b, lr 1" = "The new one"\n'
    )
    notes = tmp_path / "notes.md"
    notes.write_text("# Does it help?\n\nWe ran it on a laptop.\n")
    said = reading_of(mapping, (), ("zeta=higher",), (), None, None, None, notes)
    path = tmp_path / "results.csv"
    path.write_text(text)
    study = read_study(None, path, said)
    assert [run.label for run in study.runs] == ["method a, lr 1", "method a, lr 2", "The new one"]
    assert study.metrics[0].better == "higher"
    assert (study.title, study.notes) == ("Does it help?", "We ran it on a laptop.")
    for wrong, told in (
        (("runs=method",), "unknown role"),
        (("run=methods",), "unknown column"),
        (("run",), "ROLE=NAME"),
    ):
        with pytest.raises(InputError, match=told):
            read_study(None, path, reading_of(None, wrong, (), (), None, None, None, None))


def test_missing_and_failed_values_are_told_apart_and_said(tmp_path: Path) -> None:
    text = (
        "method,dataset,seed,accuracy\nbaseline,a,0,.1\nbaseline,a,1,.2\nbaseline,a,2,.4\nbaseline,b,0,.5\n"
        "new,a,2,.3\nnew,a,1,diverged\nother,a,7,.4\nother,a,8,.5\nother,b,0,nan\n"
    )
    study = table(tmp_path, text)
    told = "\n".join(study.lost)
    for line in (
        "new has seeds without a finite value on a", "new has no value on b",
        "new has two seeds on a and the baseline three; they share two",
        "other has two seeds on a and the baseline three; they share none", "other has no finite value at all on b",
    ):  # fmt: skip
        assert line in told
    found = compare_runs(nodes_of(study), study.metrics)
    pooled = {item.run: (item.pairs, item.failed) for item in found.pooled}
    assert pooled == {"run_1": (2, 1), "run_2": (2, 0)}
    single = next(item for item in found.items if item.run == "run_1")
    assert (single.baseline, single.mean) == (0.4, 0.3)
    assert info_of(study.runs[1])["a"]["final_info_dict"] == {"accuracy": [0.3, None]}


def smallest_p(study: GivenStudy) -> float:
    found = compare_runs(nodes_of(study), study.metrics)
    return min(test.p for test in found.pooled if test.p is not None)


def test_rows_that_are_sorted_do_not_make_a_difference(tmp_path: Path) -> None:
    rng = random.Random(2)
    found = []
    for draw in range(20):
        values = {run: sorted(rng.gauss(0.8, 0.05) for _ in range(10)) for run in ("baseline", "ours")}
        rows = "\n".join(f"{run},{value:.5f}" for run, some in values.items() for value in some)
        study = table(tmp_path, f"method,accuracy\n{rows}\n", f"{draw}.csv")
        assert "paired by lot, since rows may be sorted" in "\n".join(study.said)
        found.append(smallest_p(study))
    assert sum(p < 0.05 for p in found) <= 3


def test_sorted_lists_are_paired_by_lot_and_others_by_place(tmp_path: Path) -> None:
    lists = {"run_0": [0.5, 0.7, 0.6, 0.8, 0.55], "run_1": [0.6, 0.8, 0.7, 0.9, 0.65]}
    files = {f"{run}/final_info.json": {"a": {"final_info_dict": {"acc": values}}} for run, values in lists.items()}
    assert list(seeds(folder(tmp_path / "x", files), 1, "a", "acc")) == lists["run_1"]
    ranked = {name: {"a": {"final_info_dict": {"acc": sorted(lists[name.partition("/")[0]])}}} for name in files}
    study = folder(tmp_path / "y", ranked)
    assert "paired by lot" in "\n".join(study.said)
    dealt = [value or 0.0 for value in seeds(study, 1, "a", "acc")]
    assert sorted(dealt) == sorted(lists["run_1"]) != dealt


def test_seeds_are_paired_by_name_whatever_their_order(tmp_path: Path) -> None:
    head, *rows = TIDY.splitlines()
    shuffled = table(tmp_path, "\n".join([head, *reversed(rows)]))
    ordered = table(tmp_path, TIDY)
    both = [compare_runs(nodes_of(study), study.metrics).pooled for study in (shuffled, ordered)]
    for one, other in zip(*both, strict=True):
        assert (one.p, one.statistic, one.pairs) == (other.p, pytest.approx(other.statistic), 8)


@pytest.mark.parametrize(
    ("name", "better"),
    [("val_accuracy", "higher"), ("test-loss", "lower"), ("top1_error", "lower"), ("F1", "higher"),
     ("train_time", "lower"), ("negative_return", None), ("std_accuracy", None), ("zeta", None), ("num_errors", None),
     ("ROUGE-L", "higher")],
)  # fmt: skip
def test_a_direction_is_taken_from_a_name_that_leaves_no_doubt(name: str, better: str | None) -> None:
    assert by_name(name) == better
