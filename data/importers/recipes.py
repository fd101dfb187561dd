"""Recipes: what is known of published data sets, a data file each, so that they import by name.

`data/recipes/NAME.toml` tells source, licence, the layout that is known, and which column holds which of our fields.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ..errors import MOST, InputError, unknown
from ..files import read_text, validated
from ..records import TextVersion
from .columns import spelt
from .table import FIELDS

BUNDLED = Path(__file__).parents[1] / "recipes"
Columns = dict[str, tuple[str, ...]]


class Texts(BaseModel):
    """Where the texts are that do not stand in the tables."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: str = Field(default="", description="beside the tables, with a file ID.md, .tex, .txt or .pdf per paper")


class Get(BaseModel):
    """How the data set comes to this machine; exactly one of `hub`, `url` and `hand`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hub: str = Field(default="", description="OWNER/NAME on the Hugging Face hub")
    patterns: tuple[str, ...] = Field(default=(), description="its files that are needed")
    url: str = Field(default="", description="of a venue and year: {folder} and {year} are filled in")
    folders: dict[str, str] = Field(default={}, description="names of venues in the address that are not their own")
    hand: str = Field(default="", description="what a person does")


class Recipe(BaseModel):
    """One published data set. Columns are names, the documented one first; a dot leads into an object."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: Literal["decisions", "human scores"] = "decisions"
    title: str
    source: str
    licence: str
    takes: str = Field(description="what `data import NAME --from` is given")
    layout: str = Field(description="where the layout is known from: the revision that a change is measured by")
    unverified: tuple[str, ...] = ()
    text_version: TextVersion | Literal["none"] = "unknown"
    venue: str = Field(default="", description="of all papers, where no column tells")
    scale: Literal["venue", "unknown"] | tuple[float, ...] = Field(
        default="unknown", description="values of a rating; `venue`: those known of the venue and year"
    )
    files: tuple[str, ...] = Field(default=(), description="names of its tables, with * and []")
    splits: bool = Field(default=False, description="names of files or splits tell train and test")
    classes: bool = Field(default=False, description="names of files or splits tell accept and reject")
    repeats: bool = Field(default=False, description="a paper may stand in several rows that say the same of it")
    near: bool = Field(default=False, description="columns may go by other common names: the layout was not seen")
    abstracts: bool = Field(default=False, description="title and abstract serve where there is no text at all")
    required: tuple[str, ...] = ()
    columns: Columns = {}
    texts: Texts = Texts()
    get: Get = Get()
    notes: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """The command that gets it."""
        from_disk = f"`peerassay data import {self.name} --from {'FOLDER' if self.get.hub else 'PATH'}`"
        if self.get.hand:
            return f"{self.get.hand}, then {from_disk}"
        part = " --part iclr2024" if self.get.url else ""
        return f"`peerassay data pull {self.name}{part}`"


@cache
def recipes() -> dict[str, Recipe]:
    """All recipes by name, in alphabetical order."""
    paths = sorted(BUNDLED.glob("*.toml"))
    return {
        path.stem: validated(Recipe, {"name": path.stem, **tomllib.loads(read_text(path))}, str(path)) for path in paths
    }


def recipe_of(name: str) -> Recipe:
    """The recipe of this name, whatever its case and marks ("DeepReview-13K"). Raises InputError with near matches."""
    by_spelling = {spelt(known): recipe for known, recipe in recipes().items()}
    if spelt(name) not in by_spelling:
        raise unknown("recipe", name, recipes(), hint="peerassay data recipes lists them")
    return by_spelling[spelt(name)]


def is_recipe(name: str) -> bool:
    """Whether a recipe goes by this name."""
    return spelt(name) in map(spelt, recipes())


def is_nearly_recipe(name: str) -> bool:
    """Whether a recipe has nearly this name."""
    return bool(difflib.get_close_matches(spelt(name), [*map(spelt, recipes())], cutoff=0.75))


def columns_of(recipe: Recipe, there: Iterable[str], mapped: Mapping[str, str], where: str) -> Columns:
    """The columns of each field that are there; `mapped` overrules the recipe, an empty name drops a field.

    Raises InputError for a required field without a column, which names those expected, near ones and the layout known.
    """
    names = list(there)
    by_spelling = {spelt(name): name for name in reversed(names)}
    found: Columns = {}
    for field, expected in {**dict.fromkeys(FIELDS, ()), "arxiv": ("arxiv_id", "arxiv"), **recipe.columns}.items():
        if field in mapped:
            if mapped[field] and mapped[field].partition(".")[0] not in names:
                raise unknown("column", mapped[field], names)
            found[field] = (mapped[field],) if mapped[field] else ()
            continue
        others = FIELDS.get(field, ()) if recipe.near and expected else ()
        there_of = [_in_table(column, by_spelling) for column in expected]
        there_of = [column for column in there_of if column] or [
            column for column in (_in_table(other, by_spelling) for other in (field, *others) if others) if column
        ][:1]
        found[field] = tuple(there_of)
    missing = [field for field in recipe.required if not found.get(field) and field not in mapped]
    if missing:
        raise InputError(_changed(recipe, missing[0], names, where))
    return {field: columns for field, columns in found.items() if columns}


def differences(recipe: Recipe, found: Columns, mapped: Mapping[str, str]) -> list[str]:
    """A note on columns that were taken in place of those of the layout known; none where there are none."""
    other = [
        f"{field} from {found[field][0]}, in place of {names[0]}"
        for field, names in recipe.columns.items()
        if field not in mapped and found.get(field) and spelt(found[field][0]) != spelt(names[0])
    ]
    return [f"Read by other names: {'; '.join(other)}."] if other else []


def _in_table(column: str, by_spelling: Mapping[str, str]) -> str:
    """The name that the column has in the table, with the path into an object behind it; empty where it has none."""
    head, dot, rest = column.partition(".")
    name = by_spelling.get(spelt(head))
    return f"{name}{dot}{rest}" if name is not None else ""


def _changed(recipe: Recipe, field: str, names: list[str], where: str) -> str:
    expected = recipe.columns.get(field, (field,))
    near = [n for column in expected for n in difflib.get_close_matches(column, names, n=3, cutoff=0.6)]
    hint = f"near: {', '.join(dict.fromkeys(near))}; " if near else ""
    listed = ", ".join(names[:MOST]) + (f" and {len(names) - MOST} more" if len(names) > MOST else "")
    return (
        f"{where}: the recipe {recipe.name} finds no column {' or '.join(map(repr, expected))} for {field} "
        f"({hint}columns: {listed}); the layout known is that of {recipe.layout}. "
        f"Name it, as in --map {field}=COLUMN{without(field)}"
    )


def without(field: str) -> str:
    """How to import without a field; nothing for one that no paper can lack."""
    return "" if field in ("paper_id", "decision", "text") else f", or do without by --map {field}="
