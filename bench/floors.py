"""What it says that a floor is, or is not, beaten."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from ..presentation.numbers import first_of, number
from .compare import RankRow
from .scores.records import FLOOR

Verdict = Literal["", "above", "open", "below"]
"""How one stands against the floors: better than each, not told from one, worse than one; empty: not compared."""


def verdicts_of(rows: Sequence[RankRow], floors: Collection[str]) -> dict[str, Verdict]:
    """How each reviewer with a rank stands against the floors among the rows, by its name."""
    there = [row for row in rows if row.name in floors and not row.in_sample]
    found: dict[str, Verdict] = {}
    for row in rows:
        if row.name in floors or row.rank is None or not there:
            continue
        worse = any(row.name in floor.above for floor in there)
        found[row.name] = "below" if worse else "above" if {f.name for f in there} <= {*row.above} else "open"
    return found


def floor_sentence(verdicts: Mapping[str, Verdict], floor: str, what: str, otherwise: str, verb: str = "from") -> str:
    """Which of them are better than the floor and which are not; empty where none was compared.

    `what` is what one of them is called, `otherwise` what it means where none is better; `verb` is "from" or "above".
    """
    verdicts = {name: verdict for name, verdict in verdicts.items() if verdict}
    if not verdicts:
        return ""
    named = {kind: [name for name, found in verdicts.items() if found == kind] for kind in ("above", "open", "below")}
    if named["above"]:
        words = [f"Resolved above {floor}: {first_of(named['above'])}."]
    else:
        words = [f"No {what} is resolved {'above' if named['below'] else verb} {floor}: {otherwise}."]
    if 0 < len(named["open"]) < len(verdicts):
        words.append(f"Not resolved: {first_of(named['open'])}.")
    if named["below"]:
        words.append(f"Resolved below: {first_of(named['below'])}.")
    return " ".join(words)


def reviewers_sentence(rows: Sequence[RankRow], floors: Collection[str]) -> str:
    """How the ranked reviewers stand against the floors, of which the best is named with its AUC."""
    there = [row for row in rows if row.name in floors and not row.in_sample]
    if not there:
        return ""
    best = max(there, key=lambda row: row.auc)
    auc = f"AUC {number(best.auc)}"
    floor = f"every floor (the best: {best.name}, {auc})" if len(there) > 1 else f"{best.name} ({auc})"
    return floor_sentence(
        verdicts_of(rows, floors),
        floor,
        "reviewer",
        "the data do not show that any of them sees more of the science than a rule that knows none",
        verb="above",
    )


def floor_notes(rows: Sequence[RankRow], floors: Collection[str]) -> list[str]:
    """The sentence, where a reviewer is not better than the floors."""
    unbeaten = any(verdict != "above" for verdict in verdicts_of(rows, floors).values())
    return [reviewers_sentence(rows, floors)] if unbeaten else []


def configurations_sentence(verdicts: Mapping[str, Verdict]) -> str:
    """How configurations of a scientist stand against their papers with the sentences shuffled."""
    return floor_sentence(
        verdicts,
        FLOOR,
        "configuration",
        "this reviewer has not shown to see more in these papers than in their sentences in random order",
    )
