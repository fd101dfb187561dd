"""Import a published data set by its recipe: what every layout needs is done here, what one needs stands in its recipe.

Papers are left out, counted and named: without an accept or reject decision, without a text where others have one,
with ratings that cannot be read or are off the scale of their venue and year.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..dataset import Dataset
from ..errors import InputError, unknown
from ..records import DatasetCard
from .columns import spelt
from .huggingface import hash_of_files
from .recipe_checks import NAMED, LeftOut, counted, kept_apart, on_scale, ratings_in, refuse_empty, scale_at, some
from .recipe_rows import NO_DECISION, RecipeRow, TableReader
from .recipe_tables import NamedTable, read_tables, table_files
from .recipe_texts import add_texts, get_texts
from .recipes import Recipe, columns_of, differences
from .table import rows_to_dataset
from .venue_years import VenueYear, is_verified, matching


def import_recipe(
    recipe: Recipe,
    source: Path,
    *,
    name: str = "",
    columns: Mapping[str, str] | None = None,
    texts: Path | None = None,
    parts: Sequence[str] = (),
    revision: str = "",
) -> Dataset:
    """The dataset `name` (else the recipe's) from its files at `source`, a file or a folder.

    `columns` maps our fields to columns of other names, an empty one drops the field; `texts` is the folder of texts,
    `parts` are the venues and years wanted ("iclr2024", "iclr", "2024"), `revision` is the source's own, else the hash
    of the files read.

    Raises InputError where the layout is another than the recipe's, a part is unknown, ids clash, or nothing is left.
    """
    if recipe.kind != "decisions":
        raise InputError(
            f"{recipe.name}: human scores without accept or reject decisions are no dataset; `peerassay data import "
            f"{recipe.name} --from PATH` makes one file of them"
        )
    files = table_files(recipe, source)
    root = source if source.is_dir() else source.parent
    left_out, notes = LeftOut(), []
    found = _rows(recipe, read_tables(files, root), columns or {}, parts, left_out, notes)
    papers = kept_apart(recipe, found)
    rows = on_scale(recipe, papers, left_out)
    version, told = add_texts(recipe, rows, root, texts, left_out.add)
    notes += told
    if len(papers) < len(found):
        notes.append(f"{len(found)} rows are of {len(papers)} papers: rows that say the same of a paper count once.")
    rows = [row for row in rows if version == "none" or row.fields["text"]]
    if not rows:
        raise InputError(f"{source}: no paper is left ({counted(left_out.counts())})")
    card = DatasetCard.model_validate(
        {
            "name": name or recipe.name,
            "title": recipe.title,
            "source": recipe.source,
            "licence": recipe.licence,
            "revision": revision or hash_of_files(files, root),
            "recipe": recipe.name,
            "text_version": "unknown" if version == "mixed" else version,
            "get_texts": get_texts(recipe, rows, name or recipe.name) if version == "none" else "",
            "scale": _scale(recipe, rows),
            "excluded": left_out.counts(),
            "withdrawn": left_out.withdrawn(),
            "notes": [*recipe.notes, *notes, *_notes(recipe, rows)],
        }
    )
    dataset = rows_to_dataset((row.fields for row in rows), card, where=str(source), columns={"ratings": "ratings"})
    decided = {judgement.paper_id for judgement in dataset.judgements}
    for row in rows:
        if row.fields["paper_id"] not in decided:
            left_out.add(row.id, f"{NO_DECISION}{row.fields['decision'] or 'empty'})")
    told = [note for note in dataset.card.notes if not note.startswith(("Columns not read", "Read by common names"))]
    return replace(dataset, card=dataset.card.model_copy(update={"notes": [*told, *left_out.notes()]}))


def _rows(
    recipe: Recipe,
    tables: Iterable[NamedTable],
    mapped: Mapping[str, str],
    parts: Sequence[str],
    left_out: LeftOut,
    notes: list[str],
) -> list[RecipeRow]:
    """The papers in the tables of the parts that are wanted; `notes` get what differs from the layout known.

    Raises InputError for a column that is missing, a part that is not there, and where a required column of decisions
    or ratings is empty.
    """
    wanted = {spelt(part) for part in parts}
    rows: list[RecipeRow] = []
    seen: set[VenueYear] = set()
    for table in tables:
        columns = columns_of(recipe, table.names, mapped, table.where)
        notes += [note for note in differences(recipe, columns, mapped) if note not in notes]
        reader = TableReader(recipe, table, columns, matching(wanted))
        for row in reader.rows():
            if isinstance(row, RecipeRow):
                rows.append(row)
            else:
                left_out.add(*row)
        seen |= reader.seen
    for part in wanted:
        if not any(matching({part})(where) for where in seen):
            raise unknown("part", part, [where.key for where in seen], hint=f"of {recipe.name}")
    refuse_empty(recipe, rows, mapped, left_out)
    return rows


def _scale(recipe: Recipe, rows: Sequence[RecipeRow]) -> tuple[float, ...]:
    """All values of the scales of the venues and years that have ratings, where each is known; else empty."""
    scales = {scale_at(recipe, row.where) for row in rows if ratings_in(row)}
    return () if () in scales else tuple(sorted({value for scale in scales for value in scale}))


def _notes(recipe: Recipe, rows: Sequence[RecipeRow]) -> list[str]:
    """What the recipe cannot vouch for, and which venues, years and tracks the papers are of."""
    notes = [f"Imported by the recipe {recipe.name}; its layout: {recipe.layout}."]
    if recipe.unverified:
        notes.append(f"Not verified: {', '.join(recipe.unverified)}.")
    places = Counter(row.where for row in rows)
    if len(places) > 1:
        notes.append(f"Papers of {counted({str(where): count for where, count in places.most_common(NAMED)})}"
                     f"{f' and {len(places) - NAMED} more' if len(places) > NAMED else ''}.")  # fmt: skip
    tracks = Counter(row.track or "none named" for row in rows)
    if len(tracks) > 1:
        notes.append(f"Tracks: {counted(dict(tracks.most_common(NAMED)))}.")
    rated = {row.where for row in rows if ratings_in(row)}
    if recipe.scale == "venue":
        doubtful = sorted(str(where) for where in rated if scale_at(recipe, where) and not is_verified(where))
        notes += [f"Not verified: the scale of ratings of {some(doubtful)}."] if doubtful else []
    unknown_scales = sorted(str(where) for where in rated if not scale_at(recipe, where))
    if unknown_scales:
        notes.append(f"The scale of ratings is not known of {some(unknown_scales)}: it is that of the ratings found.")
    if len({scale_at(recipe, where) for where in rated}) > 1:
        notes.append("Ratings are on several scales: means of them compare nothing. Take one with --part, as iclr2024.")
    apart = [row.id for row in rows if row.fields["paper_id"] != row.id]
    if apart:
        notes.append(f"{len({*apart})} ids stand in several venues or years, which are put behind them: {some(apart)}.")
    unread = [row for row in rows if row.unread]
    if unread:
        column, ids = unread[0].unread, some(row.id for row in unread)
        notes.append(f"{column}: confidences of {len(unread)} papers cannot be read and are left out: {ids}.")
    return notes
