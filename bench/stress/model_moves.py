"""Manipulations that a model writes: the paper laundered, and the moves of an attacker."""

from __future__ import annotations

import random

from ...data.records import Paper
from .manipulation import Manipulation
from .records import ATTACK
from .rewriter import Job, prompts
from .rewrites import PRESENTATION, Rewrites

LAUNDERED = "rewrite"
"""The style that is no move of an attacker."""
REWRITE = f"laundering:{LAUNDERED}"
NEEDS_MODEL = f"{REWRITE} is made by a language model: name one with --rewriter SPEC"


def laundering(rewrites: Rewrites) -> Manipulation:
    """All prose of the paper rewritten."""
    return _written(REWRITE, PRESENTATION, LAUNDERED, rewrites)


def model_moves(target: str, rewrites: Rewrites) -> list[Manipulation]:
    """What an attacker has a model do to the abstract or to the presentation."""
    styles = [style for style in prompts()["styles"] if style != LAUNDERED]
    return [_written(f"{ATTACK}{target}-{style}", target, style, rewrites) for style in styles]


def job_of(paper: Paper, name: str) -> Job:
    """What is to be rewritten of a paper for the manipulation of this name."""
    if name == REWRITE:
        return Job(paper, PRESENTATION, LAUNDERED)
    target, _, style = name.removeprefix(ATTACK).partition("-")
    return Job(paper, target, style)


def _written(name: str, target: str, style: str, rewrites: Rewrites) -> Manipulation:
    def apply(paper: Paper, strength: float, rng: random.Random) -> Paper:  # noqa: ARG001
        return rewrites.applied(paper, target, style)

    says = prompts()["styles"][style]["says"]
    return Manipulation(name, "laundering", "same", (1.0,), says, "text", apply)
