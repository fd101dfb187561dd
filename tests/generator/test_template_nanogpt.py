"""The template nanogpt: a whole run of the tiny preset, the held-out evaluation, the knobs and the pictures."""

from __future__ import annotations

import json
import math
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.generator import bundled_templates
from tests.generator.bundled_templates import script

torch = pytest.importorskip("torch", reason="the templates need torch: pip install 'peerassay[scientist]'")

TEMPLATE = bundled_templates.TEMPLATES / "nanogpt"
METRICS = {"final_train_loss", "best_val_loss", "total_train_time", "avg_inference_tokens_per_second"}
KNOBS = json.loads((TEMPLATE / "knobs.json").read_text())
EXPERIMENT = (TEMPLATE / "experiment.py").read_text()


def copied(folder: Path) -> Path:
    shutil.copytree(TEMPLATE, folder, ignore=shutil.ignore_patterns("__pycache__", "data", "run_*"))
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the template with one run of the tiny preset, made as the pipeline makes it."""
    folder = copied(tmp_path_factory.mktemp("nanogpt") / "copy")
    script(folder, "experiment.py", "--out_dir", "run_0")
    return folder


@pytest.fixture(scope="module")
def modules() -> Iterator[tuple[ModuleType, ModuleType]]:
    """The template's modules evaluation and experiment."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with bundled_templates.modules(TEMPLATE) as (experiment, evaluation):
        yield evaluation, experiment
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def corpus(modules: tuple[ModuleType, ModuleType]) -> Any:
    return modules[0].load_corpus("stdlib")


def test_the_results_have_the_published_shape(run: Path) -> None:
    final = json.loads((run / "run_0" / "final_info.json").read_text())
    assert set(final) == {"stdlib"}
    result = final["stdlib"]
    assert set(result["means"]) == {f"{metric}_mean" for metric in METRICS}
    assert set(result["stderrs"]) == {f"{metric}_stderr" for metric in METRICS}
    for metric, values in result["final_info_dict"].items():
        assert len(values) == 2 and all(math.isfinite(value) and value > 0 for value in values)
        assert result["means"][f"{metric}_mean"] == pytest.approx(sum(values) / 2)
        assert result["stderrs"][f"{metric}_stderr"] == pytest.approx(abs(values[0] - values[1]) / 2)
    assert re.fullmatch("[0-9a-f]{64}", result["corpus"]["sha256"])
    assert result["final_info_dict"]["best_val_loss"][0] != result["final_info_dict"]["best_val_loss"][1]


def test_the_curves_and_samples_are_kept(run: Path) -> None:
    result = json.loads((run / "run_0" / "all_results.json").read_text())["stdlib"]
    assert [point["step"] for point in result["runs"][0]["curve"]] == [10, 20]
    assert len(result["runs"][0]["sample"]) == 16
    assert sorted(path.name for path in (run / "run_0").iterdir()) == ["all_results.json", "final_info.json"]


def test_the_same_seed_gives_the_same_numbers(run: Path, modules: tuple[ModuleType, ModuleType]) -> None:
    _, experiment = modules
    again = experiment.run_seed("stdlib", experiment.config_for("tiny", "stdlib"), 0, "cpu")
    first = json.loads((run / "run_0" / "all_results.json").read_text())["stdlib"]["runs"][0]
    assert again["curve"] == first["curve"]
    assert again["sample"] == first["sample"]
    assert again["metrics"]["final_train_loss"] == first["metrics"]["final_train_loss"]


def test_plot_draws_one_and_three_runs(run: Path, tmp_path: Path) -> None:
    folder = tmp_path / "plots"
    shutil.copytree(run, folder)
    script(folder, "plot.py")
    names = ("train_loss_stdlib.png", "val_loss_stdlib.png")
    one = {name: (folder / name).read_bytes() for name in names}
    for number in (1, 3):
        shutil.copytree(folder / "run_0", folder / f"run_{number}")
    (folder / "run_2").mkdir()
    script(folder, "plot.py")
    for name in names:
        assert one[name].startswith(b"\x89PNG")
        assert (folder / name).read_bytes() != one[name]


