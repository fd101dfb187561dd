r"""Numbers and quantities of siunitx as the text that they print: \num{1e-3}, \SI{12}{\percent}, \numrange{1}{2}."""

from __future__ import annotations

import re

QUANTITIES = {
    "num": (1, False), "SI": (1, True), "qty": (1, True), "ang": (1, False), "numrange": (2, False),
    "SIrange": (2, True), "qtyrange": (2, True), "numlist": (1, False), "SIlist": (1, True), "qtylist": (1, True),
    "numproduct": (1, False), "qtyproduct": (1, True), "tablenum": (1, False), "si": (0, True), "unit": (0, True),
    "numprint": (1, False),
}  # fmt: skip
"""Commands with how many numbers they take, and whether a unit follows."""
UNITS = {"percent": r"\%", "second": "s", "minute": "min", "hour": "h", "milli": "m", "micro": "µ", "nano": "n",
         "kilo": "k", "mega": "M", "giga": "G", "tera": "T", "byte": "B", "bit": "bit", "hertz": "Hz", "gram": "g",
         "meter": "m", "metre": "m", "per": "/", "degree": "°", "celsius": "°C", "times": "×", "watt": "W",
         "joule": "J", "volt": "V", "million": "million"}  # fmt: skip
PREFIXES = {"milli", "micro", "nano", "kilo", "mega", "giga", "tera", "per"}
UNIT = re.compile(r"\\([A-Za-z]+)\s*|\\(%)|([^\\]+)")
POWER = re.compile(r"([\d.,])\s*[eEdD]\s*([+-]?\d+)")


def printed(name: str, numbers: list[str], unit: str) -> str:
    """The text of a number, a range, a list or a product with its unit, as LaTeX."""
    values = [_number(number) for number in numbers]
    if name.endswith("list") and values:
        values = [", ".join(_number(part) for part in numbers[0].split(";"))]
    elif name.endswith("product") and values:
        values = [re.sub(r"\s*x\s*", r" $\\times$ ", values[0])]
    elif name == "ang" and values:
        values = [f"{values[0].rstrip(';')}°"]
    return " ".join(part for part in (" to ".join(values), _unit(unit)) if part)


def _number(text: str) -> str:
    text = text.strip().replace("+-", r"\pm ")
    text = POWER.sub(r"\1 \\times 10^{\2}", text)
    return f"${text}$" if "\\pm" in text or "\\times" in text else text


def _unit(text: str) -> str:
    parts: list[str] = []
    for found in UNIT.finditer(text.strip()):
        name = found[1]
        parts.append(UNITS.get(name, name) if name else f"\\{found[2]}" if found[2] else found[3].strip())
        if name not in PREFIXES:
            parts.append(" ")
    return "".join(parts).strip()
