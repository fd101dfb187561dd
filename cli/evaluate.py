"""`peerassay evaluate`."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any

import click

from ..bench.from_scores import prepare_evaluation
from ..bench.measure import BenchSettings
from ..llm.session import Session
from ..presentation.table import Format
from . import kinds, options
from .measuring import measure
from .output import only_one, working


@click.command("evaluate")
@click.argument("table", type=kinds.PATH)
@options.MAPPED
@click.option("--threshold", type=kinds.Number(), help="Every reviewer accepts from this score on.")
@click.option("--scale", metavar="LOW-HIGH", help="Scores are on the scale of the human ratings, as in 1-10.")
@options.SPLIT
@options.OUT
@click.option("--floors/--no-floors", default=True, help="Add the rows that need no text.", show_default=True)
@options.CALIBRATION
@options.MIXES
@options.DRAWS
@options.SEED
@options.TABLE
@options.AS_JSON
def evaluate_command(
    table: Path,
    mapped: tuple[str, ...],
    threshold: float | None,
    scale: str | None,
    form: Format | None,
    as_json: bool,
    **settings: Any,
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
    only_one(as_json=as_json, form=form)
    with working(f"reading {table}"), contextlib.redirect_stdout(sys.stderr):
        asked = BenchSettings(**settings, audit=False)
        bench = prepare_evaluation(table, Session(), asked, columns=mapped, threshold=threshold, scale=scale)
    measure(bench, as_json=as_json, form=form)
