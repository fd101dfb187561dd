"""A fitted model on disk, with its card."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from pydantic import BaseModel, Field, ValidationError

from ...data.errors import InputError
from ...data.files import read_json, write_atomic, write_json
from ...data.records import Paper
from ..surface import NAMES
from .features import SURFACE
from .scale import Array, ScoreScale
from .trees import SurfaceModel
from .words import WordModel

MAX_BYTES = 1_000_000

FORMAT = 2

Kind = Literal["words", "surface"]


class Model(Protocol):
    """From a paper to a raw score, and what that means."""

    @property
    def scale(self) -> ScoreScale:
        """What raw scores mean."""
        ...

    def score(self, paper: Paper) -> float:
        """Uncalibrated log-odds of acceptance."""
        ...

    def arrays(self) -> dict[str, Array]:
        """Every array by its name in the artefact."""
        ...


class ModelCard(BaseModel):
    """What a fitted model is made of, how good it is, and what it must not be used for."""

    name: str
    kind: Kind = Field(
        default="words", description="`words`: words and habits of writing; `surface`: trees on surface counts"
    )
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


def save_artefact(path: Path, model: Model, card: ModelCard) -> ModelCard:
    """Write the .npz and the card; the same model gives the same bytes. Returns the card with the hash filled in.

    Raises InputError for a name that does not end in .npz or a folder that cannot be written.
    """
    check_path(path)
    packed = pack(model)
    if len(packed) > MAX_BYTES:
        raise InputError(f"{path}: the model takes {len(packed)} bytes, over {MAX_BYTES}; train on fewer papers")
    card = card.model_copy(update={"sha256": hashlib.sha256(packed).hexdigest()})
    write_atomic(path, packed)
    write_json(path.with_suffix(".json"), card.model_dump(mode="json"))
    return card


def load_artefact(path: Path) -> tuple[Model, ModelCard]:
    """Model and card. Raises InputError where one is missing or broken, or they do not belong together."""
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
    return unpack(packed, path, card), card


def check_path(path: Path) -> None:
    """Refuse a name that numpy would change. Raises InputError."""
    if path.suffix != ".npz":
        raise InputError(f"{path}: a learned reviewer's file ends in .npz")


def pack(model: Model) -> bytes:
    """The .npz as bytes, without time stamps."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, values in model.arrays().items():
            array = io.BytesIO()
            np.save(array, values, allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, array.getvalue())
    return buffer.getvalue()


def unpack(packed: bytes, path: Path, card: ModelCard) -> Model:
    """The model in an .npz. Raises InputError, naming `path`, for missing, misshapen or infinite arrays."""
    if card.features.get("surface") != list(SURFACE if card.kind == "words" else NAMES):
        raise InputError(f"{path}: was made with other features than this version has; train it again")
    try:
        with np.load(io.BytesIO(packed), allow_pickle=False) as archive:
            arrays: Mapping[str, Array] = {name: archive[name] for name in archive.files}
        model = WordModel.from_arrays(arrays) if card.kind == "words" else SurfaceModel.from_arrays(arrays)
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: not a learned reviewer ({error})") from None
    if not all(np.isfinite(values).all() for values in arrays.values()):
        raise InputError(f"{path}: holds values that are not finite; train it again")
    return model
