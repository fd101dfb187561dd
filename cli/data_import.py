"""`peerassay data import` and `data recipes`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.text import Text

from ..data.errors import InputError
from ..data.registry import data_home
from ..presentation.table import Table
from ..presentation.terminal import print_tables
from . import kinds
from .data_cards import refuse, tell_dataset
from .options import AS_JSON, CALIBRATION_SHARE, MAPPED, OWN_NAME, PART, TEXTS
from .output import log, print_json, working

if TYPE_CHECKING:
    from ..data.importers.recipes import Recipe


@click.command("import")
@click.argument("name", type=kinds.RECIPE)
@click.argument("path", type=kinds.FILE, required=False)
@click.option(
    "--from",
    "origin",
    type=kinds.FILE,
    metavar="PATH",
    help="NAME is a recipe (`data recipes`), PATH where its files are.",
)
@OWN_NAME
@PART
@MAPPED
@TEXTS
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
@CALIBRATION_SHARE
@click.option("--overwrite", is_flag=True, help="Replace a dataset of this name.")
@AS_JSON
def import_command(
    name: str,
    path: str | None,
    origin: str | None,
    own_name: str | None,
    parts: tuple[str, ...],
    mapped: tuple[str, ...],
    texts: Path | None,
    huggingface: bool,
    hf_split: tuple[str, ...],
    hf_config: str | None,
    undecided: bool,
    calibration_share: float,
    overwrite: bool,
    as_json: bool,
    **described: str | None,
) -> None:
    """Import a dataset under NAME from PATH, or a published one by its recipe, as in `import re2 --from FOLDER`.

    PATH is a folder of texts with its table of decisions (as the AI-Scientist release has it), a .csv, .tsv, .json or
    .jsonl table, or, with --hf, anything that the Hugging Face library reads (`hf:OWNER/NAME` for the hub, .parquet,
    .arrow, a folder); of several splits --hf-split takes some or all. With --undecided it is a table without decisions
    or a folder of papers.
    """
    from ..data.importers.columns import read_mapping
    from ..data.importing import import_dataset

    place = origin or path
    if place is None or (origin and path):
        raise InputError("give one place to import from: PATH, or for a recipe --from PATH")
    recipe = _recipe(name, place, by_recipe=origin is not None, otherwise=huggingface or undecided)
    if recipe is None and (own_name or parts):
        raise InputError(f"--as and --part go with a recipe, as in `data import re2 --from PATH`; {name} is none")
    if recipe and recipe.kind == "human scores":
        refuse_for_scores(recipe, own_name=own_name, part=parts, map=mapped, texts=texts)
        tell_scores(recipe, Path(place), as_json)
        return
    with working(f"reading {place}"):
        given = {key: value for key, value in described.items() if value is not None}
        dataset = import_dataset(
            own_name or (recipe.name if recipe else name),
            place,
            columns=read_mapping(mapped, empty=recipe is not None),
            recipe=recipe.name if recipe else "",
            parts=parts,
            texts=texts,
            huggingface=huggingface,
            split=hf_split,
            config=hf_config,
            undecided=undecided,
            calibration_share=calibration_share,
            overwrite=overwrite,
            described=given,
        )
    tell_dataset(dataset, data_home() / dataset.card.name, as_json)


def refuse_for_scores(recipe: Recipe, **options: object) -> None:
    """Raises InputError for an option that makes a dataset: human scores become a file, as they are."""
    refuse(f"data sets of decisions; {recipe.name} is human scores", **options)


def tell_scores(recipe: Recipe, place: Path, as_json: bool) -> None:
    """Make one file of the human scores there, and say what it holds."""
    from ..data.importers.recipe_scores import import_human_scores

    found = import_human_scores(recipe, place, data_home() / ".human-scores")
    if as_json:
        said = {"file": str(found.path), "papers": found.papers, "reviews": found.reviews, "licence": recipe.licence}
        print_json({**said, "recipe": recipe.name, "notes": list(recipe.notes), "unverified": list(recipe.unverified)})
        return
    for note in (*recipe.notes, f"Not verified: {', '.join(recipe.unverified)}."):
        log().print(Text(f"note: {note}"))
    log().print(Text(f"saved: {found.path} ({found.papers} papers, {found.reviews} human reviews)"))


def _recipe(name: str, place: str, *, by_recipe: bool, otherwise: bool) -> Recipe | None:
    """The recipe of this name, where one is meant. Raises InputError for an unknown one after --from."""
    from ..data.importers.huggingface import HUB
    from ..data.importers.recipes import is_recipe, recipe_of

    if by_recipe:
        return recipe_of(name)
    plain = not otherwise and not place.startswith(HUB)
    return recipe_of(name) if plain and is_recipe(name) else None


@click.command("recipes")
@AS_JSON
def recipes_command(as_json: bool) -> None:
    """The published data sets that import by name: source, licence, what is taken, what is not verified."""
    from ..data.importers.recipes import recipes

    if as_json:
        print_json({name: {**recipe.model_dump(mode="json"), "command": recipe.command}
                    for name, recipe in recipes().items()})  # fmt: skip
        return
    rows = tuple(
        (name, recipe.title, recipe.source, recipe.licence, recipe.takes, recipe.text_version,
         ", ".join(recipe.unverified), recipe.command.replace("`", ""))
        for name, recipe in recipes().items()
    )  # fmt: skip
    heads = ("Name", "What", "Source", "Licence", "Takes", "Text version", "Not verified", "Got by")
    print_tables([Table("Recipes", heads, rows, "From files that are here: data import NAME --from PATH.")])
