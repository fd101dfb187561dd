"""What the user says of the ideas: which groups they belong to, and how many were tried."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from ...data.errors import InputError, unknown
from ...data.importers.cells import one_of
from ...data.importers.number_cells import numbers
from ...data.importers.rows import read_rows
from .entries import Entry
from .records import MOST_TRIED

ACCEPTED = {"1": True, "0": False, "true": True, "false": False, "accept": True, "reject": False}


@dataclass(frozen=True)
class Rule:
    """A line of a mapping file."""

    where: str
    pattern: str
    template: str
    configuration: str
    human: Mapping[str, Any]
    """What humans said: fields of an idea."""

    def fits(self, entry: Entry) -> bool:
        """Whether the pattern is that of the idea's path, of the path's end, or of the idea's id or name."""
        paths = [Path(os.path.normpath(path)) for path in (entry.source, entry.file) if path]
        ends = ["/".join(path.parts[-n:]) for path in paths for n in range(1, len(path.parts) + 1)]
        names = [*map(str, paths), *ends, entry.idea.id, entry.idea.name]
        return any(fnmatchcase(name, self.pattern) for name in names)


def read_map(path: Path) -> list[Rule]:
    """The lines of a mapping file: a table with the columns path, template and configuration, and maybe human_mean and
    accepted, what humans said of the paper.

    An empty cell leaves what was there. Raises InputError for other columns, an empty pattern or no number.
    """
    rules = []
    for number, row in enumerate(_rows(path), start=1):
        where = f"{path}: row {number}"
        pattern, template, configuration = (
            _cell(row, column, where) for column in ("path", "template", "configuration")
        )
        if not pattern:
            raise InputError(f"{where}: path is empty; give a file, a pattern such as 'claude/*', or an idea's name")
        rules.append(Rule(where, pattern, template, configuration, _human(row, where)))
    return rules


def mapped(entries: Sequence[Entry], rules: Sequence[Rule]) -> list[Entry]:
    """The entries in the groups of the first rule that fits each; others stay where they are.

    Raises InputError for a rule that fits none.
    """
    for rule in rules:
        if not any(rule.fits(entry) for entry in entries):
            raise InputError(
                f"{rule.where}: nothing is called {rule.pattern!r}; give a path, its end or an idea's name"
            )
    return [_moved(entry, next((rule for rule in rules if rule.fits(entry)), None)) for entry in entries]


def _moved(entry: Entry, rule: Rule | None) -> Entry:
    if rule is None:
        return entry
    named = {"template": rule.template, "configuration": rule.configuration}
    return entry.changed(**{name: value for name, value in named.items() if value}, **rule.human)


def _human(row: Mapping[str, Any], where: str) -> dict[str, Any]:
    ratings = numbers(row.get("human_mean"), f"{where}: human_mean")
    accepted = one_of(row.get("accepted"), ACCEPTED, f"{where}: accepted")
    found = {"human_mean": sum(ratings) / len(ratings) if ratings else None, "human_accepted": accepted}
    return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True)
class Tried:
    """What the user says of a group."""

    where: str
    tried: int
    usd: float | None = None


def read_tried(given: Iterable[str], labels: Iterable[str]) -> dict[str, Tried]:
    """By the labels of groups, from GROUP=N or files with the columns template, configuration, tried and maybe usd.

    Raises InputError for a group that is not there or a number that is none.
    """
    labels = list(labels)
    found: dict[str, Tried] = {}
    for text in given:
        for label, tried in _tried_of(text):
            if label not in labels:
                raise unknown("group", label, labels, hint=tried.where)
            if label in found and found[label].tried != tried.tried:
                raise InputError(f"{tried.where}: {label} was given {found[label].tried} before; say it once")
            if tried.usd is not None or label not in found:
                found[label] = tried
    return found


def _tried_of(text: str) -> list[tuple[str, Tried]]:
    group, equals, number = text.rpartition("=")
    if Path(text).is_file() or not equals:
        return [_tried_row(row, f"{text}: row {i}") for i, row in enumerate(_rows(Path(text)), start=1)]
    where = f"--tried {text}"
    return [(group.strip(), Tried(where, _whole(number, where)))]


def _tried_row(row: Mapping[str, Any], where: str) -> tuple[str, Tried]:
    label = f"{_cell(row, 'template', where)}/{_cell(row, 'configuration', where)}"
    paid = str(row.get("usd") or "").strip()
    tried = _whole(_cell(row, "tried", where), f"{where}: tried")
    return label, Tried(where, tried, _dollars(paid, f"{where}: usd") if paid else None)


def _rows(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        raise InputError(f"{path}: no such file; give GROUP=N or a .csv or .tsv file")
    rows = list(read_rows(path))
    if not rows:
        raise InputError(f"{path}: has no rows")
    return rows


def _cell(row: Mapping[str, Any], column: str, where: str) -> str:
    if column not in row:
        raise InputError(f"{where}: no column {column!r} (columns: {', '.join(map(str, row))})")
    return str(row[column]).strip()


def _whole(text: str, where: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if not 1 <= number <= MOST_TRIED:
        raise InputError(f"{where}: {text[:40]!r} is not a number of ideas (a whole number from 1 to {MOST_TRIED})")
    return number


def _dollars(text: str, where: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        raise InputError(f"{where}: {text!r} is not an amount of US dollars")
    return number
