"""Knobs whose variants differ in one number: the values that lie between those that were tried."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from ..template import Edit, Knob, Variant

NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])")
KEY = re.compile(r'"(\w+)": *$')
WIDE = 4.0
"""Ratio of two positive values from which on their geometric mean is between them, not the arithmetic one."""


@dataclass(frozen=True)
class Scale:
    """A knob as one number: the edit around it, its values by label, the baseline's where that is known."""

    knob: Knob
    edit: Edit
    before: str
    after: str
    values: dict[str, float]
    baseline: float | None
    whole: bool

    def variant(self, value: float) -> Variant:
        """The setting of a value."""
        written = f"{round(value)}" if self.whole else f"{value:g}"
        edit = self.edit.model_copy(update={"replace": f"{self.before}{written}{self.after}"})
        name = self.knob.name.replace("_", " ")
        description = f"The value of this setting ({name}) is {written}."
        return Variant(label=f"{name} {written}", description=description, edits=(edit,))

    def neighbours(self, value: float, tried: Iterable[float]) -> list[float]:
        """The values halfway from this one to the next that were tried, the lower first."""
        known = {*tried, *self.values.values(), *([] if self.baseline is None else [self.baseline])}
        lower = max((other for other in known if other < value), default=value)
        higher = min((other for other in known if other > value), default=value)
        halves = [self.between(value, other) for other in (lower, higher)]
        return [half for half in halves if half not in (*known, value)]

    def between(self, one: float, other: float) -> float:
        """A value between two, to two digits; a whole number where all are."""
        low, high = sorted((one, other))
        half = math.sqrt(low * high) if low > 0 and high / low >= WIDE else (low + high) / 2
        return float(round(half)) if self.whole else float(f"{half:.2g}")


def scale_of(knob: Knob, code: str) -> Scale | None:
    """The knob as a scale; None where its variants differ in more than one number. `code` is experiment.py."""
    edits = [variant.edits[0] for variant in knob.variants if len(variant.edits) == 1]
    places = {(edit.file, edit.search) for edit in edits}
    if len(edits) != len(knob.variants) or len(places) != 1:
        return None
    texts = [edit.replace for edit in edits]
    rests = {NUMBER.sub("#", text) for text in texts}
    same = NUMBER.sub("#", edits[0].search) in rests
    numbers = [NUMBER.findall(text) for text in (*texts, *([edits[0].search] if same else []))]
    differing = [place for place, found in enumerate(zip(*numbers, strict=True)) if len(set(found)) > 1] \
        if len(rests) == 1 else []  # fmt: skip
    if len(rests) != 1 or len(differing) != 1:
        return None
    place = differing[0]
    match = list(NUMBER.finditer(texts[0]))[place]
    before, after = texts[0][: match.start()], texts[0][match.end() :]
    key = KEY.search(before)
    baseline = float(numbers[-1][place]) if same else _constants(code).get(key[1]) if key else None
    written = [found[place] for found in numbers[: len(texts)]]
    values = {variant.label: float(text) for variant, text in zip(knob.variants, written, strict=True)}
    return Scale(knob, edits[0], before, after, values, baseline, all(text.lstrip("-").isdigit() for text in written))


@cache
def _constants(code: str) -> dict[str, float]:
    """The numbers that the code assigns to names, anywhere, the first for each name."""
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except SyntaxError:
        return {}
    found: dict[str, float] = {}
    for node in nodes:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None)
        number = value.value if isinstance(value, ast.Constant) else None
        if isinstance(number, (int, float)) and not isinstance(number, bool):
            for target in targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, float(number))
    return found
