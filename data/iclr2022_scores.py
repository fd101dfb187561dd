"""The bundled dataset `iclr2022-scores`: decisions and ratings of 1019 ICLR 2022 papers, numbers alone, no text.

`bench/studies/bundle_scores.py` makes its files from the dataset `iclr2022`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from .dataset import Dataset, build
from .errors import InputError
from .files import read_validated, validated, write_lines
from .importers.rows import read_rows
from .records import DatasetCard, Judgement, Paper

NAME = "iclr2022-scores"
FOLDER = Path(__file__).parent / "numbers" / "iclr2022"
COLUMNS = ("paper_id", "decision", "tier", "ratings", "confidences", "split")


def load_iclr2022_scores() -> Dataset:
    """The papers without texts, with what humans decided on them."""
    card = read_validated(DatasetCard, FOLDER / "card.json")
    judgements = list(_judgements(FOLDER / "papers.tsv"))
    papers = [Paper(id=j.paper_id, text="", source="table", venue="ICLR", year=2022) for j in judgements]
    return build(card, papers, judgements)


def _judgements(path: Path) -> Iterator[Judgement]:
    for number, row in enumerate(read_rows(path), start=1):
        lists = {name: row[name].split(";") if row[name] else [] for name in ("ratings", "confidences")}
        yield validated(Judgement, {**row, **lists, "tier": row["tier"] or None}, f"{path}: row {number}")


def write_judgements(judgements: Sequence[Judgement], path: Path) -> None:
    """Write what `load_iclr2022_scores` reads. Raises InputError for papers in groups, which have no column."""
    if any(judgement.group for judgement in judgements):
        raise InputError(f"{path}: papers in groups cannot be written there")
    rows = (
        [j.paper_id, j.decision, j.tier or "", _listed(j.ratings), _listed(j.confidences), j.split] for j in judgements
    )
    write_lines(path, ("\t".join(row) for row in (COLUMNS, *rows)))


def _listed(numbers: Sequence[float]) -> str:
    return ";".join(f"{number:g}" for number in numbers)
