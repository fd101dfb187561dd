"""Datasets and reviewers in the real Inspect AI, against the loopback server and its own mock model; logs and back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("inspect_ai", reason="needs Inspect AI: make inspect, or pip install 'peerassay[inspect]'")

from inspect_ai import Task
from inspect_ai import eval as run_eval
from inspect_ai._util.error import EvalError
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog, EvalSampleLimit, read_eval_log, write_eval_log
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from peerassay.bench.api import bench, open_run
from peerassay.bench.run import Run
from peerassay.bench.summary import summarise
from peerassay.data.errors import InputError
from peerassay.data.registry import load_dataset
from peerassay.inspecting.judging import paper_review
from peerassay.inspecting.log_in import import_logs
from peerassay.inspecting.log_out import left_out, write_logs
from peerassay.inspecting.tasks import papers

from tests.loopback.running import Loopback

PEERASSAY = [sys.executable, "-m", "peerassay"]
INSPECT = [sys.executable, "-m", "inspect_ai"]
FORM = str(Path(__file__).parents[1] / "local_llm" / "short.toml")
SLOW = pytest.mark.skipif(not os.environ.get("PEERASSAY_SLOW"), reason="starts programs: make inspect, or make slow")


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with Loopback(spread=0.5) as running:
        yield running


@pytest.fixture(scope="module")
def finished(server: Loopback, tmp_path_factory: pytest.TempPathFactory) -> EvalLog:
    """An eval of the sample by a model at the loopback server, texts kept out of the log, papers reviewed twice."""
    folder = tmp_path_factory.mktemp("logs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", "none")
        args = {"split": "all", "ensemble": 2, "log_text": False}
        model = get_model("openai/reviewer", base_url=server.openai_url)
        return evaluated(folder, model=model, task_args=args, epochs=2)


def evaluated(folder: Path, task: str | Task = "peerassay/sample", **settings: Any) -> EvalLog:
    (log,) = run_eval(task, log_dir=str(folder), display="none", log_realtime=False, **settings)
    return log


def metrics_of(log: EvalLog) -> dict[str, float]:
    assert log.results is not None
    return {name: metric.value for name, metric in log.results.scores[0].metrics.items()}


def answer(overall: int, before: str = "") -> ModelOutput:
    said = json.dumps({"assessment": "Short.", "overall": overall, "decision": "reject"})
    output = ModelOutput.from_content("mockllm/model", before + said)
    output.usage = ModelUsage(input_tokens=100, output_tokens=10, total_tokens=110)
    return output


def test_an_eval_has_the_figures_of_a_bench(finished: EvalLog, tmp_path: Path) -> None:
    run = import_logs([Path(finished.location)], tmp_path / "run")
    figures, _, _ = summarise(run, draws=10_000)
    (reviewer,) = figures.reviewers
    metrics = metrics_of(finished)
    headline = reviewer.headline
    assert headline is not None and headline.kind == "cross-fitted"
    assert metrics["reviewed"] == metrics["n"] == reviewer.n == 32
    for name, estimate in (("auc", reviewer.scores["auc"]), ("f1", headline.metrics["f1"])):
        found = [metrics[name], metrics[f"{name}_low"], metrics[f"{name}_high"]]
        assert found == pytest.approx([estimate.value, estimate.low, estimate.high])
    assert metrics["balanced_accuracy"] == pytest.approx(headline.metrics["balanced_accuracy"].value)
    assert set(run.repeats()) == {0, 1}


def test_a_model_is_asked_by_our_prompts_and_settings(finished: EvalLog) -> None:
    assert finished.samples is not None
    sample = finished.samples[0]
    assert sum(event.event == "model" for event in sample.events) == 2
    review = sample.store["peerassay"]["review"]
    assert review["usage"]["calls"] == 2 and review["usage"]["tokens_in"] > 100
    assert len(review["fields"]["panel"]["members"]) == 2


def test_texts_stay_out_of_a_log(finished: EvalLog) -> None:
    written = read_eval_log(finished.location, resolve_attachments=True).model_dump_json()
    titles = {paper.title for paper in load_dataset("sample").papers}
    lines = {line for paper in load_dataset("sample").papers for line in paper.text.split("\n") if len(line) > 80}
    leaked = [line for line in lines if json.dumps(line[10:80])[1:-1] in written and not any(t in line for t in titles)]
    assert not leaked


def test_texts_stand_in_a_log_where_the_licence_or_the_user_says_so(tmp_path: Path) -> None:
    model = get_model("mockllm/model", custom_outputs=[answer(6)] * 4)
    log = evaluated(tmp_path, papers(dataset="sample"), model=model, limit=2)
    assert log.samples is not None and "## Abstract" in str(log.samples[0].input)


def test_failures_stay_in_the_denominator_and_drafts_are_no_reviews(tmp_path: Path) -> None:
    draft = '<think>{"assessment": "A draft.", "overall": 1, "decision": "reject"}</think>'
    nonsense = ModelOutput.from_content("mockllm/model", "I would rather not say.")
    nonsense.usage = ModelUsage(input_tokens=100, output_tokens=10, total_tokens=110)
    outputs = [answer(7, draft), nonsense, nonsense, *[answer(2)] * 14]
    log = evaluated(
        tmp_path, model=get_model("mockllm/model", custom_outputs=outputs), max_samples=1, task_args={"form": FORM}
    )
    metrics = metrics_of(log)
    assert (metrics["reviewed"], metrics["n"]) == (15, 16)
    assert log.samples is not None
    values = [(sample.scores or {})["human_decision"].value for sample in log.samples]
    assert sorted(value["overall"] or 0 for value in values if isinstance(value, dict)) == [0, *[2] * 14, 7]
    run = import_logs([Path(log.location)], tmp_path / "run")
    figures, _, _ = summarise(run, draws=100)
    assert (figures.reviewers[0].n, figures.reviewers[0].reviewed) == (16, 15)


def test_samples_that_a_limit_or_an_error_ended_are_failed_reviews(finished: EvalLog, tmp_path: Path) -> None:
    log = evaluated(
        tmp_path,
        model=get_model("mockllm/model", custom_outputs=[answer(7)] * 32),
        task_args={"form": FORM},
        token_limit=50,
    )
    assert metrics_of(log)["reviewed"] == 0 and metrics_of(log)["n"] == 16
    assert "a limit of the eval: Token limit exceeded" in str((log.samples or [])[0].store)
    cut = finished.model_copy(deep=True)
    samples = [sample for sample in cut.samples or [] if sample.epoch == 1]
    for sample in samples[:2]:
        sample.store, sample.scores = {}, None
    samples[0].limit = EvalSampleLimit(type="time", limit=2)
    samples[1].error = EvalError(message="no such thing", traceback="", traceback_ansi="")
    cut.samples = samples
    write_eval_log(cut, str(tmp_path / "cut.eval"))
    reasons = {r.paper_id: r.reason for r in import_logs([tmp_path / "cut.eval"], tmp_path / "run").all_reviews()}
    assert len(reasons) == 32 and sum(map(bool, reasons.values())) == 2
    assert "limit of the eval ended the sample (time)" in reasons[str(samples[0].id)]
    assert "ended in an error: no such thing" in reasons[str(samples[1].id)]


def test_a_reviewer_of_ours_is_a_solver(tmp_path: Path) -> None:
    log = evaluated(tmp_path, model="none/none", task_args={"reviewer": "floor:length", "split": "all"})
    ours = bench("sample", ["floor:length"], split="all", floors=False, audit=False, out=tmp_path / "run")
    assert metrics_of(log)["auc"] == pytest.approx(ours.metrics()["roc_auc"].iloc[0])


def test_what_inspect_sets_of_the_model_is_another_reviewer(tmp_path: Path) -> None:
    prints = []
    for settings in ({}, {"temperature": 0.3}, {"max_connections": 3}):
        log = evaluated(
            tmp_path,
            model=get_model("mockllm/model", custom_outputs=[answer(6)], memoize=False),
            task_args={"form": FORM},
            limit=1,
            **settings,
        )
        prints.append((log.samples or [])[0].store["peerassay"]["reviewer"]["fingerprint"])
    assert prints[0] == prints[2] != prints[1]


def test_reviewers_of_ours_score_what_other_tasks_write(server: Loopback, tmp_path: Path) -> None:
    texts = [paper.text for paper in load_dataset("sample").papers][:12]
    outputs = [ModelOutput.from_content("mockllm/model", text) for text in [*texts, ""]]
    for output in outputs:
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    grader = get_model("openai/reviewer", base_url=server.openai_url, api_key="none")
    samples = [Sample(id=str(number), input="Write a paper.") for number in range(13)]
    log = evaluated(
        tmp_path,
        Task(dataset=samples, scorer=[paper_review(), paper_review(reviewer="floor:length", raw=True)]),  # type: ignore[arg-type]
        model=get_model("mockllm/model", custom_outputs=outputs),
        model_roles={"grader": grader},
        max_samples=1,
    )
    assert log.results is not None
    by_model, by_length = (
        {name: metric.value for name, metric in score.metrics.items()} for score in log.results.scores
    )
    assert (by_model["reviewed"], by_model["n"]) == (12, 13)
    assert 1 <= by_model["mean_low"] < by_model["mean"] < by_model["mean_high"] <= 10
    assert by_length["mean"] == pytest.approx(sum(len(text.split()) for text in texts) / by_length["reviewed"])


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"splt": "all"}, "unknown argument 'splt'; did you mean split"),
        ({"ensemble": 0}, "ensemble"),
        ({"part": "iclr2024"}, "unknown part 'iclr2024'"),
        ({"split": "train"}, "no papers in split 'train'"),
        ({"reviewer": "floor:lenght"}, "unknown"),
        ({"reviewer": "floor:length", "ensemble": 2}, "ensemble is an option of reviews by the eval's model"),
    ],
)
def test_wrong_arguments_are_told_in_a_line(settings: dict[str, Any], words: str, tmp_path: Path) -> None:
    with pytest.raises(Exception, match=words) as caught:
        evaluated(tmp_path, model="mockllm/model", task_args=settings)
    assert type(caught.value).__name__ == "PrerequisiteError"


@pytest.fixture(scope="module")
def run(server: Loopback, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A bench with repeats, failed reviews, and a reviewer that was fitted on other papers."""
    folder = tmp_path_factory.mktemp("run")
    server.set_faults("refusal:0.2")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PEERASSAY_CACHE", str(folder / "cache"))
        asked = [f"openai/reviewer@{server.openai_url}", "learned:iclr2022", "floor:length"]
        bench("sample", asked, split="all", repeats=2, floors=False, audit=False, draws=100, out=folder / "run")
    server.set_faults("")
    return Run.open(folder / "run")


