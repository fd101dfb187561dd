"""Denoising diffusion on four small datasets of points in the plane.

    python experiment.py --out_dir run_0 [--preset cpu|paper|tiny] [--seeds N]

The forward process adds Gaussian noise to a point in T steps; a small network learns to predict that noise; sampling
starts from N(0, I) and takes it away step by step (Ho, Jain & Abbeel, 2020). All seeds of a dataset are trained at
once: every weight has a leading dimension of seeds, and the seeds share nothing but the multiplications. Data,
evaluation and the results file are in evaluation.py, which must stay as it is.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import argparse
import copy
import math
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from evaluation import dataset_names, score, training_points, training_seed, write_results
from torch import nn

# Settings that hold for every preset.
TIMESTEPS = 100  # T, steps of the forward process and of sampling
BETA_MIN = 0.1  # rate of noise at the start of the forward process (variance-preserving, Song et al. 2021)
BETA_MAX = 20.0  # rate of noise at its end; 0.1 to 20 leaves alpha_bar_T = 4e-5 of the signal's variance
EMBEDDING_SCALE = 25.0  # highest frequency of the coordinates' embedding, radians per unit
LAYERS = 3  # residual layers of the network
WIDTH_FACTOR = 1.0  # multiplies the preset's hidden width
WEIGHT_DECAY = 0.01  # AdamW
GRADIENT_CLIP = 0.5  # largest norm of a seed's gradient
EMA_DECAY = 0.95  # moving average of the weights, which is what samples and is evaluated
EMA_EVERY = 10  # steps between its updates
CHUNK = 10_000 if torch.cuda.is_available() else 512  # points sampled at once: what fits a processor's cache


@dataclass(frozen=True)
class Sizes:
    """What a preset sets."""

    train_points: int
    samples: int  # samples drawn per seed; as many held-out points are drawn to compare them with
    hidden: int  # width of the network
    embedding: int  # length of the embedding of each of time, x and y
    steps: int  # optimiser steps
    batch: int
    learning_rate: float  # at the first step; falls to 0 along a half cosine
    seeds: int


PRESETS = {
    "cpu": Sizes(10_000, 3_000, hidden=128, embedding=64, steps=1_500, batch=256, learning_rate=2e-3, seeds=3),
    "paper": Sizes(100_000, 10_000, hidden=256, embedding=128, steps=10_000, batch=256, learning_rate=3e-4, seeds=3),
    "tiny": Sizes(512, 256, hidden=16, embedding=16, steps=40, batch=64, learning_rate=3e-3, seeds=2),
}


def alpha_bars() -> torch.Tensor:
    """Share of the signal's variance left after each of the T steps, (T,), falling."""
    u = torch.arange(1, TIMESTEPS + 1, dtype=torch.float64) / TIMESTEPS
    return torch.exp(-BETA_MIN * u - (BETA_MAX - BETA_MIN) * u**2 / 2)


