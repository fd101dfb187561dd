"""From a row of a published data set to a row of our own fields, or the reason why the paper is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import InputError
from ..files import whole_characters
from ..records import NO, YES, Decision, parse_decision
from .cells import SPLITS, VERSIONS, body, named_id, word
from .number_cells import CONFIDENCE_KEYS, RATING_KEYS, known, listed_numbers, reviews_of
from .recipe_tables import NamedTable, cell
from .recipes import Columns, Recipe
from .rows import opened
from .venue_years import VenueYear, usual_name, venue_year

RATINGS = {"ratings": RATING_KEYS, "initial_ratings": RATING_KEYS, "final_ratings": RATING_KEYS,
           "confidences": CONFIDENCE_KEYS}  # fmt: skip
WHOLE_TEXTS = ("content", "markdown", "full_text", "text", "paper_text")
"""A whole text in an object, or in a message to a model."""
NO_DECISION = "no accept or reject ("
"""How the reason begins, with the source's word behind it, why a paper without a decision is left out."""
LEFT = re.compile(r"withdr|desk", re.IGNORECASE)


class LeftOutError(Exception):
    """A paper that is left out; the message is the reason, by which it is counted."""


@dataclass
class RecipeRow:
    """A paper of a published data set in our own words."""

    place: str
    id: str
    where: VenueYear
    fields: dict[str, Any]
    """As `rows_to_dataset` takes them; `text` is empty where the row has none."""
    file: str = ""
    """Where its text is, as the row says."""
    track: str = ""
    arxiv: str = ""
    version: str = ""
    """Of the text, in the source's own words."""
    trouble: str = ""
    """Why the row's text could not be read."""
    unread: str = ""
    """The column whose confidences could not be read."""


