"""The columns of an exported dataset: one row per paper, with what humans decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..dataset import Dataset
from ..errors import InputError
from ..files import validated
from ..records import Judgement, Paper

if TYPE_CHECKING:
    import datasets

DECISIONS = ("reject", "accept")
TEXTS = ("abstract", "text", "sections")
"""What is left out where texts may not be passed on."""
STRINGS = ("paper_id", "title", "abstract", "text", "source", "text_version", "venue")
OPTIONAL = ("tier", "group")
NUMBERS = ("ratings", "initial_ratings", "final_ratings", "confidences")
MEANINGS = {
    "paper_id": "unique in the dataset",
    "title": "",
    "abstract": "",
    "text": "the full text",
    "sections": "where the parts of the text begin and end, in characters",
    "source": "what the text was made from",
    "text_version": "submission, camera-ready, latest (mixes both), unknown",
    "venue": "",
    "year": "",
    "decision": "the human decision",
    "tier": "finer than the decision, where published",
    "ratings": "one overall rating per human reviewer",
    "initial_ratings": "before rebuttal and discussion, where known",
    "final_ratings": "after the discussion, where known",
    "recommendations": "yes or no of each reviewer, at a venue without ratings",
    "confidences": "in the order of the ratings, where known",
    "group": "papers of one group stay on one side of a fit",
}
"""Every column, with what it holds."""


def features_of(*, texts: bool) -> datasets.Features:
    """The columns and their types."""
    import datasets

    string, number = datasets.Value("string"), datasets.Value("float64")
    place = datasets.Value("int64")
    kinds: dict[str, Any] = {
        **dict.fromkeys((*STRINGS, *OPTIONAL), string),
        **{name: datasets.List(number) for name in NUMBERS},
        "recommendations": datasets.List(datasets.Value("bool")),
        "decision": datasets.ClassLabel(names=list(DECISIONS)),
        "year": place,
        "sections": datasets.List({"title": string, "level": place, "start": place, "end": place}),
    }
    return datasets.Features({name: kinds[name] for name in MEANINGS if texts or name not in TEXTS})


def row_of(paper: Paper, judgement: Judgement) -> dict[str, Any]:
    """All columns of a paper."""
    about = {**paper.model_dump(), **judgement.model_dump()}
    about["decision"] = DECISIONS.index(judgement.decision)
    return {name: about.get(name, []) for name in MEANINGS}


def records_of(row: Mapping[str, Any], split: str, where: str) -> tuple[Paper, Judgement]:
    """The paper and the judgement of a row; columns that are not there were left out, and others are not read.

    Raises InputError that names `where` and the field that is wrong.
    """
    told = {name: value for name, value in row.items() if name in MEANINGS and value is not None}
    paper = {**told, "id": told.get("paper_id"), "text": told.get("text", "")}
    judged = {**told, "split": split}
    return validated(Paper, paper, where), validated(Judgement, judged, where)


def check_columns(names: Sequence[str], where: Path) -> list[str]:
    """The columns that are not read. Raises InputError for one that is missing."""
    missing = [name for name in MEANINGS if name not in names and name not in TEXTS]
    if missing:
        raise InputError(
            f"{where}: no column {', '.join(missing)} (columns: {', '.join(names)}); it is no longer what peerassay "
            f"exported: import it with --hf and --map FIELD=COLUMN"
        )
    return [name for name in names if name not in MEANINGS]


def split_rows(dataset: Dataset) -> dict[str, list[dict[str, Any]]]:
    """The rows by split, test first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for paper, judgement in zip(dataset.papers, dataset.judgements, strict=True):
        found.setdefault(judgement.split, []).append(row_of(paper, judgement))
    return dict(sorted(found.items(), key=lambda item: item[0] != "test"))
