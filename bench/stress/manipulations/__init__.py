"""All manipulations, and those that a user names."""

from __future__ import annotations

from collections.abc import Iterable
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


def chosen(names: Iterable[str]) -> list[Manipulation]:
    """The manipulations of these names, each once, in the order of `MANIPULATIONS`.

    A name is a manipulation's own, a family's, or "all". Raises InputError for others, with near matches.
    """
    known = {m.name for m in MANIPULATIONS}
    wanted: set[str] = set()
    for name in names:
        if name not in known and name not in FAMILIES and name != "all":
            raise unknown("manipulation", name, [*known, *FAMILIES, "all"])
        wanted |= {m.name for m in MANIPULATIONS if name in (m.name, m.family, "all")}
    return [m for m in MANIPULATIONS if m.name in wanted]
