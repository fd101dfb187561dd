"""A local index of titles and abstracts: BM25 over datasets, tables and bibliographies on this machine."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ...data.dataset import Dataset
from ...data.errors import InputError
from ...data.importers.rows import SUFFIXES as TABLE_SUFFIXES
from ...data.importers.rows import read_rows
from ...data.registry import BUNDLED, list_names, load_dataset
from .bibtex import read_bib
from .record import SMALL_WORDS, Work, words_of

OTHERS = """
    about above after again against all also although among another any approach approaches because been before being
    below between both but could demonstrate demonstrates each either et al even every few first found further given
    good had has have having here however if into introduce introduced introduces it its itself just large many may
    might more most much must new no nor not novel now off one only other others our out over own paper papers
    present presented presents problem problems propose proposed proposes recent recently result results same several
    shall should show shown shows since so some study such task tasks than that their them then there these they this
    those three through thus too two under until up upon us use used uses using various very was well were when where
    whether which while who whose why will within without work works would yet you your method methods model models
    existing based different
"""
NO_WEIGHT = SMALL_WORDS | frozenset(OTHERS.split())
K1, B = 1.2, 0.75
TEMPLATES = Path(__file__).parents[1] / "templates"
ABSTRACT = re.compile(r"\babstract\b\W*(.{200,2000})", re.IGNORECASE | re.DOTALL)


def terms_of(text: str) -> list[str]:
    """The text's terms in their order, repeated as they stand."""
    return [term for word in words_of(text) if (term := TERMS[word])]


def _term(word: str) -> str:
    """The word without the ending of an English plural (the S-stemmer of Harman 1991), "" for one of no weight."""
    if word in NO_WEIGHT:
        return ""
    if len(word) > 4 and word.endswith("ies") and word[-4] not in "ae":
        return f"{word[:-3]}y"
    if len(word) > 3 and word.endswith("s") and word[-2] not in "us":
        return word[:-1]
    return word


class _Terms(dict[str, str]):
    """The term of each word seen so far: texts repeat their words, and a look-up is quicker than the rules."""

    def __missing__(self, word: str) -> str:
        if len(self) > 500_000:
            self.clear()
        return self.setdefault(word, _term(word))


TERMS = _Terms()


class LocalIndex:
    """BM25 over the works' titles and abstracts.

    A work scores, summed over the query's terms, idf * tf (k1 + 1) / (tf + k1 (1 - b + b * length / mean length)) with
    k1 = 1.2, b = 0.75 and idf = ln(1 + (N - n + 0.5) / (n + 0.5)), which is never negative; N works, n of them with
    the term (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond").

    `notes` says what `default_index` could not read.
    """

    def __init__(self, works: Iterable[Work], notes: Iterable[str] = ()) -> None:
        self.works = tuple(works)
        self.notes = tuple(notes)
        number: defaultdict[str, int] = defaultdict()
        number.default_factory = number.__len__
        documents = [[number[term] for term in terms_of(work.text)] for work in self.works]
        self._number = dict(number)
        lengths = np.array([len(document) for document in documents], dtype=np.int64)
        owners = np.repeat(np.arange(len(documents)), lengths)
        terms = np.fromiter((term for document in documents for term in document), np.int64, int(lengths.sum()))
        pairs, counts = np.unique(terms * max(len(documents), 1) + owners, return_counts=True)
        terms, self._owners = np.divmod(pairs, max(len(documents), 1))
        self._starts = np.searchsorted(terms, np.arange(len(self._number) + 1))
        frequency = np.diff(self._starts)
        idf = np.log1p((len(documents) - frequency + 0.5) / (frequency + 0.5))
        norm = K1 * (1 - B + B * lengths / max(lengths.mean(), 1e-9)) if len(documents) else lengths
        self._weights = idf[terms] * counts * (K1 + 1) / (counts + norm[self._owners])

    def __len__(self) -> int:
        return len(self.works)

    def search(self, query: str, limit: int = 10) -> list[tuple[Work, float]]:
        """At most `limit` works with their scores (above 0), best first; works without a term of the query are out."""
        scores = np.zeros(len(self.works))
        for term in terms_of(query):
            number = self._number.get(term)
            if number is not None:
                part = slice(self._starts[number], self._starts[number + 1])
                scores[self._owners[part]] += self._weights[part]
        best = np.argsort(-scores, kind="stable")[:limit]
        return [(self.works[place], float(scores[place])) for place in best if scores[place] > 0]


def default_index() -> LocalIndex:
    """The bibliographies of the bundled templates and the datasets in the data home.

    What cannot be read is left out and named in the index's `notes`.
    """
    works: list[Work] = []
    notes: list[str] = []
    bibliographies = [str(path) for path in sorted(TEMPLATES.glob("*/latex/references.bib"))]
    for name in [*bibliographies, *(name for name in list_names() if name not in BUNDLED)]:
        try:
            works += works_from(name)
        except InputError as error:
            notes.append(str(error))
    return LocalIndex(works, notes)


def works_from(name: str) -> list[Work]:
    """The works in a .bib file, in a table with a column `title` (.tsv, .csv, .jsonl), or in a dataset by name or path.

    Raises InputError where that cannot be read.
    """
    path = Path(name)
    if path.suffix == ".bib":
        return list(read_bib(path).works)
    if path.suffix in TABLE_SUFFIXES and path.is_file():
        return _works_of_table(path)
    return _works_of_dataset(load_dataset(name))


def _works_of_table(path: Path) -> list[Work]:
    works = []
    for number, row in enumerate(read_rows(path), start=1):
        if "title" not in row:
            raise InputError(f"{path}: row {number}: no column 'title' (columns: {', '.join(row)}); rename one")
        year = str(row.get("year") or "")
        if str(row["title"] or "").strip():
            works.append(
                Work(
                    title=str(row["title"]),
                    abstract=str(row.get("abstract") or ""),
                    venue=str(row.get("venue") or ""),
                    year=int(year) if year.isdecimal() else None,
                    source="local",
                )
            )
    return works


def _works_of_dataset(dataset: Dataset) -> list[Work]:
    return [
        Work(
            title=paper.title,
            abstract=paper.abstract or _abstract_in(paper.text),
            venue=paper.venue,
            year=paper.year,
            source="local",
        )
        for paper in dataset.papers
        if paper.title.strip()
    ]


def _abstract_in(text: str) -> str:
    """What stands behind the word "abstract" near the top of a paper's text, "" where it is not there."""
    found = ABSTRACT.search(text[:6000])
    return found[1] if found else ""
