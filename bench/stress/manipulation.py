"""A manipulation: a paper changed in one way that should leave a reviewer's score alone, or lower it.

Each is deterministic: the same paper, strength and seed give the same text on any machine. A higher strength changes
at least what a lower one changes.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ...data.papers.load import LoadedPaper, load_paper
from ...data.records import Paper

Family = Literal["injection", "laundering", "identity", "degradation", "invariance"]
Level = Literal["text", "pdf"]
UNPLANTED = 0.0
"""The strength at which a file holds the paper alone."""


class NotApplicable(Exception):
    """The paper has nothing that the manipulation could change; the message is the reason, in a few words."""


@dataclass(frozen=True)
class PaperFile:
    """A file made of a paper: its ending, with the dot, and its bytes."""

    suffix: str
    content: bytes


@dataclass(frozen=True)
class Manipulation:
    """One way to change a paper. `apply` raises NotApplicable; its Random is made by `manipulated`."""

    name: str
    """With its family: "degradation:baselines-removed"."""
    family: Family
    expected: Literal["same", "lower"]
    """What a sound reviewer's score does."""
    strengths: tuple[float, ...]
    """Those that are tried unless others are named, ascending, in (0, 1]."""
    says: str
    """One line for tables and help."""
    level: Level
    """`pdf`: a PDF is made and read by the loader, so that the reviewer gets what the loader leaves."""
    apply: Callable[[Paper, float, random.Random], Paper]
    file: Callable[[Paper, float, random.Random], PaperFile] | None = None
    """How the paper's file is written, where `apply` reads one; at strength 0 with nothing planted in it."""


def manipulated(paper: Paper, manipulation: Manipulation, strength: float, seed: int) -> Paper:
    """The paper under the manipulation.

    Raises NotApplicable with a reason, also where nothing would be changed (of files, the loader may take the order
    out again), and ValueError for a strength outside of (0, 1].
    """
    if not 0 < strength <= 1:
        raise ValueError(f"strength {strength:g} of {manipulation.name}: it lies above 0 and is at most 1")
    made = manipulation.apply(paper, strength, _random(paper, manipulation, seed))
    if manipulation.file is None and made.text == paper.text:
        raise NotApplicable("it leaves this paper as it is")
    return made


def unplanted(paper: Paper, manipulation: Manipulation, seed: int) -> Paper:
    """The paper to compare with: itself, or what is read of a file in which nothing was planted.

    All manipulations that write the same kind of file have the same one, so that it is reviewed once.
    """
    if manipulation.file is None:
        return paper
    return as_read(paper, manipulation.file(paper, UNPLANTED, _random(paper, manipulation, seed))).paper


def read_file(paper: Paper, manipulation: Manipulation, strength: float, seed: int) -> LoadedPaper | None:
    """What the loader read of the manipulated file, with the hidden text that it set aside; None without a file."""
    if manipulation.file is None:
        return None
    return as_read(paper, manipulation.file(paper, strength, _random(paper, manipulation, seed)))


def as_read(paper: Paper, file: PaperFile) -> LoadedPaper:
    """The file as the loader reads it, under the paper's id, title, venue and year."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"paper{file.suffix}"
        path.write_bytes(file.content)
        loaded = load_paper(path, paper.id)
    kept = {name: getattr(paper, name) for name in ("title", "text_version", "venue", "year")}
    return loaded.model_copy(update={"path": path.name, "paper": loaded.paper.model_copy(update=kept)})


def _random(paper: Paper, manipulation: Manipulation, seed: int) -> random.Random:
    """Seeded by words, which Python hashes alike in every process."""
    return random.Random(f"{seed}\n{paper.id}\n{manipulation.name}")
