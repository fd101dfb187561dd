"""Models of a text's words, characters and counts, fitted out of fold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...data.parallel import in_processes
from ...reviewer import surface
from ...reviewer.scrub import MANY
from ...statistics.arrays import Bools, Floats
from ..outcomes import Humans

TFIDF, CHARACTERS, SURFACE = "TF-IDF of words", "character n-grams", "surface counts"

BUCKETS = 2**18
"""Into so many are n-grams of characters hashed."""

FEWEST_TEXTS = 3
"""Texts that must have a bucket, for it to be a column."""

FOLDS = 5


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
    return np.array(in_processes(surface.read, texts, fewest=MANY))


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
