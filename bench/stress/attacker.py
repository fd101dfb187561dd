"""An attacker with a budget: rounds of rewriting one part of each rejected paper against the reviewer's own scores.

Each round tries one move more on top of those that helped, and keeps it where the score is higher. All that the
attacker sees is the score (black box); it needs no model. The way of a paper follows from its stored scores, so that a
stopped attack goes on.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...reviewer.review import Review
from .forms import Forms
from .manipulation import Manipulation, NotApplicable
from .records import ATTACK

Reviews = Mapping[str, Review]
"""By the id of a form, those of one reviewer."""


@dataclass
class Way:
    """How an attack on one paper went so far."""

    forms: list[str] = field(default_factory=list)
    """One for each round that was reviewed."""
    kept: tuple[str, ...] = ()
    """The moves that helped."""
    best: float = float("-inf")
    usd: float = 0.0
    next: str = ""
    """The form of the next round; empty: there is none."""


@dataclass(frozen=True)
class Attack:
    """Which part is rewritten by which moves, for how many rounds and US dollars per paper."""

    target: str
    moves: Sequence[Manipulation]
    rounds: int
    usd: float
    seed: int

    @property
    def name(self) -> str:
        """Of its forms."""
        return f"{ATTACK}{self.target}"

    def way(self, forms: Forms, paper: str, reviews: Reviews) -> Way:
        """The way of a paper by its reviews, up to a round that is not reviewed yet."""
        way = Way()
        intact = reviews.get(paper)
        if intact is None or intact.overall is None:
            return way
        way.best = intact.overall
        untried = [move.name for move in self.moves]
        random.Random(f"{self.seed}\n{paper}\n{self.name}").shuffle(untried)
        dearest = intact.usage.usd or 0.0
        while untried and len(way.forms) < self.rounds and way.usd + dearest <= self.usd:
            form = self._form(forms, paper, (*way.kept, untried.pop(0)))
            review = reviews.get(form) if form else None
            if form and review is None:
                way.next = form
                break
            if not form or review is None:
                continue
            way.forms.append(form)
            cost = review.usage.usd or 0.0
            way.usd, dearest = way.usd + cost, max(dearest, cost)
            if review.overall is not None and review.overall > way.best:
                way.best, way.kept = review.overall, forms.known[form].moves
        return way

    def _form(self, forms: Forms, paper: str, moves: tuple[str, ...]) -> str:
        try:
            return forms.attacked(paper, self.name, moves)
        except NotApplicable:
            return ""
