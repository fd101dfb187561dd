"""The grokking template: runs end to end, is honest about held-out equations, and is the model that it says it is."""

from __future__ import annotations

import itertools
import json
import math
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.generator import bundled_templates
from tests.generator.bundled_templates import script

torch = pytest.importorskip("torch", reason="the templates need PyTorch (the extra `scientist`)")

TEMPLATE = bundled_templates.TEMPLATES / "grokking"
OPERATIONS = ["x_div_y", "x_minus_y", "x_plus_y", "permutation"]
KNOBS: dict[str, Any] = json.loads((TEMPLATE / "knobs.json").read_text(encoding="utf-8"))
VARIANTS = [(knob["name"], variant) for knob in KNOBS["knobs"] for variant in knob["variants"]]


def fresh(folder: Path, *, training: bool = True) -> Path:
    """A copy of the template in which the figures, and training where that is asked for, can run."""
    names = ("experiment.py", "evaluation.py", "plot.py") if training else ("plot.py",)
    folder.mkdir(exist_ok=True)
    for name in names:
        shutil.copy(TEMPLATE / name, folder)
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one tiny run, made by the command that the pipeline uses."""
    folder = fresh(tmp_path_factory.mktemp("grokking"))
    printed = script(folder, "experiment.py", "--out_dir", "run_0")
    assert "x_div_y      step    40  train" in printed
    return folder


@pytest.fixture(scope="module")
def template() -> Iterator[tuple[ModuleType, ModuleType]]:
    """The modules experiment and evaluation, as a script in the template's folder would import them."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with bundled_templates.modules(TEMPLATE) as found:
        yield found
    torch.set_num_threads(threads)


def tiny(experiment: ModuleType, **changes: Any) -> Any:
    return experiment.Config(**experiment.PRESETS["tiny"] | changes)


def test_results_have_the_layout_of_the_field(run: Path) -> None:
    info = json.loads((run / "run_0" / "final_info.json").read_text(encoding="utf-8"))
    assert list(info) == OPERATIONS
    for result in info.values():
        assert {"final_train_loss", "final_val_loss", "final_train_acc", "final_val_acc", "step_val_acc_99"} < set(
            result["final_info_dict"]
        )
        for metric, values in result["final_info_dict"].items():
            assert len(values) == 3
            assert all(math.isfinite(value) for value in values)
            assert result["means"][f"{metric}_mean"] == pytest.approx(np.mean(values))
            assert result["stderrs"][f"{metric}_stderr"] == pytest.approx(np.std(values, ddof=1) / math.sqrt(3))
    with np.load(run / "run_0" / "all_results.npz") as curves:
        assert curves["permutation_step"].tolist() == [10, 20, 30, 40]
        assert curves["x_plus_y_val_acc"].shape == (3, 4)
    assert sorted(path.name for path in (run / "run_0").iterdir()) == ["all_results.npz", "final_info.json"]


def test_the_same_seed_gives_the_same_numbers_and_another_does_not(template: Any) -> None:
    experiment, _ = template
    config = tiny(experiment)
    (steps, first), (_, second) = (experiment.train("x_plus_y", config, "cpu") for _ in range(2))
    assert steps == [10, 20, 30, 40]
    np.testing.assert_array_equal(first, second)
    assert len({tuple(seed.ravel()) for seed in first}) == 3


def test_a_seed_does_not_depend_on_its_companions(template: Any) -> None:
    experiment, _ = template
    _, together = experiment.train("x_minus_y", tiny(experiment, seeds=(0, 1, 2)), "cpu")
    _, alone = experiment.train("x_minus_y", tiny(experiment, seeds=(2,)), "cpu")
    np.testing.assert_allclose(together[2:], alone, atol=2e-3)


def test_one_process_gives_what_several_give(run: Path, template: Any) -> None:
    experiment, evaluation = template
    _, curve = experiment.train("permutation", tiny(experiment), "cpu")
    with np.load(run / "run_0" / "all_results.npz") as curves:
        stored = np.stack([curves[f"permutation_{measure}"] for measure in evaluation.MEASURES], axis=2)
    np.testing.assert_allclose(curve, stored, atol=1e-5)


