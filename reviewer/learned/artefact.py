"""A fitted model on disk: numbers in one .npz and a model card in the .json beside it."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, ValidationError

from ...data.errors import InputError
from ...data.files import read_json, write_atomic, write_json
from ..calibration import PlattCalibrator
from .features import SURFACE, Features, Floats, Text

MAX_BYTES = 1_000_000
FORMAT = 1
Array = NDArray[Any]


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

    def score(self, text: Text) -> float:
        """Higher for texts like those that humans rated high; about in standard deviations of the ratings."""
        known = np.searchsorted(self.buckets, text.buckets)
        known = known[self.buckets.take(known, mode="clip") == text.buckets] if len(self.buckets) else known[:0]
        words = float(self.weights[known].astype(np.float64).sum()) / max(len(known), 1) ** 0.5
        habits = standardised(text.surface, self.surface_mean, self.surface_scale) @ self.surface_weights
        return words + float(habits) + float(self.intercept)


@dataclass(frozen=True)
class Weights:
    """All that the model has learned.

    `stack` is (intercept, weight of the manuscript's score, weight of the abstract's), giving log-odds.
    `platt` is (slope, intercept, lowest, highest log-odds); `threshold` is on the log-odds.
    """

    manuscript: Linear
    abstract: Linear
    stack: Array
    platt: Array
    threshold: Array

    def log_odds(self, features: Features) -> tuple[float, float, float]:
        """Uncalibrated log-odds of acceptance, and the manuscript's and the abstract's score that they are made of."""
        scores = self.manuscript.score(features.manuscript), self.abstract.score(features.abstract)
        return float(self.stack @ np.array([1.0, *scores])), *scores

    @property
    def calibrator(self) -> PlattCalibrator:
        """From log-odds to calibrated probabilities."""
        slope, intercept, low, high = self.platt.tolist()
        return PlattCalibrator(slope=slope, intercept=intercept, low=low, high=high)

    def arrays(self) -> dict[str, Array]:
        """Every array by its name in the artefact."""
        parts = {"manuscript": self.manuscript, "abstract": self.abstract}
        linear = {f"{part}_{f.name}": getattr(values, f.name) for part, values in parts.items() for f in fields(values)}
        return {**linear, "stack": self.stack, "platt": self.platt, "threshold": self.threshold}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Weights:
        """The inverse of `arrays`. Raises KeyError for a missing one."""

        def linear(part: str) -> Linear:
            return Linear(*(arrays[f"{part}_{f.name}"] for f in fields(Linear)))

        return cls(linear("manuscript"), linear("abstract"), arrays["stack"], arrays["platt"], arrays["threshold"])


class ModelCard(BaseModel):
    """What a fitted model is made of, how good it is, and what it must not be used for."""

    name: str
    format: int = FORMAT
    sha256: str = Field(default="", description="of the .npz beside the card")
    data: list[dict[str, Any]] = Field(description="datasets fitted on: hash, split, papers, accepted")
    features: dict[str, Any]
    training: dict[str, Any]
    figures: dict[str, Any] = Field(description="by set of papers; intervals are 95 %")
    limits: list[str]
    notes: list[str] = []
    software: dict[str, str]
    trained_on: dict[str, str] = Field(description="by dataset, the `paper_key` of each paper, joined by blanks")

    @property
    def training_keys(self) -> frozenset[str]:
        """`paper_key` of every paper that had a part in the fit."""
        return frozenset(key for keys in self.trained_on.values() for key in keys.split())


def standardised(surface: Floats, mean: Array, scale: Array) -> Floats:
    """Surface features (..., len(SURFACE)) in standard deviations from the mean, clipped to [-3, 3]."""
    return np.clip((surface - mean) / scale, -3, 3)


def save_artefact(path: Path, weights: Weights, card: ModelCard) -> ModelCard:
    """Write the .npz and the card; the same weights give the same bytes. Returns the card with the hash filled in.

    Raises InputError for a name that does not end in .npz or a folder that cannot be written.
    """
    check_path(path)
    packed = pack(weights)
    if len(packed) > MAX_BYTES:
        raise InputError(f"{path}: the model takes {len(packed)} bytes, over {MAX_BYTES}; train on fewer papers")
    card = card.model_copy(update={"sha256": hashlib.sha256(packed).hexdigest()})
    write_atomic(path, packed)
    write_json(path.with_suffix(".json"), card.model_dump(mode="json"))
    return card


def load_artefact(path: Path) -> tuple[Weights, ModelCard]:
    """Weights and card. Raises InputError where one is missing or broken, or they do not belong together."""
    check_path(path)
    try:
        packed = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); make one with `peerassay train`") from None
    card_path = path.with_suffix(".json")
    try:
        card = ModelCard.model_validate(read_json(card_path))
    except ValidationError as error:
        raise InputError(f"{card_path}: not a model card ({error.errors()[0]['loc']})") from None
    if card.sha256 != hashlib.sha256(packed).hexdigest():
        raise InputError(f"{path}: is not the file that {card_path.name} describes (SHA-256 differs); train it again")
    if card.format != FORMAT:
        raise InputError(f"{card_path}: format {card.format}, this version reads {FORMAT}; train it again")
    return unpack(packed, path), card


def check_path(path: Path) -> None:
    """Refuse a name that numpy would change. Raises InputError."""
    if path.suffix != ".npz":
        raise InputError(f"{path}: a learned reviewer's file ends in .npz")


def pack(weights: Weights) -> bytes:
    """The .npz as bytes, without time stamps."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, values in weights.arrays().items():
            array = io.BytesIO()
            np.save(array, values, allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, array.getvalue())
    return buffer.getvalue()


def unpack(packed: bytes, path: Path) -> Weights:
    """The weights in an .npz. Raises InputError, naming `path`, for missing, misshapen or infinite arrays."""
    try:
        with np.load(io.BytesIO(packed), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        weights = Weights.from_arrays(arrays)
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: not a learned reviewer ({error})") from None
    for part in (weights.manuscript, weights.abstract):
        shapes = {a.shape for a in (part.surface_mean, part.surface_scale, part.surface_weights)}
        if part.buckets.shape != part.weights.shape or part.buckets.ndim != 1 or shapes != {(len(SURFACE),)}:
            raise InputError(f"{path}: was made with other features than this version has; train it again")
    if not all(np.isfinite(values).all() for values in arrays.values()):
        raise InputError(f"{path}: holds values that are not finite; train it again")
    return weights
