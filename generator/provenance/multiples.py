"""Multiples in words: "twice the accuracy of A", "halves the loss", "a third lower", "an order of magnitude faster"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .number_words import PARTS, WHOLE, value_of

NUMBER = rf"(?:{WHOLE}|\d+(?:\.\d+)?)"
PART = rf"half|(?:a|one|two|three)[\s-](?:{'|'.join(PARTS)})s?"
ABOUT = r"(?:(?:about|nearly|almost|roughly|around|approximately|(?:more|less)\s+than|over|at\s+(?:least|most))\s+)?"
MORE = r"higher|larger|greater|longer|slower|more|bigger|increase|growth|rise"
LESS = r"lower|smaller|shorter|faster|fewer|less|quicker|reduction|decrease|drop|decline|speed-?up"
SIZE = r"(?:high|large|great|long|low|small|short|big|slow|many|much|few|costly|expensive|fast|quick)"
TIMES = (
    rf"twice|double|thrice|triple|(?:{NUMBER})[\s-](?:times|fold)|(?:{WHOLE})fold"
    rf"|(?:an?|{WHOLE})\sorders?\sof\smagnitude"
)
LEVEL = re.compile(
    rf"\b(?:(?P<times>{TIMES})|(?P<part>{PART})(?:\sof)?)\s+"
    rf"(?:(?P<as>as\s+{SIZE}\b)|(?P<that>(?:that|those)\b)|(?P<the>the\b|its\b)"
    rf"|(?P<more>{MORE})\b|(?P<less>{LESS})\b|(?P<better>improvement|better|gain)\b)",
    re.IGNORECASE,
)
VERB = re.compile(r"\b(?P<verb>doubl|tripl|quadrupl|halv)(?:es|ed|ing)\b", re.IGNORECASE)
VERBS = {"doubl": 2.0, "tripl": 3.0, "quadrupl": 4.0, "halv": 0.5}
CHANGE = re.compile(
    rf"\b(?:(?P<less>(?:reduc|lower|decreas|cut|shorten|drop|fall)\w*)|(?P<more>(?:increas|rais)\w*)|(?P<better>improv\w*))\b"
    rf"(?P<noun>[^.;,]{{0,80}}?)\b(?:(?P<how>by|to)\s+{ABOUT}(?P<part>{PART})\b"
    rf"|by\s+a\s+factor\s+of\s+{ABOUT}(?P<factor>{NUMBER})\b|by\s+{ABOUT}(?P<orders>an?|{WHOLE})\sorders?\sof\smagnitude)",
    re.IGNORECASE,
)
OF_SPEED = re.compile(r"\b(?:fast|quick)", re.IGNORECASE)
OF_DURATION = re.compile(r"\b(?:fast|quick|slow|long|short|speed)", re.IGNORECASE)
AT_LEAST = re.compile(r"\b(?:more\s+than|over|at\s+least|exceed\w*|above)\s+\Z", re.IGNORECASE)
AT_MOST = re.compile(r"\b(?:less\s+than|fewer\s+than|under|at\s+most|below|up\s+to|not\s+quite)\s+\Z", re.IGNORECASE)
NOUN = re.compile(
    r"(?:\s*(?:the|its|as)\b)*\s*([^.,;:()]*?)(?=\s+(?:of|as|on|in|for|with|than|by|to|from|over|under|against|compared)\b|[.,;:()]|\Z)"
)
NEAR, ORDER, SLACK = 1.25, 10**0.5, 0.02
"""Factors by which a quotient may be away from what is said, for orders of magnitude the second; and from a bound."""


@dataclass(frozen=True)
class Multiple:
    """What a text says at `start`: the quotient of an own value and another's is one of `ratios`.

    text[slice(*noun)] is what it is a multiple of, empty where that does not follow. `better` says that it is the
    inverse for a measure of which less is better, `duration` that it is one of a time. `bound` is "least" or "most",
    in a `change` of how far it goes.
    """

    word: str
    start: int
    end: int
    ratios: tuple[float, ...]
    noun: tuple[int, int] = (0, 0)
    near: float = NEAR
    better: bool = False
    duration: bool = False
    change: bool = False
    bound: str = ""

    def fits(self, quotient: float, *, higher: bool) -> bool:
        """Whether a quotient of two values is what is said, of a measure of which more is better or not."""
        inverse = self.better and not higher
        return any(self._fits(quotient, 1 / ratio if inverse else ratio) for ratio in self.ratios)

    def _fits(self, quotient: float, ratio: float) -> bool:
        least = (self.bound == "least") != (self.change and ratio < 1)
        if self.bound and self.change and self.bound == "most" and (quotient < 1) != (ratio < 1):
            return False
        if self.bound:
            return quotient >= ratio * (1 - SLACK) if least else quotient <= ratio * (1 + SLACK)
        return ratio / self.near <= quotient <= ratio * self.near


def multiples(text: str) -> Iterator[Multiple]:
    """The multiples in a text."""
    for found in LEVEL.finditer(text):
        yield _level(found, text)
    for found in VERB.finditer(text):
        ratio = VERBS[found["verb"].lower()]
        noun = _noun(text, found.end()) if re.match(r"\s+(?:the|its)\b", text[found.end() :]) else (0, 0)
        yield Multiple(found[0], *found.span(), (ratio,), noun, change=True, bound=_bound(text, found.start()))
    for found in CHANGE.finditer(text):
        yield _change(found, text)


def _level(found: re.Match[str], text: str) -> Multiple:
    factor, near = _factor(found["times"]) if found["times"] else (_part(found["part"]), NEAR)
    part, less = found["part"], found["less"]
    if less:
        ratios = (1 - factor, 1 / (1 + factor)) if part else (1 / factor,)
    elif found["more"] or found["better"]:
        ratios = (1 + factor,) if part else (factor, factor + 1)
    else:
        ratios = (1 / factor,) if OF_SPEED.search(found["as"] or "") else (factor,)
    said = found["as"] or found["more"] or less or ""
    duration = OF_DURATION.search(said) is not None
    counted = (
        found["the"]
        or re.search(r"\b(?:many|much|few|more|fewer|less)\Z", said)
        or (found["better"] or "in").startswith("gain")
    )
    noun = _noun(text, found.end()) if counted and not duration else (0, 0)
    if re.match(r"\s+in\b", text[found.end() :]):
        noun = _noun(text, found.end() + 3)
    return Multiple(
        found[0],
        *found.span(),
        ratios,
        noun,
        near,
        better=bool(found["better"]),
        duration=duration,
        change=bool(found["more"] or less or found["better"]),
        bound=_bound(text, found.start()),
    )


def _change(found: re.Match[str], text: str) -> Multiple:
    near = ORDER if found["orders"] else NEAR
    if found["part"]:
        part = _part(found["part"])
        ratio = part if found["how"].lower() == "to" else 1 - part if found["less"] else 1 + part
    else:
        factor = value_of(found["factor"]) if found["factor"] else _order(found["orders"])
        ratio = 1 / factor if found["less"] else factor
    said = next(name for name in ("part", "factor", "orders") if found[name])
    return Multiple(
        found[0],
        *found.span(),
        (ratio,),
        _noun(text, found.start("noun")),
        near,
        better=bool(found["better"]),
        change=True,
        bound=_bound(text, found.start(said)),
    )


def _factor(words: str) -> tuple[float, float]:
    """The factor and how near a quotient has to be."""
    low = words.lower()
    if "order" in low:
        return _order(re.split(r"\s+order", low)[0]), ORDER
    single = {"twice": 2.0, "double": 2.0, "thrice": 3.0, "triple": 3.0}
    return single[low] if low in single else value_of(re.sub(r"[\s-]*(?:times|fold)\Z", "", low)), NEAR


def _order(words: str) -> float:
    return 10.0 if words.lower() in ("a", "an") else 10.0 ** value_of(words)


def _part(words: str) -> float:
    pieces = re.split(r"[\s-]+", words.lower())
    count = {"two": 2, "three": 3}.get(pieces[0], 1)
    return count * PARTS[pieces[-1].removesuffix("s") if pieces[-1] != "half" else "half"]


def _noun(text: str, end: int) -> tuple[int, int]:
    found = NOUN.match(text, end)
    return found.span(1) if found else (0, 0)


def _bound(text: str, start: int) -> str:
    before = text[:start]
    return "least" if AT_LEAST.search(before) else "most" if AT_MOST.search(before) else ""
