"""The statistics of training: ridge regression on texts, a logistic regression on top, and cross-fitting of it all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...statistics.arrays import Floats
from .features import BUCKETS, TextFeatures
from .recipe import Ints, folds
from .words import Linear, standardised


@dataclass(frozen=True)
class Ridge:
    """How a linear score is fitted: the L2 penalty is for kernels whose mean diagonal is 1."""

    penalty: float
    surface_share: float
    """Weight of the surface features' kernel against that of the words."""
    rare_share: float
    """Buckets in fewer of the texts are left out."""


MANUSCRIPTS = Ridge(penalty=0.2, surface_share=0.06, rare_share=0.04)
ABSTRACTS = Ridge(penalty=3.0, surface_share=0.3, rare_share=0.0015)


@dataclass(frozen=True)
class StackedModel:
    """Log-odds of acceptance from the manuscript's score and the abstract's."""

    manuscript: Linear
    coefficients: Floats

    def score(self, texts: Sequence[TextFeatures], abstract_scores: Floats) -> Floats:
        """Log-odds, (n,)."""
        return _with_one(scores_of(self.manuscript, texts), abstract_scores) @ self.coefficients


@dataclass(frozen=True)
class Sample:
    """Papers to fit on: texts, abstract scores (n,), targets (n,), labels 0/1 (n,), and groups that stay together."""

    texts: list[TextFeatures]
    abstract_scores: Floats
    target: Floats
    accepted: Ints
    groups: NDArray[Any]

    def take(self, rows: Ints) -> Sample:
        """The papers in these rows."""
        texts = [self.texts[i] for i in rows]
        return Sample(texts, self.abstract_scores[rows], self.target[rows], self.accepted[rows], self.groups[rows])

    def folds(self, seed: int) -> list[tuple[Ints, Ints]]:
        """See `folds`."""
        return folds(self.accepted, self.groups, seed)


def scores_of(linear: Linear, texts: Sequence[TextFeatures]) -> Floats:
    """The score of each text, (n,)."""
    return np.array([linear.score(text) for text in texts])


def fit_stack(sample: Sample, seed: int) -> StackedModel:
    """Manuscript scores fitted on all of the sample, stacked by weights fitted on its held-out scores."""
    from sklearn.linear_model import LogisticRegression

    held_out = np.empty(len(sample.target))
    for rows, rest in sample.folds(seed):
        part = sample.take(rows)
        held_out[rest] = scores_of(fit_linear(part.texts, part.target, MANUSCRIPTS), sample.take(rest).texts)
    inputs = _with_one(held_out, sample.abstract_scores)
    logistic = LogisticRegression(C=1e3, tol=1e-10, max_iter=10_000).fit(inputs[:, 1:], sample.accepted)
    coefficients = np.concatenate([np.ravel(logistic.intercept_), np.ravel(logistic.coef_)])
    return StackedModel(fit_linear(sample.texts, sample.target, MANUSCRIPTS), coefficients)


def cross_fitted(sample: Sample, seed: int) -> Floats:
    """Log-odds of each paper by a stack that was fitted, in all its parts, without the paper's fold; (n,)."""
    scores = np.empty(len(sample.target))
    for rows, rest in sample.folds(seed + 1):
        held_out = sample.take(rest)
        scores[rest] = fit_stack(sample.take(rows), seed).score(held_out.texts, held_out.abstract_scores)
    return scores


def fit_linear(texts: Sequence[TextFeatures], target: Floats, ridge: Ridge) -> Linear:
    """Ridge regression of the target (n,) on which buckets occur and on the surface features.

    It is solved in the dual form, which takes n^2 * 8 bytes a few times over: a few thousand texts are few, and the
    buckets are many.
    """
    from scipy.linalg import solve

    n = len(texts)
    X, buckets = word_matrix(texts, max(2, round(ridge.rare_share * n)))
    surface = np.array([text.surface for text in texts])
    mean, scale = surface.mean(axis=0), surface.std(axis=0)
    scale[scale < 1e-9] = 1.0
    Z = standardised(surface, mean, scale)
    words, habits = _centred((X @ X.T).toarray()), _centred(Z @ Z.T)
    by_words, by_habits = n / (np.trace(words) or 1.0), ridge.surface_share * n / (np.trace(habits) or 1.0)
    gram = by_words * words + by_habits * habits + ridge.penalty * np.eye(n)
    dual = solve(gram, target - target.mean(), assume_a="pos")
    dual -= dual.mean()
    weights, surface_weights = by_words * (X.T @ dual), by_habits * (Z.T @ dual)
    intercept = np.mean(target - X @ weights - Z @ surface_weights)
    return Linear(buckets, weights, mean, scale, surface_weights, np.asarray(intercept))


def word_matrix(texts: Sequence[TextFeatures], at_least: int) -> tuple[Any, Ints]:
    """Which buckets occur in each text, rows of unit length, sparse (n, m); and the buckets that occur often enough."""
    from scipy.sparse import csr_matrix, diags

    columns = np.concatenate([text.buckets for text in texts])
    ends = np.cumsum([0, *(len(text.buckets) for text in texts)])
    buckets = np.flatnonzero(np.bincount(columns, minlength=BUCKETS) >= at_least)
    X = csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(texts), BUCKETS))[:, buckets]
    return diags(1 / np.sqrt(np.maximum(np.diff(X.indptr), 1))) @ X, buckets


def _centred(gram: Floats) -> Floats:
    means = gram.mean(axis=0)
    return gram - means - means[:, None] + means.mean()


def _with_one(manuscript: Floats, abstract: Floats) -> Floats:
    return np.column_stack([np.ones(len(manuscript)), manuscript, abstract])
