"""Import papers and decisions from a table: TSV, CSV, JSON, JSON lines, or rows of any other library.

Columns (others are ignored; names match whatever their case, spaces and hyphens; `columns` renames them):

    paper_id    required; also id, forum, forum_id, submission_id, note_id
    decision    required: accept / reject, or a venue's wording such as "Accept (Poster)"; also accepted, label, status.
                Where there is none: `venue` in OpenReview's wording, "ICLR 2025 Poster", "Submitted to ICLR 2025"
    text        the full text; or text_file, a path relative to the table; else title and abstract serve as the text
    title, abstract, venue, year, tier, split (test | calibration; train and dev are calibration), group, text_version
    ratings, confidences    numbers, see `number_cells`; also rating, confidence; never avg_rating: a mean is no rating
    initial_ratings, final_ratings    those before and after the discussion, see `ratings.ratings_of`
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..dataset import Dataset, build
from ..errors import InputError
from ..files import read_text, whole_characters
from ..papers.line_numbers import without_line_numbers
from ..papers.load import load_paper
from ..records import TIERS, DatasetCard, Decision, Judgement, Paper, Tier, parse_decision
from .cells import SPLITS, VERSIONS, body, named_id, one_line, one_of, plain, whole_year, word
from .columns import PAPER_ID, REVIEWS, Aliases, find_columns, notes_on_columns, settle_ratings
from .ratings import note_on_confidences, notes_on_ratings, ratings_of
from .rows import flat, read_rows
from .text_files import KINDS, files_by_id, inside, note_on_hidden, the_one

FIELDS: Aliases = {
    "paper_id": PAPER_ID,
    "decision": ("accepted", "normalized_decision", "decision_text", "decision_bucket", "final_decision", "outcome",
                 "label", "status", "raw_decision", "paper_decision", "is_accepted", "is_accept", "accept",
                 "acceptance", "acceptance_status", "verdict"),
    "text": ("full_text", "paper_text", "markdown", "body"),
    "text_file": (),
    "title": ("paper_title",),
    "abstract": ("abstract_text", "paper_abstract"),
    "venue": (),
    "year": ("conference_year",),
    "tier": (),
    "split": (),
    "group": (),
    "text_version": (),
    "ratings": ("rating", "review_ratings", "review_scores", *REVIEWS),
    "initial_ratings": ("review_initial_ratings_unified", "ratings_initial", "ratings_before"),
    "final_ratings": ("review_final_ratings_unified", "ratings_final", "ratings_after"),
    "confidences": ("confidence", "review_confidences", *REVIEWS),
}  # fmt: skip
"""Our fields with the other names that they go by."""
PRESENTED = re.compile(r"\b(?:oral|spotlight|poster|notable|accept(?:ed)?)\b", re.IGNORECASE)
SUBMITTED = re.compile(r"\s*(?:submitted to\b(?:(?!withdrawn|desk).)*|[\w ]*\d{4} submitted)\s*", re.IGNORECASE)


def import_table(
    path: Path, card: DatasetCard, *, columns: Mapping[str, str] | None = None, texts: Path | None = None
) -> Dataset:
    """The dataset in one table file; `columns` maps our field names to the file's, `texts` is a folder with the papers'
    texts as ID.txt (or .md, .tex, .pdf).

    Raises InputError for missing columns, duplicate ids, an empty text, unreadable ratings, decisions or files, and
    where there is no text of any paper in `texts`.
    """
    rows, found, notes = listed_rows(path, columns or {}, texts)
    card = card.model_copy(update={"notes": [*card.notes, *notes]})
    return rows_to_dataset(rows, card, where=str(path), columns=found, as_they_are=texts is not None)


def listed_rows(
    path: Path, columns: Mapping[str, str], texts: Path | None
) -> tuple[list[dict[str, Any]], Mapping[str, str], list[str]]:
    """The rows of a table, with the texts of a folder where one is given, the columns that are mapped then, and notes
    on the texts.

    Raises InputError as `import_table`.
    """
    if texts is None:
        return [{**row, "_folder": str(path.parent)} for row in read_rows(path)], columns, []
    rows, notes = _with_texts(path, texts, columns)
    return rows, {**columns, "text": "_text", "text_file": "_text_file"}, notes


def _with_texts(path: Path, folder: Path, columns: Mapping[str, str]) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows with the texts of the files that are called like their ids, and a note on hidden text; those without one
    name a file that is missing, which leaves them out."""
    files = files_by_id(folder)
    rows = [flat(row) for row in read_rows(path)]
    names = list(dict.fromkeys(name for row in rows for name in row))
    column = find_columns(names, FIELDS, columns, str(path)).get("paper_id", "")
    there = [files.get(word(row.get(column), column)) for row in rows]
    loaded = [load_paper(the_one(of)) if of else None for of in there]
    if not any(loaded):
        raise InputError(f"{folder}: no file ID{', ID'.join(KINDS)} for any of the {len(rows)} ids in {path}")
    found = [
        {
            **row,
            "_folder": str(folder),
            "_text_file": "missing" if one is None else "",
            "_text": None if one is None else one.paper.text,
        }
        for row, one in zip(rows, loaded, strict=True)
    ]
    hidden = [one.paper.id for one in loaded if one and one.quarantine]
    return found, note_on_hidden(hidden, len(rows) - loaded.count(None))


