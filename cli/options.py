"""Options that several commands take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from ..presentation.table import FORMATS
from ..reviewer import crew
from . import kinds

TABLE = click.option(
    "--table", "form", type=click.Choice(FORMATS), help="The main tables on stdout, in this form and nothing else."
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
BUDGET = click.option("--budget", type=kinds.Number(min=0), help="US dollars that all starts of the run may cost.")
CACHED = click.option(
    "--cache/--no-cache", "cached", default=True, help="Reuse answers to calls that were made before."
)
CALIBRATION = click.option(
    "--calibration",
    type=kinds.PATH,
    help="By `peerassay calibrate`, or bundled:gpt-4o-1shot.",
)
CALIBRATION_SHARE = click.option(
    "--calibration-share",
    type=kinds.Number(0, 1, max_open=True),
    default=0.2,
    show_default=True,
    help="Of the papers, for calibration where the source has no split; by a hash. 0: none.",
)
CONCURRENCY = click.option(
    "--concurrency", type=click.IntRange(min=1), default=8, show_default=True, help="Calls under way at once."
)
CONFIG = click.option(
    "--config", type=kinds.PATH, help="Settings that have no option: a TOML file, see docs/config.md."
)
DRAWS = click.option(
    "--draws", type=click.IntRange(100, 1_000_000), default=10_000, show_default=True, help="Bootstrap draws."
)
DRY_RUN = click.option("--dry-run", is_flag=True, help="Only say which calls, tokens and cost to expect; needs no key.")
MAPPED = click.option(
    "--map", "mapped", multiple=True, metavar="FIELD=COLUMN", help="Our field is called COLUMN there."
)
MIXES = click.option(
    "--mix", "mixes", multiple=True, metavar="NAME", help="AUC at this mix of papers too: a bundled one, or FILE.toml."
)
PART = click.option(
    "--part", "parts", multiple=True, metavar="VENUEYEAR", help="Of a recipe: only this, as iclr2024, iclr or 2024."
)
OWN_NAME = click.option(
    "--as", "own_name", metavar="NAME", help="Of a recipe: the dataset's name [default: the recipe's]."
)
OUT = click.option("--out", type=kinds.PATH, help="The run folder [default: runs/...].")
PATIENCE = click.option(
    "--patience",
    type=kinds.Number(min=1),
    default=crew.PATIENCE,
    show_default=True,
    help="Seconds without a sign of life after which other workers take a worker's work over.",
)
PROCESSES = click.option(
    "--processes",
    type=click.IntRange(1, 1000),
    help="Share ideas, and a tree's runs, among N processes; `peerassay worker RUN` adds others, on any machine.",
)
RAW = click.option("--raw", is_flag=True, help="The whole texts, not scrubbed: figures may come from leaks.")
RETRY_FAILED = click.option("--retry-failed", is_flag=True, help="Review again what failed before.")
SEED = click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True)
SPLIT = click.option("--split", type=click.Choice(["test", "calibration", "all"]), default="test", show_default=True)
TEXTS = click.option(
    "--texts",
    type=kinds.PATH,
    help="Where the texts of a table's papers are, as ID.txt (.md, .tex, .pdf).",
)

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def dataset(name: str = "source", *, told: str = "A name (see `data list`) or a path.", **more: Any) -> Decorator:
    """One dataset as `name`, with more of click's settings."""
    return click.option("-d", "--dataset", name, type=kinds.DATASET, metavar="DATASET", help=told, **more)


def reviewers(told: str) -> Decorator:
    """Any number of reviewers, as `specs`."""
    return click.option("-r", "--reviewer", "specs", multiple=True, type=kinds.REVIEWER, metavar="SPEC", help=told)
