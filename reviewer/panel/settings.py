"""The settings of a panel: which of them are taken from a bundled configuration, which are given."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, model_validator

from ...data.errors import InputError, unknown
from ...data.files import read_text

MOST_MEMBERS = 100
CONFIGS = Path(__file__).parents[1] / "configs"


class PanelSettings(BaseModel):
    """How a panel reviews. Every setting changes the fingerprint of the reviewer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: str = Field(default="neurips-v2", description="a bundled form or the path of a TOML file")
    venue: str | None = Field(default=None, min_length=1, description="whose acceptance is asked for; None: the form's")
    base_rate: FiniteFloat | None = Field(
        default=None, gt=0, lt=1, description="share of its submissions that `venue` accepts, told with the question"
    )
    percentile: bool = Field(default=False, description="ask for the percentile among the venue's submissions too")
    stance: str = Field(default="neutral", description="neutral, strict, lenient, or the path of a text file")
    shots: int | str = Field(default=0, description="bundled examples shown, or the path of a TOML file with examples")
    ensemble: int = Field(default=1, ge=1, le=MOST_MEMBERS, description="members, each with an answer of its own")
    meta: bool = Field(default=False, description="an area chair reads the members' reviews and writes one more")
    score: Literal["mean", "meta"] = Field(
        default="mean", description="whose overall counts, the members' or the chair's"
    )
    reflections: int = Field(default=0, ge=0, le=20, description="rounds of looking again, after the first answer")
    stop: Literal["off", "certain", "likely"] = Field(
        default="off", description="when members and rounds are saved, see `aggregation`"
    )
    threshold: FiniteFloat | None = Field(
        default=None, description="accept from this overall on; None: the form's rule"
    )
    temperature: float | None = Field(default=None, ge=0, le=2, description="None: the provider's default")
    effort: str | None = Field(default=None, description="reasoning effort, in the provider's words")
    max_tokens: int = Field(default=4096, ge=64, description="of one answer, reasoning included")
    max_paper_tokens: int = Field(default=60_000, ge=200, description="of the paper; what is beyond is cut and named")
    vision: bool = Field(default=False, description="the pages of a PDF are shown as images too, scrubbed as the text")
    injections: Literal["remove", "keep"] = Field(
        default="remove", description="whether text in the paper that gives the reviewer orders is taken out"
    )

    @model_validator(mode="after")
    def _chair_needs_members(self) -> PanelSettings:
        if self.meta and self.ensemble < 2:
            raise ValueError("meta needs ensemble=2 or more: there is nothing to put together")
        if self.score == "meta" and not self.meta:
            raise ValueError("score=meta needs meta=true")
        return self

    @property
    def most_calls(self) -> int:
        """Calls of one review without repairs and without stopping early."""
        return self.ensemble + self.meta + self.reflections * self.reflecting

    @property
    def reflecting(self) -> int:
        """How many reviews are reflected upon: the chair's alone, or each member's."""
        return 1 if self.meta else self.ensemble


def config_names() -> list[str]:
    """The names of the bundled configurations."""
    return sorted(path.stem for path in CONFIGS.glob("*.toml"))


def read_config(name: str) -> dict[str, Any]:
    """A bundled configuration: `description`, `settings`, `expected`. Raises InputError for an unknown name."""
    if name not in config_names():
        raise unknown("configuration", name, config_names(), hint="?config=")
    return tomllib.loads(read_text(CONFIGS / f"{name}.toml"))


def make_settings(options: Mapping[str, str], where: str) -> PanelSettings:
    """The settings from options in words, on top of those of `config` where one is named.

    Raises InputError that names `where` and the option that is unknown or wrong.
    """
    given = dict(options)
    config = given.pop("config", None)
    merged = {**(read_config(config)["settings"] if config else {}), **given}
    strangers = sorted(set(merged) - set(PanelSettings.model_fields))
    if strangers:
        raise unknown("option", strangers[0], [*PanelSettings.model_fields, "config"], hint=where)
    if isinstance(merged.get("shots"), str) and merged["shots"].strip().isdigit():
        merged["shots"] = int(merged["shots"])
    try:
        return PanelSettings.model_validate(merged)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"][:1])
        raise InputError(f"{where}: {f'{field}: ' if field else ''}{first['msg']}") from None
