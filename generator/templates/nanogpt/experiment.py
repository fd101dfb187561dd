"""A small GPT on characters: `python experiment.py --out_dir run_1`.

Trains a decoder-only transformer on each corpus with several seeds, and writes `final_info.json` (means and standard
errors of the metrics) and `all_results.json` (curves and a sample of each seed) into the folder. Data, evaluation and
the writing of results are in evaluation.py, which an experiment leaves as it is.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import argparse
import contextlib
import math
import multiprocessing
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import torch
from evaluation import (
    Corpus,
    check_causal,
    found_corpora,
    load_corpus,
    mean_loss,
    ngram_losses,
    timed_generation,
    training_seed,
    write_results,
)
from torch import Tensor, nn
from torch.nn import functional

# What holds for every preset.
WEIGHT_DECAY = 0.1  # AdamW, on matrices only
BETAS = (0.9, 0.99)  # AdamW, decay of the first and of the second moment
CLIP = 1.0  # largest norm of the gradient
WARMUP = 0.02  # share of the steps in which the learning rate rises from 0
LR_FLOOR = 0.1  # the learning rate at the end, as a share of the highest
INIT_GAIN = 0.4  # standard deviation of matrices at the start times the root of the width (0.02 at width 384)
MLP_RATIO = 4  # hidden width of a block's MLP over its width
TEMPERATURE = 0.8  # of the generated samples


@dataclass(frozen=True)
class Config:
    """Sizes of the model, of the training and of the evaluation; the defaults are those of the preset `cpu`."""

    layers: int = 2
    heads: int = 4
    width: int = 64  # a multiple of heads
    context: int = 64  # characters that the model sees; must divide 1024
    dropout: float = 0.0
    batch: int = 12  # windows per step
    steps: int = 900
    learning_rate: float = 4e-3  # the highest of the schedule
    seeds: int = 4
    eval_every: int = 100  # steps
    eval_segments: int | None = 32  # of 1024 characters each, of the held-out and of the training part; None: all
    samples: int = 2  # texts generated to measure the speed of inference
    sample_length: int = 256  # characters


PAPER = Config(
    layers=6,
    heads=6,
    width=384,
    context=256,
    dropout=0.2,
    batch=64,
    steps=5000,
    learning_rate=1e-3,
    seeds=3,
    eval_every=250,
    eval_segments=None,
    samples=10,
    sample_length=500,
)
LONG = {"batch": 32, "steps": 100_000, "learning_rate": 5e-4, "seeds": 1, "eval_every": 1000, "eval_segments": 1000}
TINY = {"steps": 20, "seeds": 2, "eval_every": 10, "eval_segments": 4, "samples": 1, "sample_length": 16}


def config_for(preset: str, dataset: str) -> Config:
    """The sizes of a preset; `paper` trains longer on the two large corpora. Raises ValueError for an unknown one."""
    if preset == "cpu":
        return Config()
    if preset == "tiny":
        return replace(Config(), **TINY)
    if preset == "paper":
        return replace(PAPER, **LONG) if dataset in ("enwik8", "text8") else PAPER
    raise ValueError(f"preset {preset}: known are cpu, paper and tiny")


class Block(nn.Module):
    """Causal self-attention and an MLP, each behind a layer norm and added to the stream."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        width, hidden = config.width, MLP_RATIO * config.width
        self.heads, self.dropout = config.heads, config.dropout
        self.attention_norm = nn.LayerNorm(width, bias=False)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.attention_out = nn.Linear(width, width, bias=False)
        self.mlp_norm = nn.LayerNorm(width, bias=False)
        self.mlp_in = nn.Linear(width, hidden, bias=False)
        self.mlp_out = nn.Linear(hidden, width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """The stream (batch, time, width) after the block."""
        x = x + self._drop(self.attention_out(self._attend(self.attention_norm(x))))
        return x + self._drop(self.mlp_out(functional.gelu(self.mlp_in(self.mlp_norm(x)))))

    def _attend(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4).unbind()
        dropout = self.dropout if self.training else 0.0
        y = functional.scaled_dot_product_attention(q, k, v, dropout_p=dropout, is_causal=True)
        return y.transpose(1, 2).flatten(2)

    def _drop(self, x: Tensor) -> Tensor:
        return functional.dropout(x, self.dropout, self.training)


class GPT(nn.Module):
    """Characters (batch, time) to logits (batch, time, vocabulary); the output matrix is the embedding."""

    def __init__(self, vocabulary: int, config: Config) -> None:
        super().__init__()
        self.dropout = config.dropout
        self.embedding = nn.Embedding(vocabulary, config.width)
        self.positions = nn.Parameter(torch.empty(config.context, config.width))
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width, bias=False)
        self.output = nn.Linear(config.width, vocabulary, bias=False)
        self.output.weight = self.embedding.weight
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                std = INIT_GAIN / math.sqrt(config.width)
                if name.endswith("_out.weight"):
                    std /= math.sqrt(2 * config.layers)
                nn.init.normal_(parameter, std=std)

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits of the next character at each place."""
        x = self.embedding(tokens) + self.positions[: tokens.shape[1]]
        x = functional.dropout(x, self.dropout, self.training)
        for block in self.blocks:
            x = block(x)
        return self.output(self.norm(x))


def learning_rate(step: int, config: Config) -> float:
    """A linear rise, then half a cosine down to LR_FLOOR of the highest rate."""
    highest = config.learning_rate
    warmup = max(1, round(WARMUP * config.steps))
    if step < warmup:
        return highest * (step + 1) / warmup
    share = (step - warmup) / max(1, config.steps - warmup)
    decay = 0.5 * (1 + math.cos(math.pi * share))
    return highest * (LR_FLOOR + (1 - LR_FLOOR) * decay)


def optimiser_for(model: nn.Module, config: Config) -> torch.optim.Optimizer:
    """AdamW that lets only matrices decay."""
    parameters = list(model.parameters())
    groups = [
        {"params": [p for p in parameters if p.dim() == 2], "weight_decay": WEIGHT_DECAY},
        {"params": [p for p in parameters if p.dim() != 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=config.learning_rate, betas=BETAS, fused=True)


def batches(tokens: Tensor, config: Config, seed: int) -> Iterator[Tensor]:
    """Random windows, one batch (batch, context + 1) per step; the tokens stay where they are."""
    windows = tokens.unfold(0, config.context + 1, 1)
    generator = torch.Generator().manual_seed(seed)
    starts = torch.randint(len(windows), (config.steps, config.batch), generator=generator).to(tokens.device)
    for chosen in starts:
        yield windows[chosen].long()


def train(corpus: Corpus, config: Config, seed: int, device: str) -> tuple[GPT, list[dict[str, float]], float]:
    """The trained model, its curve (step, train_loss, val_loss at each evaluation) and the seconds of training.

    `train_loss` is the mean over the batches since the evaluation before.
    """
    stream = training_seed(corpus.name, seed)
    torch.manual_seed(stream)
    model = GPT(len(corpus.vocabulary), config).to(device)
    optimiser = optimiser_for(model, config)
    curve: list[dict[str, float]] = []
    loss_sum, seconds, start = torch.zeros((), device=device), 0.0, time.perf_counter()
    for step, batch in enumerate(batches(corpus.train.to(device), config, stream)):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, config)
        with precision(device):
            logits = model(batch[:, :-1])
        loss = functional.cross_entropy(logits.float().flatten(0, 1), batch[:, 1:].flatten())
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimiser.step()
        loss_sum += loss.detach()
        done = step + 1
        if done % config.eval_every == 0 or done == config.steps:
            train_loss = loss_sum.item() / ((done - 1) % config.eval_every + 1)
            seconds += time.perf_counter() - start
            with precision(device):
                val_loss = mean_loss(model, corpus.heldout, config.context, config.eval_segments)
            curve.append({"step": done, "train_loss": train_loss, "val_loss": val_loss})
            print(f"{corpus.name} seed {seed} step {done}: train {train_loss:.4f} val {val_loss:.4f}", flush=True)
            loss_sum, start = torch.zeros((), device=device), time.perf_counter()
    return model, curve, seconds


def precision(device: str) -> contextlib.AbstractContextManager[Any]:
    """Matrix products in bfloat16 on CUDA, in float32 elsewhere."""
    return torch.autocast("cuda", torch.bfloat16) if device == "cuda" else contextlib.nullcontext()


@torch.no_grad()
def generate(model: GPT, config: Config, seed: int, device: str) -> list[list[int]]:
    """Samples of characters, one after the other, each begun by a line break (not returned)."""
    torch.manual_seed(seed)
    model.eval()
    samples = []
    for _ in range(config.samples):
        tokens = torch.zeros(1, 1, dtype=torch.long, device=device)
        for _ in range(config.sample_length):
            logits = model(tokens[:, -config.context :])[0, -1]
            drawn = torch.multinomial((logits.float() / TEMPERATURE).softmax(-1), 1)
            tokens = torch.cat([tokens, drawn[None]], dim=1)
        samples.append(tokens[0, 1:].tolist())
    return samples


def run_seed(dataset: str, config: Config, seed: int, device: str) -> dict[str, Any]:
    """Train and measure one model: its metrics, its curve and a text that it wrote."""
    corpus = load_corpus(dataset)
    model, curve, seconds = train(corpus, config, seed, device)
    with precision(device):
        check_causal(model, len(corpus.vocabulary), config.context)
        final_train_loss = mean_loss(model, corpus.train, config.context, config.eval_segments)
        speed, samples = timed_generation(lambda: generate(model, config, seed, device))
    metrics = {
        "final_train_loss": final_train_loss,
        "best_val_loss": min(point["val_loss"] for point in curve),
        "total_train_time": seconds,
        "avg_inference_tokens_per_second": speed,
    }
    return {"seed": seed, "metrics": metrics, "curve": curve, "sample": corpus.text(samples[0])}


def run_all(jobs: list[tuple[str, Config, int, str]]) -> list[dict[str, Any]]:
    """The results of all jobs in their order; on the CPU two at a time where there are two cores, a thread each."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    workers = min(cores, 2, len(jobs))
    if workers == 1 or jobs[0][-1] == "cuda":
        return [run_seed(*job) for job in jobs]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=spawn, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        return [future.result() for future in [pool.submit(run_seed, *job) for job in jobs]]