def rows_to_dataset(
    rows: Iterable[Mapping[str, Any]],
    card: DatasetCard,
    *,
    where: str,
    columns: Mapping[str, str] | None = None,
    as_they_are: bool = False,
) -> Dataset:
    """Rows to a dataset; papers without an accept or reject decision are left out and counted in `card.excluded`.

    Line numbers that were copied with a text are left out and noted on the card; texts that are taken `as_they_are`
    keep them.

    Raises InputError for a missing column or a wrong value, naming `where` and the row.
    """
    listed = [whole_characters(flat(row)) for row in rows]
    if not listed:
        raise InputError(f"{where}: has no rows")
    names = [name for name in dict.fromkeys(name for row in listed for name in row) if name != "_folder"]
    fields = find_columns(names, FIELDS, columns or {}, where)
    notes = settle_ratings(listed, names, fields, columns or {})
    if "decision" not in fields and "venue" in fields:
        fields["decision"] = fields["venue"]
    some_accepted = any(PRESENTED.search(str(plain(row.get(fields.get("decision"))))) for row in listed)
    papers: list[Paper] = []
    judgements: list[Judgement] = []
    unmatched: list[str] = []
    excluded, withdrawn, told = Counter(card.excluded), dict(card.withdrawn), False
    for number, row in enumerate(listed, start=1):
        place = f"{where}: row {number}"
        values = {field: row.get(column) for field, column in fields.items()}
        require_fields(values, row, place, has_texts=card.has_texts)
        wording = _wording(values, place, some_accepted=some_accepted)
        try:
            decision, tier = parse_decision(wording)
        except ValueError:
            excluded[f"no accept or reject ({wording or 'empty'})"] += 1
            if taken_out(wording):
                withdrawn[word(values["paper_id"], f"{place}: paper_id")] = wording
            continue
        if missing := missing_file(values, Path(row.get("_folder", ".")), place):
            excluded[missing] += 1
            continue
        papers.append(paper_of(values, card, place, Path(row.get("_folder", "."))))
        ratings, without_confidences = ratings_of(values, place, papers[-1].text_version)
        unmatched += [papers[-1].id] if without_confidences else []
        judgements.append(
            Judgement(
                paper_id=papers[-1].id,
                decision=decision,
                tier=_tier(values.get("tier"), decision, place) or tier,
                **ratings,
                split=one_of(values.get("split"), SPLITS, f"{place}: split") or "test",
                group=word(values.get("group"), f"{place}: group") or None,
            )
        )
        told = told or bool(word(values.get("split"), f"{place}: split"))
    if not papers:
        reasons = "; ".join(f"{count} {reason}" for reason, count in excluded.items())
        raise InputError(f"{where}: none of {len(listed)} rows can be used: {reasons}")
    if not as_they_are:
        papers, numbered = unnumbered(papers)
        notes += numbered
    notes += [*notes_on_ratings(judgements), *note_on_confidences(unmatched)]
    notes += notes_on_columns(names, fields, columns or {})
    changes = {
        "excluded": dict(excluded),
        "withdrawn": withdrawn,
        "notes": [*card.notes, *notes],
        "split_from": "the source" if told else "",
    }
    card = card.model_copy(update=changes)
    return build(card, papers, judgements)


