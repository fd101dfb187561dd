"""Papers in the form in which they are reviewed, made once for all reviewers."""

from __future__ import annotations

import pickle
import tempfile
import weakref
from array import array
from collections.abc import Sequence
from pathlib import Path

from ..data.errors import NotRecorded
from ..data.records import Paper
from ..reviewer.scrub import MANY, scrub_paper, scrub_papers

IN_MEMORY = 2**26
"""Bytes that are kept in memory; more go to the file."""
AT_ONCE = 1024
"""Papers that are held at once while many are made ready."""


class Prepared:
    """Gives a paper with its text scrubbed; each is scrubbed once.

    What memory is not to hold lies in a file of the folder that has no name and is gone with this process.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY, dir=str(folder))  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self._place: dict[str, int] = {}
        self._starts = array("q", [0])

    def __call__(self, paper: Paper) -> Paper:
        """The paper, scrubbed. Raises NotRecorded where the folder is full."""
        if paper.id not in self._place:
            self._keep(scrub_paper(paper))
        place = self._place[paper.id]
        start, end = self._starts[place : place + 2]
        self._file.seek(start)
        return pickle.loads(self._file.read(end - start))

    def make_ready(self, papers: Sequence[Paper]) -> None:
        """Scrub many of them on all cores, as many at once as memory holds; few are left to their turn."""
        if len(papers) < MANY:
            return
        for start in range(0, len(papers), AT_ONCE):
            for paper in scrub_papers(papers[start : start + AT_ONCE]):
                self._keep(paper)

    def _keep(self, paper: Paper) -> None:
        line = pickle.dumps(paper)
        try:
            self._file.seek(self._starts[-1])
            self._file.write(line)
        except OSError as error:
            raise NotRecorded(
                f"{self._folder}: cannot be written ({error.strerror}); mend that and start the same command again"
            ) from None
        self._place[paper.id] = len(self._starts) - 1
        self._starts.append(self._starts[-1] + len(line))
