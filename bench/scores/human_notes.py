"""What a reader has to know of the humans beside a judge, one line each."""

from __future__ import annotations

from ...data.errors import printable
from ...presentation.numbers import counted, signed
from ...statistics.estimate import Estimate
from .human_metrics import HumanFigures, HumanGate, HumanPair

MOST = 6
"""Pairs that a note names."""


def human_notes(gate: HumanGate, humans: HumanFigures | None) -> list[str]:
    """Whether the judge is shown to follow humans, where the two disagree on an order, and who has no human score."""
    if gate.follows:
        notes = [f"The judge is shown to follow humans: {gate.why}."]
    else:
        advice = "; give some with --humans FILE" if humans is None else ""
        notes = [f"{gate.mark.capitalize()}: {gate.why}{advice}. Scores and order are this judge's alone."]
    if humans is not None:
        notes += [*_on_reversals(humans), *_on_papers(humans)]
    return [printable(note) for note in notes]


def _on_reversals(humans: HumanFigures) -> list[str]:
    reversed_pairs = [pair for pair in humans.pairs if pair.reversed]
    if not reversed_pairs:
        return []
    words = f"Humans and judge disagree on the order of {len(reversed_pairs)} of {counted(len(humans.pairs), 'pair')}"
    shown = "; ".join(_reversal(pair) for pair in reversed_pairs[:MOST])
    rest = len(reversed_pairs) - MOST
    return [f"{words}: {shown}{f'; {rest} more in the table' if rest > 0 else ''}."]


def _reversal(pair: HumanPair) -> str:
    return f"{pair.a} − {pair.b} ({pair.template}): humans {_signed(pair.human)}, judge {_signed(pair.judge)}"


def _signed(estimate: Estimate) -> str:
    return signed(estimate.value, estimate.low, estimate.high, 2)


def _on_papers(humans: HumanFigures) -> list[str]:
    if not humans.without:
        return []
    scored = humans.without + humans.agreement.papers
    return [f"{humans.without} of {counted(scored, 'paper')} with a score by the judge have no human score."]
