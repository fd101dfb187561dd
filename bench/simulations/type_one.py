"""How often tests call reviewers different that are equal by construction; exit 1 where a share is too high.

python bench/simulations/type_one.py [REPEATS]

Reviewers read the same hidden quality through noise of the same size and answer on six levels. "Each" is the share of
simulations in which a test of one pair has p < .05, "family" that in which anything is resolved after the correction.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from peerassay.bench.compare import METRICS, compare, rank
from peerassay.bench.outcomes import Humans, Machine
from peerassay.bench.resampled import Bootstrap
from peerassay.reviewer.protocol import Traits

LEVELS = (-1.3, -0.6, 0.0, 0.7, 1.5)
DRAWS = 400


@dataclass(frozen=True)
class NullCase:
    """Papers and equal reviewers: `skill` moves accepted papers up, in standard deviations of a score."""

    papers: int
    rate: float
    skill: float
    reviewers: int = 3
    pairs: bool = False
    """Whether papers come in groups of one accepted and one rejected version."""

    def humans(self, rng: np.random.Generator) -> Humans:
        """Ratings drawn anew; decisions always the same."""
        accepted = np.arange(self.papers) % 2 == 0 if self.pairs else np.arange(self.papers) < self.papers * self.rate
        rating = np.round(5 + accepted + 1.5 * rng.normal(size=self.papers))
        names = tuple(f"p{i}" for i in range(self.papers))
        groups = tuple(f"g{i // 2}" for i in range(self.papers)) if self.pairs else names
        return Humans(names, accepted, rating, np.full(self.papers, np.nan), groups, ((),) * self.papers)

    def machines(self, humans: Humans, rng: np.random.Generator) -> list[Machine]:
        """Scores of all reviewers, and words that follow a score of 3 or more but for one in ten."""
        quality = rng.normal(size=self.papers // 2).repeat(2) if self.pairs else rng.normal(size=self.papers)
        found: list[Machine] = []
        for number in range(self.reviewers):
            noise = rng.normal(size=self.papers)
            seen = self.skill * (humans.accepted - 0.4) + np.sqrt(0.5) * quality + np.sqrt(0.5) * noise
            score = np.digitize(seen, LEVELS).astype(float)
            word = (score >= 3) ^ (rng.random(self.papers) < 0.1)
            found.append(machine(f"reviewer {number}", score, word))
        return found


def machine(name: str, score: np.ndarray, word: np.ndarray | None = None) -> Machine:
    """A reviewer with these scores (n,) and words."""
    everywhere = np.ones(len(score), dtype=bool)
    return Machine(name, Traits(), False, everywhere, score, word, None, everywhere, 0)


def compared(world: NullCase, repeats: int, seed: int = 0) -> dict[str, float]:
    """Shares of `compare`: by metric for its first pair, and `family` for all pairs and metrics."""
    rng = np.random.default_rng(seed)
    bootstrap = Bootstrap(world.humans(rng), DRAWS, seed)
    wrong = dict.fromkeys([*METRICS, "family"], 0)
    for _ in range(repeats):
        humans = world.humans(rng)
        rows = compare(humans, world.machines(humans, rng), bootstrap)
        for row in rows:
            if (row.a, row.b) == ("reviewer 0", "reviewer 1") and row.p_value is not None:
                wrong[row.metric] += row.p_value < 0.05
        wrong["family"] += any(row.resolved for row in rows)
    return {name: count / repeats for name, count in wrong.items()}


def tied(world: NullCase, copies: int, repeats: int, seed: int = 0) -> float:
    """Share of boards of equal reviewers, the first of them there so many times more, on which not all are tied."""
    rng = np.random.default_rng(seed)
    bootstrap = Bootstrap(world.humans(rng), 50, seed)
    wrong = 0
    for _ in range(repeats):
        humans = world.humans(rng)
        machines = world.machines(humans, rng)
        machines += [machine(f"copy {number}", _scores(machines[0])) for number in range(copies)]
        wrong += any(row.rank != 1 for row in rank(humans, machines, bootstrap))
    return wrong / repeats


def _scores(one: Machine) -> np.ndarray:
    assert one.score is not None
    return one.score


COMPARED = (
    NullCase(32, 0.5, 0.0),
    NullCase(32, 0.25, 0.8),
    NullCase(60, 0.37, 0.8),
    NullCase(150, 0.37, 0.0),
    NullCase(300, 0.37, 0.8),
    NullCase(300, 0.37, 2.0),
    NullCase(64, 0.5, 0.8, pairs=True),
    NullCase(14, 0.5, 0.8),
)
BOARDS = ((NullCase(150, 0.37, 0.8, reviewers=8), 0), (NullCase(150, 0.37, 0.8, reviewers=8), 10))


def lines(repeats: int) -> Iterator[tuple[str, dict[str, float]]]:
    """A line of the table for each world: what it is, and its shares."""
    for world in COMPARED:
        name = f"n={world.papers} rate {world.rate:g} skill {world.skill:g}{' in pairs' if world.pairs else ''}"
        yield name, compared(world, repeats)
    for world, copies in BOARDS:
        name = f"board of {world.reviewers}{f' and {copies} copies' if copies else ''}, n={world.papers}"
        yield name, {"family": tied(world, copies, repeats)}


def most_allowed(repeats: int) -> float:
    """.06, and two standard errors of a share of .05 in so many simulations."""
    return 0.06 + 2 * float(np.sqrt(0.05 * 0.95 / repeats))


def main() -> None:
    """Print the table; exit 1 where a share is above .06 by more than chance."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    heads = (*METRICS, "family")
    print(f"{'share wrong at .05':36}" + "".join(f"{head[:9]:>10}" for head in heads), flush=True)
    too_high = False
    for name, shares in lines(repeats):
        cells = "".join(f"{shares[head]:10.3f}" if head in shares else f"{'':10}" for head in heads)
        print(f"{name:36}{cells}", flush=True)
        too_high |= any(share > most_allowed(repeats) for share in shares.values())
    print(f"{repeats} simulations a line; allowed: {most_allowed(repeats):.3f}")
    sys.exit(too_high)


if __name__ == "__main__":
    main()
