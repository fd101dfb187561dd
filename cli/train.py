"""`peerassay train`."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from ..data.registry import load_dataset
from ..reviewer.learned.train import train
from .output import log, print_json, working


@click.command("train")
@click.option("-d", "--dataset", "source", required=True, metavar="DATASET", help="A name or a path.")
@click.option("--extra", multiple=True, metavar="DATASET", help="More papers to fit on; may be given several times.")
@click.option("--out", type=click.Path(path_type=Path), help="The .npz to write [default: DATASET.npz].")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def train_command(source: str, extra: tuple[str, ...], out: Path | None, seed: int, as_json: bool) -> None:
    """Fit a learned reviewer on a dataset's calibration split, never on its test split.

    Writes numbers only (FILE.npz) and a model card (FILE.json). Use it as `-r learned:FILE.npz`.
    """
    with working(f"reading {source}") as tell:
        dataset = load_dataset(source)
        path = out or Path(f"{dataset.card.name}.npz")
        card = train(dataset, extra=[load_dataset(name) for name in extra], out=path, seed=seed, progress=tell)
    if as_json:
        print_json(card)
        return
    print(path.with_suffix(".json").read_text(), end="")
    log().print(Text(f"written: {path} and {path.with_suffix('.json')}\nuse it: -r learned:{path}"))
