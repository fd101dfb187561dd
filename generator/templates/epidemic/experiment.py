"""Epidemics on contact networks: who is infected, when, and what vaccination, isolation and distancing change.

python experiment.py --out_dir run_0 [--preset cpu|large|tiny] [--seeds 10]

A stochastic SEIR model in steps of a day. Each seed is a network of its own, on which many epidemics run side by side:
all states are arrays (people, epidemics). Person and day have the same random number whatever the settings are, so
that runs with the same seeds can be compared in pairs.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from evaluation import NETWORKS, contact_network, measure, stream, write_results
from scipy.sparse import csr_array


@dataclass(frozen=True)
class Config:
    """All settings. The defaults are the preset `cpu`."""

    people: int = 2000  # of a network
    contacts: int = 8  # ties per person, on average; even, 4 or more
    epidemics: int = 20  # of a seed, on the same network with the same vaccinated people
    days: int = 300  # after which an epidemic is cut off
    first_cases: int = 10  # people exposed on day 0, drawn from all
    transmission: float = 0.07  # hazard of infection per day and contact with an infectious person
    latent_days: float = 3.0  # mean time from infection to infectiousness
    latent_stages: int = 2  # stages of it, passed one after the other; more make it more regular
    infectious_days: float = 5.0  # mean time of infectiousness
    infectious_stages: int = 2  # stages of it
    dispersion: float = 0.0  # infectiousness of people is gamma distributed with this shape and mean 1; 0: all alike
    vaccinated: float = 0.2  # share of people
    vaccine_order: str = "random"  # who is vaccinated: "random", "contacts" (most first) or "acquaintance"
    vaccine_effect: str = "immunity"  # "immunity" (all or nothing), "leaky" or "onward" (infectiousness only)
    efficacy: float = 0.9  # share made immune, or reduction of the hazard taken in or given off
    isolating: float = 0.25  # share of people who isolate when they are infectious
    isolation_delay: int = 2  # days of infectiousness before they do
    closure_trigger: float = 1.0  # share of people infectious at which distancing begins; 1: never
    closure_strength: float = 0.5  # share of the hazard, and of contacts, that it removes
    closure_days: int = 28  # that it goes on after the trigger was last passed
    seeds: tuple[int, ...] = tuple(range(10))  # one network, one set of vaccinated people and of chances each


# What this run changes, whatever the preset: {"vaccinated": 0.4} replaces that setting.
CHANGES: dict[str, Any] = {}

PRESETS: dict[str, dict[str, Any]] = {
    "cpu": {},
    "large": {"people": 20000, "first_cases": 100, "epidemics": 10, "days": 400},
    "tiny": {"people": 200, "epidemics": 4, "days": 60, "first_cases": 4, "seeds": (0, 1, 2)},
}


def vaccinated_people(ties: csr_array, config: Config, rng: np.random.Generator) -> np.ndarray:
    """Who is vaccinated, as booleans (people,)."""
    number = round(config.vaccinated * config.people)
    chosen = np.zeros(config.people, dtype=bool)
    if config.vaccine_order == "random":
        chosen[rng.permutation(config.people)[:number]] = True
    elif config.vaccine_order == "contacts":
        chosen[np.lexsort((rng.random(config.people), -np.diff(ties.indptr)))[:number]] = True
    elif config.vaccine_order == "acquaintance":
        while chosen.sum() < number:  # a contact of a person drawn at random
            neighbours = ties.indices[slice(*ties.indptr[(person := rng.integers(config.people)) : person + 2])]
            if len(neighbours):
                chosen[rng.choice(neighbours)] = True
    else:
        raise ValueError(f"vaccine_order {config.vaccine_order!r}: choose random, contacts or acquaintance")
    return chosen


def protection(vaccinated: np.ndarray, config: Config, chance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Factors on the hazard that people take in and give off, each (people, epidemics); `chance` is uniform."""
    taken, given = np.ones_like(chance), np.ones_like(chance)
    if config.vaccine_effect == "immunity":
        taken[vaccinated[:, None] & (chance < config.efficacy)] = 0.0
    elif config.vaccine_effect == "leaky":
        taken[vaccinated] = 1 - config.efficacy
    elif config.vaccine_effect == "onward":
        given[vaccinated] = 1 - config.efficacy
    else:
        raise ValueError(f"vaccine_effect {config.vaccine_effect!r}: choose immunity, leaky or onward")
    return taken, given


def infectiousness(config: Config, rng: np.random.Generator) -> np.ndarray:
    """A factor for each person and epidemic, with mean 1: (people, epidemics)."""
    shape = (config.people, config.epidemics)
    if not config.dispersion:
        return np.ones(shape, dtype=np.float32)
    return rng.gamma(config.dispersion, 1 / config.dispersion, size=shape).astype(np.float32)


