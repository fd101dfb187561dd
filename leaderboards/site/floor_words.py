"""How an entry stands against the floors of its board: in a sentence, and in a few words of a badge."""

from __future__ import annotations

from collections.abc import Mapping

from ...bench.floors import Verdict

SENTENCES: Mapping[Verdict, str] = {
    "above": "Resolved above every floor of its board.",
    "open": "Not resolved above every floor of its board, which know nothing of the science.",
    "below": "Below a floor of its board, which knows nothing of the science.",
}
BRIEFLY: Mapping[Verdict, str] = {"open": ", not above the floors", "below": ", below a floor"}


def against_floors(verdict: Verdict) -> str:
    """A sentence; empty where no floor was compared."""
    return SENTENCES.get(verdict, "")
