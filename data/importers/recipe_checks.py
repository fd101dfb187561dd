"""What the rows of a published data set must hold to, and the count of those that do not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import InputError
from .number_cells import known
from .recipe_rows import NO_DECISION, RecipeRow
from .recipes import Recipe, without
from .venue_years import VenueYear, known_scale

NAMED = 5
"""Names that a note lists at most."""
RATINGS = ("ratings", "initial_ratings", "final_ratings")


class LeftOut:
    """The papers that are left out, by reason."""

    def __init__(self) -> None:
        self.ids: defaultdict[str, list[str]] = defaultdict(list)

    def add(self, name: str, reason: str) -> None:
        """Count the paper."""
        self.ids[reason].append(name)

    def counts(self) -> dict[str, int]:
        """Papers by reason."""
        return {reason: len(names) for reason, names in self.ids.items()}

    def withdrawn(self) -> dict[str, str]:
        """Those that a column says left the process, with its words."""
        left = {reason[len(NO_DECISION) :].rstrip(")"): names for reason, names in self.ids.items()
                if reason.startswith(NO_DECISION)}  # fmt: skip
        return {name: wording for wording, names in left.items() for name in names}

    def notes(self) -> list[str]:
        """Which papers they are, a few of each reason."""
        return [f"Left out, {reason}: {some(names)}." for reason, names in self.ids.items()]


def refuse_empty(recipe: Recipe, rows: Sequence[RecipeRow], mapped: Mapping[str, str], left_out: LeftOut) -> None:
    """Raise InputError where a required column, unless the user does without it, tells nothing: its meaning may have
    changed."""
    if not rows:
        raise InputError(f"{recipe.name}: no paper is left ({counted(left_out.counts())})")
    for name in ("decision", "ratings", "initial_ratings"):
        if name in recipe.required and mapped.get(name) != "" and not any(row.fields[name] for row in rows):
            column = mapped.get(name) or " or ".join(recipe.columns[name])
            raise InputError(
                f"{recipe.name}: {column} tells no {name} of any of {len(rows)} papers; the layout known is that of "
                f"{recipe.layout}. Name another column, as in --map {name}=COLUMN{without(name)}"
            )
    unread = sum(count for reason, count in left_out.counts().items() if reason.endswith("that can be read"))
    if unread > len(rows):
        raise InputError(f"{recipe.name}: {counted(left_out.counts())}; the layout known is that of {recipe.layout}")


def kept_apart(recipe: Recipe, rows: Sequence[RecipeRow]) -> list[RecipeRow]:
    """The rows with one id each: ids that stand in several venues or years get these behind them.

    Raises InputError for an id that stands twice in one, unless the recipe's rows may repeat and say the same.
    """
    by_id: defaultdict[str, list[RecipeRow]] = defaultdict(list)
    for row in rows:
        by_id[row.id].append(row)
    kept: list[RecipeRow] = []
    for name, same in by_id.items():
        first: dict[str, RecipeRow] = {}
        for row in same:
            other = first.setdefault(row.where.key, row)
            if other is row:
                kept.append(row)
            elif not (recipe.repeats and _said(other) == _said(row)):
                raise InputError(f"{row.place}: {name} stands twice in {row.where}, first in {other.place}; remove one")
        if len(first) > 1:
            for key, row in first.items():
                row.fields["paper_id"] = f"{name}.{key}" if key else name
    return kept


def _said(row: RecipeRow) -> tuple[Any, ...]:
    return tuple(row.fields[name] for name in ("title", "decision", "ratings"))


def on_scale(recipe: Recipe, rows: Sequence[RecipeRow], left_out: LeftOut) -> list[RecipeRow]:
    """The papers whose ratings are values of the scale. Raises InputError where most of a venue and year are off it."""
    off: defaultdict[VenueYear, list[RecipeRow]] = defaultdict(list)
    for row in rows:
        scale = scale_at(recipe, row.where)
        if scale and not ratings_in(row) <= set(scale):
            off[row.where].append(row)
    rated = Counter(row.where for row in rows if ratings_in(row))
    for where, strange in off.items():
        scale = ", ".join(f"{value:g}" for value in scale_at(recipe, where))
        if 2 * len(strange) > rated[where]:
            found = some(f"{rating:g}" for rating in sorted({rating for row in strange for rating in ratings_in(row)}))
            raise InputError(
                f"{recipe.name}: ratings of {len(strange)} of {rated[where]} papers of {where} are off its scale "
                f"({scale}), such as {strange[0].id}'s; found: {found}; the "
                f"layout known is that of {recipe.layout}. Name another column, as in --map ratings=COLUMN"
            )
        for row in strange:
            left_out.add(row.id, f"ratings off the scale of {where} ({scale})")
    left = {id(row) for strange in off.values() for row in strange}
    return [row for row in rows if id(row) not in left]


def ratings_in(row: RecipeRow) -> set[float]:
    """All ratings of the paper, those before and after the discussion too."""
    return {rating for name in RATINGS for rating in known(row.fields[name])}


def scale_at(recipe: Recipe, where: VenueYear) -> tuple[float, ...]:
    """The values that a rating could take there, ascending; empty where that is not known."""
    return recipe.scale if isinstance(recipe.scale, tuple) else known_scale(where) if recipe.scale == "venue" else ()


def some(names: Iterable[str]) -> str:
    """The first of the names, and how many more there are."""
    listed = list(dict.fromkeys(names))
    return ", ".join(listed[:NAMED]) + (f" and {len(listed) - NAMED} more" if len(listed) > NAMED else "")


def counted(counts: Mapping[str, int]) -> str:
    """Counts in words, by what they are of."""
    return "; ".join(f"{count} {what}" for what, count in counts.items()) or "there is none"
