"""Settings that no option has: a file of them for `--config`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from ..data.errors import InputError
from ..data.files import read_text, validated
from .batch_open import Pace
from .model import RetryPolicy


class ConfigSection(BaseModel):
    """A table of the file; what it does not name keeps its default."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Calls(ConfigSection):
    """[calls]: how long a call of a language model is tried."""

    attempts: int = Field(default=RetryPolicy.attempts, ge=1)
    seconds: float = Field(default=RetryPolicy.seconds, gt=0, description="from the first failure on")
    timeout: float = Field(default=RetryPolicy.timeout, gt=0, description="of one attempt, in seconds")
    first_wait: float = Field(default=RetryPolicy.first_wait, ge=0, description="seconds before the second attempt")
    longest_wait: float = Field(default=RetryPolicy.longest_wait, ge=0, description="seconds")


class BatchPace(ConfigSection):
    """[batches]: when the providers' batches are sent and looked at."""

    quiet: float = Field(default=Pace.quiet, gt=0, description="seconds without a request after which one is sent")
    most: int = Field(default=Pace.most, ge=1, description="requests in a batch")
    most_bytes: int = Field(default=Pace.most_bytes, ge=1)
    first_poll: float = Field(default=Pace.first_poll, gt=0, description="seconds before the first look at a batch")
    growth: float = Field(default=Pace.growth, ge=1, description="of the time between two looks")
    longest_poll: float = Field(default=Pace.longest_poll, gt=0, description="seconds between two looks, at most")


class Config(BaseModel):
    """The file, for whatever reviews papers. None of it changes what a review says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    calls: Calls = Calls()
    batches: BatchPace = BatchPace()

    def retry(self) -> RetryPolicy:
        """How long a call is tried."""
        return RetryPolicy(**self.calls.model_dump())

    def pace(self) -> Pace:
        """When batches are sent and looked at."""
        return Pace(**self.batches.model_dump())

    def given(self) -> dict[str, Any]:
        """What the file said, for a run's record."""
        return self.model_dump(exclude_unset=True)


Kind = TypeVar("Kind", bound=Config)


def read_config(path: Path | None, kind: type[Kind]) -> Kind:
    """The settings in a TOML file, the defaults without one.

    Raises InputError for a file that is none, a table or a setting that there is not, and values of a wrong kind.
    """
    if path is None:
        return kind()
    try:
        written = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not TOML ({error})") from None
    tables = {name: type(getattr(kind(), name)) for name in kind.model_fields}
    for name, values in written.items():
        if name not in tables:
            raise InputError(f"{path}: unknown table [{name}]; there are {', '.join(f'[{t}]' for t in tables)} here")
        known = tables[name].model_fields
        strangers = [key for key in values if key not in known] if isinstance(values, dict) else []
        if strangers:
            raise InputError(f"{path}: unknown setting {strangers[0]!r} in [{name}]; it takes {', '.join(known)}")
    return validated(kind, written, str(path))
