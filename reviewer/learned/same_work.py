"""Tell whether a paper, perhaps in another version, is in a dataset: what is judged must not be fitted on."""

from __future__ import annotations

import re

import numpy as np

from ...data.dataset import Dataset
from ...data.records import Paper
from .features import front_matter

RUN_WORDS = 8
SHARED_RUNS = 0.1
OPENING = 4500
"""Characters of a text that hold its abstract."""


class SameWork:
    """Knows a paper of a dataset again: by id, by title, or by its abstract.

    An abstract is known again where over SHARED_RUNS of its runs of RUN_WORDS words stand at one paper's beginning.
    """

    def __init__(self, dataset: Dataset):
        self.ids = {paper.id for paper in dataset.papers}
        self.titles = {_plain(paper.title) for paper in dataset.papers} - {""}
        self.runs: dict[str, set[int]] = {}
        for number, paper in enumerate(dataset.papers):
            for run in _runs(f"{paper.abstract} {paper.text[:OPENING]}"):
                self.runs.setdefault(run, set()).add(number)

    def __call__(self, paper: Paper) -> bool:
        """Whether the dataset has this paper or another version of it."""
        title, abstract = front_matter(paper)
        if paper.id in self.ids or _plain(title) in self.titles:
            return True
        runs = _runs(abstract)
        shared = [number for run in runs for number in self.runs.get(run, ())]
        return bool(shared and np.bincount(shared).max() > SHARED_RUNS * len(runs))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _runs(text: str) -> set[str]:
    words = re.findall(r"[a-z]+", text.lower())
    return {" ".join(words[i : i + RUN_WORDS]) for i in range(len(words) - RUN_WORDS + 1)}
