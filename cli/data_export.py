"""`peerassay data export`."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from ..data.registry import load_dataset
from . import kinds
from .options import AS_JSON
from .output import log, print_json, tell_notes, working


@click.command("export")
@click.argument("name", type=kinds.DATASET)
@click.option("--out", type=kinds.PATH, required=True, help="A new folder.")
@click.option(
    "--texts/--no-texts", default=None, help="Texts must go along, or never [default: as the licence lets them]."
)
@click.option("--licence", help="The licence under which you pass it on [default: the dataset's], as CC-BY-4.0.")
@AS_JSON
def export_command(name: str, out: Path, texts: bool | None, licence: str | None, as_json: bool) -> None:
    """Write a dataset as a Hugging Face folder: parquet by split and a card, README.md.

    `datasets.load_dataset(FOLDER)` reads it, and so does `peerassay data import NAME FOLDER`, which gives the same
    records and the same hash. Texts go along only where the licence lets them be passed on.
    """
    from ..data.hub.write import export_dataset

    with working(f"reading {name}"):
        dataset = load_dataset(name)
    with working("writing parquet"):
        exported = export_dataset(dataset, out, texts=texts, licence=licence)
    if as_json:
        print_json({"folder": str(out), "texts": exported.texts, "hash": dataset.card.hash, "notes": exported.notes})
        return
    tell_notes(exported.notes)
    kept = "with texts" if exported.texts else "without texts"
    log().print(Text(f"written: {out} ({len(dataset)} papers, {kept})\nnext: peerassay data import NAME {out}"))