def main() -> None:
    """Run every corpus and seed, and write the results."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    default = os.environ.get("PEERASSAY_PRESET") or {"cuda": "paper", "cpu": "cpu"}[device]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out_dir", default="run_0", help="folder of the results (run_0)")
    parser.add_argument("--preset", default=default, choices=["cpu", "paper", "tiny"], help=f"sizes ({default})")
    parser.add_argument("--seeds", type=int, help="number of seeds instead of the preset's")
    parser.add_argument("--datasets", nargs="+", default=found_corpora(), help="corpora (all that are found)")
    options = parser.parse_args()
    start = time.perf_counter()
    configs = {dataset: config_for(options.preset, dataset) for dataset in options.datasets}
    if options.seeds:
        configs = {dataset: replace(config, seeds=options.seeds) for dataset, config in configs.items()}
    offset = int(os.environ.get("PEERASSAY_SEED_OFFSET", "0"))  # to run the same code under other seeds
    jobs = [(name, config, offset + seed, device) for name, config in configs.items() for seed in range(config.seeds)]
    done = run_all(jobs)
    results = {name: [run for run, job in zip(done, jobs, strict=True) if job[0] == name] for name in configs}
    facts = {}
    for name, config in configs.items():
        corpus = load_corpus(name)
        bounds = ngram_losses(corpus, config.eval_segments)
        facts[name] = {"corpus": corpus.facts(), "ngram_losses": bounds, "preset": options.preset}
        losses = " ".join(f"{run['metrics']['best_val_loss']:.4f}" for run in results[name])
        print(f"{name}: best val loss {losses}; bigram {bounds['bigram']:.4f} trigram {bounds['trigram']:.4f}")
    write_results(options.out_dir, results, facts)
    print(f"done in {time.perf_counter() - start:.0f} s: {options.out_dir}/final_info.json", flush=True)


if __name__ == "__main__":
    main()