@pytest.mark.parametrize("knob", KNOBS["knobs"], ids=lambda knob: knob["name"])
def test_every_variant_applies_and_trains(knob: dict[str, Any], corpus: Any) -> None:
    assert 2 <= len(knob["variants"]) <= 4
    for variant in knob["variants"]:
        code = EXPERIMENT
        for edit in variant["edits"]:
            assert edit["file"] == "experiment.py"
            assert EXPERIMENT.count(edit["search"]) == 1
            code = code.replace(edit["search"], edit["replace"])
        module = ModuleType("variant")
        sys.modules["variant"] = module
        exec(compile(code, "experiment.py", "exec"), module.__dict__)
        config = module.replace(module.config_for("tiny", "stdlib"), steps=3, eval_segments=1)
        _, curve, _ = module.train(corpus, config, 0, "cpu")
        del sys.modules["variant"]
        assert math.isfinite(curve[-1]["val_loss"])


def test_the_knobs_name_known_metrics_and_change_something() -> None:
    for metric in KNOBS["metrics"]:
        assert metric["name"].removesuffix("_mean") in METRICS
    assert len(KNOBS["knobs"]) >= 6
    edits = [edit for knob in KNOBS["knobs"] for variant in knob["variants"] for edit in variant["edits"]]
    assert all(edit["search"] != edit["replace"] for edit in edits)


def test_the_setting_is_true_of_the_cpu_preset(corpus: Any, modules: tuple[ModuleType, ModuleType]) -> None:
    evaluation, experiment = modules
    config = experiment.config_for("cpu", "stdlib")
    size = sum(parameter.numel() for parameter in experiment.GPT(len(corpus.vocabulary), config).parameters())
    setting = KNOBS["setting"]
    assert f"{config.layers} layers, {config.heads} heads and width {config.width}" in setting["model"]
    assert f"{size:,}".replace(",", "{,}") in setting["model"]
    assert f"{config.steps} steps" in setting["training"] and f"rate of {config.learning_rate:g}" in setting["training"]
    assert f"{config.batch} windows" in setting["training"]
    assert f"warm-up of {round(experiment.WARMUP * config.steps)} steps" in setting["training"]
    assert f"{config.eval_segments} segments of {evaluation.SEGMENT}" in setting["evaluation"]
    assert f"every {config.eval_every} steps" in setting["evaluation"]
    assert f"{config.seeds} seeds" in setting["seeds"]
    assert f"{config.samples} texts of {config.sample_length} characters" in setting["speed"]


def test_the_paper_preset_has_the_published_size_and_runs(corpus: Any, modules: tuple[ModuleType, ModuleType]) -> None:
    _, experiment = modules
    config = experiment.config_for("paper", "shakespeare_char")
    model = experiment.GPT(65, config)
    size = sum(parameter.numel() for parameter in model.parameters()) - model.positions.numel()
    assert round(size / 1e6, 2) == 10.65
    short = experiment.replace(config, steps=1, batch=1, context=32, eval_segments=1, samples=1, sample_length=3)
    _, curve, _ = experiment.train(corpus, short, 0, "cpu")
    assert math.isfinite(curve[-1]["val_loss"])
    assert experiment.config_for("paper", "enwik8").steps == 100_000


