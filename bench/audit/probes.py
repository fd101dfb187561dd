"""What a cheater could read off a text without the science: one number per text and probe, or a classifier's score."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...reviewer import surface
from ...reviewer.floors import ANONYMOUS, HEADER_LENGTH
from ...reviewer.scrub_patterns import ABSTRACT, AUTHOR_NOTE, CREDITS, EMAIL, URL
from ...reviewer.scrub_rules import misplaced_authors, title_end
from ...reviewer.surface import APPENDIX_LETTER
from ...statistics.arrays import Bools, Floats
from ..outcomes import Humans

BUCKETS = 2**18
"""Into so many are n-grams of characters hashed."""
FEWEST_TEXTS = 3
"""Texts that must have a bucket, for it to be a column."""
FOLDS = 5
TFIDF, CHARACTERS, SURFACE = "TF-IDF of words", "character n-grams", "surface counts"
AFFILIATION = re.compile(
    r"\b(?:universit|institute|college|school of|department|academy|laborator|research\b|google|microsoft|deepmind"
    r"|facebook|meta ai|openai|amazon|nvidia|ibm|inria|mit\b|eth z)",
    re.IGNORECASE,
)
PUBLISHED = re.compile(r"published as an?\b|accepted (?:at|to|as)\b|camera[- ]ready", re.IGNORECASE)
UNDER_REVIEW = re.compile(r"under review as", re.IGNORECASE)
CODE_HOST = re.compile(r"github\.com|gitlab\.com|bitbucket\.org", re.IGNORECASE)
YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True)
class Probe:
    """A number that can be read off a text. `kind` is `artefact` (never the science), `length` or `content`."""

    name: str
    kind: str
    description: str
    read: Callable[[str], float]


def _front(text: str) -> str:
    """What stands between the title and the abstract."""
    abstract = ABSTRACT.search(text, 0, 6000)
    return text[title_end(text, abstract.start()) : abstract.start()] if abstract else ""


def _latest_year(text: str) -> float:
    """The latest plausible year that is named: a camera-ready cites what appeared after the submission."""
    years = [int(found) for found in YEAR.findall(text)]
    return float(max((year for year in years if 1990 <= year <= 2030), default=0))


PROBES: tuple[Probe, ...] = (
    Probe("anonymous header", "artefact", "anonymity named in the first 3000 characters",
          lambda t: float(ANONYMOUS.search(t[:HEADER_LENGTH]) is not None)),
    Probe("e-mail addresses", "artefact", "number of e-mail addresses in the first 3000 characters",
          lambda t: float(len(EMAIL.findall(t[:HEADER_LENGTH])))),
    Probe("affiliations", "artefact", "affiliation words between title and abstract",
          lambda t: float(len(AFFILIATION.findall(_front(t))))),
    Probe("misplaced authors", "artefact", "short lines right below the abstract's heading",
          lambda t: float(misplaced_authors(t[:HEADER_LENGTH]) is not None)),
    Probe("author notes", "artefact", "equal contribution, corresponding author, work done at",
          lambda t: float(AUTHOR_NOTE.search(t.lower()) is not None)),
    Probe("acknowledgements", "artefact", "a section of acknowledgements, contributions or funding",
          lambda t: float(CREDITS.search(t) is not None)),
    Probe("status line", "artefact", '"published as" (+1) or "under review as" (-1)',
          lambda t: float(bool(PUBLISHED.search(t)) - bool(UNDER_REVIEW.search(t)))),
    Probe("URLs", "artefact", "number of URLs", lambda t: float(len(URL.findall(t)))),
    Probe("code host", "artefact", "a link to a public code host", lambda t: float(CODE_HOST.search(t) is not None)),
    Probe("latest year", "artefact", "the latest year that is named", _latest_year),
    Probe("length", "length", "words of the text", lambda t: float(len(t.split()))),
    Probe("appendix letter", "length", "the highest letter of an appendix that is referred to",
          lambda t: max((ord(letter) - ord("A") + 1.0 for letter in APPENDIX_LETTER.findall(t)), default=0.0)),
)  # fmt: skip


def read_all(texts: Sequence[str]) -> dict[str, Floats]:
    """The value of every probe for every text, (n,) each."""
    return {probe.name: np.array([probe.read(text) for text in texts]) for probe in PROBES}


@dataclass(frozen=True)
class TextModel:
    """A classifier of the decision: rows made of texts, (n, ...), and the scikit-learn estimator fitted on them."""

    name: str
    description: str
    rows: Callable[[Sequence[str]], Any]
    estimator: Callable[[], Any]
    kind: str = "content"


def out_of_fold(model: TextModel, rows: Any, humans: Humans, fit: Bools, test: Bools) -> Floats:
    """Scores (n,) of a model on the papers of `test`, out of fold wherever a paper is fitted on.

    `fit` and `test` are (n,), the same or without a common paper; 0 outside `test`.
    """
    from sklearn.model_selection import StratifiedGroupKFold
    from threadpoolctl import threadpool_limits

    y = humans.accepted
    scores = np.zeros(len(y))
    with threadpool_limits(1):  # the matrices are sparse or small: threads would only wait for one another
        if not (fit & test).any():
            scores[test] = model.estimator().fit(rows[fit], y[fit]).decision_function(rows[test])
            return scores
        groups = np.unique(humans.groups, return_inverse=True)[1]
        folds = max(min(FOLDS, len(set(humans.groups)), int(y.sum()), int((~y).sum())), 2)
        for train, held_out in StratifiedGroupKFold(folds).split(y, y, groups):
            scores[held_out] = model.estimator().fit(rows[train], y[train]).decision_function(rows[held_out])
    return scores


def surface_counts(texts: Sequence[str]) -> Floats:
    """The surface counts of every text, (n, len(surface.NAMES))."""
    return np.array([surface.read(text) for text in texts])


def _words() -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline

    return make_pipeline(TfidfVectorizer(sublinear_tf=True, min_df=2, max_features=50_000), _regression())


def _characters() -> Any:
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.pipeline import make_pipeline

    return make_pipeline(TfidfTransformer(sublinear_tf=True), _regression())


def _regression() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=10, max_iter=1000, class_weight="balanced")


def _trees() -> Any:
    from sklearn.ensemble import GradientBoostingClassifier

    return GradientBoostingClassifier(
        n_estimators=100, learning_rate=0.06, max_depth=3, subsample=0.5, max_features=0.2, min_samples_leaf=10,
        random_state=0,
    )  # fmt: skip


def _as_they_are(texts: Sequence[str]) -> Any:
    return np.array(texts, dtype=object)


def _hashed_characters(texts: Sequence[str]) -> Any:
    """Counts of the lower-case text's sequences of 3 and 4 characters, hashed into BUCKETS; sparse."""
    from scipy.sparse import csr_array

    columns, counts = [], []
    for text in texts:
        points = np.frombuffer(text.lower().encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
        buckets = np.concatenate([_buckets(points, length) for length in (3, 4)])
        tally = np.bincount(buckets, minlength=BUCKETS)
        columns.append(np.flatnonzero(tally))
        counts.append(tally[columns[-1]])
    starts = np.concatenate([[0], np.cumsum([len(found) for found in columns])])
    values = np.concatenate(counts).astype(np.float64)
    rows = csr_array((values, np.concatenate(columns), starts), shape=(len(texts), BUCKETS))
    shared = np.bincount(rows.indices, minlength=BUCKETS) >= FEWEST_TEXTS
    return rows[:, shared] if shared.any() else rows


def _buckets(points: Any, length: int) -> Any:
    count = max(len(points) - length + 1, 0)
    keys = np.full(count, length, dtype=np.uint64)
    for offset in range(length):
        keys = keys * np.uint64(0x9E3779B97F4A7C15) + points[offset : offset + count]  # Knuth's multiplicative hash
    return (keys >> np.uint64(46)).astype(np.intp)


TEXT_MODELS: tuple[TextModel, ...] = (
    TextModel(TFIDF, "words weighted by TF-IDF, logistic regression", _as_they_are, _words),
    TextModel(CHARACTERS, "sequences of 3 and 4 characters by TF-IDF, logistic regression", _hashed_characters,
              _characters),
    TextModel(SURFACE, "counts of words, marks, citations, lines; boosted trees", surface_counts, _trees),
)  # fmt: skip
