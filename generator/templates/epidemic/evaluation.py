"""Contact networks, random numbers, measures and results of the epidemic template. Not to be changed by a study.

The pipeline checks the hash of this file. The scientist's code gets a network and gives counts of people by state and
day back; `measure` checks that nobody is lost or made up and derives all that is reported.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array

NETWORKS: tuple[str, ...] = ("random", "small_world", "scale_free", "households")
STREAMS = {"network": 0, "vaccines": 1, "people": 2, "days": 3}
"""Random numbers apart from each other, so that a change to one part of the model moves no other part."""
REWIRED = 0.1
"""Share of the ties of `small_world` that lead anywhere."""
HOUSEHOLD = 4
"""People of a household, who all meet each other."""
LARGE = 0.05
"""Attack rate above which an epidemic counts as large."""


def stream(network: str, seed: int, name: str) -> np.random.Generator:
    """The random numbers of a seed for a purpose, other ones for each network, so that networks are independent."""
    return np.random.default_rng([seed, STREAMS[name], *network.encode()])


def contact_network(kind: str, people: int, contacts: int, seed: int) -> csr_array:
    """Who meets whom: a symmetric (people, people) matrix of 0 and 1 with `contacts` ties per person on average.

    `contacts` is even and at least 4. Raises ValueError otherwise, and for an unknown kind.
    """
    if contacts < HOUSEHOLD or contacts % 2:
        raise ValueError(f"contacts {contacts}: choose an even number, 4 or more")
    ties = {"random": random_ties, "small_world": _ring, "scale_free": _preferential, "households": _households}
    if kind not in ties:
        raise ValueError(f"network {kind!r}: choose one of {', '.join(NETWORKS)}")
    pairs = ties[kind](stream(kind, seed, "network"), people, contacts)
    pairs = np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)
    rows, columns = np.concatenate([pairs, pairs[:, ::-1]]).T
    return csr_array((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=(people, people))


def random_ties(rng: np.random.Generator, people: int, contacts: float) -> np.ndarray:
    """people * contacts / 2 distinct pairs, all equally likely: (pairs, 2)."""
    wanted = round(people * contacts / 2)
    drawn = np.sort(rng.integers(people, size=(2 * wanted + 100, 2)), axis=1)
    pairs = np.unique(drawn[drawn[:, 0] != drawn[:, 1]], axis=0)
    return rng.permutation(pairs)[:wanted]


def _ring(rng: np.random.Generator, people: int, contacts: int) -> np.ndarray:
    """Everybody meets the nearest on a ring, and a share `REWIRED` of these ties leads to anybody instead."""
    first = np.repeat(np.arange(people), contacts // 2)
    second = (first + np.tile(np.arange(1, contacts // 2 + 1), people)) % people
    moved = rng.random(len(first)) < REWIRED
    second[moved] = rng.integers(people, size=moved.sum())
    return np.stack([first, second], axis=1)


def _preferential(rng: np.random.Generator, people: int, contacts: int) -> np.ndarray:
    """One person after the other ties to contacts / 2 of those before, with a chance in proportion to their ties."""
    each = contacts // 2
    ends = list(range(each))
    pairs: list[tuple[int, int]] = []
    luck = rng.random((people, 20 * each))
    for person in range(each, people):
        met: dict[int, None] = {}
        for draw in luck[person]:
            met[ends[int(draw * len(ends))]] = None
            if len(met) == each:
                break
        pairs += [(person, other) for other in met]
        ends += [*met, *[person] * each]
    return np.array(pairs)


def _households(rng: np.random.Generator, people: int, contacts: int) -> np.ndarray:
    """Households in which all meet, and ties to anybody for the rest of the contacts."""
    members = np.arange(people)
    inside = [
        np.stack([members[:-gap], members[gap:]], axis=1)[members[:-gap] // HOUSEHOLD == members[gap:] // HOUSEHOLD]
        for gap in range(1, HOUSEHOLD)
    ]
    return np.concatenate([*inside, random_ties(rng, people, contacts - HOUSEHOLD + 1)])


def measure(counts: np.ndarray, lost: np.ndarray) -> dict[str, float]:
    """The measures of one seed, as means over its epidemics.

    `counts` (days + 1, 4, epidemics) are people who are susceptible, exposed, infectious and recovered at the start of
    each day; vaccinated people who were never infected are among the susceptible. `lost` (days, epidemics) are the
    contacts that did not take place on a day, per person. Raises ValueError where people are lost or made up, or where
    somebody becomes susceptible again.
    """
    counts = np.asarray(counts)
    people = counts.sum(axis=1)
    if (people != people[0, 0]).any() or (counts < 0).any():
        raise ValueError("the counts of a day do not add up to the people of the first day")
    if (np.diff(counts[:, 0], axis=0) > 0).any() or (np.diff(counts[:, 3], axis=0) < 0).any():
        raise ValueError("somebody became susceptible again")
    share = counts / people[0, 0]
    attack, infectious = 1 - share[-1, 0], share[:, 2]
    active = counts[:, 1] + counts[:, 2] > 0
    return {
        "attack_rate": float(attack.mean()),
        "peak_prevalence": float(infectious.max(axis=0).mean()),
        "peak_day": float(infectious.argmax(axis=0).mean()),
        "duration": float(active.sum(axis=0).mean()),
        "large_outbreaks": float((attack > LARGE).mean()),
        "contacts_lost": float(np.asarray(lost).sum(axis=0).mean()),
    }


def prevalence(counts: Sequence[np.ndarray]) -> np.ndarray:
    """The share of people who are infectious, by seed and day, as a mean over epidemics: (seeds, days + 1).

    Seeds that ended earlier are filled up with 0.
    """
    curves = [c[:, 2].mean(axis=1) / c[0, :, 0].sum() for c in counts]
    length = max(map(len, curves))
    return np.stack([np.pad(curve, (0, length - len(curve))) for curve in curves])


def aggregate(seeds: list[dict[str, float]]) -> dict[str, dict[str, Any]]:
    """Means and standard errors, std(ddof=1)/sqrt(n), over seeds; with one seed there is no standard error (0)."""
    values = {key: [seed[key] for seed in seeds] for key in seeds[0]}
    errors = {key: np.std(v, ddof=1) / len(v) ** 0.5 if len(v) > 1 else 0.0 for key, v in values.items()}
    return {
        "means": {f"{key}_mean": float(np.mean(v)) for key, v in values.items()},
        "stderrs": {f"{key}_stderr": float(error) for key, error in errors.items()},
        "final_info_dict": values,
    }


def write_results(out_dir: Path, results: dict[str, list[tuple[np.ndarray, np.ndarray]]]) -> dict[str, Any]:
    """Write final_info.json and all_results.npz, each whole or not at all; gives the content of the first.

    `results` holds (counts, lost) of each seed by network, as for `measure`. In the .npz there is `NETWORK_prevalence`
    (seeds, days + 1).
    """
    info = {network: aggregate([measure(*seed) for seed in seeds]) for network, seeds in results.items()}
    arrays: dict[str, Any] = {
        f"{network}_prevalence": prevalence([counts for counts, _ in seeds]) for network, seeds in results.items()
    }
    out_dir.mkdir(parents=True, exist_ok=True)
    _write_atomic(out_dir / "all_results.npz", lambda file: np.savez_compressed(file, **arrays))
    _write_atomic(out_dir / "final_info.json", lambda file: file.write(json.dumps(info, indent=2).encode()))
    return info


def _write_atomic(path: Path, write: Callable[[Any], Any]) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "wb") as file:
        write(file)
    Path(temporary).chmod(0o644)
    Path(temporary).replace(path)
