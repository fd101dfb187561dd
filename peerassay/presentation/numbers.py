"""Numbers in a reader's form: metrics with their intervals, p-values, money, counts with their noun."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from .cell import NONE, Cell

HYPHEN_MINUS = re.compile(r"(?<!\w)-(?=[.\d])")


class Estimated(Protocol):
    """A metric with the interval that it has, if any; `few` where there are too few papers for one."""

    @property
    def value(self) -> float | None: ...  # noqa: D102
    @property
    def low(self) -> float | None: ...  # noqa: D102
    @property
    def high(self) -> float | None: ...  # noqa: D102
    @property
    def few(self) -> bool: ...  # noqa: D102


def number(value: float | None, digits: int = 3) -> Cell:
    """A number without its leading zero, as in ".691" or "-.02", and zero without a sign; a dash for None."""
    if value is None:
        return Cell(NONE)
    text = f"{value:z.{digits}f}"
    return Cell(text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text, value)


def show(estimate: Estimated | None, *, interval: bool = True, digits: int = 3) -> Cell:
    """A metric as ".691 [.646, .734]"; a dash where it is undefined."""
    if estimate is None or estimate.value is None:
        return Cell(NONE)
    if interval and estimate.few:
        return Cell(f"{number(estimate.value, digits)} [too few papers]", estimate.value)
    if not interval:
        return number(estimate.value, digits)
    return between(estimate.value, estimate.low, estimate.high, digits)


def between(value: float | None, low: float | None, high: float | None, digits: int = 3) -> Cell:
    """A number with the interval from `low` to `high`, or alone where it has none; a dash for None."""
    shown = number(value, digits)
    if value is None or low is None or high is None:
        return shown
    return Cell(f"{shown} {bracketed(low, high, digits)}", value, low, high)


def signed(value: float | None, low: float | None, high: float | None, digits: int = 3) -> Cell:
    """A difference as "+.12 [−.03, .27]", with the sign of minus; a dash for None."""
    shown = between(value, low, high, digits)
    if value is None:
        return shown
    return Cell(minus(f"{'+' if value > 0 else ''}{shown}"), value, shown.low, shown.high)


def minus(text: str) -> str:
    """The text with the sign of minus before its negative numbers, for a page."""
    return HYPHEN_MINUS.sub("−", text)


def bracketed(low: float, high: float, digits: int = 3) -> str:
    """An interval as "[.646, .734]"."""
    return f"[{number(low, digits)}, {number(high, digits)}]"


def show_p(value: float | None) -> Cell:
    """A p-value; a dash where there is none."""
    return Cell("<.001", value) if value is not None and value < 0.001 else number(value)


def count(value: int) -> Cell:
    """A count as "12,345"; a dash for none."""
    return Cell(f"{value:,}" if value else NONE, value)


def counted(value: int, noun: str, plural: str = "") -> str:
    """The number and the noun, as in "1 page" and "2 pages"."""
    return f"{value:,} {noun if value == 1 else plural or f'{noun}s'}"


def ratio(part: int, whole: int) -> Cell:
    """A count of a whole, as "12/40"; its value is the share."""
    return Cell(f"{part:,}/{whole:,}", part / whole if whole else None)


def about(value: int) -> str:
    """A count to three digits: "about 3,180"."""
    scale = 10 ** max(0, len(str(value)) - 3)
    shown = round(value / scale) * scale
    return f"about {shown:,}" if shown < 1_000_000 else "over a million"


def usd(value: float | None, unknown: str = "unknown") -> Cell:
    """US dollars without their sign, for a column that says it: "12.40", and four decimals below one: "0.0031"."""
    if value is None:
        return Cell(unknown)
    return Cell(f"{value:,.2f}" if value >= 1 or value == 0 else f"{value:.4f}", value)


def dollars(value: float | None, unknown: str = "price unknown") -> str:
    """US dollars in a sentence: "$12.40", "$0.0031"."""
    return unknown if value is None else f"${usd(value)}"


def seconds(value: float | None) -> Cell:
    """Seconds: whole ones from ten on, else with decimals that tell something; a dash for None."""
    if value is None:
        return Cell(NONE)
    return Cell(f"{value:,.0f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.4f}", value)


def first_of(names: Sequence[str], most: int = 4) -> str:
    """The first names of a list, and how many more there are: "a, b and 3 more"."""
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")
