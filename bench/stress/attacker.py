"""An attacker with a budget: rounds of rewriting one part of each rejected paper against the reviewer's own scores.

Each round tries one move more on top of those that helped, and keeps it where the score is higher. All that the
attacker sees is the score (black box); it needs no model. The way of a paper follows from its stored scores, so that a
stopped attack goes on.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ...reviewer.review import Review
from .forms import Forms
from .manipulation import NotApplicable
from .records import AttackRecord, FormRecord, form_id

Reviews = Mapping[str, Review]
"""By the id of a form, those of one reviewer."""
Moves = tuple[str, ...]
FormOf = Callable[[str, Moves], str]
"""The form of a paper after these moves; empty where there is none."""


@dataclass
class Way:
    """How an attack on one paper went so far."""

    forms: list[str] = field(default_factory=list)
    """One for each round that was reviewed."""
    kept: Moves = ()
    """The moves that helped."""
    best: float = float("-inf")
    usd: float = 0.0
    next: str = ""
    """The form of the next round; empty: there is none."""


def way_of(attack: AttackRecord, paper: str, reviews: Reviews, form_of: FormOf, seed: int) -> Way:
    """The way of a paper by its reviews, up to a round that is not reviewed yet.

    No round is begun that would go beyond the attack's US dollars if it were as dear as the dearest review before.
    """
    way, intact = Way(), reviews.get(paper)
    if intact is None or intact.overall is None:
        return way
    way.best, dearest = intact.overall, intact.usage.usd or 0.0
    untried = list(attack.moves)
    random.Random(f"{seed}\n{paper}\n{attack.name}").shuffle(untried)
    while untried and len(way.forms) < attack.rounds and way.usd + dearest <= attack.usd:
        moves = (*way.kept, untried.pop(0))
        form = form_of(paper, moves)
        review = reviews.get(form) if form else None
        if form and review is None:
            way.next = form
            break
        if review is None:
            continue
        way.forms.append(form)
        cost = review.usage.usd or 0.0
        way.usd, dearest = way.usd + cost, max(dearest, cost)
        if review.overall is not None and review.overall > way.best:
            way.best, way.kept = review.overall, moves
    return way


def written(forms: Forms, attack: AttackRecord) -> FormOf:
    """Forms that are written where there is none yet."""

    def form_of(paper: str, moves: Moves) -> str:
        try:
            return forms.attacked(paper, attack.name, moves)
        except NotApplicable:
            return ""

    return form_of


def on_record(known: Mapping[str, FormRecord], attack: AttackRecord) -> FormOf:
    """Forms that are on record alone."""

    def form_of(paper: str, moves: Moves) -> str:
        form = form_id(paper, attack.name, 0.0, moves)
        return form if form in known else ""

    return form_of
