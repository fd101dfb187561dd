"""Reading the papers: their text for the reviewer, and what is hidden in them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from ...data.errors import InputError
from ...data.papers.load import load_paper
from ...data.papers.source import read_content
from ...data.records import Paper
from ...reviewer.injections import find_injections
from ...reviewer.scrub import scrub_paper
from ...reviewer.scrub_rules import running_lines
from .entries import Entry
from .floor import shuffled


def read_papers(
    entries: Sequence[Entry], *, raw: bool, done: Callable[[], None] = lambda: None
) -> tuple[list[Entry], dict[str, Paper]]:
    """The entries with what their files say of them, and by idea the papers that are to be reviewed.

    A file that cannot be read leaves its reason in `ended`. Texts are scrubbed unless `raw`. `done` is called after
    each file of `to_read`.
    """
    reading = {id(entry) for entry in to_read(entries)}
    read: list[Entry] = []
    papers: dict[str, Paper] = {}
    for entry in entries:
        if id(entry) not in reading:
            read.append(entry)
            continue
        entry, paper = _read(entry, raw=raw)
        read.append(entry)
        if paper is not None and entry.review is None:
            papers[entry.idea.id] = paper
        done()
    return read, papers


def to_read(entries: Sequence[Entry]) -> list[Entry]:
    """The entries whose files are to be opened: to be reviewed, or not searched for hidden text yet."""
    return [e for e in entries if e.file and (e.review is None or (e.idea.hidden is None and e.file.is_file()))]


def _read(entry: Entry, *, raw: bool) -> tuple[Entry, Paper | None]:
    assert entry.file is not None
    try:
        sha256 = hashlib.sha256(read_content(entry.file)).hexdigest()
        if entry.pinned and sha256 != entry.idea.sha256:
            raise InputError(f"{entry.file}: not the paper that was scored before; name it itself to score it anew")
        loaded = load_paper(entry.file, entry.idea.id)
    except InputError as error:
        return (entry if entry.review else entry.changed(ended=str(error))), None
    paper = loaded.paper if raw else scrub_paper(loaded.paper)
    known = entry.changed(title=entry.idea.title or loaded.paper.title, sha256=sha256, ended="")
    if entry.shuffled:
        return known, shuffled(paper)
    found = known.changed(
        hidden=len(loaded.quarantine),
        injections=len(find_injections(paper.text)),
        running_lines=() if raw else tuple(line[:80] for line in running_lines(loaded.paper.text)),
    )
    return found, paper.model_copy(update={"sections": ()})
