"""The texts of the papers of a published data set: from its tables, from files beside them, or told how to get them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from ..errors import InputError
from ..papers.arxiv import arxiv_number
from ..papers.load import load_paper
from ..records import TextVersion
from ..venues import known_venues
from .columns import spelt
from .recipe_rows import RecipeRow
from .recipes import Recipe
from .text_files import KINDS, files_by_id, inside, note_on_hidden, the_one

LeaveOut = Callable[[str, str], None]


def add_texts(
    recipe: Recipe, rows: Sequence[RecipeRow], root: Path, texts: Path | None, leave_out: LeaveOut
) -> tuple[TextVersion | Literal["none", "mixed"], list[str]]:
    """Fill `fields["text"]` of the rows and say which version the texts are, "mixed" for several, and what to know.

    Texts stand in the rows, in files that the rows name, or in `texts` (else the recipe's folder) as ID.md and so on.
    Where a text is found of some papers, `leave_out` is given the others, with the reason. Where it is found of none,
    title and abstract are the texts, if the recipe says so; or there are none.

    Raises InputError where texts are needed and there are none.
    """
    folder = _folder(recipe, root, texts)
    notes = _fill(rows, root, folder)
    trouble = [f"A text could not be read: {row.trouble}." for row in rows if row.trouble][:1]
    if any(row.fields["text"] for row in rows):
        where = f"in {folder.name}/" if folder else "in the source"
        for row in rows:
            if not row.fields["text"]:
                leave_out(row.id, "text cannot be read" if row.trouble else f"no text {where}")
        return _version(rows), [*notes, *_words_of_versions(rows), *trouble]
    if recipe.abstracts and any(row.fields["abstract"] for row in rows):
        return _abstracts(rows, leave_out), ["Title and abstract are the texts: the source has no other.", *trouble]
    if recipe.text_version == "none" and texts is None:
        return "none", []
    raise InputError(_no_text(recipe, rows, root, folder, trouble))


def get_texts(recipe: Recipe, rows: Sequence[RecipeRow], name: str) -> str:
    """The commands that get the texts which the source has not."""
    known = {spelt(venue.title): short for short, venue in known_venues().items()}
    pulls = sorted({f"{known[spelt(row.where.venue)]}{row.where.year}" for row in rows
                    if row.where.year and spelt(row.where.venue) in known})  # fmt: skip
    ways = [f"`peerassay data pull {pull}`" for pull in pulls[-1:]]
    more = f" (or another of the {len(pulls)} years and venues)" if len(pulls) > 1 else ""
    own = f"{name}-texts"
    by_hand = f"`peerassay data import {recipe.name} --from PATH --texts FOLDER --as {own}`, with the papers as ID.pdf"
    return f"{' or '.join(ways)}{more}{', or by ' if ways else ''}{by_hand} in it{_arxiv(rows)}"


def _folder(recipe: Recipe, root: Path, texts: Path | None) -> Path | None:
    """The folder of texts. Raises InputError where the recipe, or the user, names one that is not there."""
    folder = texts or (root / recipe.texts.folder if recipe.texts.folder else None)
    if folder is not None and not folder.is_dir():
        way = "" if texts else f"; get it by {recipe.command}, or name it by --texts FOLDER"
        raise InputError(f"{folder}: no such folder, and {recipe.name} has its texts there{way}")
    return folder


def _fill(rows: Sequence[RecipeRow], root: Path, folder: Path | None) -> list[str]:
    """Read the files of the papers, which go before a text in the row; a note on hidden text."""
    hidden: list[str] = []
    files = files_by_id(folder) if folder else {}
    for row in rows:
        named = inside(root, row.file, row.place) if row.file else None
        own = [named] if named and named.is_file() else []
        there = [file for file in files.get(row.id, own) if _fits(file, row)]
        if not there:
            continue
        try:
            file = the_one(there)
            loaded = load_paper(file)
        except InputError as error:
            row.trouble = str(error)
            continue
        row.trouble = ""
        row.fields["text"] = loaded.paper.text
        hidden += [row.id] if loaded.quarantine else []
        for one in ("title", "abstract"):
            row.fields[one] = row.fields[one] or getattr(loaded.paper, one)
    return note_on_hidden(hidden, len(rows))


def _fits(file: Path, row: RecipeRow) -> bool:
    """Whether a file may be this paper's: where its id stands in several years, a folder near it must name the year."""
    return row.fields["paper_id"] == row.id or any(str(row.where.year) in name for name in file.parts[-4:-1])


def _abstracts(rows: Sequence[RecipeRow], leave_out: LeaveOut) -> TextVersion | Literal["mixed"]:
    for row in rows:
        title, abstract = row.fields["title"], row.fields["abstract"]
        if abstract:
            row.fields["text"] = f"# {title}\n\nABSTRACT\n\n{abstract}\n"
        else:
            leave_out(row.id, "no abstract")
    return _version(rows)


def _version(rows: Sequence[RecipeRow]) -> TextVersion | Literal["mixed"]:
    versions = {row.fields["text_version"] for row in rows if row.fields["text"]}
    return versions.pop() if len(versions) == 1 else "mixed"


def _words_of_versions(rows: Sequence[RecipeRow]) -> list[str]:
    """A note on words for versions that are not known here."""
    strange = sorted({row.version for row in rows if row.version and row.fields["text_version"] == "unknown"})
    if not strange:
        return []
    return [f"Versions of texts that are not known here count as unknown: {', '.join(map(repr, strange[:6]))}."]


def _no_text(recipe: Recipe, rows: Sequence[RecipeRow], root: Path, folder: Path | None, trouble: Sequence[str]) -> str:
    asked = f"{folder}: no file ID{', ID'.join(KINDS)}" if folder else f"{root}: no text"
    why = f" ({trouble[0].rstrip('.')})" if trouble else ""
    return (
        f"{asked} for any of the {len(rows)} papers, such as {rows[0].id}{why}; give the folder of texts by --texts "
        f"FOLDER, or get them by {recipe.command}{_arxiv(rows)}"
    )


def _arxiv(rows: Sequence[RecipeRow]) -> str:
    """How to get papers that are named by their arXiv numbers; empty for others."""
    number = next((found for row in rows if (found := arxiv_number(row.arxiv) or arxiv_number(row.id))), None)
    return f"; the papers are on arXiv, such as https://arxiv.org/pdf/{number}" if number else ""
