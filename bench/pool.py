"""Reviewers of several runs brought together on the papers that all of them reviewed, and compared there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..data.errors import InputError, unknown
from ..data.files import make_folder, write_atomic
from ..presentation.drawing import Plot, write_plots
from ..presentation.formats import csv_of, written
from ..presentation.table import Table
from ..reviewer.review import Review
from .calibrations import read_calibrations
from .compare import METRICS, EquivalenceRow, PairRow, RankRow, compare, equivalence, rank
from .compare_tables import equivalence_table, pairs_tables, ranks_table
from .load_outcomes import humans_of, machine_of
from .outcomes import Humans, Machine
from .plots_summary import paired_differences
from .presented import short_names, with_names
from .resampled import DRAWS, Bootstrap
from .run import Run, RunDataset, RunReviewer


@dataclass(frozen=True)
class Pool:
    """Machines on the same papers, with remarks on what was left out."""

    dataset: RunDataset
    humans: Humans
    machines: list[Machine]
    notes: list[str]


def pool_runs(runs: Sequence[Run], *, floors: bool = False) -> Pool:
    """The reviewers of all runs (those that `bench` added by itself only with `floors`).

    Raises InputError for runs on different datasets, without papers in common, or with fewer than two reviewers.
    """
    first = runs[0].record.dataset
    for run in runs[1:]:
        if run.record.dataset.hash != first.hash:
            raise InputError(f"{run.folder}: is on {run.record.dataset.name}, not the same {first.name} papers")
    notes: list[str] = []
    if runs[0].record.card.labels == "constructed":
        notes.append("labels are constructed, not human")
    if len({run.record.dataset.text for run in runs}) > 1:
        notes.append("some runs are on scrubbed text, some on raw: differences may come from that")
    candidates = [(run, entry) for run in runs for entry in run.record.reviewers if floors or not entry.automatic]
    reviews = {id(run): run.reviews() for run in runs}
    entries: list[tuple[Run, RunReviewer]] = []
    for run, entry in candidates:
        if all((entry.name, entry.fingerprint, j.paper_id) in reviews[id(run)] for j in run.record.judgements):
            entries.append((run, entry))
        else:
            notes.append(f"{entry.name} in {run.folder} has not reviewed all of its papers and is left out")
    common = set.intersection(*({j.paper_id for j in run.record.judgements} for run in runs))
    judgements = [j for j in runs[0].record.judgements if j.paper_id in common]
    if not judgements:
        raise InputError("these runs have no papers in common")
    most = max(len(run.record.judgements) for run in runs)
    if len(judgements) < most:
        notes.append(f"on the {len(judgements)} papers that are in every run (of up to {most})")
    humans = humans_of(judgements)
    machines: list[Machine] = []
    seen: list[list[Review]] = []
    for run, entry in entries:
        mine = [reviews[id(run)][entry.name, entry.fingerprint, paper_id] for paper_id in humans.ids]
        if mine in seen:
            continue
        seen.append(mine)
        name = _unique(entry.name, run, {machine.name for machine in machines})
        machines.append(machine_of(name, entry.traits, mine, humans, automatic=entry.automatic))
        if machines[-1].in_sample:
            notes.append(f"{name} was fitted on {machines[-1].in_sample} of these {len(humans)} papers: in-sample")
    if len(machines) < 2:
        raise InputError("a comparison needs two reviewers; give more runs, or --floors to compare with the floors")
    return Pool(first, humans, machines, notes)


@dataclass(frozen=True)
class PooledComparison:
    """The paired tests of all reviewers of a pool, their ranks, and which are equal within a margin."""

    pool: Pool
    pairs: list[PairRow]
    ranks: list[RankRow]
    equivalent: list[EquivalenceRow]

    def worse(self) -> bool:
        """Whether the first reviewer is significantly worse than another, by any metric."""
        first = self.pool.machines[0].name
        mine = [pair for pair in self.pairs if pair.resolved and first in (pair.a, pair.b)]
        return any((pair.difference or 0) * (1 if pair.a == first else -1) < 0 for pair in mine)

    @property
    def names(self) -> dict[str, str]:
        """Short names for replays, as tables and drawings show them."""
        return short_names([machine.name for machine in self.pool.machines])

    def tables(self) -> list[Table]:
        """A table per metric, of equivalence where it was asked for, and of ranks."""
        names = self.names
        equal = [with_names(row, names) for row in self.equivalent]
        pairs = [with_names(row, names) for row in self.pairs]
        ranks = [with_names(row, names) for row in self.ranks]
        same = [equivalence_table(equal)] if equal else []
        return [*pairs_tables(pairs), *same, ranks_table(ranks)]

    def write(self, folder: Path) -> None:
        """Write compare.md and compare.tex, pairs.csv with unrounded numbers, and the forest plot into the folder.

        Raises InputError where a file cannot be written.
        """
        make_folder(folder)
        write_atomic(folder / "compare.md", written(self.tables(), "md") + "\n")
        write_atomic(folder / "compare.tex", written(self.tables(), "latex") + "\n")
        rows = [pair.model_dump() for pair in self.pairs]
        heads = list(PairRow.model_fields)
        write_atomic(folder / "pairs.csv", csv_of(heads, [[row[head] for head in heads] for row in rows]))
        figure = paired_differences([with_names(pair, self.names) for pair in self.pairs])
        if figure is not None:
            write_plots(folder, [Plot("pairs", "Differences between reviewers", "", figure)])


def _named(name: str, known: Sequence[str]) -> str:
    """The reviewer of that name, or of that short name. Raises InputError for any other."""
    full = {short: name for name, short in short_names(known).items()}
    if name not in known and name not in full:
        raise unknown("reviewer", name, known, hint="--against names one of the runs")
    return full.get(name, name)


def compare_runs(
    runs: Sequence[Run],
    *,
    floors: bool = False,
    metrics: Sequence[str] = METRICS,
    calibration: Path | None = None,
    margin: float | None = None,
    against: str | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> PooledComparison:
    """Compare all reviewers of the runs, see `compare`; with `margin` also whether AUCs are equal within it.

    `against` is the name of the one reviewer that all others are compared with.

    Raises InputError as `pool_runs`, for a reviewer that is none of the pool, for a margin without the AUC among the
    metrics, and for a wrong calibration file.
    """
    if margin is not None and "auc" not in metrics:
        raise InputError("--equivalence tests AUC: leave --metric out, or add --metric auc")
    pool = pool_runs(runs, floors=floors)
    if against is not None:
        against = _named(against, [machine.name for machine in pool.machines])
    bootstrap = Bootstrap(pool.humans, draws, seed)
    calibrations = read_calibrations(calibration) if calibration else {}
    pairs = compare(pool.humans, pool.machines, bootstrap, calibrations=calibrations, only=metrics, against=against)
    pool.notes.extend(
        f"the calibration of {name} was fitted on {c.seen(pool.humans)} of these papers and is not used"
        for name, c in calibrations.items()
        if c.seen(pool.humans)
    )
    told_apart = pairs if "auc" in metrics and against is None else None
    ranks = rank(pool.humans, pool.machines, bootstrap, told_apart)
    return PooledComparison(pool, pairs, ranks, [] if margin is None else equivalence(pairs, margin))


def _unique(name: str, run: Run, taken: set[str]) -> str:
    """The name, with the run's folder and text, then a number, where it is taken."""
    if name not in taken:
        return name
    longer = f"{name} ({run.folder}, {run.record.dataset.text})"
    return longer if longer not in taken else f"{longer} #{len(taken) + 1}"
