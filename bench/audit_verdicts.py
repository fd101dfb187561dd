"""When a probe's figures make a leak; the rule is told in `audit`."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ..statistics.multiple_testing import holm
from .audit_records import ProbeFigures, Verdict
from .matched import Matched

ARTEFACT_LIMIT, LENGTH_LIMIT, CONTENT_LIMIT = 0.52, 0.60, 0.70


def judged(
    measured: Mapping[str, ProbeFigures], kinds: Mapping[str, str], limits: Mapping[str, float]
) -> dict[str, ProbeFigures]:
    """The figures of all probes, by name, with their verdicts; p-values are corrected for the number of probes.

    `kinds` gives each probe's kind, `limits` each kind's limit.
    """
    p_values = [math.nan if f.matched.p_value is None else f.matched.p_value for f in measured.values()]
    found: dict[str, ProbeFigures] = {}
    for (name, figures), p_holm in zip(measured.items(), holm(p_values), strict=True):
        deciding = figures.balanced_accuracy if kinds[name] == "artefact" else figures.auc
        low = deciding.low or 0.0
        corrected = None if math.isnan(p_holm) else p_holm
        reached = verdict(low > limits[kinds[name]], low > 0.5, figures.matched, corrected)
        found[name] = figures.model_copy(update={"matched_p_holm": corrected, "verdict": reached})
    return found


def verdict(beyond: bool, better: bool, matched: Matched, p_holm: float | None) -> Verdict:
    """The verdict on a probe that is `beyond` its limit, `better` than chance over all papers."""
    if p_holm is None:
        return "leak" if beyond else "signal" if better else "clean"
    equals = better and matched.above_chance
    if equals and (beyond or p_holm < 0.05):
        return "leak"
    return "suspect" if beyond or equals else "signal" if better else "clean"
