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
from .data_audit import audit_command, leaks_command
from .data_cards import card_table, tell_saved
from .data_pull import pull_command, venues_command
from .ladder import make_ladder_command
from .options import AS_JSON
from .output import log, print_json, working


@click.group("data")
def data_command() -> None:
    """Datasets: list, info, import, pull, venues, audit, leaks, make-ladder."""


data_command.add_command(pull_command)
data_command.add_command(venues_command)
data_command.add_command(audit_command)
data_command.add_command(leaks_command)
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
    note = f"Imported and pulled datasets live in {data_home()} (PEERASSAY_DATA)."
    print_tables([Table("Datasets", ("Name", "Papers", "Accepted", "Labels", "Text version", "Splits"), rows, note)])


@data_command.command("info")
@click.argument("name")
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


@data_command.command("import")
@click.argument("name")
@click.argument("path")
@click.option("--map", "mapped", multiple=True, metavar="FIELD=COLUMN", help="Our field is called COLUMN there.")
@click.option(
    "--texts",
    type=click.Path(path_type=Path),
    help="Where the texts of a table's papers are, as ID.txt (.md, .tex, .pdf).",
)
@click.option("--hf", "huggingface", is_flag=True, help="PATH is for the Hugging Face `datasets` library.")
@click.option("--hf-split", multiple=True, help="With --hf: a split to read (again, or a,b for more), or all.")
@click.option("--hf-config", help="With --hf: the configuration.")
@click.option("--title", help="For the card.")
@click.option("--source", help="For the card.")
@click.option("--licence", help="For the card.")
@click.option("--text-version", type=click.Choice(["submission", "camera-ready", "latest", "unknown"]))
@click.option(
    "--undecided", is_flag=True, help="Papers without decisions, for `bench --seal` alone: a table, a folder."
)
@click.option("--overwrite", is_flag=True, help="Replace a dataset of this name.")
@AS_JSON
def import_command(
    name: str,
    path: str,
    mapped: tuple[str, ...],
    texts: Path | None,
    huggingface: bool,
    hf_split: tuple[str, ...],
    hf_config: str | None,
    undecided: bool,
    overwrite: bool,
    as_json: bool,
    **described: str | None,
) -> None:
    """Import a dataset under NAME from PATH.

    PATH is a folder of texts with its table of decisions (as the AI-Scientist release has it), a .csv, .tsv, .json or
    .jsonl table, or, with --hf, anything that the Hugging Face library reads (`hf:OWNER/NAME` for the hub, .parquet,
    .arrow, a folder); of several splits --hf-split takes some or all. With --undecided it is a table without decisions
    or a folder of papers.
    """
    from ..data.importers.columns import read_mapping
    from ..data.importing import import_dataset
    from ..data.papers.load import FEWEST_WORDS, shortness

    with working(f"reading {path}"):
        given = {key: value for key, value in described.items() if value is not None}
        dataset = import_dataset(
            name,
            path,
            columns=read_mapping(mapped),
            texts=texts,
            huggingface=huggingface,
            split=hf_split,
            config=hf_config,
            undecided=undecided,
            overwrite=overwrite,
            described=given,
        )
        short = [paper.id for paper in dataset.papers if shortness(paper.text)]
    if short:
        some = ", ".join(short[:5]) + (", ..." if len(short) > 5 else "")
        log().print(Text(f"{len(short)} papers have fewer than {FEWEST_WORDS} words ({some})", style="yellow"))
    tell_saved(dataset.card, data_home() / name, as_json)
