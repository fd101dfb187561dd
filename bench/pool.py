"""Reviewers of several runs brought together on the papers that all of them reviewed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..data.errors import InputError
from .outcomes import Humans, Machine, humans_of, machine_of
from .run import Run, RunDataset


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
    entries = [(run, entry) for run in runs for entry in run.record.reviewers if floors or not entry.automatic]
    reviews = {run.folder: run.reviews() for run in runs}
    common = set.intersection(*({j.paper_id for j in run.record.judgements} for run in runs))
    for run, entry in entries:
        common &= {p for name, mark, p in reviews[run.folder] if (name, mark) == (entry.name, entry.fingerprint)}
    judgements = [j for j in runs[0].record.judgements if j.paper_id in common]
    if not judgements:
        raise InputError("these runs have no papers in common that every reviewer has reviewed")
    most = max(len(run.record.judgements) for run in runs)
    if len(judgements) < most:
        notes.append(f"on the {len(judgements)} papers that every reviewer reviewed (of up to {most})")
    humans = humans_of(judgements)
    machines: dict[tuple[str, str], Machine] = {}
    for run, entry in entries:
        if (entry.name, entry.fingerprint) in machines:
            continue
        taken = any(name == entry.name for name, _ in machines)
        mine = [reviews[run.folder][entry.name, entry.fingerprint, paper_id] for paper_id in humans.ids]
        name = f"{entry.name} ({run.folder.name})" if taken else entry.name
        machines[entry.name, entry.fingerprint] = machine_of(
            name, entry.traits, mine, humans, automatic=entry.automatic
        )
    if len(machines) < 2:
        raise InputError("a comparison needs two reviewers; give more runs, or --floors to compare with the floors")
    return Pool(first, humans, list(machines.values()), notes)
