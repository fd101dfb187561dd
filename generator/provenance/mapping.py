"""A results folder that describes itself: `audit.toml` says which files hold results, and of what.

[[results]]
file = "logs/*.csv"            # a pattern, from the folder
run = "wide"                   # else what a column or the file's name says
dataset = "cifar10"            # else what a column says
[[results.rename]]             # optional: columns or keys of the file, and what they are called
from = "acc1"
to = "accuracy"

[labels]                       # what the paper calls the runs
wide = "Wide network"

[better]                       # which way a metric is better
accuracy = "higher"
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ...data.errors import InputError
from ...data.files import read_text, validated
from .foreign import ForeignRun
from .logged import Logged
from .plain_logs import EVENTS, read_events, read_file, run_of

MAPPING = "audit.toml"


class Rename(BaseModel):
    """A name in a file, and what the paper's metric is called."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = Field(alias="from")
    to: str


class ResultFiles(BaseModel):
    """Files of one kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    run: str = ""
    dataset: str = ""
    rename: tuple[Rename, ...] = ()


class Mapping(BaseModel):
    """What `audit.toml` says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    results: tuple[ResultFiles, ...] = Field(min_length=1)
    labels: dict[str, str] = {}
    better: dict[str, Literal["higher", "lower"]] = {}


def read_mapping(folder: Path) -> ForeignRun | None:
    """The results that a folder's audit.toml names; None where there is none.

    Raises InputError where it is not TOML, has unknown fields, or names a pattern that no file fits.
    """
    path = folder / MAPPING
    if not path.is_file():
        return None
    try:
        mapping = validated(Mapping, tomllib.loads(read_text(path)), str(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not TOML ({error})") from None
    found = ForeignRun(labels=mapping.labels, better=dict(mapping.better))
    for files in mapping.results:
        try:
            fitting = sorted(one for one in folder.glob(files.file) if one.is_file())
        except (ValueError, NotImplementedError):
            raise InputError(f"{path}: {files.file!r} is no pattern from the folder, such as logs/*.csv") from None
        if not fitting:
            raise InputError(f"{path}: no file fits {files.file!r}")
        for one in fitting:
            found.logged += _values(one, files, folder)
    return found


def _values(path: Path, files: ResultFiles, folder: Path) -> list[Logged]:
    run = files.run or run_of(path, folder)
    read = read_events(path.parent, run) if path.name.startswith(EVENTS) else read_file(path, run, files.dataset)
    names = {rename.source: rename.to for rename in files.rename}
    return [
        replace(x, run=files.run or x.run, dataset=files.dataset or x.dataset, metric=names.get(x.metric, x.metric))
        for x in read
    ]