@pytest.mark.parametrize(("name", "variant"), VARIANTS, ids=[f"{n}-{v['label']}" for n, v in VARIANTS])
def test_every_edit_applies_and_the_variant_trains(
    name: str, variant: dict[str, Any], template: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment, _ = template
    source = (TEMPLATE / "experiment.py").read_text(encoding="utf-8")
    edited = source
    for edit in variant["edits"]:
        assert edit["file"] == "experiment.py"
        assert source.count(edit["search"]) == 1
        edited = edited.replace(edit["search"], edit["replace"])
    changed = ModuleType(f"changed_{name}")
    monkeypatch.setitem(sys.modules, changed.__name__, changed)
    exec(compile(edited, "experiment.py", "exec"), changed.__dict__)
    settings = {"steps": 10, "eval_every": 5, "width": 16, "seeds": (0, 1)} | changed.CHANGES
    _, curve = changed.train("x_plus_y", tiny(changed, **settings), "cpu")
    assert np.isfinite(curve).all()
    defaults = {key: getattr(experiment.Config(), key) for key in changed.CHANGES}
    _, base = experiment.train("x_plus_y", tiny(experiment, **settings | defaults), "cpu")
    assert not np.array_equal(curve, base)


def test_knobs_are_complete(run: Path) -> None:
    info = json.loads((run / "run_0" / "final_info.json").read_text(encoding="utf-8"))
    assert len(KNOBS["knobs"]) >= 6
    assert list(KNOBS["datasets"]) == OPERATIONS
    assert {metric["name"] for metric in KNOBS["metrics"]} <= set(info["x_div_y"]["means"])
    assert sum(metric["primary"] for metric in KNOBS["metrics"]) == 1
    for knob in KNOBS["knobs"]:
        assert set(knob) == {"name", "title", "question", "hypothesis", "why", "variants", "query"}
        assert 2 <= len(knob["variants"]) <= 4


def test_the_setting_states_the_numbers_of_the_preset(template: Any) -> None:
    experiment, evaluation = template
    config, said = experiment.Config(), KNOBS["setting"]
    sizes = {}
    for operation in OPERATIONS:
        fraction = config.permutation_train_fraction if operation == "permutation" else config.train_fraction
        exam = evaluation.Exam(operation, (0,), config.modulus, config.letters, fraction, "cpu")
        sizes[operation] = exam.n_train
        assert str(exam.n_train) in said["split"]
    rngs = [torch.Generator()]
    model = experiment.Transformer(rngs, config, config.modulus + 2, config.modulus)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    assert f"{parameters:,} parameters" in said["model"]
    for value in (
        config.steps,
        config.batch_size,
        config.learning_rate,
        config.warmup,
        config.cooldown,
        *config.betas,
    ):
        assert f" {value}" in said["optimisation"]
    assert f"weight decay of {config.weight_decay}" in said["optimisation"]
    assert f"standard deviation of {config.embedding_scale}" in said["model"]
    assert f"Every {config.eval_every} updates" in said["evaluation"]
    assert len(config.seeds) == 3
    assert "three seeds" in said["repeats"]


def test_paper_preset_has_the_published_size_and_runs(template: Any) -> None:
    experiment, _ = template
    published = experiment.Config(**experiment.PRESETS["paper"])
    model = experiment.Transformer([torch.Generator()], published, 99, 97)
    assert sum(parameter.numel() for parameter in model.parameters()) == 422_625 - 128  # four places, not five
    short = experiment.Config(**experiment.PRESETS["paper"] | {"steps": 2, "eval_every": 1, "seeds": (0,)})
    _, curve = experiment.train("x_div_y", short, "cpu")
    assert curve.shape == (1, 2, 4)
    assert curve[0, 0, 0] == pytest.approx(math.log(97), rel=0.2)


def test_operations_are_what_their_names_say(template: Any) -> None:
    _, evaluation = template
    for operation, check in {
        "x_plus_y": lambda a, b, c: (a + b - c) % 7 == 0,
        "x_minus_y": lambda a, b, c: (a - b - c) % 7 == 0,
        "x_div_y": lambda a, b, c: b > 0 and (c * b - a) % 7 == 0,
    }.items():
        rows, elements = evaluation.operation_table(operation, 7, 3)
        assert elements == 7
        assert len(rows) == (42 if operation == "x_div_y" else 49)
        assert all(check(*row) for row in rows.tolist())
    rows, elements = evaluation.operation_table("permutation", 7, 3)
    assert elements == 6
    table = rows[:, 2].view(6, 6)
    assert all(len(set(line)) == 6 for line in [*table.tolist(), *table.T.tolist()])
    assert (table != table.T).any()
    for a, b, c in itertools.product(range(6), repeat=3):
        assert table[table[a, b], c] == table[a, table[b, c]]


def test_held_out_equations_are_never_shown(template: Any) -> None:
    _, evaluation = template
    exam = evaluation.Exam("x_minus_y", (0, 1), 7, 3, 0.7, "cpu")
    assert exam.train_inputs.shape == (2, 34, 4)
    asked: list[Any] = []

    def model(tokens: Any) -> Any:
        asked.append(tokens)
        return torch.zeros(*tokens.shape[:2], 7)

    exam.grade(model)
    for seed in range(2):
        shown = {tuple(row) for row in exam.train_inputs[seed].tolist()}
        everything = {tuple(row) for row in asked[0][seed].tolist()}
        assert (len(shown), len(everything)) == (34, 49)
        assert shown < everything
    assert not torch.equal(exam.train_inputs[0], exam.train_inputs[1])


def test_a_model_that_only_memorises_fails_the_examination(template: Any) -> None:
    _, evaluation = template
    exam = evaluation.Exam("x_plus_y", (0, 1, 2), 31, 4, 0.7, "cpu")
    memory = [
        {tuple(x): y for x, y in zip(inputs.tolist(), answers.tolist(), strict=True)}
        for inputs, answers in zip(exam.train_inputs, exam.train_answers, strict=True)
    ]

    def recall(tokens: Any) -> Any:
        known = [[memory[s].get(tuple(x), 0) for x in seed] for s, seed in enumerate(tokens.tolist())]
        return 20.0 * torch.nn.functional.one_hot(torch.tensor(known), 31)

    grades = exam.grade(recall)
    assert (grades[:, 2] == 1).all()
    assert (grades[:, 0] < 1e-3).all()
    assert (grades[:, 3] < 0.1).all()
    assert (grades[:, 1] > 10).all()


def test_grades_are_means_over_the_whole_part(template: Any) -> None:
    _, evaluation = template
    exam = evaluation.Exam("permutation", (4,), 7, 3, 0.75, "cpu")
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(1, 36, 6, generator=generator)
    (grades,) = exam.grade(lambda _: logits)
    answers = exam.train_answers[0]
    assert grades[0] == pytest.approx(torch.nn.functional.cross_entropy(logits[0, :27], answers).item(), rel=1e-5)
    assert grades[2] == pytest.approx((logits[0, :27].argmax(1) == answers).float().mean().item())


def test_summary_counts_the_first_crossing_and_keeps_the_maximum(template: Any) -> None:
    _, evaluation = template
    curve = np.zeros((2, 4, 4))
    curve[0, :, 2] = [0.5, 1, 1, 1]
    curve[0, :, 3] = [0.2, 0.99, 1, 0.3]
    curve[1, :, 3] = [0.2, 0.3, 0.99, 0.98]
    collapsed, never = evaluation.summarise([10, 20, 30, 40], curve)
    assert (collapsed["step_train_acc_99"], collapsed["step_val_acc_99"], collapsed["crossed"]) == (20, 30, 1)
    assert (collapsed["max_val_acc"], collapsed["final_val_acc"]) == (1, 0.3)
    assert (never["step_val_acc_99"], never["crossed"], never["max_val_acc"]) == (40, 0, 0.99)
    assert evaluation.aggregate([never])["stderrs"]["crossed_stderr"] == 0


def test_the_model_is_a_causal_transformer_read_at_the_last_place(template: Any) -> None:
    experiment, _ = template
    config = tiny(experiment, layers=2)
    rngs = [torch.Generator().manual_seed(seed) for seed in range(3)]
    model = experiment.Transformer(rngs, config, 9, 7)
    tokens = torch.randint(9, (3, 5, 4), generator=torch.Generator().manual_seed(9))
    with torch.no_grad():
        logits = model(tokens)
        for seed in range(3):
            expected = by_the_book(model, config, tokens[seed], seed)
            torch.testing.assert_close(logits[seed], expected, rtol=1e-4, atol=1e-5)


def by_the_book(model: Any, config: Any, tokens: Any, seed: int) -> Any:
    """The same forward pass for one seed from PyTorch's own functions, over all places."""
    functional = torch.nn.functional

    def linear(layer: Any, x: Any) -> Any:
        return functional.linear(x, layer.weight[seed].T, layer.bias[seed, 0])

    def norm(layer: Any, x: Any) -> Any:
        return functional.layer_norm(x, x.shape[-1:], layer.gain[seed, 0], layer.bias[seed, 0])

    def heads(x: Any) -> Any:
        return x.view(*x.shape[:2], config.heads, -1).transpose(1, 2)

    x = model.token.view(3, -1, config.width)[seed][tokens] + model.place[seed, 0]
    for block in model.blocks:
        attention = block.attention
        q, k, v = (heads(linear(layer, x)) for layer in (attention.query, attention.key, attention.value))
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2)
        x = norm(block.attention_norm, x + linear(attention.out, mixed))
        x = norm(block.mlp_norm, x + linear(block.down, functional.gelu(linear(block.up, x))))
    return linear(model.head, norm(model.norm, x[:, -1]))


