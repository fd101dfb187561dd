"""When models came out and up to when they were trained, as dated data: what a model may have seen of a dataset. And
which of them take no images."""

from __future__ import annotations

import datetime
import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from ..data.errors import InputError
from ..data.files import read_text, validated
from .prices import SNAPSHOT

BUNDLED = Path(__file__).with_name("releases.toml")


class Release(BaseModel):
    """The dates of a model; None where the vendor has published none, or nothing is known of the model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    released: datetime.date | None = None
    cutoff: datetime.date | None = None
    images: bool = Field(default=True, description="false: the vendor says that it takes none")
    source: str = ""


@cache
def _releases() -> dict[str, Release]:
    entries = tomllib.loads(read_text(BUNDLED))["model"]
    found = [validated(Release, entry, f"{BUNDLED}: {entry.get('name')}") for entry in entries]
    return {release.name: release for release in found}


def release_of(model: str) -> Release:
    """The dates of a model by its name; a dated snapshot has those of its model. Without dates where it is unknown.

    A name such as `vendor/model`, as brokers have it, is looked up by its last part.
    """
    name = model.rpartition("/")[2].lower()
    known = _releases()
    return known.get(name) or known.get(SNAPSHOT.sub("", name)) or Release(name=model)


def check_sight(model: str, where: str) -> None:
    """Raises InputError where it is known of the model that it takes no images."""
    if not release_of(model).images:
        raise InputError(f"{where}: {model} takes no images; choose a model that does, or leave ?vision out")
