"""How a dataset's card is shown."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from ..data.dataset import Dataset
from ..data.errors import InputError
from ..data.records import DatasetCard
from ..presentation.table import Table
from ..presentation.terminal import print_tables
from .output import log, print_json


def card_table(card: DatasetCard) -> Table:
    """The card, a field a row."""
    undecided = card.labels == "undecided"
    rows = {
        "title": card.title,
        "source": card.source,
        "licence": card.licence,
        "recipe": card.recipe,
        "revision": card.revision,
        "labels": card.labels,
        "text version": card.text_version,
        "papers": str(card.papers),
        "base rate": "" if undecided else f"{card.base_rate:.3f} ({card.accepted} accepted)",
        "splits": _counts(card.splits),
        "split by": card.split_from,
        "tiers": _counts(card.tiers),
        "rating scale": ", ".join(f"{value:g}" for value in card.scale),
        "left out": _counts(card.excluded),
        "sample": card.sample,
        "not verified": " ".join(note.removeprefix("Not verified: ") for note in card.unverified),
        "hash": card.hash,
    }
    return Table(card.name, ("Field", "Value"), tuple((key, value or "–") for key, value in rows.items()))


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{key} {n}" for key, n in counts.items())


def tell_dataset(dataset: Dataset, folder: Path, as_json: bool) -> None:
    """Show the card of a dataset that was saved, with its notes and what to beware of, and what to do next."""
    card = dataset.card
    tell_short_texts(dataset)
    for note in card.notes:
        log().print(Text(f"note: {note}", style="yellow" if note in card.unverified else ""))
    if card.sample:
        log().print(Text(card.sample, style="bold yellow"))
    if as_json:
        print_json({"folder": str(folder), **card.model_dump(mode="json")})
        return
    print_tables([card_table(card)])
    sealed = f"bench --seal -d {card.name} -r SPEC" if card.labels == "undecided" else f"data audit {card.name}"
    log().print(Text(f"saved: {folder}\nnext: peerassay {sealed}"))


def tell_short_texts(dataset: Dataset) -> None:
    """Name papers whose texts are too short to be papers, and how to get those that arXiv has."""
    from ..data.papers.arxiv import arxiv_number
    from ..data.papers.load import FEWEST_WORDS, shortness

    short = [paper.id for paper in dataset.papers if dataset.card.has_texts and shortness(paper.text)]
    if short:
        some = ", ".join(short[:5]) + (", ..." if len(short) > 5 else "")
        number = next(filter(None, map(arxiv_number, short)), None)
        way = f"; get the PDFs, as https://arxiv.org/pdf/{number}, and give their folder by --texts" if number else ""
        log().print(Text(f"{len(short)} papers have fewer than {FEWEST_WORDS} words ({some}){way}", style="yellow"))


def refuse(goes_with: str, **options: object) -> None:
    """Raises InputError for the first option that was given: it goes with something else."""
    given = next((name for name, value in options.items() if value), None)
    if given:
        name = {"own_name": "as"}.get(given, given.replace("_", "-"))
        raise InputError(f"--{name} goes with {goes_with}")
