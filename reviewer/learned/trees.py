"""Boosted trees on the surface counts of a text, as arrays: scikit-learn fits them, numpy alone reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...data.records import Paper
from ...statistics.arrays import Floats
from ..surface import NAMES, read
from .scale import Array, ScoreScale

DEPTH = 2
"""Questions from the root of a tree to a leaf."""


@dataclass(frozen=True)
class Trees:
    """T complete binary trees, whose values add up to log-odds.

    Node i of a tree asks whether its count is above its threshold and is followed by 2i + 1 (no) or 2i + 2 (yes);
    `feature` and `threshold` are (T, 2^DEPTH - 1), `leaf` is (T, 2^DEPTH), `start`, (), is added to the sum.
    """

    feature: Array
    threshold: Array
    leaf: Array
    start: Array

    def score(self, counts: Floats) -> float:
        """Uncalibrated log-odds of a text with these counts (len(NAMES),), compared in single precision."""
        single = counts.astype(np.float32)
        rows = np.arange(len(self.feature))
        node = np.zeros(len(rows), dtype=np.intp)
        for _ in range(DEPTH):
            above = single[self.feature[rows, node]] > self.threshold[rows, node]
            node = 2 * node + 1 + above
        return float(self.start) + float(self.leaf[rows, node - self.feature.shape[1]].sum())


@dataclass(frozen=True)
class SurfaceModel:
    """P(accept) from the surface counts alone."""

    trees: Trees
    scale: ScoreScale

    def score(self, paper: Paper) -> float:
        """Uncalibrated log-odds of acceptance."""
        return self.trees.score(read(paper.text))

    def arrays(self) -> dict[str, Array]:
        """Every array by its name in the artefact."""
        return {**vars(self.trees), **vars(self.scale)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> SurfaceModel:
        """The inverse of `arrays`. Raises KeyError for a missing one, ValueError for shapes that do not fit."""
        trees = Trees(*(arrays[name] for name in ("feature", "threshold", "leaf", "start")))
        nodes, leaves = (len(trees.leaf), 2**DEPTH - 1), (len(trees.leaf), 2**DEPTH)
        if (trees.feature.shape, trees.threshold.shape, trees.leaf.shape) != (nodes, nodes, leaves):
            raise ValueError("the arrays of the trees do not fit together")
        if trees.feature.size and not 0 <= trees.feature.min() <= trees.feature.max() < len(NAMES):
            raise ValueError("the trees ask for counts that this version does not have")
        return cls(trees, ScoreScale.from_arrays(arrays))


def trees_of(model: Any) -> Trees:
    """The arrays of scikit-learn's fitted GradientBoostingClassifier of trees of at most DEPTH, for two classes."""
    grown = [stage[0].tree_ for stage in model.estimators_]
    feature = np.zeros((len(grown), 2**DEPTH - 1), dtype=np.uint8)
    threshold = np.zeros(feature.shape)
    leaf = np.zeros((len(grown), 2**DEPTH))
    for number, tree in enumerate(grown):
        _fill(tree, feature[number], threshold[number], leaf[number])
    prior = float(model.init_.class_prior_[1])
    return Trees(feature, threshold, np.round(model.learning_rate * leaf, 7), np.round(np.log(prior / (1 - prior)), 7))


def _fill(tree: Any, feature: Array, threshold: Array, leaf: Array) -> None:
    """Lay out one tree; where it ends early, all answers lead to the same value."""
    places = [(0, 0)]
    while places:
        place, node = places.pop()
        inner = tree.children_left[node] >= 0
        if place >= len(feature):
            leaf[place - len(feature)] = tree.value[node].item()
            continue
        if inner:
            feature[place], threshold[place] = tree.feature[node], tree.threshold[node]
        below = tree.children_left[node], tree.children_right[node]
        places += [(2 * place + 1, below[0] if inner else node), (2 * place + 2, below[1] if inner else node)]
