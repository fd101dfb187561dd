"""The diffusion template runs end to end, is reproducible, and is measured on points that it was not trained on."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'peerassay[scientist]'")

TEMPLATE = Path(__file__).parents[2] / "generator" / "templates" / "diffusion"
KNOBS = json.loads((TEMPLATE / "knobs.json").read_text())
METRICS = {"training_time", "inference_time", "eval_loss", "kl_divergence", "gaussian_kl"}


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PEERASSAY_PRESET": "tiny", "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("PEERASSAY_CORPORA", None)
    done = subprocess.run([sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the template with one tiny run in it."""
    folder = tmp_path_factory.mktemp("diffusion") / "template"
    shutil.copytree(TEMPLATE, folder, ignore=shutil.ignore_patterns("__pycache__", "run_*", "*.png"))
    run(folder, "experiment.py", "--out_dir", "run_0")
    return folder


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., ModuleType]]:
    """Loads a file of the template, or text in its place, as a module; one thread, as in its own processes."""
    monkeypatch.syspath_prepend(str(TEMPLATE))
    monkeypatch.delenv("PEERASSAY_CORPORA", raising=False)
    before, threads = set(sys.modules), torch.get_num_threads()
    torch.set_num_threads(1)

    def loaded(name: str, text: str | None = None) -> ModuleType:
        spec = importlib.util.spec_from_loader(f"diffusion_{name}", loader=None)
        assert spec is not None
        module = importlib.util.module_from_spec(spec)
        module.__file__ = str(TEMPLATE / f"{name}.py")
        sys.modules[module.__name__] = module  # dataclasses look their module up
        exec(compile(text or (TEMPLATE / f"{name}.py").read_text(), module.__file__, "exec"), module.__dict__)
        return module

    yield loaded
    torch.set_num_threads(threads)
    for name in set(sys.modules) - before:
        if name in {"evaluation", "experiment"} or name.startswith("diffusion_"):
            del sys.modules[name]


def test_a_run_writes_every_metric_for_every_dataset(finished: Path) -> None:
    info = json.loads((finished / "run_0" / "final_info.json").read_text())
    assert list(info) == ["circle", "fish", "line", "moons"]
    for found in info.values():
        assert set(found) == {"means", "stderrs", "final_info_dict"}
        for metric in METRICS:
            values = found["final_info_dict"][metric]
            assert len(values) == 2
            assert np.isfinite(values).all()
            assert found["means"][metric] == pytest.approx(np.mean(values))
            assert found["stderrs"][metric] == pytest.approx(np.std(values, ddof=1) / np.sqrt(2))
            assert all(set(found[part]) == METRICS for part in found)
    assert {path.name for path in (finished / "run_0").iterdir()} == {"final_info.json", "all_results.npz"}


def test_knobs_name_metrics_and_datasets_that_are_there(finished: Path) -> None:
    info = json.loads((finished / "run_0" / "final_info.json").read_text())
    assert {metric["name"] for metric in KNOBS["metrics"]} <= METRICS
    assert set(info) <= set(KNOBS["datasets"])
    assert len(KNOBS["knobs"]) >= 6


def test_figures_for_one_run_for_three_and_for_a_missing_one(finished: Path) -> None:
    figures = ["train_loss.png", "generated_images.png", "kl_divergence.png"]
    run(finished, "plot.py")
    assert all((finished / name).stat().st_size > 10_000 for name in figures)
    for name in ("run_1", "run_2"):
        shutil.copytree(finished / "run_0", finished / name)
    one = (finished / "generated_images.png").stat().st_size
    text = (finished / "plot.py").read_text()
    entry = '    "run_0": "Baseline",\n'
    assert entry in text
    more = '    "run_1": "One",\n    "run_2": "Two",\n    "run_9": "Missing",\n'
    (finished / "plot_more.py").write_text(text.replace(entry, entry + more))
    assert "run_9" in run(finished, "plot_more.py").stdout
    assert (finished / "generated_images.png").stat().st_size > 1.5 * one


