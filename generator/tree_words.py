"""A tree in words, for its page, its notes and whoever decides on it: kinds, gains, what was chosen and why."""

from __future__ import annotations

import math
from collections.abc import Iterator

from .nodes import BASELINE, Journal, Node
from .template import Metric
from .tree_choice import confirmed_pair, merit


def gain_in_words(journal: Journal, node: Node, metric: Metric | None) -> str:
    """The mean relative gain over the baseline; empty where there is none to tell."""
    baseline = journal.find(BASELINE)
    if baseline is None or metric is None or node.status != "ok" or node.kind in ("", "confirm"):
        return ""
    gain = merit(node, baseline, metric)
    return f"{100 * gain:+.1f}%".replace("-", "−") if math.isfinite(gain) else "values missing"


def choice_in_words(journal: Journal) -> str:
    """Which run was chosen, why, and what became of it; empty where none was."""
    choice = journal.choice
    if choice is None:
        return ""
    node = journal.find(choice.run)
    by = f"mean relative gain in {choice.metric} over the datasets" if choice.metric else "order of the runs"
    said = (
        f"{choice.run} ({node.label if node else 'gone'}) is the best of {choice.of} by the {by}, "
        f"{100 * choice.gain:+.1f}%, on the seeds that all runs have."
    ).replace("-", "−")
    pair = confirmed_pair(journal.nodes)
    if pair:
        return f"{said} {pair[1].run} is the same on fresh seeds, which no choice has seen, against {pair[0].run}."
    return f"{said} It is not confirmed{f': {choice.unconfirmed}' if choice.unconfirmed else ' yet'}."


def tree_lines(journal: Journal, metric: Metric | None) -> Iterator[str]:
    """The tree, a line for each run, those made from it below; nothing in a search without stages."""
    if not any(node.kind for node in journal.nodes):
        return

    def below(node: Node, depth: int) -> Iterator[str]:
        kind = node.kind or "baseline"
        gain = gain_in_words(journal, node, metric) or {"failed": "failed", "planned": "in work"}.get(node.status, "")
        chosen = "  <- chosen" if journal.choice and journal.choice.run == node.run else ""
        yield f"{'  ' * depth}{node.run} {kind}: {node.label}{f'  {gain}' if gain else ''}{chosen}"
        for child in journal.nodes:
            if child.parent == node.run:
                yield from below(child, depth + 1)

    for root in journal.nodes:
        if not root.parent:
            yield from below(root, 0)
    if words := choice_in_words(journal):
        yield words