def sinusoids(values: torch.Tensor, scale: float, length: int) -> torch.Tensor:
    """Sines and cosines of the values at length/2 frequencies from `scale` down to scale/10000: (..., length)."""
    frequencies = scale * torch.logspace(0, -4, length // 2, device=values.device)
    frequencies = frequencies.repeat(2)
    phases = torch.zeros(length, device=values.device)
    phases[length // 2 :] = math.pi / 2  # a cosine is a sine a quarter turn ahead
    return torch.sin(torch.addcmul(phases, values[..., None], frequencies))


class Linear(nn.Module):
    """A linear layer for each seed, initialised from that seed's generator: (seeds, batch, inputs) -> outputs."""

    def __init__(self, inputs: int, outputs: int, generators: Sequence[torch.Generator]) -> None:
        super().__init__()
        bound = 1 / math.sqrt(inputs)
        drawn = [(torch.rand(inputs + 1, outputs, generator=g) * 2 - 1) * bound for g in generators]
        weight, bias = torch.stack(drawn).split([inputs, 1], dim=1)
        self.weight, self.bias = nn.Parameter(weight.contiguous()), nn.Parameter(bias.contiguous())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Apply each seed's layer to that seed's rows."""
        return torch.baddbmm(self.bias, x, self.weight)


class Denoiser(nn.Module):
    """Predicts the noise in points (seeds, batch, 2) at timesteps (seeds, batch)."""

    time_table: torch.Tensor

    def __init__(self, sizes: Sizes, generators: Sequence[torch.Generator]) -> None:
        super().__init__()
        hidden = round(sizes.hidden * WIDTH_FACTOR)
        self.length = sizes.embedding
        self.register_buffer("time_table", sinusoids(torch.arange(TIMESTEPS), 1.0, sizes.embedding))
        self.first = Linear(3 * sizes.embedding, hidden, generators)
        self.layers = nn.ModuleList(Linear(hidden, hidden, generators) for _ in range(LAYERS))
        self.last = Linear(hidden, 2, generators)

    def forward(self, points: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        """The predicted noise, (seeds, batch, 2)."""
        place = sinusoids(points, EMBEDDING_SCALE, self.length).flatten(2)
        h = self.first(torch.cat([place, nn.functional.embedding(t, self.time_table)], dim=2))
        for layer in self.layers:
            h = h + torch.relu_(layer(h))
        return self.last(torch.relu(h))


def batches(
    points: torch.Tensor, alpha_bar: torch.Tensor, batch: int, generators: Sequence[torch.Generator]
) -> Iterator[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
    """Endless noisy points (seeds, batch, 2), their timesteps (seeds, batch) and their noise (seeds, batch, 2).

    A whole pass over the data is shuffled and noised at once; each seed draws from its own generator only.
    """
    n = points.shape[1]
    while True:
        order = torch.stack([torch.randperm(n, generator=g) for g in generators])
        t = torch.stack([torch.randint(TIMESTEPS, (n,), generator=g) for g in generators]).to(alpha_bar.device)
        noise = torch.stack([torch.randn(n, 2, generator=g) for g in generators]).to(alpha_bar.device)
        clean = torch.stack([own[rows] for own, rows in zip(points, order, strict=True)]).to(alpha_bar.device)
        kept = alpha_bar[t][..., None]
        noisy = kept.sqrt() * clean + (1 - kept).sqrt() * noise
        for start in range(0, n - batch + 1, batch):
            part = slice(start, start + batch)
            yield noisy[:, part], t[:, part], noise[:, part]


def clip_gradients(parameters: Sequence[nn.Parameter], largest: float) -> None:
    """Scale each seed's gradient down to the norm `largest` where it is longer."""
    gradients = [p.grad for p in parameters if p.grad is not None]
    norm = torch.stack([g.flatten(1).norm(dim=1) for g in gradients]).norm(dim=0)
    factor = (largest / (norm + 1e-6)).clamp(max=1)[:, None, None]
    for gradient in gradients:
        gradient.mul_(factor)


def train(
    points: torch.Tensor, alpha_bar: torch.Tensor, sizes: Sizes, generators: Sequence[torch.Generator]
) -> tuple[Denoiser, torch.Tensor]:
    """The moving average of the trained networks and the training losses (steps, seeds)."""
    model = Denoiser(sizes, generators).to(alpha_bar.device)
    average = copy.deepcopy(model).requires_grad_(False)
    parameters = list(model.parameters())
    optimizer = torch.optim.AdamW(parameters, lr=sizes.learning_rate, weight_decay=WEIGHT_DECAY, fused=True)
    losses = torch.empty(sizes.steps, len(generators), device=alpha_bar.device)
    stream = batches(points, alpha_bar, sizes.batch, generators)
    for step in range(sizes.steps):
        noisy, t, noise = next(stream)
        loss = (model(noisy, t) - noise).square().mean(dim=(1, 2))
        optimizer.zero_grad()
        loss.sum().backward()
        clip_gradients(parameters, GRADIENT_CLIP)
        optimizer.param_groups[0]["lr"] = sizes.learning_rate * (1 + math.cos(math.pi * step / sizes.steps)) / 2
        optimizer.step()
        losses[step] = loss.detach()
        if step % EMA_EVERY == 0:
            decay = min(EMA_DECAY, step / (step + 10 * EMA_EVERY))  # forget the first weights quickly
            for mean, parameter in zip(average.parameters(), parameters, strict=True):
                mean.lerp_(parameter.detach(), 1 - decay)
    return average, losses.cpu()


@torch.no_grad()
def sample(model: Denoiser, alpha_bar: torch.Tensor, count: int, generators: Sequence[torch.Generator]) -> torch.Tensor:
    """`count` points for each seed, (seeds, count, 2): ancestral sampling from x_T ~ N(0, I)."""

    def fresh() -> torch.Tensor:
        return torch.stack([torch.randn(count, 2, generator=g) for g in generators]).to(alpha_bar.device)

    before = torch.cat([alpha_bar.new_ones(1), alpha_bar[:-1]])
    x, times = fresh(), torch.empty(len(generators), CHUNK, dtype=torch.long, device=alpha_bar.device)
    for t in reversed(range(TIMESTEPS)):
        kept, kept_before = alpha_bar[t], before[t]
        beta = 1 - kept / kept_before
        noise = torch.cat([model(part, times[:, : part.shape[1]].fill_(t)) for part in x.split(CHUNK, dim=1)], dim=1)
        x = (x - beta / (1 - kept).sqrt() * noise) / (1 - beta).sqrt()
        if t > 0:
            x = x + (beta * (1 - kept_before) / (1 - kept)).sqrt() * fresh()
    return x


def run_dataset(
    dataset: str, sizes: Sizes, device: str = "cpu"
) -> tuple[dict[str, list[float]], dict[str, np.ndarray]]:
    """Metrics of a dataset, a list over seeds each, and arrays for the plots. Times are shared equally by the seeds."""
    offset = int(os.environ.get("PEERASSAY_SEED_OFFSET", "0"))  # to run the same code under other seeds
    seeds = range(offset, offset + sizes.seeds)
    generators = [torch.Generator().manual_seed(training_seed(dataset, seed)) for seed in seeds]
    points = training_points(dataset, seeds, sizes.train_points)
    alpha_bar = alpha_bars().float().to(device)
    started = time.perf_counter()
    model, losses = train(points, alpha_bar, sizes, generators)
    trained = time.perf_counter()
    samples = sample(model, alpha_bar, sizes.samples, generators).cpu()
    sampled = time.perf_counter()
    metrics = {
        "training_time": [(trained - started) / len(seeds)] * len(seeds),
        "inference_time": [(sampled - trained) / len(seeds)] * len(seeds),
        **score(dataset, seeds, points, samples, model, alpha_bar),
    }
    kl, reference = np.mean(metrics["kl_divergence"]), np.mean(metrics["gaussian_kl"])
    print(
        f"{dataset}: trained {len(seeds)} seeds in {trained - started:.1f} s, sampled in {sampled - trained:.1f} s, "
        f"held-out loss {np.mean(metrics['eval_loss']):.3f}, KL {kl:.3f} (fitted Gaussian {reference:.3f})",
        flush=True,
    )
    arrays = {"train_losses": losses.T.numpy(), "samples": samples.numpy(), "data": points[0, : sizes.samples].numpy()}
    return metrics, {f"{dataset}/{name}": array for name, array in arrays.items()}


def run_all(sizes: Sizes) -> tuple[dict[str, dict[str, list[float]]], dict[str, np.ndarray]]:
    """Every dataset: one after the other on CUDA, two at a time with one thread each on a CPU."""
    names = dataset_names()
    if torch.cuda.is_available():
        done = [run_dataset(name, sizes, "cuda") for name in names]
    else:
        cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
        context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        torch.optim.SGD([torch.zeros(1)])  # the first optimiser loads seconds of modules: once, before the fork
        with ProcessPoolExecutor(min(2, cores), context, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            done = list(pool.map(partial(run_dataset, sizes=sizes), names))
    results = {name: metrics for name, (metrics, _) in zip(names, done, strict=True)}
    return results, {key: array for _, arrays in done for key, array in arrays.items()}


def main() -> None:
    """Run all datasets and write OUT_DIR/final_info.json and OUT_DIR/all_results.npz."""
    preset = os.environ.get("PEERASSAY_PRESET") or ("paper" if torch.cuda.is_available() else "cpu")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out_dir", type=Path, default=Path("run_0"))
    parser.add_argument("--preset", choices=PRESETS, default=preset)
    parser.add_argument("--seeds", type=int, help="at least 2, so that there is a standard error")
    options = parser.parse_args()
    if options.preset not in PRESETS:
        parser.error(f"PEERASSAY_PRESET is {options.preset!r}; choose from {', '.join(PRESETS)}")
    sizes = PRESETS[options.preset]
    if options.seeds is not None:
        sizes = replace(sizes, seeds=options.seeds)
    if sizes.seeds < 2:
        parser.error("--seeds has to be 2 or more, so that there is a standard error")
    print(f"preset {options.preset}, {sizes.seeds} seeds, alpha_bar_T = {alpha_bars()[-1]:.1e}", flush=True)
    results, arrays = run_all(sizes)
    write_results(options.out_dir, results, arrays)


if __name__ == "__main__":
    main()
