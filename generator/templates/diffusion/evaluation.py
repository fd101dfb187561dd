"""Data, held-out evaluation and results file of the diffusion template. The scientist must not change this file.

Points of the training set and of the held-out set come from random streams of their own, one pair for each seed, so a
standard error over seeds covers the draw of the data as well as the training. Only `score` draws held-out points.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.spatial import KDTree

NEIGHBOURS = 5
NOISE_DRAWS = 4
"""Times that every held-out point is noised for the held-out loss."""
STREAMS = {"train": 0, "held_out": 1, "gaussian": 2, "noise": 3, "training": 4}
HERE = Path(__file__).resolve().parent


def _circle(rng: np.random.Generator, n: int) -> np.ndarray:
    """A ring of radius 3, each point moved by N(0, .1) in both directions."""
    angle = rng.uniform(0, 2 * np.pi, n)
    return 3 * np.stack([np.cos(angle), np.sin(angle)], axis=1) + rng.normal(0, 0.1, (n, 2))


def _line(rng: np.random.Generator, n: int) -> np.ndarray:
    """A broad bar: uniform on [-2, 2] x [-4, 4]."""
    return rng.uniform([-2, -4], [2, 4], (n, 2))


def _moons(rng: np.random.Generator, n: int) -> np.ndarray:
    """Two interleaved half circles with noise .03 before they are scaled to about [-3.4, 4.6] x [-1.6, 2.9]."""
    angle = rng.uniform(0, np.pi, n)
    lower = rng.random(n) < 0.5
    x = np.where(lower, 1 - np.cos(angle), np.cos(angle)) + rng.normal(0, 0.03, n)
    y = np.where(lower, 0.5 - np.sin(angle), np.sin(angle)) + rng.normal(0, 0.03, n)
    return np.stack([(x + 0.3) * 2 - 1, (y + 0.3) * 3 - 1], axis=1)


def _fish(rng: np.random.Generator, n: int) -> np.ndarray:
    """The outline x = 3 (cos u - sin^2 u / sqrt 2), y = 5 sin u cos u, even along its length, moved by N(0, .1)."""
    u = np.linspace(0, 2 * np.pi, 2001)
    outline = np.stack([3 * (np.cos(u) - np.sin(u) ** 2 / np.sqrt(2)), 5 * np.sin(u) * np.cos(u)], axis=1)
    length = np.append(0, np.cumsum(np.linalg.norm(np.diff(outline, axis=0), axis=1)))
    place = rng.uniform(0, length[-1], n)
    on_outline = np.stack([np.interp(place, length, outline[:, axis]) for axis in (0, 1)], axis=1)
    return on_outline + rng.normal(0, 0.1, (n, 2))


def _dino(rng: np.random.Generator, n: int) -> np.ndarray:
    """The Datasaurus points, drawn with replacement, moved by N(0, 1.5), then scaled to about [-4, 4].

    The original moves them by N(0, .15), which leaves 142 separate dots: a test of point masses, not of an outline.
    """
    path = dino_file()
    if path is None:
        raise FileNotFoundError("datasaurus.tsv is neither in the template folder nor in $PEERASSAY_CORPORA")
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    points = np.array([row[1:] for row in rows if row[0] == "dino"], dtype=float)
    moved = points[rng.integers(0, len(points), n)] + rng.normal(0, 1.5, (n, 2))
    return (moved / [54, 48] - 1) * 4


SHAPES: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "circle": _circle,
    "dino": _dino,
    "fish": _fish,
    "line": _line,
    "moons": _moons,
}


def dino_file() -> Path | None:
    """The file with the Datasaurus points, in this folder or in $PEERASSAY_CORPORA; None where there is none."""
    folders = [HERE, *(Path(folder) for folder in [os.environ.get("PEERASSAY_CORPORA", "")] if folder)]
    return next((folder / "datasaurus.tsv" for folder in folders if (folder / "datasaurus.tsv").is_file()), None)


def dataset_names() -> list[str]:
    """The four datasets: `dino` where the Datasaurus points are provided, our own `fish` in its place otherwise."""
    return ["circle", "dino" if dino_file() else "fish", "line", "moons"]


def _rng(dataset: str, seed: int, stream: str) -> np.random.Generator:
    return np.random.default_rng([seed, STREAMS[stream], *dataset.encode()])


def training_seed(dataset: str, seed: int) -> int:
    """What random numbers of training start from: other ones for each dataset, so that datasets are independent."""
    return int(_rng(dataset, seed, "training").integers(2**63))


def draw(dataset: str, seeds: Sequence[int], n: int, stream: str) -> np.ndarray:
    """`n` points for each seed from its `train` or its `held_out` stream: (seeds, n, 2)."""
    return np.stack([SHAPES[dataset](_rng(dataset, seed, stream), n) for seed in seeds])


def training_points(dataset: str, seeds: Sequence[int], n: int) -> torch.Tensor:
    """`n` training points for each seed: (seeds, n, 2), float32."""
    return torch.tensor(draw(dataset, seeds, n, "train"), dtype=torch.float32)


def kl_divergence(p: np.ndarray, q: np.ndarray, k: int = NEIGHBOURS) -> float:
    """D(P || Q) in nats from n points of P and m points of Q, each (points, dimensions).

    The k-nearest-neighbour estimate of Wang, Kulkarni & Verdú (2009, IEEE Trans. Inf. Theory 55(5), 2392-2405):
    d/n sum_i log(nu_k(i) / rho_k(i)) + log(m / (n - 1)), where rho_k(i) is the distance from point i of P to its k-th
    neighbour among the other points of P, and nu_k(i) that to its k-th neighbour in Q. It can fall slightly below 0.
    """
    if not (np.isfinite(p).all() and np.isfinite(q).all()):
        raise ValueError("points are not finite: the training or the sampling diverged")
    rho = KDTree(p).query(p, k + 1)[0][:, k]
    nu = KDTree(q).query(p, k)[0].reshape(len(p), k)[:, -1]
    ratio = np.log(np.maximum(nu, 1e-12)) - np.log(np.maximum(rho, 1e-12))
    return float(p.shape[1] * ratio.mean() + np.log(len(q) / (len(p) - 1)))


def _gaussian_points(dataset: str, seed: int, train: np.ndarray, m: int) -> np.ndarray:
    rng = _rng(dataset, seed, "gaussian")
    return rng.multivariate_normal(train.mean(axis=0), np.cov(train.T), m)


@torch.no_grad()
def _held_out_loss(
    dataset: str,
    seeds: Sequence[int],
    held_out: torch.Tensor,
    predict_noise: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    alpha_bar: torch.Tensor,
) -> torch.Tensor:
    """Mean squared error of the predicted noise, for each seed, with every timestep equally often."""
    total = torch.zeros(len(seeds))
    rngs = [_rng(dataset, seed, "noise") for seed in seeds]
    n = held_out.shape[1]
    for _ in range(NOISE_DRAWS):
        times = np.stack([rng.permutation(n) % len(alpha_bar) for rng in rngs])
        noise = np.stack([rng.normal(size=(n, 2)) for rng in rngs])
        t = torch.tensor(times, device=alpha_bar.device)
        epsilon = torch.tensor(noise, dtype=torch.float32, device=alpha_bar.device)
        kept = alpha_bar[t][..., None]
        noisy = kept.sqrt() * held_out.to(kept.device) + (1 - kept).sqrt() * epsilon
        total += (predict_noise(noisy, t) - epsilon).square().mean(dim=(1, 2)).cpu()
    return total / NOISE_DRAWS


def score(
    dataset: str,
    seeds: Sequence[int],
    train: torch.Tensor,
    samples: torch.Tensor,
    predict_noise: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    alpha_bar: torch.Tensor,
) -> dict[str, list[float]]:
    """Metrics on held-out points, as many as there are samples; one value per seed.

    `train` (seeds, n, 2) and `samples` (seeds, m, 2) are points; `predict_noise` maps noisy points (seeds, m, 2) and
    timesteps (seeds, m) to the predicted noise (seeds, m, 2); `alpha_bar` (T,) is the share of the signal's variance
    that is left after each step of the forward process.

    Returns eval_loss (mean squared error of the predicted noise), kl_divergence (nats, held-out against samples) and
    gaussian_kl (the same for samples of a Gaussian fitted to the training points: what a model must beat).
    """
    held_out = draw(dataset, seeds, samples.shape[1], "held_out")
    points = torch.tensor(held_out, dtype=torch.float32)
    loss = _held_out_loss(dataset, seeds, points, predict_noise, alpha_bar)
    trained, drawn = train.cpu().double().numpy(), samples.cpu().double().numpy()
    gaussian = [_gaussian_points(dataset, s, x, drawn.shape[1]) for s, x in zip(seeds, trained, strict=True)]
    return {
        "eval_loss": loss.tolist(),
        "kl_divergence": [kl_divergence(p, q) for p, q in zip(held_out, drawn, strict=True)],
        "gaussian_kl": [kl_divergence(p, q) for p, q in zip(held_out, gaussian, strict=True)],
    }


def write_results(
    out_dir: Path, results: dict[str, dict[str, list[float]]], arrays: dict[str, np.ndarray]
) -> dict[str, Any]:
    """Write all_results.npz and then final_info.json, each whole or not at all; returns what final_info.json holds.

    `results` is {dataset: {metric: [one value per seed]}}; a standard error is std(ddof=1) / sqrt(seeds).
    """
    info = {
        dataset: {
            "means": {metric: float(np.mean(values)) for metric, values in metrics.items()},
            "stderrs": {m: float(np.std(values, ddof=1) / np.sqrt(len(values))) for m, values in metrics.items()},
            "final_info_dict": metrics,
        }
        for dataset, metrics in results.items()
    }
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)  # pyright: ignore[reportArgumentType]
    out_dir.mkdir(parents=True, exist_ok=True)
    _write(out_dir / "all_results.npz", packed.getvalue())
    _write(out_dir / "final_info.json", json.dumps(info, indent=2, allow_nan=False).encode())
    return info


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(path)
