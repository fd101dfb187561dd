"""The bundled dataset `sample`: pairs of manuscripts, sound and flawed, with the defect of each pair on record."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from .dataset import Dataset, build
from .files import read_json, read_text
from .records import DatasetCard, Decision, Judgement, Paper

KINDS: tuple[tuple[str, Decision], ...] = (("sound", "accept"), ("flawed", "reject"))
FOLDER = Path(__file__).parent / "sample"


def load_sample() -> Dataset:
    """All pairs; every second one (by slug) is for calibration, so that both halves span the subfields.

    Paper ids are hashes: neither an id nor the order of ids tells which manuscript of a pair is the sound one.
    """
    papers: list[Paper] = []
    judgements: list[Judgement] = []
    for number, folder in enumerate(sorted((FOLDER / "pairs").iterdir())):
        for kind, decision in KINDS:
            paper = _paper(folder, kind)
            papers.append(paper)
            judgements.append(_judgement(paper.id, decision, folder.name, calibration=number % 2 == 1))
    card = DatasetCard.model_validate(read_json(FOLDER / "card.json"))
    return build(card, papers, judgements)


def defects() -> dict[str, dict[str, Any]]:
    """Per pair (slug): subfield, defect, where it shows, description, and quotes of the flawed manuscript."""
    return {folder.name: read_json(folder / "pair.json") for folder in sorted((FOLDER / "pairs").iterdir())}


def _paper(folder: Path, kind: str) -> Paper:
    text = read_text(folder / f"{kind}.md")
    title, _, rest = text.partition("\n")
    abstract = rest.split("## Abstract", 1)[1].split("\n## ", 1)[0].strip()
    identity = hashlib.sha256(f"{folder.name}/{kind}".encode()).hexdigest()[:10]
    return Paper(
        id=identity,
        title=title.removeprefix("# ").strip(),
        abstract=abstract,
        text=text,
        source="md",
        text_version="submission",
        venue="sample",
    )


def _judgement(paper_id: str, decision: Decision, group: str, *, calibration: bool) -> Judgement:
    return Judgement(paper_id=paper_id, decision=decision, group=group, split="calibration" if calibration else "test")
