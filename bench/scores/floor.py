"""The floor of a batch: its own papers with their sentences in random order, words without their argument.

A configuration that is not resolved from this floor has not been told apart, by this reviewer, from its own sentences
without the order that makes them an argument.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from ...data.records import Paper
from .entries import Entry, Origin, new_idea
from .records import FLOOR

SENTENCE = re.compile(r"(?<=[.!?])\s+|\n{2,}")


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
