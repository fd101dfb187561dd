"""Grokking: a small transformer learns the table of a binary operation and generalises long after it has memorised.

python experiment.py --out_dir run_0 [--preset cpu|paper|tiny] [--seeds 3]

All seeds of an operation are trained at once: each parameter has a leading axis `seeds`, and one batched matrix
product serves all of them. The models never touch each other; the loss is the sum of theirs.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from evaluation import OPERATIONS, Exam, summarise, training_seed, write_results
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class Config:
    """All settings. The defaults are the preset `cpu`."""

    modulus: int = 31  # p of the modular operations, a prime
    letters: int = 4  # `permutation` composes permutations of this many letters
    train_fraction: float = 0.7  # share of the table of a modular operation that is shown in training
    permutation_train_fraction: float = 0.9  # the same for `permutation`
    layers: int = 1  # transformer blocks
    width: int = 64  # of the residual stream
    heads: int = 4  # attention heads per block
    mlp_ratio: int = 4  # width of the hidden layer of a block's MLP, in units of `width`
    steps: int = 1500  # parameter updates
    eval_every: int = 25  # updates between two examinations
    batch_size: int = 256  # equations per update, drawn with replacement
    learning_rate: float = 4e-3  # of AdamW, between warm-up and cool-down
    warmup: int = 50  # first updates, in which the learning rate rises linearly from 0
    cooldown: int = 500  # last updates, in which it falls linearly to 0
    betas: tuple[float, float] = (0.9, 0.98)  # decay rates of AdamW's moments
    weight_decay: float = 1.0  # decoupled, on all parameters
    embedding_scale: float = 0.3  # standard deviation of the embeddings at the start
    seeds: tuple[int, ...] = (0, 1, 2)  # one split, one start and one order of batches each


# What this run changes, whatever the preset: {"weight_decay": 0.5} replaces that setting.
CHANGES: dict[str, Any] = {}

PRESETS: dict[str, dict[str, Any]] = {
    "cpu": {},
    "paper": {
        "modulus": 97, "letters": 5, "train_fraction": 0.5, "permutation_train_fraction": 0.5, "layers": 2,
        "width": 128, "steps": 7500, "eval_every": 10, "batch_size": 512, "learning_rate": 1e-3,
        "cooldown": 0, "weight_decay": 0.5, "embedding_scale": 1.0,
    },
    "tiny": {
        "modulus": 7, "letters": 3, "width": 16, "heads": 2, "steps": 40, "eval_every": 10, "batch_size": 16,
        "cooldown": 10,
    },
}  # fmt: skip


class Linear(nn.Module):
    """Per-seed x W + b, from (seeds, ..., n_in) to (seeds, ..., n_out); starts uniform in ±1/sqrt(n_in)."""

    def __init__(self, rngs: list[torch.Generator], n_in: int, n_out: int):
        super().__init__()
        bound = n_in**-0.5
        self.weight = nn.Parameter(
            torch.stack([torch.empty(n_in, n_out).uniform_(-bound, bound, generator=g) for g in rngs])
        )
        self.bias = nn.Parameter(
            torch.stack([torch.empty(1, n_out).uniform_(-bound, bound, generator=g) for g in rngs])
        )

    def forward(self, x: Tensor) -> Tensor:
        """The layer's output, one batched matrix product for all seeds."""
        return torch.baddbmm(self.bias, x.flatten(1, -2), self.weight).view(*x.shape[:-1], -1)


class LayerNorm(nn.Module):
    """Per-seed layer normalisation of the last axis, with gain and bias."""

    def __init__(self, rngs: list[torch.Generator], width: int):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(len(rngs), 1, width))
        self.bias = nn.Parameter(torch.zeros(len(rngs), 1, width))

    def forward(self, x: Tensor) -> Tensor:
        """The normalised input, of the same shape."""
        normed = functional.layer_norm(x, x.shape[-1:]).flatten(1, -2)
        return torch.addcmul(self.bias, normed, self.gain).view(x.shape)


