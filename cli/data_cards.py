"""How a dataset's card is shown."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

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
        "hash": card.hash,
    }
    return Table(card.name, ("Field", "Value"), tuple((key, value or "–") for key, value in rows.items()))


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{key} {n}" for key, n in counts.items())


def tell_saved(card: DatasetCard, folder: Path, as_json: bool) -> None:
    """Show the card of a dataset that was saved, what to beware of, and what to do next."""
    if card.sample:
        log().print(Text(card.sample, style="bold yellow"))
    if as_json:
        print_json({"folder": str(folder), **card.model_dump(mode="json")})
        return
    print_tables([card_table(card)])
    sealed = f"bench --seal -d {card.name} -r SPEC" if card.labels == "undecided" else f"data audit {card.name}"
    log().print(Text(f"saved: {folder}\nnext: peerassay {sealed}"))
