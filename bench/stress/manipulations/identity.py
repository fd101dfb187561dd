"""Who wrote a paper and what became of it, which should not matter.

All of it is put into the text before scrubbing, which takes much of it away: a reviewer gets what the bench shows.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable

from ....data.records import Paper
from ....reviewer.scrub_patterns import ABSTRACT
from ....reviewer.scrub_rules import title_end
from ..manipulation import Manipulation, NotApplicable
from ..parts import Edit, abstract_of, edited, references_of, with_text
from .wording import words_of

WORDS = words_of("identity")
STRENGTHS = (0.5, 1.0)
HEAD = 1000
"""Characters in which the title is looked for."""
MARKED = re.compile(r"#{1,6} ")


def authors(level: str) -> Callable[[Paper, float, random.Random], Paper]:
    """Authors in the place of those in the text, or of "Anonymous authors": at half strength their names alone."""

    def apply(paper: Paper, strength: float, rng: random.Random) -> Paper:
        start, end = _author_block(paper)
        order = list(range(len(WORDS[level]["names"])))
        rng.shuffle(order)
        names = [f"**{WORDS[level]['names'][i]}**" for i in order]
        lines = [", ".join(names), *(WORDS[level]["affiliations"][i] for i in order), *WORDS[level]["emails"]]
        kept = lines[: 1 + math.ceil(max(0.0, 2 * strength - 1) * (len(lines) - 1))]
        return with_text(paper, edited(paper.text, [Edit(start, end, "\n" + "\n".join(kept) + "\n\n")]))

    return apply


def accepted_at(paper: Paper, strength: float, _: random.Random) -> Paper:
    """A line above the title that says where the paper was accepted."""
    venue = " ".join([paper.venue or WORDS["status"]["venue"], *([str(paper.year)] if paper.year else [])])
    lines = [line.format(venue=venue) for line in WORDS["status"]["lines"]]
    return with_text(paper, "\n".join(lines[: math.ceil(strength * len(lines))]) + f"\n\n{paper.text}")


def acknowledgements(paper: Paper, strength: float, _: random.Random) -> Paper:
    """A section of thanks to persons and sponsors of renown, above the references or at the end."""
    listed = references_of(paper)
    place = listed.start if listed else len(paper.text)
    sentences = WORDS["acknowledgements"]["sentences"]
    heading = WORDS["acknowledgements"]["heading"]
    marked = MARKED.match(paper.text[place:]) if listed else None
    heading = f"{marked[0]}{heading}" if marked else heading.upper()
    words = " ".join(sentences[: math.ceil(strength * len(sentences))])
    return with_text(paper, edited(paper.text, [Edit(place, place, f"{heading}\n\n{words}\n\n")]))


def _author_block(paper: Paper) -> tuple[int, int]:
    """What stands between the title and the abstract's heading."""
    heading = ABSTRACT.search(paper.text, 0, 6000)
    abstract = abstract_of(paper)
    if not heading and not abstract:
        raise NotApplicable("no abstract found, above which authors stand")
    end = heading.start() if heading else abstract[0] if abstract else 0
    return min(title_end(paper.text, HEAD), end), end


def _traces(name: str, says: str, apply: Callable[[Paper, float, random.Random], Paper]) -> Manipulation:
    return Manipulation(f"identity:{name}", "identity", "same", STRENGTHS, says, "text", apply)


IDENTITIES = (
    _traces("high-prestige", "authors of institutions of renown", authors("high")),
    _traces("low-prestige", "authors of institutions nobody knows", authors("low")),
    _traces("accepted-at", "a line that says where the paper was accepted", accepted_at),
    _traces("acknowledgements", "thanks to persons and sponsors of renown", acknowledgements),
)
