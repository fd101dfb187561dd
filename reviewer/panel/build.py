"""From a SPEC such as `openai/MODEL@BASE_URL?ensemble=5` to a panel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pydantic import ValidationError

from ...data.errors import InputError
from ...llm.prices import Price
from ...llm.releases import release_of
from ...llm.session import PROVIDERS, ModelName, Session
from ..forms.form import load_form
from ..prompts.builder import Prompts
from ..protocol import Traits, check_name
from .panel import PanelReviewer
from .settings import make_settings

CONNECTION = (
    "key_env", "timeout", "review_timeout", "released", "cutoff",
    "price_in", "price_cached", "price_written", "price_out",
)  # fmt: skip
"""Options about the endpoint and its model: they change no review."""


def names_a_model(spec: str) -> bool:
    """Whether a SPEC begins as a model's name does."""
    return spec.startswith(tuple(f"{provider}/" for provider in PROVIDERS))


def load_panel(model: str, options: Mapping[str, str], session: Session) -> PanelReviewer:
    """The panel of a model with these options: `PanelSettings`, `config`, `name` and those of `CONNECTION`.

    Raises InputError for an unknown model name, option, form, stance or configuration, a missing key, or a price that
    is unknown though there is a budget.
    """
    name = ModelName.parse(model)
    given = {key: value for key, value in options.items() if key not in (*CONNECTION, "name")}
    settings = make_settings(given, model)
    form = load_form(settings.form, venue=settings.venue, base_rate=settings.base_rate, percentile=settings.percentile)
    prompts = Prompts(form, stance=settings.stance, shots=settings.shots)
    door = session.connect(
        name,
        key_env=options.get("key_env"),
        price=_price(options, model),
        timeout=_seconds(options["timeout"], f"{model}: timeout") if "timeout" in options else None,
    )
    words = "&".join(f"{key}={value}" for key, value in given.items())
    check_name(options.get("name", ""), model)
    shown = options.get("name") or f"{name.provider}/{name.model}{f'?{words}' if words else ''}"
    panel = PanelReviewer(shown, door, settings, form, prompts)
    if "review_timeout" in options:
        panel.review_timeout = _seconds(options["review_timeout"], f"{model}: review_timeout")
    panel.traits = with_dates(panel.traits, name.model, options, model)
    return panel


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


def _price(options: Mapping[str, str], model: str) -> Price | None:
    """The price that the options give, in US dollars per million tokens; None where they give none."""
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


def _seconds(text: str, where: str) -> float:
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
