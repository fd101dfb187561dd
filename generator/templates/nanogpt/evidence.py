"""Print what the baseline reaches against n-gram models: `python evidence.py [--preset cpu] [--seeds N]`.

Each corpus that is found is trained as by experiment.py; nothing is written. On a busy machine the seconds are larger.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import argparse
import time

import numpy as np
import torch
from evaluation import found_corpora, load_corpus, ngram_losses, standard_error
from experiment import GPT, config_for, run_all


def main() -> None:
    """Train, compare and print."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="cpu", choices=["cpu", "paper", "tiny"], help="sizes (cpu)")
    parser.add_argument("--seeds", type=int, help="number of seeds instead of the preset's")
    options = parser.parse_args()
    for name in found_corpora():
        corpus, config = load_corpus(name), config_for(options.preset, name)
        bounds = ngram_losses(corpus, config.eval_segments)
        seeds = options.seeds or config.seeds
        start = time.perf_counter()
        runs = run_all([(name, config, seed, device) for seed in range(seeds)])
        wall = time.perf_counter() - start
        size = sum(parameter.numel() for parameter in GPT(len(corpus.vocabulary), config).parameters())
        print(f"\n{name}: {corpus.facts()}; {size} parameters, {seeds} seeds, {wall:.1f} s in all")
        for model, loss in bounds.items():
            print(f"  {model:44}{loss:8.4f} nats per held-out character")
        for metric in runs[0]["metrics"]:
            values = [run["metrics"][metric] for run in runs]
            print(f"  {metric:44}{np.mean(values):8.4f} ± {standard_error(values):.4f}")
        for model in ("bigram", "trigram"):
            below = sum(run["metrics"]["best_val_loss"] < bounds[model] for run in runs)
            print(f"  seeds below the {model} model: {below} of {seeds}")


if __name__ == "__main__":
    main()
