"""Import a folder of papers with a table of decisions, the AI-Scientist release among them.

Layouts read: `papers/ID.txt` (or `iclr_parsed/`, `parsed/`, `texts/`; or .pdf, .tex, .md where there is no .txt) beside
`decisions.tsv`, with the columns of `table.py`; and the release's own `ratings_subset.tsv`, with one column per human
rating (`0` to `6`) and `decision`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..dataset import Dataset, build
from ..errors import InputError
from ..papers.load import LoadedPaper, load_paper
from ..records import DatasetCard
from .rows import SUFFIXES as SUFFIXES_OF_TABLES
from .rows import read_rows
from .table import rows_to_dataset
from .text_files import note_on_hidden

TABLES = ("decisions.tsv", "decisions.csv", "ratings_subset.tsv")
TEXT_FOLDERS = ("papers", "iclr_parsed", "parsed", "texts")
SUFFIXES = (".txt", ".pdf", ".docx", ".tex", ".md")
TITLE_LINES = re.compile(r"\A\s*((?:#.*\n)+)")


def find_table(folder: Path) -> Path | None:
    """The table of decisions in the folder, None where there is none."""
    return next((folder / name for name in TABLES if (folder / name).is_file()), None)


def import_texts(folder: Path, card: DatasetCard) -> Dataset:
    """The dataset in a folder of texts and a table; rows without a file, or with one that cannot be read, are excluded
    and counted. Text files are taken as they are; of PDF, LaTeX and Markdown files hidden text is left out.

    Raises InputError where the table or the texts are missing.
    """
    table = find_table(folder)
    if table is None:
        raise InputError(f"{folder}: no table of decisions; expected one of {', '.join(TABLES)}{_instead(folder)}")
    texts = next((folder / name for name in TEXT_FOLDERS if (folder / name).is_dir()), folder)
    rows = [_with_ratings(row) for row in read_rows(table)]
    if rows and "paper_id" not in rows[0]:
        raise InputError(f"{table}: no column 'paper_id' (columns: {', '.join(rows[0])})")
    files = {row["paper_id"]: file for row in rows if (file := _file(texts, str(row["paper_id"])))}
    if not files:
        raise InputError(
            f"{texts}: no file ID.txt for any of the {len(rows)} ids in {table.name} (nor .pdf, .docx, .tex, .md)"
        )
    loaded, failures = _loaded(files, texts)
    present = [row for row in rows if row["paper_id"] in loaded or _is_text(files.get(row["paper_id"]))]
    excluded = {"no text file": len(rows) - len(files), "file cannot be read": len(failures)}
    card = card.model_copy(
        update={
            "excluded": {**card.excluded, **{reason: count for reason, count in excluded.items() if count}},
            "notes": [*card.notes, *_notes(loaded, failures)],
        }
    )
    if not present:
        raise InputError(failures[0])
    rows_with_texts = _with_texts(present, texts, loaded)
    dataset = rows_to_dataset(rows_with_texts, card, where=str(table), as_they_are=True)
    return _with_sections(dataset, loaded) if loaded else dataset


def _instead(folder: Path) -> str:
    """What else the folder may be: a dataset of the Hugging Face library, or one with a table of another name."""
    files = sorted(path.name for path in folder.iterdir() if path.is_file())
    columnar = any(path.suffix in (".parquet", ".arrow") for path in folder.rglob("*"))
    if columnar or {"dataset_dict.json", "state.json"} & {*files}:
        return "; a dataset of the Hugging Face library is imported with --hf"
    table = next((name for name in files if Path(name).suffix.lower() in SUFFIXES_OF_TABLES), None)
    return f"; to import one table give its file, as in {folder / table}" if table else ""


def _file(texts: Path, name: str) -> Path | None:
    """The paper's file, the text before the PDF; None for none."""
    return next((path for suffix in SUFFIXES if (path := texts / f"{name}{suffix}").is_file()), None)


def _loaded(files: Mapping[str, Path], texts: Path) -> tuple[dict[str, LoadedPaper], list[str]]:
    """The papers that are no plain text, by id, and why others (empty text files too) could not be read."""
    loaded: dict[str, LoadedPaper] = {}
    failures: list[str] = []
    for name, file in files.items():
        if file.suffix == ".txt":
            if not file.read_bytes().strip():
                failures.append(f"{file}: empty; give a file with the paper's text")
        else:
            try:
                if not file.resolve().is_relative_to(texts.resolve()):
                    raise InputError(f"{file}: lies outside {texts}; move it there")
                loaded[name] = load_paper(file, name)
            except InputError as error:
                failures.append(str(error))
    return loaded, failures


def _is_text(file: Path | None) -> bool:
    """Whether this is a text file with something in it."""
    return file is not None and file.suffix == ".txt" and bool(file.read_bytes().strip())


def _notes(loaded: Mapping[str, LoadedPaper], failures: Sequence[str]) -> list[str]:
    notes = note_on_hidden([name for name, paper in loaded.items() if paper.quarantine], len(loaded))
    if failures:
        notes.append(f"{len(failures)} files could not be read, the first because: {failures[0]}")
    return notes


def _with_sections(dataset: Dataset, loaded: Mapping[str, LoadedPaper]) -> Dataset:
    """The dataset with what loading found of each paper beyond its text."""
    papers = [
        paper.model_copy(update={"source": found.paper.source, "sections": found.paper.sections})
        if (found := loaded.get(paper.id))
        else paper
        for paper in dataset.papers
    ]
    return build(dataset.card, papers, dataset.judgements)


def _with_ratings(row: dict[str, Any]) -> dict[str, Any]:
    columns = [name for name in row if name.isdigit()]
    if "ratings" in row or not columns:
        return row
    return {**row, "ratings": ";".join(row[name] for name in columns if row[name])}


def _with_texts(rows: list[dict[str, Any]], texts: Path, loaded: Mapping[str, LoadedPaper]) -> Iterator[dict[str, Any]]:
    for row in rows:
        name, found = f"{row['paper_id']}.txt", loaded.get(row["paper_id"])
        if found is None:
            title = row.get("title") or _title(texts / name)
            yield {**row, "text_file": name, "_folder": str(texts), "title": title}
        else:
            own = {name: row.get(name) or getattr(found.paper, name) for name in ("title", "abstract")}
            yield {**row, **own, "text": found.paper.text}


def _title(path: Path) -> str:
    """The heading at the top of a parsed text, whose lines may be cut as "# A LONG TIT## LE"."""
    with path.open(encoding="utf-8", errors="replace") as stream:
        found = TITLE_LINES.match(stream.read(1000))
    return " ".join(found[1].replace("## ", "").replace("# ", "").split()) if found else ""
