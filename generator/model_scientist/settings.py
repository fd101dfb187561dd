"""From the options behind a model's name to settings: how the scientist works, and how its model is reached."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ...data.errors import InputError, unknown
from ...llm.model_name import ModelName
from ...llm.prices import Price
from ...reviewer.spec import read_options

Options = TypeVar("Options", bound=BaseModel)


class Settings(BaseModel):
    """How the scientist works. Every setting changes its fingerprint."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    temperature: float | None = Field(default=None, ge=0, le=2, description="None: the provider's default")
    effort: str | None = Field(default=None, description="reasoning effort, in the provider's words")
    max_tokens: int = Field(default=8192, ge=256, description="of one answer, reasoning included")
    reflections: int = Field(default=3, ge=0, le=20, description="times that an idea is looked at again, at most")
    novelty_rounds: int = Field(default=10, ge=1, le=50, description="searches before there has to be a verdict")
    citation_rounds: int = Field(default=20, ge=0, le=100, description="searches for works to cite, at most")
    refinements: int = Field(default=1, ge=0, le=10, description="critiques of the whole paper once it is written")
    vision: bool = Field(default=False, description="the model sees each figure as drawn, and the pages as printed")
    views: int = Field(default=2, ge=0, le=10, description="times that figures are drawn anew once seen, at most")


class Connection(BaseModel):
    """How the model is reached, and what it costs in US dollars per million tokens. None of it changes an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key_env: str | None = Field(default=None, description="the environment variable that holds the key")
    timeout: float | None = Field(default=None, gt=0, description="of one attempt, in seconds")
    price_in: float | None = Field(default=None, ge=0)
    price_cached: float | None = Field(default=None, ge=0)
    price_written: float | None = Field(default=None, ge=0)
    price_out: float | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _whole_price(self) -> Connection:
        given = (self.price_in, self.price_cached, self.price_written, self.price_out)
        if any(price is not None for price in given) and None in (self.price_in, self.price_out):
            raise ValueError("a price needs both price_in and price_out (US dollars per million tokens)")
        return self

    def price(self) -> Price | None:
        """The price, None where none was given."""
        if self.price_in is None or self.price_out is None:
            return None
        return Price(
            input=self.price_in,
            cached=self.price_cached,
            written=self.price_written,
            output=self.price_out,
            source="given by the user",
            date=date.today().isoformat(),
        )


def read_spec(spec: str) -> tuple[ModelName, Settings, Connection]:
    """The parts of `openai/MODEL@BASE_URL?temperature=0.7&price_in=1&price_out=2`.

    Raises InputError for a wrong name, an unknown option or a value that it cannot have.
    """
    model, _, query = spec.partition("?")
    given = read_options(query, model)
    known = (*Settings.model_fields, *Connection.model_fields)
    if strangers := sorted(set(given) - set(known)):
        raise unknown("option", strangers[0], known, hint=model)
    return ModelName.parse(model), _made(Settings, given, model), _made(Connection, given, model)


def _made(kind: type[Options], given: dict[str, str], model: str) -> Options:
    try:
        return kind.model_validate({name: value for name, value in given.items() if name in kind.model_fields})
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{model}: {f'{field}: ' if field else ''}{first['msg']}") from None
