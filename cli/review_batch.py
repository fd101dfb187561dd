"""The papers of one start of `peerassay review`: read, scrubbed, and those that cannot be read set apart."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.text import Text

from ..data.errors import InputError
from ..data.papers.load import LoadedPaper, load_paper, paper_ids, shortness
from ..data.records import Paper
from ..reviewer.scrub import scrub_paper
from .output import log, progress_bars


@dataclass
class Batch:
    """The papers that could be read, as given to the reviewer, and the others."""

    raw: bool
    """The reviewer is given the whole texts, not the scrubbed ones."""
    loaded: dict[str, LoadedPaper] = field(default_factory=dict)
    """By paper id."""
    papers: list[Paper] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    """Path and reason."""

    @property
    def text(self) -> str:
        """What the reviewer is given, in a word."""
        return "raw" if self.raw else "scrubbed"

    def add(self, loaded: LoadedPaper) -> None:
        """Add a paper that could be read."""
        paper = loaded.paper
        warning = shortness(paper.text)
        if warning:
            log().print(Text(f"{loaded.path}: {warning}", style="yellow"))
            loaded = loaded.model_copy(update={"notes": (*loaded.notes, warning)})
        if not self.raw:
            paper = scrub_paper(paper, max_words=None)
        self.loaded[paper.id] = loaded
        self.papers.append(paper)


def read_batch(paths: Sequence[Path], *, raw: bool) -> Batch:
    """Load the papers under ids of their own, with a bar where there are several.

    Raises InputError where the only one, or every one, cannot be read.
    """
    batch = Batch(raw)
    with progress_bars() if len(paths) > 1 else contextlib.nullcontext() as bars:
        task = bars.add_task("reading", total=len(paths)) if bars else None
        for path, name in zip(paths, paper_ids(paths), strict=True):
            try:
                batch.add(load_paper(path, name))
            except InputError as error:
                if len(paths) == 1:
                    raise
                batch.unread.append((str(path), str(error)))
                log().print(Text(f"not read: {error}", style="yellow"))
            if bars and task is not None:
                bars.advance(task)
    if not batch.papers:
        raise InputError(f"none of the {len(paths)} files can be read; the reasons are above")
    return batch
