"""`peerassay train`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.text import Text

from ..data.registry import load_dataset
from ..presentation.numbers import between, number
from ..presentation.table import Table
from ..presentation.terminal import print_tables
from ..reviewer.learned.artefact import Kind
from ..reviewer.learned.train import train
from . import kinds, options
from .output import log, print_json, working


@click.command("train")
@options.dataset(required=True)
@click.option(
    "--kind",
    type=click.Choice(["words", "surface"]),
    default="words",
    show_default=True,
    help="What it reads: words and habits of writing, or surface counts alone.",
)
@click.option(
    "--extra", multiple=True, metavar="DATASET", help="More papers to fit words on; may be given several times."
)
@click.option("--out", type=kinds.FileOrFolder(".npz"), help="The .npz to write [default: DATASET.npz].")
@click.option(
    "--test/--no-test",
    default=True,
    show_default=True,
    help="Score the test papers when all is fitted; tell each look.",
)
@click.option("--note", "notes", multiple=True, metavar="TEXT", help="A remark for the model card.")
@options.SEED
@options.AS_JSON
def train_command(
    source: str,
    kind: Kind,
    extra: tuple[str, ...],
    out: Path | None,
    test: bool,
    notes: tuple[str, ...],
    seed: int,
    as_json: bool,
) -> None:
    """Fit a learned reviewer on a dataset's calibration split, never on its test split.

    Writes numbers only (FILE.npz) and a model card (FILE.json). Use it as `-r learned:FILE.npz`.
    """
    with working(f"reading {source}") as tell:
        dataset = load_dataset(source)
        path = out or Path(f"{dataset.card.name}.npz")
        others = [load_dataset(name) for name in extra]
        card = train(dataset, kind=kind, extra=others, out=path, seed=seed, test=test, notes=notes, progress=tell)
    if as_json:
        print_json(card)
        return
    print_tables([_metrics_table(card)])
    log().print(Text(f"written: {path} and {path.with_suffix('.json')}\nuse it: -r learned:{path}"))


def _metrics_table(card: dict[str, Any]) -> Table:
    rows = tuple(
        (name, str(f["papers"]), _interval(f, "auc"), _interval(f, "balanced_accuracy"), number(f["brier"]))
        for name, f in card["figures"].items()
        if f
    )
    return Table(card["name"], ("Papers", "n", "AUC", "Bal acc", "Brier"), rows)


def _interval(figures: dict[str, Any], name: str) -> str:
    return between(figures[name], *figures[f"{name}_interval"])