def _tier(value: Any, decision: Decision, place: str) -> Tier | None:
    """The tier in a cell. Raises InputError for an unknown one, and one of the other decision."""
    tier = one_of(value, {tier: tier for tier in TIERS}, f"{place}: tier")
    if tier and (tier == "reject") != (decision == "reject"):
        raise InputError(f"{place}: tier {tier!r} contradicts the decision, {decision}; mend one of them")
    return tier


def unnumbered(papers: Sequence[Paper]) -> tuple[list[Paper], list[str]]:
    """The papers with their texts' own lines alone, and a note on those that had numbers before or behind them."""
    kept = [paper.model_copy(update={"text": without_line_numbers(paper.text)[0]}) for paper in papers]
    numbered = [before.id for before, after in zip(papers, kept, strict=True) if before.text != after.text]
    some = ", ".join(numbered[:5]) + (", ..." if len(numbered) > 5 else "")
    note = f"Line numbers were found in {len(numbered)} of {len(papers)} texts and left out ({some})."
    return kept, [note] if numbered else []


def taken_out(wording: str) -> bool:
    """Whether a venue's wording says that the authors or the venue took the paper out before a decision."""
    return re.search(r"withdr[ae]w|desk", wording, re.IGNORECASE) is not None


def _wording(values: Mapping[str, Any], place: str, *, some_accepted: bool) -> str:
    """The decision in words; "submitted to" a venue is a rejection where other papers were accepted there."""
    wording = word(values["decision"], f"{place}: decision")
    return "reject" if some_accepted and SUBMITTED.fullmatch(wording) else wording


def require_fields(values: Mapping[str, Any], row: Mapping[str, Any], place: str, *, has_texts: bool) -> None:
    """Raises InputError where the row has no id, no decision column, or, with `has_texts`, no text."""
    for field in ("paper_id", "decision"):
        if field not in values:
            have = ", ".join(str(name) for name in row if name != "_folder")
            hint = " (papers not decided yet come in with --undecided)" if field == "decision" else ""
            raise InputError(
                f"{place}: no column {field!r} (columns: {have}); rename it or map it to one of these{hint}"
            )
    named_id(values["paper_id"], f"{place}: paper_id")
    if has_texts and not any(values.get(field) for field in ("text", "text_file", "title", "abstract")):
        raise InputError(f"{place}: paper {values['paper_id']} has an empty text; give text, text_file or abstract")


def missing_file(values: Mapping[str, Any], folder: Path, place: str) -> str:
    """Why the row is left out: its text file is not there."""
    name = word(values.get("text_file"), f"{place}: text_file")
    return "text_file is not there" if name and not inside(folder, name, place).is_file() else ""


def paper_of(values: Mapping[str, Any], card: DatasetCard, place: str, folder: Path) -> Paper:
    """The paper in a row's fields. Raises InputError for a value that is wrong, and where a text is missing."""
    title = one_line(values.get("title"), f"{place}: title")
    abstract = one_line(values.get("abstract"), f"{place}: abstract")
    file = word(values.get("text_file"), f"{place}: text_file")
    if file:
        try:
            text, source = read_text(inside(folder, file, place)), "txt"
        except InputError as error:
            raise InputError(f"{place}: {error}") from None
    elif values.get("text") is not None:
        text, inner = body(values["text"], f"{place}: text")
        abstract, source = abstract or inner, "table"
    else:
        given = card.has_texts and (title or abstract)
        text, source = f"# {title}\n\nABSTRACT\n\n{abstract}\n" if given else "", "table"
    if card.has_texts and not text.strip():
        raise InputError(f"{place}: paper {values['paper_id']} has an empty text")
    usual = "unknown" if card.text_version == "none" else card.text_version
    return Paper(
        id=word(values["paper_id"], f"{place}: paper_id"),
        title=title,
        abstract=abstract,
        text=text,
        source=source,
        text_version=one_of(values.get("text_version"), VERSIONS, f"{place}: text_version") or usual,
        venue=word(values.get("venue"), f"{place}: venue"),
        year=whole_year(values.get("year"), f"{place}: year"),
    )
