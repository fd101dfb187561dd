"""Fixtures of the statistics: reviews that others released, beside the human decisions."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="session")
def released_reviews(shared_data: Path) -> Callable[[str], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Of one setting of the released GPT-4o reviews: human decisions, Overall, and the reviewer's own decisions."""
    folder = shared_data / "iclr2022"
    with (folder / "decisions.tsv").open(encoding="utf-8", newline="") as stream:
        accepted = {row["paper_id"]: row["decision"] != "Reject" for row in csv.DictReader(stream, delimiter="\t")}

    def read(setting: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        file = folder / "llm_reviews" / f"gpt-4o-2024-05-13_temp_0_1{setting}_pages_all.csv"
        with file.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        human = np.array([accepted[row["paper_id"]] for row in rows])
        overall = np.array([float(row["Overall"]) for row in rows])
        return human, overall, np.array([row["Decision"] == "Accept" for row in rows])

    return read
