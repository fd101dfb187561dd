"""An attacker with a budget: rounds of rewriting one part of each rejected paper against the reviewer's own scores.

Each round tries one move more on top of those that helped, and keeps it where the score is higher. All that the
attacker sees is the score (black box); moves are by rules, or by a model. The way of a paper follows from its stored
scores, so that a stopped attack goes on.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ...reviewer.review import Review
from .records import AttackRecord, FormRecord, form_id

Reviews = Mapping[str, Review]
"""By the id of a form, those of one reviewer."""
Moves = tuple[str, ...]
FormOf = Callable[[str, Moves], FormRecord | None]
"""The form of a paper after these moves; None where there is none."""


@dataclass
class Way:
    """How an attack on one paper went so far."""

    forms: list[str] = field(default_factory=list)
    """One for each round that was reviewed."""
    kept: Moves = ()
    """The moves that helped."""
    best: float = float("-inf")
    usd: float = 0.0
    next: FormRecord | None = None
    """The form of the next round; None: there is none."""


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
        if form is None:
            continue
        review = reviews.get(form.id)
        if review is None:
            way.next = form
            break
        way.forms.append(form.id)
        cost = (review.usage.usd or 0.0) + (form.usd or 0.0)
        way.usd, dearest = way.usd + cost, max(dearest, cost)
        if review.overall is not None and review.overall > way.best:
            way.best, way.kept = review.overall, moves
    return way


def to_write(known: Mapping[str, FormRecord], attack: AttackRecord) -> FormOf:
    """Forms on record, and those that are still to be written."""

    def form_of(paper: str, moves: Moves) -> FormRecord | None:
        form = form_id(paper, attack.name, 0.0, moves)
        new = FormRecord(id=form, paper=paper, name=attack.name, strength=len(moves), base=paper, moves=moves)
        found = known.get(form, new)
        return None if found.reason else found

    return form_of


def on_record(known: Mapping[str, FormRecord], attack: AttackRecord) -> FormOf:
    """Forms that are on record alone."""

    def form_of(paper: str, moves: Moves) -> FormRecord | None:
        found = known.get(form_id(paper, attack.name, 0.0, moves))
        return None if found is None or found.reason else found

    return form_of
