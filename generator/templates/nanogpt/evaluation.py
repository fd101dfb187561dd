"""The corpora, the held-out evaluation and the writing of results: the part that an experiment may not change.

A corpus is a string of bytes, numbered by its vocabulary and cut into a training part (the first 90%) and a held-out
part (the last 10%). `stdlib` is there on every machine: the source text of fixed modules of Python's standard library
(so it depends on the version of Python; its SHA-256 goes into the results). `shakespeare_char`, `enwik8` and `text8`
are used where their files are found in the folder PEERASSAY_CORPORA or in `data/` beside this file.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import hashlib
import json
import math
import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

FILES = {"shakespeare_char": "tinyshakespeare.txt", "enwik8": "enwik8", "text8": "text8"}
TRAIN_SHARE = 0.9
SEGMENT = 1024
"""Held-out characters are scored in segments of this length, spread evenly over the held-out part."""
BATCH = 16384
"""Characters scored at once."""
PRINTABLE = b"\n" + bytes(range(32, 127))
STDLIB = """argparse ast asyncio/base_events asyncio/tasks bdb calendar codecs collections/__init__ configparser copy
csv dataclasses difflib email/message enum fractions functools gzip heapq http/client inspect ipaddress json/decoder
json/encoder logging/__init__ multiprocessing/pool os pickle posixpath pprint queue random selectors shelve shlex
shutil socket statistics string subprocess tarfile tempfile textwrap threading tokenize traceback types typing
unittest/case urllib/parse urllib/request uuid warnings weakref webbrowser xml/dom/minidom xml/etree/ElementTree
xmlrpc/client"""
"""Modules of the standard library in the order in which they make up `stdlib`; those that are missing are left out."""


@dataclass(frozen=True)
class Corpus:
    """A text as numbers: `train` and `heldout` are one-dimensional uint8 tensors of indices into `vocabulary`."""

    name: str
    train: torch.Tensor
    heldout: torch.Tensor
    vocabulary: bytes
    sha256: str

    def facts(self) -> dict[str, Any]:
        """What identifies the corpus in the results."""
        return {
            "sha256": self.sha256,
            "characters": len(self.train) + len(self.heldout),
            "vocabulary": len(self.vocabulary),
            "python": platform.python_version(),
        }

    def text(self, tokens: Sequence[int]) -> str:
        """The characters that the tokens stand for."""
        return bytes(self.vocabulary[token] for token in tokens).decode("utf-8", errors="replace")


def found_corpora() -> list[str]:
    """Names of the corpora that can be used here: `stdlib` always."""
    return ["stdlib", *(name for name in FILES if _file(name))]


def training_seed(name: str, seed: int) -> int:
    """What random numbers of training start from: other ones for each corpus, so that corpora are independent."""
    return 1_000_000 * ["stdlib", *FILES].index(name) + seed


def load_corpus(name: str) -> Corpus:
    """The corpus of that name. Raises ValueError for one that is not found or far too short."""
    content = _standard_library() if name == "stdlib" else _provided(name)
    if len(content) < 20 * SEGMENT:
        raise ValueError(f"corpus {name}: {len(content)} characters are too few; at least {20 * SEGMENT} are needed")
    vocabulary = PRINTABLE if name == "stdlib" else bytes(sorted(set(content)))
    number_of = np.zeros(256, dtype=np.uint8)
    number_of[list(vocabulary)] = range(len(vocabulary))
    tokens = torch.from_numpy(number_of[np.frombuffer(content, dtype=np.uint8)])
    cut = int(TRAIN_SHARE * len(tokens))
    return Corpus(name, tokens[:cut], tokens[cut:], vocabulary, hashlib.sha256(content).hexdigest())


def _standard_library() -> bytes:
    folder = Path(os.__file__).parent
    files = [path for module in STDLIB.split() if (path := folder / f"{module}.py").is_file()]
    text = b"\n".join(path.read_bytes() for path in files)
    return text.translate(None, delete=bytes(set(range(256)) - set(PRINTABLE)))


def _provided(name: str) -> bytes:
    path = _file(name)
    if path is None:
        known = ", ".join(["stdlib", *FILES])
        raise ValueError(
            f"corpus {name}: not found; known are {known}, all but stdlib need a file in PEERASSAY_CORPORA"
        )
    return path.read_bytes()


def _file(name: str) -> Path | None:
    folders = [Path(__file__).parent / "data"]
    if "PEERASSAY_CORPORA" in os.environ:
        folders.insert(0, Path(os.environ["PEERASSAY_CORPORA"]))
    paths = (folder / FILES[name] for folder in folders if name in FILES)
    return next((path for path in paths if path.is_file()), None)


def segments(tokens: torch.Tensor, most: int | None) -> torch.Tensor:
    """At most `most` (None: all) segments of SEGMENT + 1 tokens, spread evenly; shape (segments, SEGMENT + 1)."""
    windows = tokens.unfold(0, SEGMENT + 1, SEGMENT)
    if most is None or most >= len(windows):
        return windows
    return windows[torch.linspace(0, len(windows) - 1, most).long()]


@torch.no_grad()
def mean_loss(model: torch.nn.Module, tokens: torch.Tensor, context: int, most: int | None) -> float:
    """Cross-entropy in nats per character, without dropout, on fixed segments of the tokens.

    `model` maps integers (batch, time) to logits (batch, time, vocabulary). Each segment is cut into windows of
    `context` characters, so that the same characters are predicted whatever the context is; the first character of a
    window is predicted from one character, the last one from `context`.

    Raises ValueError where SEGMENT is no multiple of the context, or the loss is not finite.
    """
    if SEGMENT % context:
        raise ValueError(f"the context must divide {SEGMENT}; {context} does not")
    device = next(model.parameters()).device
    chosen = segments(tokens, most).long()
    inputs, targets = chosen[:, :-1].reshape(-1, context), chosen[:, 1:].reshape(-1, context)
    was_training = model.training
    model.eval()
    total = 0.0
    for x, y in zip(inputs.split(BATCH // context), targets.split(BATCH // context), strict=True):
        logits = model(x.to(device)).float()
        total += functional.cross_entropy(logits.flatten(0, 1), y.flatten().to(device), reduction="sum").item()
    model.train(was_training)
    loss = total / targets.numel()
    if not math.isfinite(loss):
        raise ValueError("the loss is not finite: training diverged")
    return loss


@torch.no_grad()
def check_causal(model: torch.nn.Module, vocabulary: int, context: int) -> None:
    """Raise ValueError where a prediction changes with characters that come after it or stand in another window."""
    device = next(model.parameters()).device
    generator = torch.Generator().manual_seed(0)
    first = torch.randint(vocabulary, (2, context), generator=generator)
    second = torch.randint(vocabulary, (2, context), generator=generator)
    half = context // 2
    second[0, :half] = first[0, :half]
    was_training = model.training
    model.eval()
    before, after = (model(x.to(device))[0, :half].float() for x in (first, second))
    model.train(was_training)
    if not torch.allclose(before, after, atol=1e-3):
        raise ValueError("the model sees the characters that it is to predict; its losses mean nothing")


def ngram_losses(corpus: Corpus, most: int | None) -> dict[str, float]:
    """Cross-entropy of add-one smoothed n-gram models, counted on the training part, on the held-out segments."""
    size = len(corpus.vocabulary)
    train = corpus.train.numpy().astype(np.int64)
    chosen = segments(corpus.heldout, most).numpy().astype(np.int64)
    losses = {}
    for name, order in (("unigram", 1), ("bigram", 2), ("trigram", 3)):
        counts = np.bincount(_grams(train, order, size), minlength=size**order).reshape(-1, size) + 1.0
        costs = np.log(counts.sum(axis=1, keepdims=True)) - np.log(counts)
        scored = np.concatenate([_grams(segment, order, size) for segment in chosen])
        losses[name] = float(costs.reshape(-1)[scored].mean())
    return losses


def _grams(tokens: np.ndarray, order: int, size: int) -> np.ndarray:
    """The number of each n-gram, the last character counting least."""
    numbers = np.zeros(len(tokens) - order + 1, dtype=np.int64)
    for place in range(order):
        numbers = numbers * size + tokens[place : len(tokens) - order + 1 + place]
    return numbers


def timed_generation(generate: Callable[[], list[list[int]]]) -> tuple[float, list[list[int]]]:
    """Generated tokens per second of wall time, and the tokens of each sample, without the prompt."""
    start = time.perf_counter()
    samples = generate()
    return sum(len(sample) for sample in samples) / (time.perf_counter() - start), samples


def write_results(out_dir: str | Path, results: dict[str, list[dict[str, Any]]], facts: dict[str, Any]) -> None:
    """Write `final_info.json` and `all_results.json`, each whole or not at all.

    `results` has for each dataset one record per seed with `metrics` (name to number), `curve` and `sample`. Standard
    errors are sample standard deviations over the root of the number of seeds, and 0 for one seed.
    """
    final: dict[str, Any] = {}
    for dataset, runs in results.items():
        values = {metric: [run["metrics"][metric] for run in runs] for metric in runs[0]["metrics"]}
        final[dataset] = {
            "means": {f"{metric}_mean": float(np.mean(value)) for metric, value in values.items()},
            "stderrs": {f"{metric}_stderr": standard_error(value) for metric, value in values.items()},
            "final_info_dict": values,
            "corpus": facts[dataset]["corpus"],
        }
    folder = Path(out_dir)
    folder.mkdir(parents=True, exist_ok=True)
    curves = {dataset: {**facts[dataset], "runs": runs} for dataset, runs in results.items()}
    _write_json(folder / "all_results.json", curves)
    _write_json(folder / "final_info.json", final)


def standard_error(values: list[float]) -> float:
    """Standard error of the mean; 0 for a single value."""
    return float(np.std(values, ddof=1) / math.sqrt(len(values))) if len(values) > 1 else 0.0


def _write_json(path: Path, value: Any) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(value, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    temporary.replace(path)
