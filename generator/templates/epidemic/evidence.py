"""The figures of README.md, measured anew: python evidence.py [--seeds 10]. About a minute on two cores.

Runs the baseline on all networks, and random ties without interventions at several hazards, whose attack rates are
compared with percolation theory (Newman 2002; Kenah & Robins 2007).
"""

from __future__ import annotations

import argparse
import math
import os
import time
from dataclasses import replace

from evaluation import NETWORKS, aggregate, measure
from experiment import CHANGES, PRESETS, Config, simulate_all

HAZARDS = (0.04, 0.07, 0.1)
"""At which theory and simulation are compared."""
UNTOUCHED = {"vaccinated": 0.0, "isolating": 0.0, "dispersion": 0.0, "closure_trigger": 1.0}


def transmissibility(config: Config) -> float:
    """The mean probability that an infected person who does not isolate infects a given contact."""
    leave, escape = config.infectious_stages / config.infectious_days, math.exp(-config.transmission)
    return 1 - (leave * escape / (1 - (1 - leave) * escape)) ** config.infectious_stages


def expected_attack_rate(config: Config) -> float:
    """The attack rate a = 1 - exp(-d T a) of a large outbreak on random ties without interventions."""
    reached, rate = config.contacts * transmissibility(config), 1.0
    for _ in range(10_000):
        rate = 1 - math.exp(-reached * rate)
    return rate


def main() -> None:
    """Simulate, and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10, metavar="N", help="number of seeds (default: 10)")
    preset = PRESETS[os.environ.get("PEERASSAY_PRESET", "cpu")]
    seeds = tuple(range(parser.parse_args().seeds))
    config = replace(Config(), **preset | CHANGES | {"seeds": seeds})
    start = time.perf_counter()
    columns = ("attack_rate", "peak_prevalence", "peak_day", "duration", "large_outbreaks", "contacts_lost")
    print(f"{'network':12}" + "".join(f"{column:>20}" for column in columns))
    done = simulate_all([(network, config, seed) for network in NETWORKS for seed in seeds])
    for i, network in enumerate(NETWORKS):
        info = aggregate([measure(*one) for one in done[i * len(seeds) : (i + 1) * len(seeds)]])
        cells = (f"{info['means'][f'{c}_mean']:.3f} ± {info['stderrs'][f'{c}_stderr']:.3f}" for c in columns)
        print(f"{network:12}" + "".join(f"{cell:>20}" for cell in cells))
    print(f"baseline: {time.perf_counter() - start:.1f} s\n")
    print(f"{'hazard':12}{'theory':>12}{'simulated':>20}")
    for hazard in HAZARDS:
        free = replace(config, transmission=hazard, **UNTOUCHED)
        info = aggregate([measure(*one) for one in simulate_all([("random", free, seed) for seed in seeds])])
        found = f"{info['means']['attack_rate_mean']:.3f} ± {info['stderrs']['attack_rate_stderr']:.3f}"
        print(f"{hazard:<12}{expected_attack_rate(free):>12.3f}{found:>20}")


if __name__ == "__main__":
    main()
