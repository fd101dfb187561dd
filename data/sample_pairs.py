"""The bundled sample: manuscripts in pairs, a sound one and one with a planted defect."""

from __future__ import annotations

import hashlib
from pathlib import Path

from .dataset import Dataset, build
from .files import read_json, read_text
from .records import DatasetCard, Decision, Judgement, Paper

MANUSCRIPTS: tuple[tuple[str, Decision], ...] = (("sound", "accept"), ("flawed", "reject"))

SAMPLE = Path(__file__).parent / "sample"


def load_sample() -> Dataset:
    """All pairs; every second one (by slug) is for calibration, so that both halves span the subfields.

    Paper ids are hashes: neither an id nor the order of ids tells which manuscript of a pair is the sound one.
    """
    papers: list[Paper] = []
    judgements: list[Judgement] = []
    for number, folder in enumerate(sorted((SAMPLE / "pairs").iterdir())):
        for kind, decision in MANUSCRIPTS:
            paper = _sample_paper(folder, kind)
            papers.append(paper)
            judgements.append(_sample_judgement(paper.id, decision, folder.name, calibration=number % 2 == 1))
    card = DatasetCard.model_validate(read_json(SAMPLE / "card.json"))
    return build(card, papers, judgements)


def _sample_paper(folder: Path, kind: str) -> Paper:
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


def _sample_judgement(paper_id: str, decision: Decision, group: str, *, calibration: bool) -> Judgement:
    return Judgement(paper_id=paper_id, decision=decision, group=group, split="calibration" if calibration else "test")
