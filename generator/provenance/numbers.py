"""Numbers as a paper prints them: their value, their digits, and the interval of values that they can stand for.

Brackets right behind a number hold the uncertainty of its last digits: 0.862(3) is 0.862 ± 0.003.

A number printed to some digit stands for every value that rounds to it, half up or half to even: 0.862 for the closed
interval [0.8615, 0.8625]. Cut-off digits are no rounding: 0.862 does not stand for 0.8629. Words widen the interval:

- "about", "approximately", "roughly", "≈": zeros at the end of a whole number do not count as digits, as far as this
  stays within 5% ("about 400" is [380, 420]; "about 0.345" is as narrow as without the word);
- "over", "more than", "at least": from the number on, upwards, to twice that half-width;
- "nearly", "almost", "less than", "at most": the same downwards.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Literal

from .number_words import WHOLE, value_of

Role = Literal["value", "spread", "p"]

NUMBER = re.compile(
    r"""(?<![A-Za-z0-9_\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff.^\\])(?<![A-Za-z]-)
    (?P<sign>(?<![\w)\]%])[-+])?
    (?>(?P<body>\d{1,3}(?:[,\u2009\u202f]\d{3})+(?:\.\d+)?(?![\d])|\d+\.\d+|\d+|\.\d+))
    (?!\.\d|\d)
    (?:[eE](?P<exponent>[-+]?\d{1,3})(?!\d)|\s?[×·]\s?10\^(?P<power>[-+]?\d{1,3})|(?P<bare>\^[-+]?\d{1,3}))?
    (?P<unit>\s?[%％]|\s?percent(?!\w)|\s?×(?!\s?\d)|(?:x|s|[kKMB]|\s?(?:ms|milliseconds?|minutes?|min|hours?|h|million|billion))(?![A-Za-z0-9_]))?
    (?P<tail>[A-Za-z_]\w*)?""",
    re.VERBOSE,
)
SCALES = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "ms": 1e-3, "min": 60.0, "h": 3600.0, "million": 1e6, "billion": 1e9,
          "millisecond": 1e-3, "minute": 60.0, "hour": 3600.0}  # fmt: skip
"""Units whose values may be logged in the plain one (seconds, pieces)."""
PERCENT_IN_WORDS = re.compile(rf"(?<![\w-])({WHOLE})[\s-]per\s?cent\b", re.IGNORECASE)
SECONDS = re.compile(r"s\Z")
MINUS = re.compile(r"\u2212|(?<![\w)\]%.])(?<!\d\s)\u2013(?=[\d.])")
"""Signs that print as a minus; a dash between two numbers is none."""
LARGEST = 1e300
ABOUT = re.compile(
    r"(?:\babout|\bapproximately|\bapprox\.?|\baround|\broughly|\bcirca|\bsome|≈|~)\s*(?:a\s)?\$?\Z", re.I
)
OVER = re.compile(r"(?:\bover|\bmore than|\bat least|\babove|\bexceed(?:s|ed|ing)?|>|≥)\s*\Z", re.I)
UNDER = re.compile(
    r"(?:\bnearly|\balmost|\bless than|\bfewer than|\bat most|\bbelow|\bunder|\bjust shy of|<|≤)\s*\Z", re.I
)
TIMES_WORDS = re.compile(r"\s?-?(?:times\b|fold\b|speed-?up)", re.I)
P_VALUE = re.compile(
    r"(?<![A-Za-z])p(?:[-\s]?values?)?(?:_\w+|\s*\(\w+\))?\s*(?:(?P<relation>[=<>≤≥≈])|of|is|was)\s*\Z", re.I
)
PROBABILITY = re.compile(
    r"\b(?:dropout|probabilit(?:y|ies)|mask\w*|noise|rate)\s+(?:rate\s+)?(?:to|of|is|at|with|\()?\s*\W?\Z", re.I
)
"""Before a p that is a probability of the method."""
LOOSE = 0.05
"""Half-width, relative, that a word like "about" allows at most."""


@dataclass(frozen=True)
class Printed:
    """One number in a text. `value`, `low` and `high` are as printed, in units of `unit` where there is one."""

    text: str
    value: float
    low: float
    high: float
    step: float
    digits: int
    start: int
    end: int
    whole: bool
    unit: str = ""
    role: Role = "value"
    relation: str = ""

    @property
    def percent(self) -> bool:
        """Whether a percent sign or the word follows."""
        return self.unit in ("%", "percent")

    @property
    def times(self) -> bool:
        """Whether it is a factor, as in "1.8×", "1.8 times" or "1.8-fold"."""
        return self.unit == "×"

    def gives(self, setting: float) -> bool:
        """Whether it states a setting of that value: one of up to four digits is written with all of them.

        Words like "about" allow what they allow of other numbers.
        """
        if not self.low <= setting <= self.high:
            return False
        rounded = math.isclose(self.high - self.low, self.step, rel_tol=1e-6)
        return not rounded or float(f"{setting:.4g}") != setting or math.isclose(self.value, setting, rel_tol=1e-9)

    @property
    def scales(self) -> tuple[float, ...]:
        """Factors by which the printed number may be multiplied to be the logged one."""
        if self.percent:
            return (0.01, 1.0)
        return (SCALES[self.unit], 1.0) if self.unit in SCALES else (1.0,)


def find_numbers(text: str) -> list[Printed]:
    """The numbers in a text, in order. Digits within words and names (2D, V100, GPT-4, enwik8, 3rd) are none."""
    text = MINUS.sub("-", text)
    found: list[Printed] = []
    for match in NUMBER.finditer(text):
        if match["tail"]:
            continue
        number = _printed(match, text)
        if number is not None:
            found.append(_in_last_digits(number, found[-1], text) if found else number)
    return sorted([*found, *map(_in_words, PERCENT_IN_WORDS.finditer(text))], key=lambda number: number.start)


def _in_words(match: re.Match[str]) -> Printed:
    """A percentage in words: "twenty-five percent"."""
    size = value_of(match[1])
    low, high = _interval(size, 1.0, f"{size:g}", match.string[max(0, match.start() - 30) : match.start()])
    digits = len(f"{size:g}")
    return Printed(match[0], size, low, high, 1.0, digits, *match.span(), whole=True, unit="percent")


def _in_last_digits(number: Printed, before: Printed, text: str) -> Printed:
    """The number, or where it is the uncertainty in brackets of the last digits before it, that as a spread."""
    between, behind = text[before.end : number.start], text[number.end : number.end + 1]
    if (between, behind) != ("(", ")") or before.whole or not re.fullmatch(r"[1-9]\d?", number.text):
        return number
    value = number.value * before.step
    low, high = number.low * before.step, number.high * before.step
    return replace(number, value=value, low=low, high=high, step=before.step, whole=False, role="spread")


def _printed(match: re.Match[str], text: str) -> Printed | None:
    body = re.sub(r"[,\u2009\u202f]", "", match["body"])
    exponent = int(match["exponent"] or match["power"] or 0)
    bare = match["bare"]
    if bare and body != "10":
        return None
    if bare:
        body, exponent = "1", int(bare[1:])
    if abs(exponent) > 300 or len(body) > 40:
        return None
    decimals = len(body.partition(".")[2])
    step = 10.0 ** (exponent - decimals)
    size = float(f"{body}e{exponent}")
    if size > LARGEST or not step:
        return None
    sign = -1.0 if match["sign"] == "-" else 1.0
    before = text[max(0, match.start() - 30) : match.start()]
    low, high = _interval(size, step, body, before)
    p_value = P_VALUE.search(before)
    if p_value and PROBABILITY.search(before[: p_value.start()]):
        p_value = None
    return Printed(
        text=match[0].strip(),
        value=sign * size,
        low=low if sign > 0 else -high,
        high=high if sign > 0 else -low,
        step=step,
        digits=max(1, len(body.replace(".", "").lstrip("0"))),
        start=match.start(),
        end=match.end(),
        whole="." not in body and not exponent,
        unit=_unit(match, text),
        role="p" if p_value else "spread" if before.rstrip().endswith("±") else "value",
        relation=(p_value["relation"] or "") if p_value else "",
    )


def _interval(size: float, step: float, body: str, before: str) -> tuple[float, float]:
    """The values that a number of this size and digits stands for, with what the words before it allow."""
    half = step / 2 + 1e-9 * size
    if not ABOUT.search(before) and not OVER.search(before) and not UNDER.search(before):
        return size - half, size + half
    zeros = 0 if "." in body else len(body) - len(body.rstrip("0"))
    half = max(half, min(step * 10**zeros / 2, LOOSE * size))
    if ABOUT.search(before):
        return size - half, size + half
    return (size, size + 2 * half) if OVER.search(before) else (size - 2 * half, size)


def _unit(match: re.Match[str], text: str) -> str:
    unit = (match["unit"] or "").strip().replace("％", "%")
    if unit == "x" or TIMES_WORDS.match(text, match.end()):
        return "×"
    return SECONDS.sub("", unit) if len(unit) > 2 else unit


def chance_share(number: Printed, values: list[float], *, wide: bool = False) -> float:
    """Share of the numbers of this format, of the same order of magnitude, that one of the values would support.

    A number of three digits is one of 900; each value takes one of them, or more where a word widens the interval.
    `wide` is for a single digit behind the point: it counts as one of the hundred from 0.0 to 9.9.
    """
    size = abs(number.value)
    width = max(number.high - number.low, number.step)
    top = 10.0 ** (math.floor(math.log10(size)) + 1) if size else number.step * 10
    bottom = top / 10 if size else 0.0
    if wide:
        bottom, top = 0.0, max(top, 100 * number.step)
    slots = max(1.0, (top - bottom) / width)
    taken = {round(value / width) for value in map(abs, values) if bottom - width / 2 <= value < top}
    return min(1.0, len(taken) / slots)
