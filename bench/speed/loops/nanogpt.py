"""Steps per second of the nanogpt template's training, against a loop in the style of the published template.

    python bench/speed/loops/nanogpt.py [--steps 500] [--seeds 2] [--compile]

Both train the same model from the same weights on `stdlib`, sizes of the preset cpu, with one thread where nothing else
is said. CPU seconds are the better measure on a busy machine. The original-style loop opens the
token file anew for each batch and stacks single windows, uses AdamW without fusing, reads the loss back each ten steps,
estimates both losses on 200 random batches each 250 steps, and takes the seeds one after the other with all of torch's
threads. Its last model is scored on the template's held-out segments, so that both reach a comparable loss.

The rows `model alone` are its forward and backward pass on batches that lie ready, without an optimiser: what no loop
can do without. `--compile` compiles the model for them, which takes half a minute and a C++ compiler.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import argparse
import contextlib
import io
import multiprocessing
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_

sys.path.insert(0, str(Path(__file__).parents[3] / "generator" / "templates" / "nanogpt"))
from evaluation import Corpus, load_corpus, mean_loss
from experiment import BETAS, CLIP, GPT, WEIGHT_DECAY, Config, batches, learning_rate, train

EVALUATION_EVERY, EVALUATION_BATCHES = 250, 200
WARM = 20
"""Batches before the clock starts."""
Measured = tuple[float, float]
"""Held-out loss and CPU seconds."""


def original_style(corpus: Corpus, config: Config, seed: int, folder: Path, evaluate: bool) -> Measured:
    """Train as the published template does; `evaluate` switches its estimates of the losses on."""
    torch.manual_seed(seed)
    start = time.process_time()
    model = GPT(len(corpus.vocabulary), config)
    matrices = [p for p in model.parameters() if p.dim() == 2]
    rest = [p for p in model.parameters() if p.dim() != 2]
    groups = [{"params": matrices, "weight_decay": WEIGHT_DECAY}, {"params": rest, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=config.learning_rate, betas=BETAS)
    for step in range(config.steps):
        if evaluate and step % EVALUATION_EVERY == 0:
            estimate(model, folder, config)
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, config)
        loss = batch_loss(model, folder / "train.bin", config)
        loss.backward()
        clip_grad_norm_(model.parameters(), CLIP)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        if step % 10 == 0:
            loss.item()
    seconds = time.process_time() - start
    return mean_loss(model, corpus.heldout, config.context, config.eval_segments), seconds


def write_parts(corpus: Corpus, folder: Path) -> None:
    """The token files that the original reads its batches from."""
    corpus.train.numpy().astype(np.uint16).tofile(folder / "train.bin")
    corpus.heldout.numpy().astype(np.uint16).tofile(folder / "val.bin")


def batch_loss(model: GPT, path: Path, config: Config) -> torch.Tensor:
    """Loss on random windows that are read and stacked one by one."""
    data = np.memmap(path, dtype=np.uint16, mode="r")
    starts = torch.randint(len(data) - config.context, (config.batch,))
    x = torch.stack([torch.from_numpy(data[i : i + config.context].astype(np.int64)) for i in starts])
    y = torch.stack([torch.from_numpy(data[i + 1 : i + 1 + config.context].astype(np.int64)) for i in starts])
    logits = model(x)
    return functional.cross_entropy(logits.view(-1, logits.size(-1)), y.view(-1))


@torch.no_grad()
def estimate(model: GPT, folder: Path, config: Config) -> None:
    """Mean losses of many random batches of both parts."""
    model.eval()
    for part in ("train", "val"):
        losses = torch.zeros(EVALUATION_BATCHES)
        for number in range(EVALUATION_BATCHES):
            losses[number] = batch_loss(model, folder / f"{part}.bin", config).item()
        losses.mean()
    model.train()


def ours(config: Config, seed: int) -> Measured:
    """The template's own loop, with its evaluations."""
    corpus = load_corpus("stdlib")
    start = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        _, curve, _ = train(corpus, config, seed, "cpu")
    return curve[-1]["val_loss"], time.process_time() - start


def model_alone(corpus: Corpus, config: Config, *, compiled: bool) -> float:
    """CPU milliseconds of the loss of a batch and its gradient."""
    torch.manual_seed(0)
    model = GPT(len(corpus.vocabulary), config)
    passed = torch.compile(model) if compiled else model
    ready = list(batches(corpus.train, config, 0))

    def work(batch: torch.Tensor) -> None:
        logits = passed(batch[:, :-1])
        functional.cross_entropy(logits.flatten(0, 1), batch[:, 1:].flatten()).backward()

    for batch in ready[:WARM]:
        work(batch)
    start = time.process_time()
    for batch in ready:
        work(batch)
    return 1000 * (time.process_time() - start) / len(ready)


def show(name: str, config: Config, runs: list[Measured], wall: float) -> float:
    """Print a row; returns steps per second of wall time."""
    steps = config.steps * len(runs)
    cpu = 1000 * sum(seconds for _, seconds in runs) / steps
    losses = " ".join(f"{loss:.4f}" for loss, _ in runs)
    print(f"{name:32}{steps / wall:8.1f} steps/s{cpu:8.2f} CPU ms/step   held-out loss {losses}", flush=True)
    return steps / wall


def main() -> None:
    """Print the rows and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--compile", action="store_true", help="the model compiled, too")
    options = parser.parse_args()
    config = replace(Config(), steps=options.steps)
    seldom = replace(config, eval_every=config.steps)
    seeds = range(options.seeds)
    corpus = load_corpus("stdlib")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_parts(corpus, folder)

        def originals(label: str, evaluate: bool) -> float:
            start = time.perf_counter()
            runs = [original_style(corpus, config, seed, folder, evaluate) for seed in seeds]
            return show(label, config, runs, time.perf_counter() - start)

        originals("original style, no evaluation", False)
        originals("original style", True)
        for label, chosen in (("template, one evaluation", seldom), ("template", config)):
            start = time.perf_counter()
            runs = [ours(chosen, seed) for seed in seeds]
            show(label, chosen, runs, time.perf_counter() - start)
        for compiled in (False, True)[: 1 + options.compile]:
            label = "model alone, compiled" if compiled else "model alone"
            print(f"{label:32}{'':16}{model_alone(corpus, config, compiled=compiled):8.2f} CPU ms/step", flush=True)
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(2, mp_context=spawn, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            list(pool.map(ours, [replace(config, steps=5)] * 2, range(2)))
            start = time.perf_counter()
            runs = list(pool.map(ours, [config] * len(seeds), seeds))
            template = show("template, two processes", config, runs, time.perf_counter() - start)
        torch.set_num_threads(threads)
        original = originals(f"original style, {threads} threads", True)
    print(f"a whole baseline: {template / original:.2f} times the original style's steps per second")


if __name__ == "__main__":
    main()
