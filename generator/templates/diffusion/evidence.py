"""What the baseline reaches: python evidence.py [--preset cpu] prints the tables of the README, and writes nothing."""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np
from evaluation import draw, kl_divergence
from experiment import PRESETS, alpha_bars, run_all

ORIGINAL_BETAS = np.linspace(1e-4, 0.02, 100)
"""The schedule of the AI-Scientist's template: its end still holds a third of the signal's variance."""


def fresh_kl(dataset: str, seeds: int, n: int) -> float:
    """The estimate for two independent draws from the data itself: what a perfect model would get, 0 on average."""
    pairs = zip(*(draw(dataset, range(seeds), n, stream) for stream in ("held_out", "train")), strict=True)
    return float(np.mean([kl_divergence(held_out, train) for held_out, train in pairs]))


def main() -> None:
    """Run every dataset and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", choices=PRESETS, default="cpu")
    preset = parser.parse_args().preset
    sizes = PRESETS[preset]
    started = time.perf_counter()
    results, _ = run_all(sizes)
    wall = time.perf_counter() - started
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(
        f"\npreset {preset}, {sizes.seeds} seeds: {wall:.0f} s, {sum(u.ru_utime + u.ru_stime for u in used):.0f} CPU s"
    )
    print(f"alpha_bar_T: {alpha_bars()[-1]:.1e} here, {np.prod(1 - ORIGINAL_BETAS):.3f} in the original\n")
    print(f"{'dataset':8}{'KL, held-out':>19}{'fitted Gaussian':>19}{'fresh data':>12}{'held-out loss':>19}")
    for dataset, metrics in results.items():
        n = len(metrics["kl_divergence"])
        kl, gaussian, loss = (
            (np.mean(metrics[name]), np.std(metrics[name], ddof=1) / np.sqrt(n))
            for name in ("kl_divergence", "gaussian_kl", "eval_loss")
        )
        print(
            f"{dataset:8}{kl[0]:>11.3f} ± {kl[1]:.3f}{gaussian[0]:>11.3f} ± {gaussian[1]:.3f}"
            f"{fresh_kl(dataset, sizes.seeds, sizes.samples):>12.3f}{loss[0]:>11.3f} ± {loss[1]:.3f}"
        )


if __name__ == "__main__":
    main()