def test_the_held_out_part_is_the_end_of_the_text(corpus: Any) -> None:
    total = len(corpus.train) + len(corpus.heldout)
    assert len(corpus.train) == int(0.9 * total)
    assert 1_000_000 < total < 4_000_000
    train, heldout = (corpus.text(tokens.tolist()) for tokens in (corpus.train, corpus.heldout))
    assert not any(heldout[start : start + 200] in train for start in range(0, len(heldout) - 200, len(heldout) // 20))


def test_the_training_loop_never_sees_the_held_out_part(corpus: Any, modules: tuple[ModuleType, ModuleType]) -> None:
    _, experiment = modules
    config = experiment.config_for("tiny", "stdlib")
    other = experiment.Corpus("stdlib", corpus.train, corpus.heldout.flip(0), corpus.vocabulary, corpus.sha256)
    first, second = (experiment.train(c, config, 0, "cpu") for c in (corpus, other))
    assert [p["train_loss"] for p in first[1]] == [p["train_loss"] for p in second[1]]
    assert first[1][-1]["val_loss"] != second[1][-1]["val_loss"]


def test_the_same_characters_are_scored_whatever_the_context(modules: tuple[ModuleType, ModuleType]) -> None:
    evaluation, _ = modules

    class Unigram(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.logits = torch.nn.Parameter(torch.linspace(0, 3, 96))

        def forward(self, x: Any) -> Any:
            return self.logits.expand(*x.shape, 96)

    tokens = torch.randint(96, (50_000,), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    losses = [evaluation.mean_loss(Unigram(), tokens, context, 7) for context in (16, 64, 1024)]
    expected = -Unigram().logits.log_softmax(0)[evaluation.segments(tokens, 7)[:, 1:].long()].mean().item()
    assert losses == pytest.approx([expected] * 3, rel=1e-5)
    with pytest.raises(ValueError, match="must divide 1024"):
        evaluation.mean_loss(Unigram(), tokens, 48, 7)


def test_a_model_that_looks_ahead_is_refused(modules: tuple[ModuleType, ModuleType]) -> None:
    evaluation, experiment = modules
    config = experiment.config_for("tiny", "stdlib")
    evaluation.check_causal(experiment.GPT(96, config), 96, config.context)
    code = EXPERIMENT.replace("is_causal=True", "is_causal=False")
    module = ModuleType("cheat")
    sys.modules["cheat"] = module
    exec(compile(code, "experiment.py", "exec"), module.__dict__)
    del sys.modules["cheat"]
    torch.manual_seed(0)
    model = module.GPT(96, config)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    with pytest.raises(ValueError, match="sees the characters"):
        evaluation.check_causal(model, 96, config.context)


def test_the_ngram_losses_are_those_of_counting(modules: tuple[ModuleType, ModuleType]) -> None:
    evaluation, _ = modules
    train = torch.tensor([0, 1, 0, 1, 0, 0], dtype=torch.uint8)
    heldout = torch.tensor([0, 1] * 1024, dtype=torch.uint8)
    corpus = evaluation.Corpus("toy", train, heldout, b"ab", "")
    # After 0 came 1 twice and 0 once, after 1 came 0 twice; one more of each is added.
    expected = -(math.log(3 / 5) + math.log(3 / 4)) / 2
    assert evaluation.ngram_losses(corpus, None)["bigram"] == pytest.approx(expected)


def test_the_standard_error_is_over_the_root(modules: tuple[ModuleType, ModuleType]) -> None:
    values = [1.0, 2.0, 4.0, 9.0]
    assert modules[0].standard_error(values) == pytest.approx(np.std(values, ddof=1) / 2)
    assert modules[0].standard_error([3.0]) == 0.0


def test_provided_corpora_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, modules: tuple[ModuleType, ModuleType]
) -> None:
    evaluation, _ = modules
    monkeypatch.setenv("PEERASSAY_CORPORA", str(tmp_path))
    assert evaluation.found_corpora() == ["stdlib"]
    (tmp_path / "tinyshakespeare.txt").write_text("to be, or not to be\n" * 2000)
    assert evaluation.found_corpora() == ["stdlib", "shakespeare_char"]
    corpus = evaluation.load_corpus("shakespeare_char")
    assert corpus.vocabulary == bytes(sorted(set(b"to be, or not to be\n")))
    assert corpus.text(corpus.train[:19].tolist()) == "to be, or not to be"
    with pytest.raises(ValueError, match="text8: not found"):
        evaluation.load_corpus("text8")


def test_tinyshakespeare_has_65_characters(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch, modules: tuple[ModuleType, ModuleType]
) -> None:
    monkeypatch.setenv("PEERASSAY_CORPORA", str(shared_data / "corpora"))
    corpus = modules[0].load_corpus("shakespeare_char")
    assert (len(corpus.vocabulary), len(corpus.train), len(corpus.heldout)) == (65, 1_003_854, 111_540)


def test_the_references_and_texts_fit_together() -> None:
    keys = re.findall(r"^@\w+\{(\w+),", (TEMPLATE / "latex" / "references.bib").read_text(), re.MULTILINE)
    assert len(keys) == len(set(keys)) >= 12
    background = json.loads((TEMPLATE / "latex" / "background.json").read_text())
    cited = re.findall(r"\\cite[pt]\{([^}]*)\}", json.dumps(background).replace("\\\\", "\\"))
    assert {key for group in cited for key in group.split(",")} <= set(keys)
    assert {entry["key"] for entry in background["related"]} <= set(keys)
    ideas = json.loads((TEMPLATE / "seed_ideas.json").read_text())
    assert all(1 <= idea[field] <= 10 for idea in ideas for field in ("Interestingness", "Feasibility", "Novelty"))
    assert set(json.loads((TEMPLATE / "prompt.json").read_text())) == {"system", "task_description"}
