"""Reviewers that know nothing of the science: the rows that every other reviewer has to beat."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from ..data.errors import InputError, unknown
from ..data.records import Paper
from .protocol import Reviewer, Traits, fingerprint_of
from .review import Review

ANONYMOUS = re.compile(r"anonymous authors?|double[- ]blind|under review as", re.IGNORECASE)
HEADER_LENGTH = 3000
FLOORS = ("always-reject", "always-accept", "random", "base-rate", "constant", "length", "header", "surface")
DEFAULT_BASE_RATE = 0.32
"""About the share that ICLR has accepted over the years; `bench` puts the dataset's own rate in its place."""


@dataclass
class FloorReviewer(Reviewer):
    """A rule from a paper to a score and a decision."""

    name: str
    fingerprint: str
    rule: Callable[[Paper], dict[str, object]]
    traits: Traits
    reads_text: bool = False

    async def review(self, paper: Paper) -> Review:
        """The rule's answer; it never fails."""
        return Review.model_validate({"paper_id": paper.id, **self.rule(paper)})


def make_floor(kind: str, *, rate: float = DEFAULT_BASE_RATE, seed: int = 0, value: float | None = None) -> Reviewer:
    """The floor of this kind; `rate` in [0, 1] matters to `base-rate` only, `seed` to it and `random`.

    `value` is the score that `constant` gives to every paper, on the scale of human ratings.

    Raises InputError for an unknown kind, and for `constant` without a value.
    """
    if kind == "surface":
        from .learned.model import surface_floor

        return surface_floor()
    if kind == "constant" and value is None:
        raise InputError("floor:constant needs a score to give: floor:constant?value=5.5")

    def random(paper: Paper) -> dict[str, object]:
        draw = uniform(paper.id, seed)
        return {"overall": draw, "decision": "accept" if draw >= 0.5 else "reject"}

    def base_rate(paper: Paper) -> dict[str, object]:
        accept = uniform(paper.id, seed) < rate
        return {"overall": rate, "p_accept": rate, "decision": "accept" if accept else "reject"}

    rules: dict[str, tuple[Callable[[Paper], dict[str, object]], str]] = {
        "always-reject": (lambda _: {"overall": 0, "p_accept": 0, "decision": "reject"}, "always the same"),
        "always-accept": (lambda _: {"overall": 1, "p_accept": 1, "decision": "accept"}, "always the same"),
        "random": (random, "a fair coin"),
        "base-rate": (base_rate, f"a coin that accepts {rate:.3g}"),
        "constant": (lambda _: {"overall": value}, f"none: every paper gets {value}"),
        "length": (lambda paper: {"overall": len(paper.text.split())}, "words of the text"),
        "header": (header, "accept where the header is not anonymous"),
    }
    if kind not in rules:
        raise unknown("floor", kind, FLOORS)
    rule, decision_rule = rules[kind]
    used = {"base-rate": {"rate": rate, "seed": seed}, "random": {"seed": seed}, "constant": {"value": value}}
    settings = used.get(kind, {})
    return FloorReviewer(
        name=f"floor:{kind}",
        fingerprint=fingerprint_of(floor=kind, version=1, **settings),
        rule=rule,
        traits=Traits(kind="floor", decision_rule=decision_rule),
        reads_text=kind in ("length", "header"),
    )


def header(paper: Paper) -> dict[str, object]:
    """Accept where the first 3000 characters name no anonymity: the rule that a label leak makes unbeatable."""
    anonymous = ANONYMOUS.search(paper.text[:HEADER_LENGTH]) is not None
    return {"overall": 0 if anonymous else 1, "decision": "reject" if anonymous else "accept"}


def uniform(paper_id: str, seed: int) -> float:
    """A number in [0, 1) that depends on the paper's id and the seed alone."""
    digest = hashlib.sha256(f"{seed}:{paper_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