class TableReader:
    """Reads the rows of one table by a recipe; `columns` are those of the recipe's fields that the table has, `wanted`
    says which venues and years are read."""

    def __init__(
        self, recipe: Recipe, table: NamedTable, columns: Columns, wanted: Callable[[VenueYear], bool]
    ) -> None:
        self.recipe, self.table, self.columns, self.wanted = recipe, table, columns, wanted
        self.seen: set[VenueYear] = set()
        names = table.words[:-1] or table.words
        self.decision = next((found for name in names if recipe.classes and (found := class_of(name))), None)
        words = [word for name in names for word in re.split(r"[\W_]+", name.lower())]
        self.split = next((word for word in words if word in SPLITS), "") if recipe.splits else ""
        named = (venue_year(name) for name in table.words if re.fullmatch(r"[a-z]+[ _-]?\d{4}", name.lower()))
        self.named = next(named, VenueYear())

    def rows(self) -> Iterator[RecipeRow | tuple[str, str]]:
        """The papers; in place of one that is left out its id and the reason."""
        for number, row in enumerate(self.table.rows, start=1):
            place = f"{self.table.where}: row {number}"
            where = self._where(row, place)
            self.seen.add(where)
            if not self.wanted(where):
                continue
            name = self._id(row, place)
            try:
                if not name:
                    raise LeftOutError("no id")
                yield self._read(whole_characters(dict(row)), name, where, place)
            except LeftOutError as reason:
                yield name or place, str(reason)

    def _read(self, row: Mapping[str, Any], name: str, where: VenueYear, place: str) -> RecipeRow:
        fields: dict[str, Any] = {"paper_id": name, "decision": self._wording(row, place), "split": self.split}
        for one in ("title", "abstract"):
            fields[one] = self._word(row, one, place)
        read = {one: self._numbers(row, one, keys) for one, keys in RATINGS.items()}
        fields |= {one: listed for one, (listed, _) in read.items()}
        told = self._word(row, "text_version", place).lower()
        usual = "unknown" if self.recipe.text_version == "none" else self.recipe.text_version
        fields["text_version"] = VERSIONS.get(told, "unknown") if told else usual
        text, abstract, trouble = self._text(row)
        fields["text"], fields["abstract"] = text, fields["abstract"] or abstract
        fields["venue"], fields["year"] = where.venue, where.year
        file, track, arxiv = (self._word(row, one, place) for one in ("text_file", "track", "arxiv"))
        return RecipeRow(place, name, where, fields, file, track, arxiv, told, trouble, read["confidences"][1])

    def _id(self, row: Mapping[str, Any], place: str) -> str:
        there = (cell(row, column) for column in self.columns.get("paper_id", ()))
        given = next((value for value in there if word(value, place)), None)
        return named_id(given, f"{place}: paper_id") if given is not None else ""

    def _word(self, row: Mapping[str, Any], name: str, place: str) -> str:
        found = (word(cell(row, column), f"{place}: {column}") for column in self.columns.get(name, ()))
        return next(filter(None, found), "")

    def _wording(self, row: Mapping[str, Any], place: str) -> str:
        """The decision in words: that of the first column that has one; the others, and the table's class, must agree.

        Raises LeftOutError where a column tells that the paper left the process, and where two decisions disagree.
        """
        said = [word(cell(row, column), f"{place}: {column}") for column in self.columns.get("decision", ())]
        said = [wording for wording in said if wording]
        left = next((wording for wording in said if LEFT.search(wording)), "")
        if left:
            raise LeftOutError(f"{NO_DECISION}{left})")
        decisions = {decision for wording in said if (decision := _ruled(wording))}
        if self.decision:
            decisions.add(self.decision)
        if len(decisions) > 1:
            raise LeftOutError("its columns of decisions, or they and its class, disagree")
        in_words = [wording for wording in said if _ruled(wording) and wording.lower() not in YES | NO]
        return next(iter([*in_words, *said]), self.decision or "")

    def _numbers(self, row: Mapping[str, Any], name: str, keys: Sequence[str]) -> tuple[list[float | None], str]:
        """The numbers, each in its place, of the first column that has some, else a column that cannot be read.

        Raises LeftOutError where ratings cannot be read.
        """
        unread = ""
        for column in self.columns.get(name, ()):
            value = cell(row, column)
            reviews = reviews_of(value)
            if reviews and not any(_tells(review, keys) for review in reviews):
                continue
            try:
                found = listed_numbers(value, column, keys)
            except InputError as error:
                if name != "confidences":
                    raise LeftOutError(f"{column} holds no ratings that can be read") from error
                unread = unread or column
                continue
            if known(found):
                return found, ""
        return [], unread

    def _text(self, row: Mapping[str, Any]) -> tuple[str, str, str]:
        """Text, the abstract that came with it, and why the text could not be read."""
        trouble = ""
        for column in self.columns.get("text", ()):
            value = opened(cell(row, column))
            messages = [message for message in reviews_of(value) if message.get("role") == "user"]
            inner = value if isinstance(value, Mapping) else messages[0] if messages else {}
            value = next((inner[name] for name in WHOLE_TEXTS if isinstance(inner.get(name), str)), value)
            try:
                text, abstract = body(value, column)
            except InputError as error:
                trouble = str(error)
                continue
            if text.strip():
                return text, abstract, ""
        return "", "", trouble

    def _where(self, row: Mapping[str, Any], place: str) -> VenueYear:
        told, year = (venue_year(self._word(row, one, place)) for one in ("venue", "year"))
        venue = told.venue or self.named.venue or year.venue or usual_name(self.recipe.venue)
        return VenueYear(venue, year.year or told.year or self.named.year)


def class_of(name: str) -> Decision | None:
    """The decision that a split or file is named after: accept, rejected, not_accepted; None for another name."""
    return _ruled(re.sub(r"[\W_]+", " ", name)) if re.search(r"accept|reject", name, re.IGNORECASE) else None


def _ruled(wording: str) -> Decision | None:
    try:
        return parse_decision(wording)[0]
    except ValueError:
        return None


def _tells(review: Mapping[str, Any], keys: Sequence[str]) -> bool:
    """Whether a review has a field of ratings, in itself or in an object within."""
    names = {str(name).lower() for name in review}
    return bool(names & set(keys)) or any(_tells(part, keys) for part in review.values() if isinstance(part, Mapping))