def test_a_run_comes_back_from_its_logs_as_it_was(run: Run, tmp_path: Path) -> None:
    paths = write_logs(run, tmp_path / "logs", {})
    assert any("calls.jsonl" in line for line in left_out(run))
    back = import_logs([tmp_path / "logs"], tmp_path / "back")
    assert back.record == run.record
    assert {review.model_dump_json() for review in back.all_reviews()} == {
        review.model_dump_json() for review in run.all_reviews()
    }
    assert any(review.status == "failed" for review in back.all_reviews())
    was, now = (summarise(one, draws=100)[0].model_copy(update={"spend": None}) for one in (run, back))
    assert now == was
    log = read_eval_log(str(paths[0]))
    assert log.eval.model == "openai/reviewer" and metrics_of(log)["n"] == 32


def test_a_run_that_is_not_complete_comes_back_as_it_was(run: Run, tmp_path: Path) -> None:
    """One reviewer has reviewed three papers: no paper is lost, and nobody takes the three for the whole."""
    folder = tmp_path / "partial"
    folder.mkdir()
    lines = [review for review in run.all_reviews() if review.reviewer == "floor:length"]
    (folder / "run.json").write_text((run.folder / "run.json").read_text())
    (folder / "reviews.jsonl").write_text("".join(f"{review.model_dump_json()}\n" for review in lines[:3]))
    partial = Run.open(folder)
    assert any("learned:iclr2022" in line for line in left_out(partial))
    back = import_logs(write_logs(partial, tmp_path / "logs", {}), tmp_path / "back")
    assert len([*back.all_reviews()]) == 3 and len(back.record.judgements) == 32
    with pytest.raises(InputError, match="no reviewer has reviewed all 32 papers"):
        summarise(back)


