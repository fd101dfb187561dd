"""Get a published data set by its recipe: from the Hugging Face hub, or file by file from where it lies."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..dataset import Dataset
from ..errors import InputError
from ..files import make_folder, write_atomic
from ..http_client import RateLimitedClient, RequestFailed, RequestPolicy
from .huggingface import commit_of, snapshot_of
from .recipe_import import import_recipe
from .recipes import Recipe
from .venue_years import VenueYear, venue_year

POLICY = RequestPolicy(timeout=300.0)
MOST_BYTES = 500_000_000


def pull_recipe(
    recipe: Recipe,
    folder: Path,
    *,
    name: str = "",
    columns: Mapping[str, str] | None = None,
    texts: Path | None = None,
    parts: Sequence[str] = (),
) -> Dataset:
    """The dataset, from its source; other arguments are those of `import_recipe`. `folder` keeps single files.

    The card's revision is the hub's commit, or the hash of the files.

    Raises InputError where it is not to be had by a program, the source cannot be reached, or as `import_recipe`.
    """
    folder, commit = fetch_recipe(recipe, folder, parts)
    return import_recipe(recipe, folder, name=name, columns=columns, texts=texts, parts=parts, revision=commit)


def fetch_recipe(recipe: Recipe, folder: Path, parts: Sequence[str] = ()) -> tuple[Path, str]:
    """The folder of the files that were got, and the hub's commit, else an empty text. Raises as `pull_recipe`."""
    get = recipe.get
    if get.hub:
        commit = commit_of(get.hub)
        return snapshot_of(get.hub, commit, get.patterns), commit
    if not get.url:
        raise InputError(f"{recipe.name}: no program gets it from {recipe.source}; {recipe.command}")
    _fetch(recipe, folder, parts)
    return folder, ""


def _fetch(recipe: Recipe, folder: Path, parts: Sequence[str]) -> None:
    """Write the file of each part into the folder."""
    wanted = [venue_year(part) for part in parts]
    if not wanted or not all(where.venue and where.year for where in wanted):
        raise InputError(f"{recipe.name}: has a file for each venue and year; choose, as in --part iclr2024")
    asyncio.run(_download(recipe, make_folder(folder), wanted))


async def _download(recipe: Recipe, folder: Path, wanted: Sequence[VenueYear]) -> None:
    client = RateLimitedClient(recipe.name, recipe.get.url, POLICY, follows=True, most_bytes=MOST_BYTES)
    for where in wanted:
        venue = VenueYear(where.venue).key
        url = recipe.get.url.format(folder=recipe.get.folders.get(venue, venue), year=where.year)
        try:
            content = await client.download(url)
        except RequestFailed as failure:
            way = "it may have no such venue and year" if failure.status == 404 else "try again later"
            raise InputError(f"{url}: not got ({failure}); {way}") from None
        write_atomic(folder / url.rpartition("/")[2], content)
