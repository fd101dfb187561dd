"""`peerassay data`."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from ..data.errors import InputError
from ..data.records import DatasetCard
from ..data.registry import data_home, list_names, load_card, load_dataset, unknown_dataset
from ..presentation.cell import NONE
from ..presentation.table import Table
from ..presentation.terminal import print_tables
from ..statistics.estimate import finite
from . import kinds
from .data_audit import audit_command, leaks_command
from .data_cards import card_table
from .data_export import export_command
from .data_import import import_command, recipes_command
from .data_pull import pull_command, venues_command
from .ladder import make_ladder_command
from .options import AS_JSON
from .output import log, print_json


@click.group("data")
def data_command() -> None:
    """Datasets: list, info, recipes, import, export, pull, venues, audit, leaks, make-ladder."""


for command in (
    recipes_command,
    import_command,
    export_command,
    pull_command,
    venues_command,
    audit_command,
    leaks_command,
):
    data_command.add_command(command)
data_command.add_command(make_ladder_command)


@data_command.command("list")
@AS_JSON
def list_command(as_json: bool) -> None:
    """The datasets that are here."""
    cards: list[DatasetCard] = []
    for name in list_names():
        try:
            cards.append(load_card(name))
        except InputError as error:
            log().print(Text(f"left out: {error}", style="yellow"))
    if as_json:
        print_json([card.model_dump(mode="json") for card in cards])
        return
    rows = tuple(
        (c.name, str(c.papers), NONE if c.labels == "undecided" else f"{c.base_rate:.1%}", c.labels, c.text_version,
         ", ".join(f"{split} {n}" for split, n in c.splits.items()))
        for c in cards
    )  # fmt: skip
    note = f"Imported and pulled datasets live in {data_home()} (PEERASSAY_DATA); data recipes and venues list more."
    doubtful = ", ".join(card.name for card in cards if card.unverified)
    note += f" Not verified in parts: {doubtful}; data info NAME tells what." if doubtful else ""
    print_tables([Table("Datasets", ("Name", "Papers", "Accepted", "Labels", "Text version", "Splits"), rows, note)])


@data_command.command("info")
@click.argument("name", type=kinds.DATASET)
@AS_JSON
def info_command(name: str, as_json: bool) -> None:
    """The card of a dataset: source, licence, revision, hash, base rate, scale, text version."""
    card = load_dataset(name).card if Path(name).exists() else load_card_or_fail(name)
    if as_json:
        print_json({**card.model_dump(mode="json"), "base_rate": finite(card.base_rate)})
        return
    print_tables([card_table(card)])
    for note in card.notes:
        log().print(Text(f"note: {note}"))


def load_card_or_fail(name: str) -> DatasetCard:
    """The card of a dataset that is here. Raises InputError with near matches for any other name."""
    if name not in list_names():
        raise unknown_dataset(name, f"looked in {data_home()}")
    return load_card(name)