def test_wrong_logs_are_refused_in_a_line(run: Run, finished: EvalLog, tmp_path: Path) -> None:
    paths = write_logs(run, tmp_path / "logs", {})
    with pytest.raises(InputError, match="is there already"):
        write_logs(run, tmp_path / "logs", {})
    with pytest.raises(InputError, match="is on other papers than|a second log of"):
        import_logs([paths[0], paths[0]], tmp_path / "twice")
    for name, change, words in (
        ("other", {"metadata": None}, "is the log of another task"),
        ("half", {"samples": 3}, "is not finished .*, 3 of 32 papers have a sample"),
        ("invalid", {"invalidated": True}, "marked as invalid"),
    ):
        log = finished.model_copy(deep=True)
        log.eval.metadata = change.get("metadata", log.eval.metadata)
        log.samples = (log.samples or [])[: change.get("samples", None)]
        log.invalidated = change.get("invalidated", False)
        write_eval_log(log, str(tmp_path / f"{name}.eval"))
        with pytest.raises(InputError, match=words):
            import_logs([tmp_path / f"{name}.eval"], tmp_path / name)
    (tmp_path / "no.eval").write_text("nothing")
    for path, words in (("no.eval", "no log of Inspect"), ("none.eval", "no such file"), ("empty", "has no logs")):
        (tmp_path / "empty").mkdir(exist_ok=True)
        with pytest.raises(InputError, match=words):
            import_logs([tmp_path / path], tmp_path / "out")


