"""What the pages say of a sealed forecast."""

from __future__ import annotations

from ...bench.sealing.records import MEMORY_WORDS, shown
from ...presentation.numbers import counted
from ..records import ReviewerResult


def seal_tags(result: ReviewerResult) -> tuple[str, ...]:
    """When the scores were sealed, and whether that is known to be before the decisions; nothing of other results."""
    if result.seal is None:
        return ()
    unchecked = ("not checked against the decisions' date",) if result.seal.memory == "unchecked" else ()
    return (f"sealed {result.seal.seal.sealed[:10]}", *unchecked)


def seal_facts(result: ReviewerResult) -> list[tuple[str, str]]:
    """The seal in full; nothing of other results."""
    forecast = result.seal
    if forecast is None:
        return []
    seal, gone = forecast.seal, len(forecast.withdrawn)
    decided = f", decided on {forecast.decided_on}" if forecast.decided_on else ""
    left = f", {gone} of them withdrawn since, in no figure" if gone else ""
    return [
        ("Sealed", f"{shown(seal.sealed)}, opened {shown(forecast.opened)}{decided}; {MEMORY_WORDS[forecast.memory]}"),
        ("Sealed papers", f"{counted(len(seal.papers), 'paper')} of {seal.dataset}{left}"),
        ("Commitment", f"{seal.line}; the checks compute it from the scores again"),
        ("Published", f"{forecast.published or 'not said where'}; not checked"),
    ]
