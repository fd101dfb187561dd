"""The folder of a run that is to be sealed: sealing.json and reviews.jsonl; then the seal and what belongs to it.

FOLDER/sealing.json, reviews.jsonl, calls.jsonl    as of every run; nobody but its owner can read the folder
FOLDER/seal.json                                   the seal, to be published; from then on nothing changes
FOLDER/seal-private.json                           salts and scores, to be kept until the decisions are out
"""

from __future__ import annotations

from pathlib import Path
from typing import Self

from ...data.errors import InputError
from ..run import BenchRecord, Run

SEAL, KEPT = "seal.json", "seal-private.json"
OWNER_ONLY, OWNER_ONLY_FOLDER = 0o600, 0o700


class SealingRecord(BenchRecord):
    """sealing.json; there are no judgements."""


class SealingRun(Run):
    """An opened folder of a run that is to be sealed."""

    FILE = "sealing.json"
    RECORD = SealingRecord
    KIND = "run to be sealed"
    COMMAND = "peerassay bench --seal --out FOLDER"

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The run in a folder. Raises InputError where there is none or sealing.json is wrong."""
        return super(Run, cls).open(folder)

    @classmethod
    def start(cls, folder: Path, record: BenchRecord) -> Self:
        """As every run's; other users are shut out first. Raises InputError where it is sealed already."""
        refuse_sealed(folder)
        folder.chmod(OWNER_ONLY_FOLDER)
        run = super().start(folder, record)
        run.reviews_path.touch(OWNER_ONLY)
        return run


def refuse_sealed(folder: Path) -> None:
    """Raises InputError where the folder holds a seal."""
    if (folder / SEAL).exists():
        raise InputError(
            f"{folder}: sealed already, and a seal cannot be continued or changed; open it with `peerassay bench "
            f"--open {folder / SEAL} -d DATASET` when the decisions are out, or choose another --out"
        )
