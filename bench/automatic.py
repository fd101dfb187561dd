"""The rows that every table has."""

from __future__ import annotations

from statistics import median

from ..data.dataset import Dataset
from ..reviewer.bundled import stored_specs

AUTOMATIC = ("floor:always-reject", "floor:length", "floor:header", "floor:surface", "learned:iclr2022")
CONSTANT = "floor:constant"


def automatic_specs(dataset: Dataset) -> tuple[str, ...]:
    """SPECs of the reviewers that stand in every table of this dataset; the constant where there are ratings.

    Without texts, stored scores stand for those that read them, where there are any.
    """
    if not dataset.card.has_texts:
        stored, readers = stored_specs(dataset.card.name), AUTOMATIC[1:]
        return (AUTOMATIC[0], *(stored[s] for s in readers if s in stored), *textless_specs(dataset)[1:])
    return (*AUTOMATIC, in_full(CONSTANT, dataset)) if typical_rating(dataset) is not None else AUTOMATIC


def textless_specs(dataset: Dataset) -> tuple[str, ...]:
    """Those of the automatic SPECs that read no text."""
    return (AUTOMATIC[0], in_full(CONSTANT, dataset)) if typical_rating(dataset) is not None else AUTOMATIC[:1]


def in_full(spec: str, dataset: Dataset) -> str:
    """The SPEC; a constant without a value gets the dataset's typical rating, and the scale of its ratings."""
    value = typical_rating(dataset)
    if spec != CONSTANT or value is None:
        return spec
    scale = dataset.card.scale
    return f"{spec}?value={value:g}" + (f"&scale={scale[0]:g}-{scale[-1]:g}" if scale else "")


def typical_rating(dataset: Dataset) -> float | None:
    """The median of the calibration papers' mean ratings: of all constants the one of least absolute error there.

    Without such ratings the middle of the scale; None where papers have no ratings or those no scale. Never a figure
    of papers that are tested.
    """
    if not any(j.ratings for j in dataset.judgements):
        return None
    known = [j.mean_rating for j in dataset.judgements if j.split == "calibration" and j.mean_rating is not None]
    scale = dataset.card.scale
    return float(median(known)) if known else (scale[0] + scale[-1]) / 2 if scale else None


def base_rate_of(dataset: Dataset) -> float:
    """Share of accepted papers that a reviewer may know, in [0, 1]: of the calibration split, else of all papers."""
    known = [j.accepted for j in dataset.judgements if j.split == "calibration"]
    return sum(known) / len(known) if known else dataset.card.base_rate
