"""Import papers that are not decided yet: a table without decisions, or a folder of papers.

Rows of papers that are decided, or that were withdrawn, are left out and counted on the card.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..dataset import Dataset, build_undecided
from ..errors import InputError
from ..files import whole_characters
from ..papers.find import find_papers
from ..papers.load import LoadedPaper, load_paper, paper_ids
from ..records import DatasetCard, Paper, parse_decision
from .cells import word
from .columns import find_columns, notes_on_columns
from .rows import flat
from .table import FIELDS, listed_rows, missing_file, paper_of, require_fields, taken_out, unnumbered
from .text_files import note_on_hidden
from .texts import find_table

PAPER_FIELDS = ("paper_id", "decision", "text", "text_file", "title", "abstract", "venue", "year", "text_version")
DECIDED = "decided already"


def import_undecided(
    path: Path, card: DatasetCard, *, columns: Mapping[str, str] | None = None, texts: Path | None = None
) -> Dataset:
    """The papers in a table, or in a folder of files; `columns` and `texts` as for `import_table`.

    Raises InputError as `import_table`, for a folder with a table of decisions, and where all papers are decided.
    """
    if not path.is_dir():
        rows, found, notes = listed_rows(path, columns or {}, texts)
        card = card.model_copy(update={"notes": [*card.notes, *notes]})
        return _from_rows(rows, card, where=str(path), columns=found, as_they_are=texts is not None)
    table = find_table(path)
    if table is not None:
        raise InputError(f"{table}: these papers are decided; import them without --undecided")
    if columns or texts:
        raise InputError(f"{path}: a folder of papers has no columns; --map and --texts are for tables")
    return _from_files(path, card)


def _from_rows(
    rows: Iterable[Mapping[str, Any]], card: DatasetCard, *, where: str, columns: Mapping[str, str], as_they_are: bool
) -> Dataset:
    """The papers of rows that name no decision; `as_they_are` as in `rows_to_dataset`.

    Raises InputError for a missing column or a wrong value.
    """
    listed = [whole_characters(flat(row)) for row in rows]
    if not listed:
        raise InputError(f"{where}: has no rows")
    names = [name for name in dict.fromkeys(name for row in listed for name in row) if name != "_folder"]
    fields = find_columns(names, {field: FIELDS[field] for field in PAPER_FIELDS}, columns, where)
    if "decision" not in fields and "venue" in fields:
        fields["decision"] = fields["venue"]
    papers: list[Paper] = []
    excluded, withdrawn = Counter(card.excluded), dict(card.withdrawn)
    for number, row in enumerate(listed, start=1):
        place, folder = f"{where}: row {number}", Path(row.get("_folder", "."))
        values = {field: row.get(column) for field, column in fields.items()}
        require_fields({"decision": "", **values}, row, place, has_texts=card.has_texts)
        wording = word(values.get("decision"), f"{place}: decision")
        reason = wording if taken_out(wording) else DECIDED if _is_decided(wording) else ""
        if reason := reason or missing_file(values, folder, place):
            excluded[reason] += 1
            if taken_out(wording):
                withdrawn[word(values["paper_id"], place)] = wording
            continue
        papers.append(paper_of(values, card, place, folder))
    if not papers:
        reasons = "; ".join(f"{count} {reason}" for reason, count in excluded.items())
        hint = "; import decided papers without --undecided" if excluded[DECIDED] else ""
        raise InputError(f"{where}: none of {len(listed)} rows can be used: {reasons}{hint}")
    papers, numbered = (papers, []) if as_they_are else unnumbered(papers)
    notes = [*card.notes, *numbered, *notes_on_columns(names, fields, columns)]
    changes = {"excluded": dict(excluded), "withdrawn": withdrawn, "notes": notes}
    return build_undecided(card.model_copy(update=changes), papers)


def _is_decided(wording: str) -> bool:
    try:
        parse_decision(wording)
    except ValueError:
        return False
    return True


def _from_files(folder: Path, card: DatasetCard) -> Dataset:
    """Every paper in the folder; files that cannot be read are left out and counted."""
    paths = find_papers([str(folder)])
    loaded: list[LoadedPaper] = []
    failures: list[str] = []
    for path, name in zip(paths, paper_ids(paths), strict=True):
        try:
            loaded.append(load_paper(path, name))
        except InputError as error:
            failures.append(str(error))
    if not loaded:
        raise InputError(failures[0])
    notes, excluded = [*card.notes], dict(card.excluded)
    notes += note_on_hidden([one.paper.id for one in loaded if one.quarantine], len(loaded))
    if failures:
        excluded["file cannot be read"] = len(failures)
        notes.append(f"{len(failures)} files could not be read, the first because: {failures[0]}")
    return build_undecided(
        card.model_copy(update={"notes": notes, "excluded": excluded}), [one.paper for one in loaded]
    )
