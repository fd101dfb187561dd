"""Published human scores of AI-written papers, which have no decisions: joined into one file in their own layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..files import make_folder, read_json, write_atomic, write_json
from .cells import EMPTY, word
from .recipe_tables import table_files
from .recipes import Recipe, columns_of
from .rows import read_rows

IN_FOLDERS = "human_review.json"
"""The humans' side in FARS' folders, one per paper; the machine's is beside it."""
BESIDE = "paperreview.json"


@dataclass(frozen=True)
class HumanScoreFile:
    """Where the scores are, of how many papers, and how many reviews have one."""

    path: Path
    papers: int
    reviews: int


def import_human_scores(recipe: Recipe, source: Path, folder: Path) -> HumanScoreFile:
    """Write the scores at `source`, a file or a folder, into one file in `folder`; without the words of reviews.

    Raises InputError where the layout is another than the recipe's, a paper stands twice, or there is no score.
    """
    files = table_files(recipe, source)
    make_folder(folder)
    if "reviews" in recipe.columns:
        papers = _by_paper(recipe, files)
        found = HumanScoreFile(folder / f"{recipe.name}.json", len(papers), sum(map(_rated, papers)))
        content: bytes | None = None
    else:
        papers, content = [], files[0].read_bytes()
        found = _table(recipe, files, folder / f"{recipe.name}.csv")
    if not found.reviews:
        raise InputError(f"{source}: holds no human score; the layout known is that of {recipe.layout}")
    if content is None:
        write_json(found.path, papers)
    else:
        write_atomic(found.path, content)
    return found


def _table(recipe: Recipe, files: Sequence[Path], path: Path) -> HumanScoreFile:
    """What a table with a review per row holds."""
    if len(files) > 1:
        raise InputError(
            f"{files[0].parent}: several tables ({', '.join(f.name for f in files[:5])}); name one of them"
        )
    rows = list(read_rows(files[0]))
    columns = columns_of(recipe, rows[0] if rows else (), {}, str(files[0]))
    named = {tuple(str(row[columns[name][0]]) for name in ("generator", "paper")) for row in rows}
    scored = [row for row in rows if str(row[columns["human"][0]]).strip().lower() not in EMPTY]
    return HumanScoreFile(path, len(named), len(scored))


def _by_paper(recipe: Recipe, files: Sequence[Path]) -> list[dict[str, Any]]:
    """The papers with their reviews, in FARS' layout."""
    papers: dict[str, dict[str, Any]] = {}
    for file in files:
        folders = file.name == IN_FOLDERS
        for number, row in enumerate([read_json(file)] if folders else read_rows(file), start=1):
            where = str(file) if folders else f"{file}: paper {number}"
            columns_of(recipe, row, {"paper": ""} if folders else {}, where)
            beside = file.with_name(BESIDE)
            machine = read_json(beside) if folders and beside.is_file() else row
            paper = _paper(row, machine, file.parent.name if folders else "", where)
            code = paper["paper"]["code"]
            if code in papers:
                raise InputError(f"{where}: paper {code} stands twice; remove one")
            papers[code] = paper
    return list(papers.values())


def _paper(row: Mapping[str, Any], machine: Mapping[str, Any], code: str, where: str) -> dict[str, Any]:
    told = row.get("paper")
    paper = told if isinstance(told, Mapping) else {}
    title = word(paper.get("title") or machine.get("title"), f"{where}: title")
    code = word(paper.get("code"), f"{where}: code") or code or title
    if not code:
        raise InputError(f"{where}: paper has neither code nor title")
    given = [review for review in row["reviews"] or () if review is not None]
    scores = [_scores(review, where) for review in given]
    reviews = [
        {"reviewerLabel": review.get("reviewerLabel"), "scores": of} for review, of in zip(given, scores, strict=True)
    ]
    score = machine.get("numerical_score")
    return {"paper": {"code": code, "title": title}, "reviews": reviews, "numerical_score": score}


def _scores(review: Any, where: str) -> Mapping[str, Any]:
    """The scores of a review. Raises InputError for another layout."""
    scores = review.get("scores") or {"rating": review.get("rating")} if isinstance(review, Mapping) else None
    if not isinstance(scores, Mapping):
        raise InputError(f"{where}: a review, or its scores, is no object; the layout may have changed")
    return scores


def _rated(paper: Mapping[str, Any]) -> int:
    return sum(review["scores"].get("rating") is not None for review in paper["reviews"])