def simulate(network: str, config: Config, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """All epidemics of a seed. Gives the counts and the lost contacts for `measure`."""
    ties = contact_network(network, config.people, config.contacts, seed)
    degree = np.diff(ties.indptr).astype(np.float32)[:, None]
    vaccinated = vaccinated_people(ties, config, stream(network, seed, "vaccines"))
    rng, shape = stream(network, seed, "people"), (config.people, config.epidemics)
    first = rng.random(shape, dtype=np.float32).argsort(axis=0) < config.first_cases
    isolates = rng.random(shape, dtype=np.float32) < config.isolating
    taken, given = protection(vaccinated, config, rng.random(shape, dtype=np.float32))
    given *= infectiousness(config, rng)
    chances = stream(network, seed, "days")

    latent, all_stages = config.latent_stages, config.latent_stages + config.infectious_stages
    advance = np.full(all_stages + 2, 0.0, dtype=np.float32)  # chance per day to pass to the next stage
    advance[1 : latent + 1] = latent / config.latent_days
    advance[latent + 1 : -1] = config.infectious_stages / config.infectious_days
    stage = first.astype(np.int8)  # 0 susceptible, then exposed, infectious, and all_stages + 1 recovered
    sick_days = np.zeros(shape, dtype=np.int16)
    closed_until = np.zeros(config.epidemics)
    counts, lost = [count(stage, latent, all_stages)], []
    for day in range(config.days):
        infectious = (stage > latent) & (stage <= all_stages)
        closed_until[infectious.mean(axis=0) >= config.closure_trigger] = day + config.closure_days
        open_share = (1 - config.closure_strength * (day < closed_until)).astype(np.float32)
        isolated = infectious & isolates & (sick_days >= config.isolation_delay)
        hazard = ties @ np.where(infectious & ~isolated, given, np.float32(0))
        infected = 1 - np.exp(-config.transmission * taken * open_share * hazard)
        chance = chances.random(shape, dtype=np.float32)
        stage += chance < np.where(stage == 0, infected, advance[stage])
        sick_days += infectious
        lost.append((degree * np.where(isolated, 1.0, 1 - open_share)).mean(axis=0))
        counts.append(count(stage, latent, all_stages))
        if not counts[-1][1:3].any():
            break
    return np.stack(counts), np.stack(lost)


def count(stage: np.ndarray, latent: int, all_stages: int) -> np.ndarray:
    """People who are susceptible, exposed, infectious and recovered: (4, epidemics)."""
    susceptible, recovered = (stage == 0).sum(axis=0), (stage > all_stages).sum(axis=0)
    exposed = ((stage > 0) & (stage <= latent)).sum(axis=0)
    return np.stack([susceptible, exposed, len(stage) - susceptible - exposed - recovered, recovered])


def simulate_all(jobs: list[tuple[str, Config, int]]) -> list[tuple[np.ndarray, np.ndarray]]:
    """`simulate` for each (network, settings, seed), as many at a time as there are cores."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if cores == 1 or jobs[0][1].people < 1000:
        return [simulate(*job) for job in jobs]
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    with context.Pool(min(cores, len(jobs))) as pool:
        return pool.starmap(simulate, jobs, chunksize=1)


def main() -> None:
    """Run all networks, and write the results."""
    usual = os.environ.get("PEERASSAY_PRESET") or "cpu"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out_dir", type=Path, default=Path("run_0"), help="folder for the results")
    parser.add_argument("--preset", choices=PRESETS, default=usual, help=f"sizes and settings (default: {usual})")
    parser.add_argument("--seeds", type=int, metavar="N", help="number of seeds (default: 10, with tiny 3)")
    args = parser.parse_args()
    offset = int(os.environ.get("PEERASSAY_SEED_OFFSET", "0"))  # to run the same code under other seeds
    config = replace(Config(), **PRESETS[args.preset] | CHANGES)
    seeds = tuple(range(offset, offset + (args.seeds or len(config.seeds))))
    config = replace(config, seeds=seeds)
    start = time.perf_counter()
    jobs = [(network, config, seed) for network in NETWORKS for seed in seeds]
    done = simulate_all(jobs)
    results = {network: done[i * len(seeds) : (i + 1) * len(seeds)] for i, network in enumerate(NETWORKS)}
    write_results(args.out_dir, results)
    for network, found in results.items():
        rates = ", ".join(f"{measure(*seed)['attack_rate']:.1%}" for seed in found)
        print(f"{network:12} attack rate by seed: {rates}")
    print(f"{time.perf_counter() - start:.1f} s in all")


if __name__ == "__main__":
    main()
