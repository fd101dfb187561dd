"""The diffusion template's training against a loop in the style of the original: steps per second and KL reached.

python bench/speed/loops/diffusion.py [--dataset moons] [--steps 1500] [--machine]

Both train the same network on the same points with the same schedule and rates. The loop in the original's style
trains one seed after the other, with a DataLoader, embeddings computed from scratch, an optimiser and a scheduler
stepped tensor by tensor, and the loss fetched at every step. Ours trains all seeds at once; its steps are counted per
seed. Both run with one thread, which compares CPU time per step fairly on a busy machine, too; --machine compares
what the two make of two cores.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import argparse
import copy
import importlib
import math
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

try:
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset
except ImportError:
    print("torch is not installed: nothing is measured")
    raise SystemExit from None

TEMPLATE = Path(__file__).resolve().parents[3] / "generator" / "templates" / "diffusion"


class Embedding(nn.Module):
    """Sines and cosines of each value at geometric frequencies."""

    def __init__(self, length: int, scale: float) -> None:
        super().__init__()
        self.pairs, self.scale = length // 2, scale

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(batch,) to (batch, length)."""
        frequencies = torch.exp(-math.log(10_000) * torch.arange(self.pairs) / (self.pairs - 1))
        angles = (x * self.scale).unsqueeze(-1) * frequencies.unsqueeze(0)
        return torch.cat((torch.sin(angles), torch.cos(angles)), dim=-1)


class Block(nn.Module):
    """A residual layer."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.linear, self.activation = nn.Linear(width, width), nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(batch, width) to the same."""
        return x + self.activation(self.linear(x))


