"""What a stress run takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .manipulation import Manipulation


@dataclass(frozen=True, kw_only=True)
class StressSettings:
    """What a stress run takes beside papers and reviewers; the names are those of the command's options."""

    split: str = "test"
    limit: int | None = None
    out: Path | None = None
    """The run folder; None: one under runs/, named after papers and reviewers."""
    raw: bool = False
    files: int | None = None
    """At most so many papers are written as files (PDF, LaTeX) by the manipulations that do so; None: all."""
    manipulations: Sequence[str | Manipulation] = ("all",)
    """Their names, those of families, or all; or manipulations of one's own."""
    repeats: int = 1
    """Reviews of each intact paper."""
    recall: bool = False
    attacks: Sequence[str] = ()
    """What an attacker may rewrite: abstract, presentation."""
    rewriter: str = ""
    """SPEC of the language model that rewrites: for attacks, and for laundering:rewrite. Empty: rules rewrite."""
    rounds: int = 8
    attack_usd: float = 1.0
    """US dollars that an attack may cost per paper."""
    defences: bool = False
    """Intact papers are also read without scrubbing, and with injections removed."""
    retry_failed: bool = False
    seed: int = 0
