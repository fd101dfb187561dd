"""Results folders of many makers, read for the audit, and what is wrong with them said in one line."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from peerassay.cli.main import cli
from peerassay.data.errors import InputError
from peerassay.generator.provenance.audit import audit_paper
from peerassay.generator.provenance.plain_logs import MOST_FILES
from peerassay.generator.provenance.results import read_logged

PAPERS = ("bi_align", "data_problems", "mldpr", "scope", "verifai")


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def values(folder: Path) -> set[tuple[str, str, str, str, float]]:
    return {(x.run, x.dataset, x.metric, x.kind, x.value) for x in read_logged(folder).logged}


def test_rows_with_methods_data_sets_and_seeds(tmp_path: Path) -> None:
    rows = "method,dataset,seed,accuracy\nwide,cifar,0,0.75\nwide,cifar,1,0.25\nbase,cifar,0,0.625\n"
    write(tmp_path, {"results.csv": rows})
    assert values(tmp_path) == {
        ("wide", "cifar", "accuracy", "mean", 0.5),
        ("wide", "cifar", "accuracy", "seed", 0.75),
        ("wide", "cifar", "accuracy", "seed", 0.25),
        ("base", "cifar", "accuracy", "mean", 0.625),
    }


def test_a_curve_counts_with_its_end_and_its_extremes(tmp_path: Path) -> None:
    write(tmp_path, {"wide/log.csv": "epoch,loss\n1,0.9\n2,0.2\n3,0.3\n", "base.jsonl": '{"step": 1, "loss": 0.7}\n'})
    assert values(tmp_path) == {
        ("wide", "", "loss", "mean", 0.3), ("wide", "", "loss", "other", 0.9), ("wide", "", "loss", "other", 0.2),
        ("base", "", "loss", "mean", 0.7),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("losses", "end"),
    [
        (["0.9", "0.2", "nan", "NaN"], None),
        (["0.9", "0.2", "inf"], None),
        (["nan", "nan", "0.9", "nan", "nan", "0.2", "nan", "nan"], 0.2),
        (["0.9", "", "0.2", ""], 0.2),
        (["nan", "nan"], None),
    ],
)
def test_a_curve_that_ends_in_nan_has_no_last_value(tmp_path: Path, losses: list[str], end: float | None) -> None:
    rows = "".join(f"{step},{loss}\n" for step, loss in enumerate(losses))
    write(tmp_path, {"wide.csv": f"step,loss\n{rows}", "base.csv": "step,loss\n1,0.7\n"})
    results = read_logged(tmp_path)
    ends = [x.value for x in results.logged if x.run == "wide" and x.kind == "mean"]
    assert ends == ([] if end is None else [end])
    assert bool([x for x in results.failed if x.kind == "mean"]) == (end is None)


def test_curves_of_seeds_count_with_the_mean_of_their_ends(tmp_path: Path) -> None:
    rows = "seed,step,loss\n0,1,0.9\n0,2,0.25\n1,1,0.8\n1,2,0.5\n"
    write(tmp_path, {"wide.csv": rows})
    assert values(tmp_path) == {
        ("wide", "", "loss", "mean", 0.375), ("wide", "", "loss", "seed", 0.25), ("wide", "", "loss", "seed", 0.5),
    }  # fmt: skip


def test_nested_json_and_the_long_form(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "results.json": json.dumps({"wide": {"cifar": {"accuracy": 0.8, "ok": True}}}),
            "long.csv": "model,metric,value\nwide,f1,0.7\n",
            "config.json": '{"lr": 0.1}',
        },
    )
    assert values(tmp_path) == {("wide", "cifar", "accuracy", "mean", 0.8), ("wide", "", "f1", "mean", 0.7)}
    assert [(s.name, s.value) for s in read_logged(tmp_path).settings] == [("lr", 0.1)]


def test_summaries_of_a_tree_search(tmp_path: Path) -> None:
    data = [{"dataset_name": "pg19 (wide model)", "final_value": 2.5, "best_value": 2.4}]
    metric = {"value": {"metric_names": [{"metric_name": "loss", "lower_is_better": True, "data": data}]}}
    node = {"metric": metric, "code": "learning_rate = 0.25"}
    research = {"best node": node, "best node with different seeds": [node]}
    write(tmp_path, {"logs/0-run/research_summary.json": json.dumps(research),
                     "logs/0-run/ablation_summary.json": json.dumps([{**node, "ablation_name": "No Memory Ablation"}]),
                     "logs/0-run/draft_summary.json": "null"})  # fmt: skip
    results = read_logged(tmp_path)
    assert {(x.run, x.dataset, x.kind, x.value) for x in results.logged} == {
        ("research: wide model", "pg19", "mean", 2.5), ("research: wide model", "pg19", "other", 2.4),
        ("research: wide model", "pg19", "seed", 2.5), ("No Memory: wide model", "pg19", "mean", 2.5),
        ("No Memory: wide model", "pg19", "other", 2.4),
    }  # fmt: skip
    assert results.better == {"loss": "lower"} and {s.value for s in results.settings} == {0.25}


def test_stages_of_a_pipeline(tmp_path: Path) -> None:
    run = {"run_id": "run-1", "metrics": {"wide/accuracy": 0.8, "wide/seed0/f1": 0.7, "time": 3.5}}
    summary = {"metrics_summary": {"accuracy": {"min": 0.7, "max": 0.8, "mean": 0.75, "count": 2}}}
    write(
        tmp_path, {"stage-12/runs/run-1.json": json.dumps(run), "stage-14/experiment_summary.json": json.dumps(summary)}
    )
    assert {(x.run, x.metric, x.kind, x.value) for x in read_logged(tmp_path).logged} == {
        ("wide", "accuracy", "mean", 0.8), ("wide", "f1", "seed", 0.7), ("run-1", "time", "mean", 3.5),
        ("summary", "accuracy", "mean", 0.75), ("summary", "accuracy", "other", 0.7),
        ("summary", "accuracy", "other", 0.8),
    }  # fmt: skip


MAPPING = """
[[results]]
file = "out/*.csv"
run = "wide"
dataset = "cifar"
[[results.rename]]
from = "acc1"
to = "accuracy"
[labels]
wide = "Wide network"
[better]
accuracy = "higher"
"""


def test_a_folder_with_a_mapping(tmp_path: Path) -> None:
    write(tmp_path, {"audit.toml": MAPPING, "out/a.csv": "acc1\n0.8125\n", "other.json": '{"accuracy": 0.99}'})
    paper = tmp_path / "paper.tex"
    said = "\\documentclass{article}\\begin{document}\\section{Results} The accuracy of Wide network on cifar is"
    paper.write_text(f"{said} 0.8125.\\end{{document}}")
    assert audit_paper(paper, None, tmp_path).ok
    paper.write_text(f"{said} 0.9900.\\end{{document}}")
    assert [number.text for number in audit_paper(paper, None, tmp_path).unsupported] == ["0.9900"]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "no results in it: no run_"),
        ({"notes.csv": "method,comment\nwide,good\n"}, "no results in it"),
        ({"a.json": "{"}, r"a\.json: not JSON"),
        ({"audit.toml": "[[results]]\nfile = 'x.csv'\n"}, "no file fits 'x.csv'"),
        ({"audit.toml": "[[results]]\nfile = 'x.csv'\nruns = 'a'\n"}, r"audit\.toml: .*runs"),
        ({"audit.toml": "results = [\n"}, r"audit\.toml: not TOML"),
        ({"research_summary.json": "[1"}, r"research_summary\.json: not JSON"),
    ],
)
def test_what_is_wrong_is_said_with_the_file(tmp_path: Path, files: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_logged(write(tmp_path / "results", {"empty.txt": "", **files}))


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        read_logged(tmp_path / "nowhere")


@pytest.mark.skipif(importlib.util.find_spec("tensorboard") is not None, reason="the package tensorboard is there")
def test_event_files_say_what_to_install(tmp_path: Path) -> None:
    write(tmp_path, {"wide/events.out.tfevents.1.host": ""})
    with pytest.raises(InputError, match=r"pip install 'peerassay\[logs\]'"):
        read_logged(tmp_path)


@pytest.mark.skipif(importlib.util.find_spec("tensorboard") is None, reason="needs the package tensorboard")
def test_event_files_are_curves(tmp_path: Path) -> None:
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(str(tmp_path / "wide")) as writer:
        for step, loss in enumerate((0.75, 0.25, 0.5)):
            writer.add_scalar("val/loss", loss, step)
    assert values(tmp_path) == {
        ("wide", "", "val_loss", "mean", 0.5), ("wide", "", "val_loss", "other", 0.75),
        ("wide", "", "val_loss", "other", 0.25),
    }  # fmt: skip


@pytest.mark.parametrize("name", PAPERS)
def test_papers_with_faked_results_are_found_out(shared_data: Path, name: str) -> None:
    """People marked the results of all five as faked; each number says among what it was looked for."""
    folder = shared_data / "generated_papers" / "mlrbench" / "ai_scientist_v2" / f"iclr2025_{name}"
    if not folder.is_dir():
        pytest.skip(f"no {folder}")
    audit = audit_paper(None, folder / f"iclr2025_{name}.pdf", folder)
    assert audit.unsupported and audit.number_share is not None and audit.number_share < 0.7
    assert all(number.looked_for for number in audit.unsupported)
    lost = {(check.what, check.stated) for check in audit.method if check.status != "agrees"}
    if name == "verifai":
        assert {("data set", "HumanEval"), ("data set", "MBPP")} <= lost
        assert {"28.3%", "38.7%", "50.4%", "45%"} <= {number.text for number in audit.unsupported}
    if name == "scope":
        assert {("dropout", "0.1"), ("batch size", "8")} <= lost


def test_the_command_on_a_folder_without_results(tmp_path: Path) -> None:
    write(tmp_path, {"paper.tex": "\\documentclass{article}\\begin{document}A.\\end{document}", "r/x.txt": ""})
    told = CliRunner().invoke(
        cli, ["scientist", "audit", str(tmp_path / "paper.tex"), "--results", str(tmp_path / "r")]
    )
    assert isinstance(told.exception, InputError) or told.exit_code == 2


def test_a_template_that_does_not_say_which_way_is_better_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "run_0").mkdir()
    (tmp_path / "run_0" / "final_info.json").write_text('{"d": {"means": {"accuracy_mean": 0.5, "loss_mean": 1.5}}}')
    metrics = [{"name": "accuracy_mean"}, {"name": "loss_mean", "better": "Lower"}, {"name": "x", "better": 3}]
    (tmp_path / "prompt.json").write_text(json.dumps({"metrics": metrics}))
    assert read_logged(tmp_path).better == {"loss": "lower"}, "the name of the first tells it"


def test_more_logs_than_are_read_are_refused_and_not_cut(tmp_path: Path) -> None:
    for number in range(MOST_FILES + 1):
        (tmp_path / f"{number}.json").write_text('{"loss": 1}')
    with pytest.raises(InputError, match="501 tables and JSON files.*folder of their own"):
        read_logged(tmp_path)
    (tmp_path / "0.json").unlink()
    assert len(read_logged(tmp_path).logged) == MOST_FILES