class Network(nn.Module):
    """The same denoiser for one seed, of plain modules."""

    def __init__(self, hidden: int, embedding: int, layers: int, scale: float) -> None:
        super().__init__()
        self.time, self.x, self.y = Embedding(embedding, 1.0), Embedding(embedding, scale), Embedding(embedding, scale)
        blocks = [Block(hidden) for _ in range(layers)]
        self.network = nn.Sequential(nn.Linear(3 * embedding, hidden), *blocks, nn.ReLU(), nn.Linear(hidden, 2))

    def forward(self, points: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        """The predicted noise of (batch, 2)."""
        return self.network(torch.cat((self.x(points[:, 0]), self.y(points[:, 1]), self.time(t)), dim=-1))


class OneSeed(nn.Module):
    """A network of one seed behind the template's interface, with a leading dimension of seeds."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, points: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        """(1, batch, 2) to the same."""
        return self.network(points[0], t[0])[None]


def original_style(template: Any, points: torch.Tensor, sizes: Any, seed: int) -> nn.Module:
    """Train one seed on points (n, 2); returns the average of the weights."""
    torch.manual_seed(seed)
    model = Network(sizes.hidden, sizes.embedding, template.LAYERS, template.EMBEDDING_SCALE)
    average = copy.deepcopy(model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=sizes.learning_rate, weight_decay=template.WEIGHT_DECAY)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=sizes.steps)
    loader = DataLoader(TensorDataset(points), batch_size=sizes.batch, shuffle=True, drop_last=True)
    alpha_bar = template.alpha_bars().float()
    signal, sigma = alpha_bar.sqrt(), (1 - alpha_bar).sqrt()
    losses, step = [], 0
    while step < sizes.steps:
        for (batch,) in loader:
            noise = torch.randn(batch.shape)
            t = torch.randint(0, template.TIMESTEPS, (len(batch),)).long()
            noisy = signal[t].reshape(-1, 1) * batch + sigma[t].reshape(-1, 1) * noise
            loss = nn.functional.mse_loss(model(noisy, t), noise)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), template.GRADIENT_CLIP)
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad()
            losses.append(loss.detach().item())
            if step % template.EMA_EVERY == 0:
                decay = min(template.EMA_DECAY, step / (step + 10 * template.EMA_EVERY))
                for mean, weight in zip(average.parameters(), model.parameters(), strict=True):
                    mean.data = decay * mean.data + (1 - decay) * weight.data
            step += 1
            if step == sizes.steps:
                break
    return average


Instant = tuple[float, float]
"""Wall and CPU seconds."""


def clock() -> Instant:
    """Now."""
    return time.perf_counter(), time.process_time()


def report(title: str, start: Instant, end: Instant, steps: int, kl: list[float]) -> Instant:
    """Print a line; returns steps per second of wall and of CPU time."""
    rates = steps / (end[0] - start[0]), steps / (end[1] - start[1])
    error = np.std(kl, ddof=1) / np.sqrt(len(kl)) if len(kl) > 1 else 0.0
    reached = f"{np.mean(kl):.3f} ± {error:.3f}" if kl else ""
    print(f"{title:34}{rates[0]:>14.0f}{rates[1]:>18.0f}{reached:>20}")
    return rates


def main() -> None:
    """Train three seeds both ways and print the rates and their ratio."""
    sys.path.insert(0, str(TEMPLATE))
    template, evaluation = importlib.import_module("experiment"), importlib.import_module("evaluation")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", choices=evaluation.dataset_names(), default="moons")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--machine", action="store_true", help="also with two cores (needs an idle machine)")
    options = parser.parse_args()
    sizes = replace(template.PRESETS["cpu"], steps=options.steps)
    seeds, alpha_bar = range(sizes.seeds), template.alpha_bars().float()
    points = evaluation.training_points(options.dataset, seeds, sizes.train_points)
    held_out = evaluation.draw(options.dataset, seeds, sizes.samples, "held_out")
    torch.set_num_threads(1)
    template.train(points, alpha_bar, replace(sizes, steps=20), [torch.Generator() for _ in seeds])
    print(f"{options.dataset}, {sizes.seeds} seeds of {sizes.steps} steps")
    print(f"{'':34}{'steps/s, wall':>14}{'steps/s, CPU':>18}{'KL, held-out':>20}")

    def divergences(model: nn.Module, chosen: range) -> list[float]:
        generators = [torch.Generator().manual_seed(2000 + seed) for seed in chosen]
        samples = template.sample(model, alpha_bar, sizes.samples, generators).double().numpy()
        return [evaluation.kl_divergence(held_out[seed], own) for seed, own in zip(chosen, samples, strict=True)]

    start, loop_models = clock(), [original_style(template, points[seed], sizes, seed) for seed in seeds]
    loop_end = clock()
    loop_kl = [
        divergences(OneSeed(model), range(seed, seed + 1))[0] for seed, model in zip(seeds, loop_models, strict=True)
    ]
    loop = report("original style, 1 thread", start, loop_end, sizes.steps * sizes.seeds, loop_kl)
    start = clock()
    model, _ = template.train(points, alpha_bar, sizes, [torch.Generator().manual_seed(1000 + s) for s in seeds])
    ours = report("ours, 1 thread", start, clock(), sizes.steps * sizes.seeds, divergences(model, seeds))
    print(f"{'ratio':34}{ours[0] / loop[0]:>14.2f}{ours[1] / loop[1]:>18.2f}")
    if options.machine:
        whole_machine(template, points, sizes)


def whole_machine(template: Any, points: torch.Tensor, sizes: Any) -> None:
    """Steps per second of everything: ours as two processes with a thread each, the loop with torch's own threads."""
    short = replace(sizes, steps=sizes.steps // 5)
    arguments = [(points, template.alpha_bars().float(), short, [torch.Generator() for _ in range(sizes.seeds)])] * 2
    with ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as pool:
        start = clock()
        list(pool.map(_train, arguments))
        ours = report("ours, 2 processes", start, clock(), 2 * short.steps * sizes.seeds, [])
    torch.set_num_threads(2)
    start = clock()
    original_style(template, points[0], short, 0)
    loop = report("original style, 2 threads", start, clock(), short.steps, [])
    print(f"{'ratio':34}{ours[0] / loop[0]:>14.2f}")


def _train(arguments: tuple[Any, ...]) -> None:
    importlib.import_module("experiment").train(*arguments)


if __name__ == "__main__":
    main()
