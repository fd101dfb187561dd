"""The ladder of degradations, which should lower a score: five strengths each."""

from __future__ import annotations

import random
from collections.abc import Callable

from ....data.records import Paper
from ..manipulation import Manipulation
from . import evidence, structure

FIVE = (0.2, 0.4, 0.6, 0.8, 1.0)


def _step(name: str, says: str, apply: Callable[[Paper, float, random.Random], Paper]) -> Manipulation:
    return Manipulation(f"degradation:{name}", "degradation", "lower", FIVE, says, "text", apply)


DEGRADATIONS = (
    _step(
        "baselines-removed", "comparisons with others' work left out, in text and tables", evidence.baselines_removed
    ),
    _step("seeds-removed", "seeds, spreads, intervals and tests left out", evidence.seeds_removed),
    _step("contradictions", "numbers in the text that contradict the tables", evidence.contradictions),
    _step("overclaims", "claims with numbers of which there is no evidence", evidence.overclaims),
    _step("method-removed", "sentences of the method left out", structure.method_removed),
    _step("experiments-replaced", "paragraphs of the experiments replaced by claims", structure.experiments_replaced),
    _step("sections-shuffled", "sections in each other's place", structure.sections_shuffled),
    _step("references-removed", "references and citations left out", structure.references_removed),
)
