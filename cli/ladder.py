"""`peerassay data make-ladder`."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from ..data.registry import plain_name
from ..presentation.table import Table
from ..presentation.terminal import print_tables
from . import kinds
from .options import AS_JSON
from .output import log, print_json, working


@click.command("make-ladder")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...", type=kinds.PATH)
@click.option("--out", required=True, type=kinds.PATH, help="Folder of the dataset.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of what is changed.")
@AS_JSON
def make_ladder_command(runs: tuple[Path, ...], out: Path, seed: int, as_json: bool) -> None:
    """Pairs of a scientist's papers: intact, and with a known defect.

    RUN is a folder of `scientist run`, or of one of its ideas. Both papers of a pair have the same number of words; the
    defects are documented in defects.json.
    """
    from ..bench.stress.ladder import DEFECTS_FILE, make_ladder
    from ..bench.stress.manuscript import find_ideas, read_manuscript
    from ..data.dataset import save
    from ..data.files import refuse_filled, write_json

    refuse_filled(out)
    with working("reading papers"):
        manuscripts = [read_manuscript(idea) for idea in find_ideas(list(runs))]
    with working("planting defects"):
        dataset, ladder = make_ladder(manuscripts, plain_name(out.resolve().name), seed)
    save(dataset, out)
    write_json(out / DEFECTS_FILE, {group: defect.model_dump(mode="json") for group, defect in ladder.defects.items()})
    for paper, reason in ladder.left_out.items():
        log().print(Text(f"left out: {paper}: {reason}", style="yellow"))
    if as_json:
        print_json({"folder": str(out), **dataset.card.model_dump(mode="json"), **ladder.model_dump(mode="json")})
        return
    rows = tuple((g, d.defect, f"{d.strength:g}", ", ".join(d.where)) for g, d in ladder.defects.items())
    print_tables([Table(f"{len(rows)} pairs", ("Pair", "Defect", "Strength", "Where"), rows)])
    log().print(Text(f"saved: {out}\nnext: peerassay data audit {out}"))