def done(command: list[str], cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


@SLOW
def test_the_command_line_finds_the_tasks_and_reads_our_logs(server: Loopback, run: Run, tmp_path: Path) -> None:
    place = ["--model", "openai/reviewer", "--model-base-url", server.openai_url, "--display", "plain"]
    ran = done([*INSPECT, "eval", "peerassay/sample", *place, "-T", "split=all"], tmp_path, OPENAI_API_KEY="none")
    assert ran.returncode == 0 and "balanced_accuracy_low" in ran.stdout, ran.stdout + ran.stderr
    (log,) = (tmp_path / "logs").glob("*.eval")
    came = done([*PEERASSAY, "import", str(log), "--out", "run", "--draws", "100", "--json"], tmp_path)
    assert came.returncode == 0 and json.loads(came.stdout)["n"] == 32, came.stderr
    by_solver = ["--solver", "peerassay/reviewer", "-S", "spec=floor:length", "--model", "none", "--display", "plain"]
    ran = done([*INSPECT, "eval", "peerassay/papers", "-T", "dataset=ladder", *by_solver], tmp_path)
    assert ran.returncode == 0 and "reviewed" in ran.stdout, ran.stdout + ran.stderr
    left = done([*PEERASSAY, "export", str(run.folder), "--to", "inspect", "--out", "ours", "--json"], tmp_path)
    paths = json.loads(left.stdout)["written"]
    assert len(paths) == 3
    dumped = done([*INSPECT, "log", "dump", "--header-only", paths[0]], tmp_path)
    assert json.loads(dumped.stdout)["results"]["scores"][0]["metrics"]["auc"]["value"] == pytest.approx(
        open_run(run.folder).metrics().loc["openai/reviewer", "roc_auc"]
    )
    wrong = done([*INSPECT, "eval", "peerassay/sample", *place, "-T", "splt=all"], tmp_path, OPENAI_API_KEY="none")
    assert "unknown argument 'splt'" in wrong.stdout + wrong.stderr
    assert "Traceback" not in wrong.stdout + wrong.stderr
