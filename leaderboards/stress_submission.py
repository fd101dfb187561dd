"""From a run of `stress` to the results that stand beside rows of the reviewers' boards."""

from __future__ import annotations

from pathlib import Path

from ..bench.stress.flaw_marks import naming_of
from ..bench.stress.result import StressOutcome, measured
from ..bench.stress.run import StressRun
from ..data.errors import InputError, unknown
from ..data.files import validated
from ..reviewer.protocol import Traits
from .board_datasets import board_dataset
from .records import BoardDataset, StressResult
from .redaction import redact_paths, redact_spec
from .selection import PENDING, Selection, made_by, notes_of
from .store import dataset_id, with_digest


def stress_results(folder: Path, selection: Selection) -> tuple[BoardDataset | None, list[StressResult]]:
    """A result for each selected reviewer, and the dataset where the run is on all papers of its split.

    Raises InputError for a run without human decisions, or without a whole review of the intact papers.
    """
    run = StressRun.open(folder)
    record = run.stress
    if not record.judgements:
        raise InputError(f"{folder}: its papers have no human decisions; the boards need a dataset: stress -d DATASET")
    outcomes = {one.entry.name: one for one in measured(run)}
    for name in selection.reviewers:
        if name not in outcomes:
            raise unknown("reviewer", name, outcomes, hint=f"in {folder}")
    chosen = [outcomes[name] for name in selection.reviewers or outcomes]
    split, card = record.dataset.split, record.card
    whole = card.papers if split == "all" else card.splits.get(split, 0)
    dataset = board_dataset(card, record.judgements, split) if len(record.papers) == whole else None
    found = [_result(run, one, selection) for one in chosen]
    return dataset, [with_digest(validated(StressResult, fields, f"{folder}: {fields['name']}")) for fields in found]


def _result(run: StressRun, one: StressOutcome, selection: Selection) -> dict[str, object]:
    record, keys = run.stress, {paper.key for paper in one.scores.papers}
    traits: Traits = one.scores.traits.model_copy(update={"trained_on": one.scores.traits.trained_on & keys})
    name, spec = redact_paths(one.entry.name), redact_spec(one.entry.spec)
    scores = one.scores.model_copy(update={"name": name, "spec": spec, "traits": traits})
    return {
        "id": PENDING,
        "name": name,
        "spec": spec,
        "fingerprint": one.entry.fingerprint,
        "dataset": dataset_id(record.dataset.name, record.dataset.split),
        "dataset_hash": record.card.hash,
        "text": record.dataset.text,
        "scrub_rules": record.dataset.scrub_rules,
        "made": made_by(record),
        "seed": record.seed,
        "scores": scores.model_dump(mode="json"),
        "figures": one.stress.figures.model_copy(update={"name": name}).model_dump(mode="json"),
        "rated": one.stress.rated.model_dump(mode="json"),
        "flaws": one.flaws and one.flaws.model_dump(mode="json"),
        "naming": one.flaws and naming_of(name, scores.papers, one.flaws).model_dump(mode="json"),
        "notes": notes_of(selection),
    }