class Attention(nn.Module):
    """Causal self-attention from the places of `x` to the places of `context`, whose last ones they are.

    With so few places, products and sums over the axes are faster than one tiny matrix product per head.
    """

    def __init__(self, rngs: list[torch.Generator], config: Config):
        super().__init__()
        self.heads = config.heads
        self.query = Linear(rngs, config.width, config.width)
        self.key = Linear(rngs, config.width, config.width)
        self.value = Linear(rngs, config.width, config.width)
        self.out = Linear(rngs, config.width, config.width)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """What the places of `x` (seeds, batch, queries, width) gather from `context` (seeds, batch, keys, width)."""
        seeds, batch, queries, width = x.shape
        keys = context.shape[2]
        by_head = (self.heads, width // self.heads)
        q = self.query(x).view(seeds, batch, queries, 1, *by_head)
        k = self.key(context).view(seeds, batch, 1, keys, *by_head)
        v = self.value(context).view(seeds, batch, 1, keys, *by_head)
        scores = (q * k).sum(-1, keepdim=True) * by_head[1] ** -0.5
        if queries > 1:
            future = torch.ones(queries, keys, dtype=torch.bool, device=x.device).triu(keys - queries + 1)
            scores = scores.masked_fill(future.view(queries, keys, 1, 1), -torch.inf)
        return self.out((scores.softmax(3) * v).sum(3).flatten(-2))


class Block(nn.Module):
    """Attention and MLP, each added to the stream, which is normalised after the sum."""

    def __init__(self, rngs: list[torch.Generator], config: Config):
        super().__init__()
        self.attention = Attention(rngs, config)
        self.attention_norm = LayerNorm(rngs, config.width)
        self.up = Linear(rngs, config.width, config.mlp_ratio * config.width)
        self.down = Linear(rngs, config.mlp_ratio * config.width, config.width)
        self.mlp_norm = LayerNorm(rngs, config.width)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """The stream after the block, at the places of `x`."""
        x = self.attention_norm(x + self.attention(x, context))
        return self.mlp_norm(x + self.down(functional.gelu(self.up(x))))


class Transformer(nn.Module):
    """Decoder-only transformer; from tokens (seeds, batch, 4) to logits of the answer (seeds, batch, answers).

    Only the last place answers, so the last block computes no other.
    """

    first_token: Tensor

    def __init__(self, rngs: list[torch.Generator], config: Config, tokens: int, answers: int):
        super().__init__()
        scale, width = config.embedding_scale, config.width
        self.token = nn.Parameter(scale * torch.cat([torch.randn(tokens, width, generator=g) for g in rngs]))
        self.place = nn.Parameter(scale * torch.stack([torch.randn(1, 4, width, generator=g) for g in rngs]))
        self.blocks = nn.ModuleList(Block(rngs, config) for _ in range(config.layers))
        self.norm = LayerNorm(rngs, width)
        self.head = Linear(rngs, width, answers)
        self.register_buffer("first_token", tokens * torch.arange(len(rngs)).view(-1, 1, 1), persistent=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """The logits."""
        x = functional.embedding(tokens + self.first_token, self.token) + self.place
        for block in self.blocks[:-1]:
            x = block(x, context=x)
        x = self.blocks[-1](x[:, :, -1:], context=x)
        return self.head(self.norm(x[:, :, 0]))


def batches(rngs: list[torch.Generator], exam: Exam, config: Config) -> Iterator[tuple[Tensor, Tensor]]:
    """One random batch of the training part for each update, drawn for many updates at a time."""
    inputs, answers = exam.train_inputs, exam.train_answers
    seed = torch.arange(len(rngs), device=inputs.device).unsqueeze(1)
    while True:
        shape = (config.eval_every, config.batch_size)
        picks = torch.stack([torch.randint(exam.n_train, shape, generator=g) for g in rngs], dim=1).to(inputs.device)
        yield from ((inputs[seed, pick], answers[seed, pick]) for pick in picks)


def rate_factor(step: int, config: Config) -> float:
    """The learning rate of an update, counted from 1, in units of `learning_rate`."""
    return min(step / max(config.warmup, 1), 1.0, (config.steps - step + 1) / max(config.cooldown, 1))


def train(operation: str, config: Config, device: str) -> tuple[list[int], np.ndarray]:
    """Train all seeds on one operation. Gives the steps of the examinations and the curve for `summarise`."""
    permuting = operation == "permutation"
    fraction = config.permutation_train_fraction if permuting else config.train_fraction
    exam = Exam(operation, config.seeds, config.modulus, config.letters, fraction, device)
    rngs = [torch.Generator().manual_seed(training_seed(operation, seed)) for seed in config.seeds]
    model = Transformer(rngs, config, exam.tokens, exam.answers).to(device)
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=config.learning_rate, betas=config.betas, weight_decay=config.weight_decay, fused=True
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda done: rate_factor(done + 1, config))
    steps, curve, start = [], [], time.perf_counter()
    for step, (inputs, answers) in zip(range(1, config.steps + 1), batches(rngs, exam, config), strict=False):
        losses = functional.cross_entropy(model(inputs).flatten(0, 1), answers.flatten(), reduction="sum")
        optimiser.zero_grad()
        (losses / config.batch_size).backward()
        optimiser.step()
        schedule.step()
        if step % config.eval_every == 0 or step == config.steps:
            steps.append(step)
            curve.append(exam.grade(model))
            report(operation, step, curve[-1], time.perf_counter() - start, config)
    return steps, np.stack(curve, axis=1)


def report(operation: str, step: int, grades: np.ndarray, seconds: float, config: Config) -> None:
    """A line of progress, about ten times in a run."""
    if step % max(config.steps // 10, config.eval_every) == 0:
        train_loss, val_loss, train_acc, val_acc = grades.mean(axis=0)
        print(
            f"{operation:12} step {step:5}  train {train_acc:6.1%} (loss {train_loss:.3f})"
            f"  held out {val_acc:6.1%} (loss {val_loss:.3f})  {seconds:5.1f} s",
            flush=True,
        )


def train_one_thread(job: tuple[str, Config, str]) -> tuple[list[int], np.ndarray]:
    """`train` for a worker process: operations run side by side, each with one thread."""
    torch.set_num_threads(1)
    return train(*job)


def train_all(jobs: list[tuple[str, Config, str]]) -> list[tuple[list[int], np.ndarray]]:
    """`train` for each (operation, settings, device), on the CPU as many at a time as there are cores."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if cores == 1 or jobs[0][2] != "cpu":
        return [train(*job) for job in jobs]
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    with context.Pool(min(cores, len(jobs))) as pool:
        return pool.map(train_one_thread, jobs, chunksize=1)


def main() -> None:
    """Train and examine all operations, and write the results."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    usual = os.environ.get("PEERASSAY_PRESET") or {"cpu": "cpu", "cuda": "paper"}[device]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out_dir", type=Path, default=Path("run_0"), help="folder for the results")
    parser.add_argument("--preset", choices=PRESETS, default=usual, help=f"sizes and settings (default: {usual})")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="number of seeds (default: 3)")
    args = parser.parse_args()
    offset = int(os.environ.get("PEERASSAY_SEED_OFFSET", "0"))  # to run the same code under other seeds
    seeds = tuple(range(offset, offset + args.seeds))
    config = replace(Config(), **PRESETS[args.preset] | CHANGES | {"seeds": seeds})
    start = time.perf_counter()
    trained = train_all([(operation, config, device) for operation in OPERATIONS])
    results = dict(zip(OPERATIONS, trained, strict=True))
    write_results(args.out_dir, results)
    for operation, result in results.items():
        passed = ", ".join(
            f"{seed['step_val_acc_99']:.0f}" if seed["crossed"] else "never" for seed in summarise(*result)
        )
        print(f"{operation:12} held-out accuracy above 99% at step: {passed}")
    print(f"{time.perf_counter() - start:.1f} s in all")


if __name__ == "__main__":
    main()
