"""All manipulations, and those that a user names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import get_args

from ....data.errors import unknown
from ..manipulation import Family, Manipulation
from .degradation import DEGRADATIONS
from .hidden import HIDDEN
from .identity import IDENTITIES
from .injection import INJECTIONS
from .invariance import INVARIANCES
from .laundering import LAUNDERINGS

MANIPULATIONS: tuple[Manipulation, ...] = (
    *INJECTIONS, *HIDDEN, *LAUNDERINGS, *IDENTITIES, *DEGRADATIONS, *INVARIANCES,
)  # fmt: skip
"""Family by family."""
FAMILIES: tuple[Family, ...] = get_args(Family)


def chosen(names: Iterable[str], further: Sequence[Manipulation] = ()) -> list[Manipulation]:
    """The manipulations of these names, each once, in the order of `MANIPULATIONS`, behind which come `further` ones.

    A name is a manipulation's own, with or without its family, a family's, or "all". Raises InputError for others,
    with near matches.
    """
    there = [*MANIPULATIONS, *further]
    short = _short_names(there)
    known = {m.name for m in there}
    wanted: set[str] = set()
    for given in names:
        name = short.get(given, given)
        if name not in known and name not in FAMILIES and name != "all":
            raise unknown("manipulation", name, [*known, *FAMILIES, "all"], short=short)
        wanted |= {m.name for m in there if name in (m.name, m.family, "all")}
    return [m for m in there if m.name in wanted]


def _short_names(there: Sequence[Manipulation]) -> dict[str, str]:
    """Names without their family, where no other manipulation or family is called so."""
    members = [(m.name.partition(":")[2], m.name) for m in there]
    count = Counter([*(short for short, _ in members), *FAMILIES, "all"])
    return {short: name for short, name in members if count[short] == 1}
