"""Data, examination and results of the grokking template. Not to be changed by a study: the pipeline checks its hash.

An operation is a full table of equations `a op b = c`. A random part of the table is shown in training; the rest is
held out. The scientist's code gets the training part only and is graded on both parts, exactly, by `Exam.grade`.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

OPERATIONS: tuple[str, ...] = ("x_div_y", "x_minus_y", "x_plus_y", "permutation")
STREAMS = {"x_plus_y": 0, "x_minus_y": 1, "x_div_y": 2, "permutation": 3}
MEASURES = ("train_loss", "val_loss", "train_acc", "val_acc")
"""What an examination gives, in this order: mean cross-entropy in nats, and the share of correct answers."""
LEARNED = 0.99
"""Accuracy above which a part of the table counts as learned."""


def operation_table(operation: str, modulus: int, letters: int) -> tuple[Tensor, int]:
    """All rows (a, b, c) of an operation, as a tensor (rows, 3), and the number of distinct elements.

    Modular operations act on 0..modulus-1, which must be prime; division leaves out b = 0. `permutation` is the
    composition of two permutations of `letters` letters, c(i) = a(b(i)), numbered in lexicographic order.
    """
    if operation == "permutation":
        elements = list(permutations(range(letters)))
        number = {element: i for i, element in enumerate(elements)}
        rows = [
            (number[a], number[b], number[tuple(a[i] for i in b)]) for a in elements for b in elements
        ]  # fmt: skip
        return torch.tensor(rows), len(elements)
    solve: dict[str, Callable[[int, int], int]] = {
        "x_plus_y": lambda a, b: (a + b) % modulus,
        "x_minus_y": lambda a, b: (a - b) % modulus,
        "x_div_y": lambda a, b: a * pow(b, -1, modulus) % modulus,
    }
    divisors = range(1 if operation == "x_div_y" else 0, modulus)
    rows = [(a, b, solve[operation](a, b)) for a in range(modulus) for b in divisors]
    return torch.tensor(rows), modulus


class Exam:
    """One operation, split at random once per seed into a training part and a held-out part.

    `train_inputs` (seeds, n_train, 4) are token sequences [a, op, b, =], `train_answers` (seeds, n_train) the results;
    `tokens` counts the tokens (elements, op, =) and `answers` the possible results. Raises ValueError where the
    fraction leaves a part empty.
    """

    def __init__(
        self, operation: str, seeds: Sequence[int], modulus: int, letters: int, train_fraction: float, device: str
    ):
        rows, elements = operation_table(operation, modulus, letters)
        self.tokens, self.answers = elements + 2, elements
        self.n_train = int(train_fraction * len(rows))
        if not 0 < self.n_train < len(rows):
            raise ValueError(
                f"train_fraction {train_fraction} leaves a part of {operation} empty; choose one in (0, 1)"
            )
        splits = [_split_generator(operation, seed) for seed in seeds]
        order = torch.stack([torch.randperm(len(rows), generator=split) for split in splits])
        rows = rows[order].to(device)
        op, equals = (torch.full_like(rows[..., 0], elements + i) for i in (0, 1))
        self._inputs = torch.stack([rows[..., 0], op, rows[..., 1], equals], dim=-1)
        self._results = rows[..., 2]

    @property
    def train_inputs(self) -> Tensor:
        """The sequences shown in training."""
        return self._inputs[:, : self.n_train]

    @property
    def train_answers(self) -> Tensor:
        """Their results."""
        return self._results[:, : self.n_train]

    @torch.no_grad()
    def grade(self, model: Callable[[Tensor], Tensor]) -> np.ndarray:
        """MEASURES over the whole of both parts, as an array (seeds, 4).

        The model maps token sequences (seeds, n, 4) to the logits of the answer (seeds, n, answers).
        """
        logits = model(self._inputs).float()
        losses = logits.logsumexp(-1) - logits.gather(-1, self._results.unsqueeze(-1)).squeeze(-1)
        correct = (logits.argmax(-1) == self._results).float()
        parts = (slice(None, self.n_train), slice(self.n_train, None))
        return torch.stack([x[:, part].mean(1) for x in (losses, correct) for part in parts], dim=1).cpu().numpy()


def training_seed(operation: str, seed: int) -> int:
    """What random numbers of training start from: other ones for each operation, so that operations are independent."""
    return 10_000_000 * STREAMS[operation] + seed


def _split_generator(operation: str, seed: int) -> torch.Generator:
    """Apart from the generators of training, so that no change to the training moves the split."""
    return torch.Generator().manual_seed(1_000_003 + training_seed(operation, seed))


def summarise(steps: Sequence[int], curve: np.ndarray) -> list[dict[str, float]]:
    """Per seed the final MEASURES, the steps at which both accuracies first pass LEARNED, and their fate.

    `curve` (seeds, examinations, 4) belongs to the updates `steps`. A part that is never learned counts with the last
    step, and `crossed` (1 or 0, for the held-out part) tells. `max_val_acc` is kept since accuracy can collapse late.
    """
    return [
        {
            **{f"final_{measure}": float(seed[-1, i]) for i, measure in enumerate(MEASURES)},
            "step_val_acc_99": _first_step(steps, seed[:, MEASURES.index("val_acc")]),
            "step_train_acc_99": _first_step(steps, seed[:, MEASURES.index("train_acc")]),
            "max_val_acc": float(seed[:, MEASURES.index("val_acc")].max()),
            "crossed": float((seed[:, MEASURES.index("val_acc")] > LEARNED).any()),
        }
        for seed in curve
    ]


def _first_step(steps: Sequence[int], accuracy: np.ndarray) -> float:
    passed = np.flatnonzero(accuracy > LEARNED)
    return float(steps[passed[0]] if len(passed) else steps[-1])


def aggregate(seeds: list[dict[str, float]]) -> dict[str, dict[str, Any]]:
    """Means and standard errors, std(ddof=1)/sqrt(n), over seeds; with one seed there is no standard error (0)."""
    values = {key: [seed[key] for seed in seeds] for key in seeds[0]}
    errors = {key: np.std(v, ddof=1) / len(v) ** 0.5 if len(v) > 1 else 0.0 for key, v in values.items()}
    return {
        "means": {f"{key}_mean": float(np.mean(v)) for key, v in values.items()},
        "stderrs": {f"{key}_stderr": float(error) for key, error in errors.items()},
        "final_info_dict": values,
    }


def write_results(out_dir: Path, results: dict[str, tuple[list[int], np.ndarray]]) -> dict[str, Any]:
    """Write final_info.json and all_results.npz, each whole or not at all; gives the content of the first.

    `results` holds (steps, curve) per operation, as for `summarise`. In the .npz they are `OPERATION_step` and
    `OPERATION_MEASURE` (seeds, examinations).
    """
    info = {operation: aggregate(summarise(*result)) for operation, result in results.items()}
    arrays: dict[str, Any] = {f"{operation}_step": np.array(steps) for operation, (steps, _) in results.items()}
    for operation, (_, curve) in results.items():
        arrays |= {f"{operation}_{measure}": curve[:, :, i] for i, measure in enumerate(MEASURES)}
    out_dir.mkdir(parents=True, exist_ok=True)
    _write_atomic(out_dir / "all_results.npz", lambda stream: np.savez_compressed(stream, **arrays))
    _write_atomic(out_dir / "final_info.json", lambda stream: stream.write(json.dumps(info, indent=2).encode()))
    return info


def _write_atomic(path: Path, write: Callable[[Any], Any]) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "wb") as stream:
        write(stream)
    Path(temporary).chmod(0o644)
    Path(temporary).replace(path)
