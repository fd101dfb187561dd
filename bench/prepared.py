"""Papers in the form in which they are reviewed, made once for all reviewers."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path

from ..data.records import Paper
from ..data.spool import Spool
from ..reviewer.scrub import MANY, scrub_paper, scrub_papers

AT_ONCE = 1024
"""Papers that are held at once while many are made ready."""


class Prepared:
    """Gives a paper with its text scrubbed; each is scrubbed once.

    What memory is not to hold lies in a file of the folder, see `Spool`.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._spool = Spool(folder)
        self._place: dict[str, tuple[int, int]] = {}

    def __call__(self, paper: Paper) -> Paper:
        """The paper, scrubbed. Raises NotRecorded where the folder is full."""
        if paper.id not in self._place:
            self._keep(scrub_paper(paper))
        return pickle.loads(self._spool.read(*self._place[paper.id]))

    def make_ready(self, papers: Sequence[Paper]) -> None:
        """Scrub many of them on all cores, as many at once as memory holds; few are left to their turn."""
        if len(papers) < MANY:
            return
        for start in range(0, len(papers), AT_ONCE):
            for paper in scrub_papers(papers[start : start + AT_ONCE]):
                self._keep(paper)

    def _keep(self, paper: Paper) -> None:
        line = pickle.dumps(paper)
        self._place[paper.id] = self._spool.append(line), len(line)
