"""A calibration split where a source has none: by a hash of each paper, so that added papers move no other."""

from __future__ import annotations

import hashlib
import re

from .dataset import Dataset, build
from .errors import InputError
from .records import Judgement, Paper

SHARE = 0.2
"""Of the papers, for calibration."""


def with_calibration(dataset: Dataset, share: float = SHARE) -> Dataset:
    """The dataset with about this share (in [0, 1)) of its papers in the calibration split.

    Papers of one group, and papers of one title (a resubmission), stay together. What a source says of its own split
    is left alone. Nothing is split where calibration or test papers would lack a decision, accept or reject.

    Raises InputError for another share.
    """
    if not 0 <= share < 1:
        raise InputError(f"--calibration-share {share:g}: expected a number from 0 up to, but not including, 1")
    card = dataset.card
    if share == 0 or card.split_from or card.splits.get("calibration"):
        return dataset
    parted = [
        judgement.model_copy(update={"split": "calibration" if place(paper, judgement) < share else "test"})
        for paper, judgement in zip(dataset.papers, dataset.judgements, strict=True)
    ]
    if len({(j.split, j.decision) for j in parted}) < 4:
        notes = [*card.notes, f"Too few papers for a calibration split of {share:.0%}: all are test papers."]
        return build(card.model_copy(update={"notes": notes}), dataset.papers, dataset.judgements)
    told = f"a hash of title, or of group or id: {share:.0%} for calibration, none of the source's own choosing"
    return build(card.model_copy(update={"split_from": told}), dataset.papers, parted)


def place(paper: Paper, judgement: Judgement) -> float:
    """Where the paper's group stands between 0 and 1: the first 64 bits of the SHA-256 of its group, title or id."""
    title = re.sub(r"\W+", " ", paper.title).strip().lower()
    key = judgement.group or title or paper.id
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) / 2**64