def test_wrong_settings_are_refused(
    load: Callable[..., ModuleType], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    experiment = load("experiment")
    for preset, arguments, message in (("tiny", ["--seeds", "1"], "2 or more"), ("huge", [], "cpu, paper, tiny")):
        monkeypatch.setenv("PEERASSAY_PRESET", preset)
        monkeypatch.setattr(sys, "argv", ["experiment.py", *arguments])
        with pytest.raises(SystemExit, match="2"):
            experiment.main()
        assert message in capsys.readouterr().err


def test_same_seed_same_numbers_and_another_seed_others(load: Callable[..., ModuleType]) -> None:
    experiment = load("experiment")
    first, again = (experiment.run_dataset("moons", experiment.PRESETS["tiny"])[0] for _ in range(2))
    for metric in ("eval_loss", "kl_divergence", "gaussian_kl"):
        assert first[metric] == again[metric]
        assert first[metric][0] != first[metric][1]


def test_seeds_trained_together_are_those_trained_alone(load: Callable[..., ModuleType]) -> None:
    experiment = load("experiment")
    points = experiment.training_points("circle", range(3), 512)
    alpha_bar, sizes = experiment.alpha_bars().float(), experiment.PRESETS["tiny"]

    def losses(seeds: range) -> np.ndarray:
        generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        return experiment.train(points[seeds.start : seeds.stop], alpha_bar, sizes, generators)[1].numpy()

    np.testing.assert_allclose(losses(range(3))[:, 1], losses(range(1, 2))[:, 0], rtol=1e-4)


def test_the_published_sizes_and_their_parameters(load: Callable[..., ModuleType]) -> None:
    from dataclasses import replace

    experiment = load("experiment")
    generator = [torch.Generator().manual_seed(0)]

    def parameters(preset: str) -> int:
        return sum(p.numel() for p in experiment.Denoiser(experiment.PRESETS[preset], generator).parameters())

    assert parameters("paper") == 296_450
    assert f"{parameters('cpu'):,} parameters" in KNOBS["setting"]["model"]
    small = replace(experiment.PRESETS["paper"], train_points=600, samples=50, steps=2, seeds=2)
    metrics, _ = experiment.run_dataset("line", small)
    assert np.isfinite(metrics["kl_divergence"]).all()


def test_the_forward_process_ends_in_pure_noise(load: Callable[..., ModuleType]) -> None:
    experiment = load("experiment")
    for steps in (10, 100, 1000):
        experiment.TIMESTEPS = steps
        alpha_bar = experiment.alpha_bars()
        assert len(alpha_bar) == steps
        assert alpha_bar[-1] < 1e-4
        assert (alpha_bar[1:] < alpha_bar[:-1]).all()
        assert alpha_bar[0] < 1


def test_sampling_with_the_true_noise_gives_the_true_distribution(load: Callable[..., ModuleType]) -> None:
    """For data N(mean, scale^2 I) the best prediction is known, and what error is left is the sampler's."""
    experiment = load("experiment")
    experiment.TIMESTEPS = 1000
    alpha_bar, mean, scale = experiment.alpha_bars().float(), torch.tensor([2.0, -1.0]), 0.5

    def best(points: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        kept = alpha_bar[t][..., None]
        return (1 - kept).sqrt() * (points - kept.sqrt() * mean) / (1 - kept + kept * scale**2)

    drawn = experiment.sample(best, alpha_bar, 8_000, [torch.Generator().manual_seed(0)])[0]
    np.testing.assert_allclose(drawn.mean(dim=0), mean, atol=0.03)
    np.testing.assert_allclose(drawn.std(dim=0), [scale, scale], rtol=0.03)


def test_gradients_are_clipped_seed_by_seed(load: Callable[..., ModuleType]) -> None:
    experiment = load("experiment")
    weight = torch.nn.Parameter(torch.zeros(2, 3, 4))
    weight.grad = torch.ones(2, 3, 4) * torch.tensor([10.0, 0.01])[:, None, None]
    experiment.clip_gradients([weight], 0.5)
    assert weight.grad[0].norm() == pytest.approx(0.5, rel=1e-4)
    assert weight.grad[1].norm() == pytest.approx(0.01 * np.sqrt(12), rel=1e-4)


def test_divergence_of_two_gaussians(load: Callable[..., ModuleType]) -> None:
    """KL(N(0, I) || N(m, s^2 I)) = d (ln s + (1 + |m|^2 / d) / (2 s^2) - 1/2) in closed form."""
    evaluation = load("evaluation")
    rng = np.random.default_rng(0)
    p, q = rng.normal(size=(5000, 2)), rng.normal([1, 0], 1.5, (4000, 2))
    expected = 2 * (np.log(1.5) + (1 + 0.5) / (2 * 1.5**2) - 0.5)
    assert evaluation.kl_divergence(p, q) == pytest.approx(expected, abs=0.06)
    assert evaluation.kl_divergence(p, rng.normal(size=(4000, 2))) == pytest.approx(0, abs=0.06)
    with pytest.raises(ValueError, match="not finite"):
        evaluation.kl_divergence(p, np.full((10, 2), np.nan))


def test_evaluation_is_on_points_that_training_never_sees(load: Callable[..., ModuleType]) -> None:
    evaluation = load("evaluation")
    for dataset in ("circle", "fish", "line", "moons"):
        train, held_out = (evaluation.draw(dataset, [0, 1], 2000, stream) for stream in ("train", "held_out"))
        assert not np.isin(train, held_out).any()
        assert not np.isin(train[0], train[1]).any()
        assert evaluation.kl_divergence(held_out[0], train[0]) == pytest.approx(0, abs=0.1)
    assert "held_out" not in (TEMPLATE / "experiment.py").read_text()


def test_copying_the_training_points_is_scored_like_fresh_data(load: Callable[..., ModuleType]) -> None:
    evaluation = load("evaluation")
    train = evaluation.training_points("moons", [0, 1], 1000)
    scored = evaluation.score("moons", [0, 1], train, train, lambda x, _: torch.zeros_like(x), torch.tensor([0.5, 0.1]))
    assert np.mean(scored["kl_divergence"]) == pytest.approx(0, abs=0.15)
    assert min(scored["gaussian_kl"]) > 1
    np.testing.assert_allclose(scored["eval_loss"], 1, atol=0.1)  # nothing predicted: the variance of the noise


def test_dino_only_where_its_points_are_given(
    load: Callable[..., ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluation = load("evaluation")
    assert evaluation.dataset_names() == ["circle", "fish", "line", "moons"]
    (tmp_path / "datasaurus.tsv").write_text("dataset\tx\ty\ndino\t54\t48\ndino\t108\t96\nstar\t0\t0\n")
    monkeypatch.setenv("PEERASSAY_CORPORA", str(tmp_path))
    assert evaluation.dataset_names() == ["circle", "dino", "line", "moons"]
    points = evaluation.draw("dino", [0], 1000, "train")[0]
    nearest = np.abs(points[:, None] - np.array([[0, 0], [4, 4]])).max(axis=2).min(axis=1)
    assert nearest.max() < 0.6


@pytest.mark.parametrize("knob", KNOBS["knobs"], ids=lambda knob: knob["name"])
def test_every_variant_applies_and_runs(knob: dict, load: Callable[..., ModuleType]) -> None:
    from dataclasses import replace

    baseline = (TEMPLATE / "experiment.py").read_text()
    texts = set()
    for variant in knob["variants"]:
        text = baseline
        for edit in variant["edits"]:
            assert edit["file"] == "experiment.py"
            assert text.count(edit["search"]) == 1
            text = text.replace(edit["search"], edit["replace"])
        experiment = load("experiment", text)
        sizes = replace(experiment.PRESETS["tiny"], train_points=128, samples=32, steps=12)
        metrics, _ = experiment.run_dataset("circle", sizes)
        assert np.isfinite(metrics["eval_loss"]).all()
        texts.add(text)
    assert len(texts | {baseline}) == len(knob["variants"]) + 1


def test_background_cites_what_the_bibliography_holds() -> None:
    import re

    background = json.loads((TEMPLATE / "latex" / "background.json").read_text())
    keys = set(re.findall(r"@\w+\{(\w+),", (TEMPLATE / "latex" / "references.bib").read_text()))
    prose = background["background"] + background["method"]
    cited = {key for group in re.findall(r"\\cite[pt]\{([^}]*)\}", prose) for key in group.split(",")}
    assert cited | {work["key"] for work in background["related"]} <= keys
    assert len(keys) >= 12
    ideas = json.loads((TEMPLATE / "seed_ideas.json").read_text())
    scores = [idea[name] for idea in ideas for name in ("Interestingness", "Feasibility", "Novelty")]
    assert all(score in range(1, 11) for score in scores)
