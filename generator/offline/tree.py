"""What the offline scientist tries in a tree: variants of its question, neighbouring values, combinations, parts alone.

A setting is named by its parts, such as `vaccinated=40%` (a variant of knobs.json) and `isolating~0.4` (a value between
those). Whatever node it goes on from, its code is the baseline's with the edits of all parts.
"""

from __future__ import annotations

import ast
import json
import random
import re
from collections.abc import Iterator, Sequence

from ...data.errors import InputError
from ..nodes import Node
from ..template import Edit, Knob, Knobs, Variant
from ..tree_choice import Step
from .scales import Scale, scale_of

Parts = tuple[str, ...]
PART = re.compile(r"(\w+)([=~])(.*)", re.DOTALL)
DICTIONARY = re.compile(r"(.*=\s*)(\{.*\})(\s*)", re.DOTALL)


class Settings:
    """The settings around one knob of a template. `seed` orders the other knobs; `code` is experiment.py."""

    def __init__(self, knobs: Knobs, own: Knob, code: str, seed: int) -> None:
        self.own = own
        self.knobs = {knob.name: knob for knob in knobs.knobs}
        self.scales = {knob.name: scale_of(knob, code) for knob in knobs.knobs}
        self.others = [knob for knob in knobs.knobs if knob.name != own.name]
        random.Random(seed).shuffle(self.others)

    def candidates(self, step: Step, parent: Node, nodes: Sequence[Node]) -> Iterator[Parts]:
        """What the step could try from a node, the first choice first; nothing that was tried before."""
        tried = {frozenset(node.parts) for node in nodes}
        found = {
            "draft": self._variants,
            "debug": self._nearer,
            "tune": self._tuned,
            "ablate": self._ablated,
        }[step.kind or "draft"](step, parent.parts, nodes)
        return (parts for parts in found if frozenset(parts) not in tried)

    def setting(self, parts: Parts) -> Variant:
        """Label, description and edits of a setting. Raises InputError where its parts change the same lines."""
        variants = [self._part(part) for part in parts]
        labels = [self._label(part, variant) for part, variant in zip(parts, variants, strict=True)]
        edits = merged([edit for variant in variants for edit in variant.edits])
        descriptions = " ".join(variant.description for variant in variants)
        return Variant(label=" + ".join(labels), description=descriptions, edits=edits)

    def _label(self, part: str, variant: Variant) -> str:
        """A variant's label, behind its knob's name where that is another one than the idea's."""
        name, sign, _ = PART.fullmatch(part).groups()  # type: ignore[union-attr]
        return variant.label if sign == "~" or name == self.own.name else f"{name.replace('_', ' ')} {variant.label}"

    def _part(self, part: str) -> Variant:
        """The variant that a part stands for. Raises InputError for a part of another knobs.json."""
        match = PART.fullmatch(part)
        knob = self.knobs.get(match[1]) if match else None
        if match and knob and match[2] == "=":
            found = next((variant for variant in knob.variants if variant.label == match[3]), None)
        else:
            scale = self.scales.get(match[1]) if match else None
            found = scale.variant(float(match[3])) if match and scale else None
        if found is None:
            raise InputError(f"experiments.json: {part!r} is no setting of the template's knobs.json")
        return found

    def _variants(self, _step: Step, _parts: Parts, _nodes: Sequence[Node]) -> Iterator[Parts]:
        yield from ((named(self.own, variant),) for variant in self.own.variants)

    def _nearer(self, _step: Step, parts: Parts, _nodes: Sequence[Node]) -> Iterator[Parts]:
        """Halfway back to the baseline, in one part: what fails at an extreme may run there."""
        for index, part in enumerate(parts):
            scale, value = self._value(part)
            if scale and value is not None and scale.baseline is not None:
                nearer = scale.between(value, scale.baseline)
                if nearer not in (value, scale.baseline):
                    yield (*parts[:index], f"{scale.knob.name}~{nearer:g}", *parts[index + 1 :])

    def _tuned(self, step: Step, parts: Parts, nodes: Sequence[Node]) -> Iterator[Parts]:
        """By turns neighbouring values or a combination first."""
        near = [*self._neighbours(parts, nodes), *self._variants(step, parts, nodes)]
        combined = list(self._combined(parts))
        yield from (*near, *combined) if step.number % 2 else (*combined, *near)

    def _neighbours(self, parts: Parts, nodes: Sequence[Node]) -> Iterator[Parts]:
        for index, part in enumerate(parts):
            scale, value = self._value(part)
            if scale and value is not None:
                tried = [self._value(other) for node in nodes for other in node.parts]
                known = [number for other, number in tried if other is scale and number is not None]
                for near in scale.neighbours(value, known):
                    yield (*parts[:index], f"{scale.knob.name}~{near:g}", *parts[index + 1 :])

    def _combined(self, parts: Parts) -> Iterator[Parts]:
        """The setting with a variant of another knob, as far as that goes together."""
        present = {part.partition("=")[0].partition("~")[0] for part in parts}
        for knob in self.others:
            for variant in knob.variants if knob.name not in present else ():
                together = (*parts, named(knob, variant))
                try:
                    self.setting(together)
                except InputError:
                    continue
                yield together

    def _ablated(self, _step: Step, parts: Parts, _nodes: Sequence[Node]) -> Iterator[Parts]:
        """The setting without one of its parts; the last one cannot be taken away."""
        if len(parts) > 1:
            yield from ((*parts[:index], *parts[index + 1 :]) for index in range(len(parts)))

    def _value(self, part: str) -> tuple[Scale | None, float | None]:
        """The scale that a part lies on, and its value."""
        match = PART.fullmatch(part)
        scale = self.scales.get(match[1]) if match else None
        if match is None or scale is None:
            return None, None
        return scale, float(match[3]) if match[2] == "~" else scale.values.get(match[3])


def named(knob: Knob, variant: Variant) -> str:
    """A variant as a part."""
    return f"{knob.name}={variant.label}"


def merged(edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """The edits, those that fill the same empty dictionary as one. Raises InputError where two change the same text."""
    found: dict[tuple[str, str], Edit] = {}
    for edit in edits:
        place = (edit.file, edit.search)
        found[place] = _both(found[place], edit) if place in found else edit
    return tuple(found.values())


def _both(one: Edit, other: Edit) -> Edit:
    first, second, empty = (DICTIONARY.fullmatch(text) for text in (one.replace, other.replace, one.search))
    if not (first and second and empty and empty[2] == "{}" and first[1] == second[1] == empty[1]):
        raise InputError(f"{one.file}: two settings change {one.search!r}")
    together: dict[str, object] = {**ast.literal_eval(first[2]), **ast.literal_eval(second[2])}
    written = ", ".join(f"{_quoted(name)}: {_quoted(value)}" for name, value in together.items())
    return one.model_copy(update={"replace": f"{first[1]}{{{written}}}{first[3]}"})


def _quoted(value: object) -> str:
    """The value as Python has it, a text in double quotes."""
    return json.dumps(value) if isinstance(value, str) else repr(value)
