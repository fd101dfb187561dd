"""Reading the papers: their text for the reviewer, what is hidden in them, and the floor of a batch.

The floor is its own papers with their sentences in random order, words without their argument. A configuration that is
not resolved from it has not been told apart, by this reviewer, from its own sentences without the order that makes them
an argument.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Sequence

from ...data.errors import InputError
from ...data.papers.load import load_paper
from ...data.papers.source import read_content
from ...data.records import Paper
from ...reviewer.injections import find_injections
from ...reviewer.scrub import scrub_paper
from ...reviewer.scrub_rules import running_lines
from .entries import Entry, Origin, new_idea
from .records import FLOOR

SENTENCE = re.compile(r"(?<=[.!?])\s+|\n{2,}")


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


def floor_entries(entries: Sequence[Entry]) -> list[Entry]:
    """An entry for each paper whose file is there, in a group FLOOR of its template; they cost nothing to make.

    Papers that an earlier score run has shuffled already get no second one.
    """
    there = {entry.file for entry in entries if entry.shuffled}
    papers = [e for e in entries if e.file and e.file.is_file() and not e.shuffled and e.file not in there]
    origins = {entry.idea.template: Origin(tried_from="run", usd=0.0) for entry in papers}
    return [_floor_entry(entry, origins[entry.idea.template]) for entry in papers]


def _floor_entry(entry: Entry, origin: Origin) -> Entry:
    idea = entry.idea
    floor = new_idea(
        idea.template,
        FLOOR,
        f"{idea.configuration} {idea.name}",
        title=idea.title,
        paper=idea.paper,
        usd=0.0,
        seconds=0.0,
    )
    return Entry(floor, entry.source, origin, shuffled=True)


def shuffled(paper: Paper) -> Paper:
    """The paper with sentences and headings in an order that its id determines; the abstract keeps its length."""
    parts = [part for part in SENTENCE.split(paper.text) if part.strip()]
    random.Random(paper.id).shuffle(parts)
    text = "\n".join(parts)
    return paper.model_copy(update={"text": text, "abstract": text[: len(paper.abstract)], "sections": ()})