def test_weight_decay_shrinks_the_parameters(template: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment, _ = template
    built: list[Any] = []

    class Kept(experiment.Transformer):
        def __init__(self, *args: Any):
            super().__init__(*args)
            built.append(self)

    monkeypatch.setattr(experiment, "Transformer", Kept)
    for decay in (0.0, 2.0):
        experiment.train("x_plus_y", tiny(experiment, weight_decay=decay), "cpu")
    free, decayed = (sum(float(p.detach().square().sum()) for p in model.parameters()) for model in built)
    assert decayed < 0.9 * free


def test_learning_rate_rises_stays_and_falls(template: Any) -> None:
    experiment, _ = template
    config = experiment.Config(steps=100, warmup=10, cooldown=20)
    assert [experiment.rate_factor(step, config) for step in (1, 5, 10, 80, 81, 91, 100)] == pytest.approx(
        [0.1, 0.5, 1, 1, 1, 0.5, 0.05]
    )
    paper = experiment.Config(**experiment.PRESETS["paper"])
    assert [experiment.rate_factor(step, paper) for step in (25, 50, 7500)] == [0.5, 1, 1]


@pytest.mark.parametrize("runs", [1, 3])
def test_figures_are_written_and_readable(run: Path, tmp_path: Path, runs: int) -> None:
    folder = fresh(tmp_path / "figures", training=False)
    for i in range(runs):
        shutil.copytree(run / "run_0", folder / f"run_{2 * i}")  # a missing run between two others
    script(folder, "plot.py", MPLBACKEND="Agg")
    for name in ("accuracy.png", "loss.png", "steps_to_99.png"):
        with Image.open(folder / name) as picture:
            assert picture.width >= 1000
            assert round(picture.info["dpi"][0]) == 150
            assert len(picture.convert("RGB").getcolors(2**20) or []) > 20


def test_texts_for_the_writer_agree_with_each_other() -> None:
    background = json.loads((TEMPLATE / "latex" / "background.json").read_text(encoding="utf-8"))
    bibliography = (TEMPLATE / "latex" / "references.bib").read_text(encoding="utf-8")
    prose = background["background"] + background["method"]
    cited = {
        key
        for part in prose.split("\\cite")[1:]
        for key in part[part.index("{") + 1 : part.index("}")].split(",")
    } | {entry["key"] for entry in background["related"]}  # fmt: skip
    assert cited
    assert all(f"{{{key}," in bibliography for key in cited)
    assert bibliography.count("@") == len({line for line in bibliography.splitlines() if line.startswith("@")}) >= 12
    assert set(json.loads((TEMPLATE / "prompt.json").read_text(encoding="utf-8"))) == {"system", "task_description"}
    for idea in json.loads((TEMPLATE / "seed_ideas.json").read_text(encoding="utf-8")):
        assert all(1 <= idea[field] <= 10 for field in ("Interestingness", "Feasibility", "Novelty"))
        assert all(idea[field] for field in ("Name", "Title", "Experiment"))
