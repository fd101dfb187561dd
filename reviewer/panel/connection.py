"""Options of a SPEC about an endpoint and its model, which change no review: price, limits of time, dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pydantic import ValidationError

from ...data.errors import InputError
from ...llm.prices import Price
from ...llm.releases import release_of
from ..protocol import Traits

CONNECTION = (
    "key_env", "timeout", "review_timeout", "released", "cutoff",
    "price_in", "price_cached", "price_written", "price_out",
)  # fmt: skip
"""Options about the endpoint and its model: they change no review."""


def with_dates(traits: Traits, model: str, options: Mapping[str, str], where: str) -> Traits:
    """The traits with the model's release and cut-off: those in the options, or else those of `llm/releases.toml`.

    Raises InputError for an option that is no date.
    """
    known = release_of(model)
    released = _date(options["released"], f"{where}: released") if "released" in options else known.released
    cutoff = _date(options["cutoff"], f"{where}: cutoff") if "cutoff" in options else known.cutoff
    return traits.model_copy(update={"model": model, "released": released, "cutoff": cutoff})


def _date(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{where} is {text!r}; write a date as YYYY-MM-DD") from None


def given_price(options: Mapping[str, str], model: str) -> Price | None:
    """The price that the options give, in US dollars per million tokens; None where they give none.

    Raises InputError for half a price and for what is no number.
    """
    given = {
        key: _not_negative(options[key], f"{model}: {key}")
        for key in CONNECTION
        if key.startswith("price_") and key in options
    }
    if not given:
        return None
    if not {"price_in", "price_out"} <= set(given):
        raise InputError(f"{model}: a price needs both price_in and price_out (US dollars per million tokens)")
    try:
        return Price(
            input=given["price_in"],
            cached=given.get("price_cached"),
            written=given.get("price_written"),
            output=given["price_out"],
            source="given by the user",
            date=date.today().isoformat(),
        )
    except ValidationError as error:
        raise InputError(f"{model}: {error.errors()[0]['msg']}") from None


def given_seconds(text: str, where: str) -> float:
    """The seconds that an option gives. Raises InputError where that is no number above 0."""
    seconds = _not_negative(text, where)
    if seconds == 0:
        raise InputError(f"{where} is 0 seconds, in which nothing is answered; give more, or leave it out")
    return seconds


def _not_negative(text: str, where: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < 1e9:
        raise InputError(f"{where} is {text!r}, not a number of 0 or more")
    return number
