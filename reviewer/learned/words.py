"""The model of words: two linear scores, of the manuscript and of its abstract, stacked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from ...data.records import Paper
from ...statistics.arrays import Floats
from .features import SURFACE, PaperFeatures, TextFeatures, extract
from .scale import Array, ScoreScale


@dataclass(frozen=True)
class Linear:
    """A linear score over the buckets that a text has, each 1 / sqrt of their number, and its standardised surface.

    The arrays of words are (m,), ascending by bucket; those of the surface are (len(SURFACE),); `intercept` is ().
    """

    buckets: Array
    weights: Array
    surface_mean: Array
    surface_scale: Array
    surface_weights: Array
    intercept: Array

    @classmethod
    def empty(cls) -> Linear:
        """Scores 0 for every text."""
        zeros = np.zeros(len(SURFACE))
        return cls(np.empty(0, np.int64), np.empty(0), zeros, zeros + 1, zeros, np.zeros(()))

    def score(self, text: TextFeatures) -> float:
        """Higher for texts like those that humans rated high; about in standard deviations of the ratings."""
        known = np.searchsorted(self.buckets, text.buckets)
        known = known[self.buckets.take(known, mode="clip") == text.buckets] if len(self.buckets) else known[:0]
        words = float(self.weights[known].astype(np.float64).sum()) / max(len(known), 1) ** 0.5
        habits = standardised(text.surface, self.surface_mean, self.surface_scale) @ self.surface_weights
        return words + float(habits) + float(self.intercept)


@dataclass(frozen=True)
class WordModel:
    """P(accept) from words and habits of writing.

    `stack` is (intercept, weight of the manuscript's score, weight of the abstract's), giving log-odds.
    """

    manuscript: Linear
    abstract: Linear
    stack: Array
    scale: ScoreScale

    def score(self, paper: Paper) -> float:
        """Uncalibrated log-odds of acceptance."""
        return self.log_odds(extract(paper))

    def log_odds(self, features: PaperFeatures) -> float:
        """The same from a paper's features."""
        scores = self.manuscript.score(features.manuscript), self.abstract.score(features.abstract)
        return float(self.stack @ np.array([1.0, *scores]))

    def arrays(self) -> dict[str, Array]:
        """Every array by its name in the artefact."""
        parts = {"manuscript": self.manuscript, "abstract": self.abstract}
        linear = {f"{part}_{f.name}": getattr(values, f.name) for part, values in parts.items() for f in fields(values)}
        return {**linear, "stack": self.stack, **vars(self.scale)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> WordModel:
        """The inverse of `arrays`. Raises KeyError for a missing one, ValueError for shapes that do not fit."""

        def linear(part: str) -> Linear:
            values = Linear(*(arrays[f"{part}_{f.name}"] for f in fields(Linear)))
            surface = {a.shape for a in (values.surface_mean, values.surface_scale, values.surface_weights)}
            if values.buckets.shape != values.weights.shape or values.buckets.ndim != 1 or surface != {(len(SURFACE),)}:
                raise ValueError("made with other features than this version has")
            return values

        if arrays["stack"].shape != (3,):
            raise ValueError("the stack has another shape")
        return cls(linear("manuscript"), linear("abstract"), arrays["stack"], ScoreScale.from_arrays(arrays))


def standardised(surface: Floats, mean: Array, scale: Array) -> Floats:
    """Surface features (..., len(SURFACE)) in standard deviations from the mean, clipped to [-3, 3]."""
    return np.clip((surface - mean) / scale, -3, 3)
