"""`peerassay evaluate`."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from urllib.parse import quote, urlencode

import click

from ..bench.automatic import textless_specs
from ..bench.mixes import chosen_mixes
from ..bench.outcomes import humans_of
from ..bench.run import default_folder, run_dataset
from ..data.errors import InputError
from ..data.importers.columns import read_pairs
from ..data.importers.scores import ScoreTable, import_scores
from ..data.registry import new_card, plain_name
from ..llm.session import Session
from .bench import Measuring, measure
from .calibrate import read_calibrations
from .entrants import load_entrants
from .output import working


@click.command("evaluate")
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--map", "mapped", multiple=True, metavar="FIELD=COLUMN", help="Our field is called COLUMN there.")
@click.option("--threshold", type=float, help="Every reviewer accepts from this score on.")
@click.option("--scale", metavar="LOW-HIGH", help="Scores are on the scale of the human ratings, as in 1-10.")
@click.option("--split", type=click.Choice(["test", "calibration", "all"]), default="test", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="The run folder [default: runs/...].")
@click.option("--floors/--no-floors", default=True, help="Add the rows that need no text.", show_default=True)
@click.option("--calibration", type=click.Path(path_type=Path), help="Thresholds fitted by `peerassay calibrate`.")
@click.option(
    "--mix", "mixes", multiple=True, metavar="NAME", help="AUC at this mix of papers too, see `bench --help`."
)
@click.option(
    "--draws", type=click.IntRange(100, 1_000_000), default=10_000, show_default=True, help="Bootstrap draws."
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def evaluate_command(
    table: Path,
    mapped: tuple[str, ...],
    threshold: float | None,
    scale: str | None,
    split: str,
    out: Path | None,
    floors: bool,
    calibration: Path | None,
    mixes: tuple[str, ...],
    draws: int,
    seed: int,
    as_json: bool,
) -> None:
    """The whole bench report from a TABLE of scores and human decisions, without any text.

    \b
    TABLE (.csv, .tsv, .json, .jsonl) has a row per paper with
      paper_id                 also id, forum, ...
      decision                 the human one: accept, reject, 1, 0, "Accept (poster)"
      any columns of numbers   a reviewer's scores each; gpt4_decision: that reviewer's own word
      ratings                  optional human ratings, as 6;8;5, or rating_1, rating_2, ...
    Columns of other names: --map paper_id=key --map score=gpt4 --map score=claude

    A score that is missing counts as wrong, and it is said.
    """
    if not table.is_file():
        raise InputError(f"{table}: no such file")
    at_mixes = chosen_mixes(mixes)
    with working(f"reading {table}"), contextlib.redirect_stdout(sys.stderr):
        name = plain_name(table.stem)
        read = import_scores(table, new_card(name, table), mapped=read_pairs(mapped))
        dataset = read.dataset.subset(split)
        humans_of(list(dataset.judgements))
        specs = _specs(table, read, threshold, scale)
        session = Session()
        entrants = load_entrants(read.dataset, specs, textless_specs(read.dataset) if floors else (), session)
        calibrations = read_calibrations(calibration) if calibration else {}
    papers = run_dataset(dataset, source=str(table), split=split, limit=None, scrub_rules=None, text="none")
    measure(
        Measuring(dataset, entrants, papers, out or default_folder(papers, specs), session),
        calibrations=calibrations,
        mixes=at_mixes,
        draws=draws,
        seed=seed,
        as_json=as_json,
    )


def _specs(path: Path, table: ScoreTable, threshold: float | None, scale: str | None) -> list[str]:
    """A replay for each column of scores."""
    common = [("threshold", f"{threshold:g}")] if threshold is not None else []
    common += [("scale", scale)] if scale else []
    specs = []
    for column in table.scores:
        maps = {"paper_id": table.paper_id, "score": column, "decision": table.decisions.get(column, "")}
        maps |= dict.fromkeys(("p_accept", "reviewer", "model", "status"), "")
        options = [("name", column), *common, *(("map", f"{field}={value}") for field, value in maps.items())]
        specs.append(f"replay:{path}?{urlencode(options, quote_via=quote)}")
    return specs
