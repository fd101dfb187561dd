"""How many papers resolve a difference, what so many papers can resolve, and when two reviewers are equivalent."""

from __future__ import annotations

import math

Z_LEVEL, Z_POWER = 1.959964, 0.841621
"""Normal quantiles of a two-sided test at .05, and of 80% power."""
TYPICAL_SE, TYPICAL_PAPERS = 0.027, 500
"""Standard error of the difference of two AUCs: GPT-4o with one example less GPT-4o without, ICLR 2022 test papers."""


def papers_needed(difference: float, se: float, n: int, *, power: float = 0.8) -> int | None:
    """Papers with which a two-sided test at .05 resolves a difference with the given power.

    `se` is the standard error of the difference on `n` papers, which falls with the root of their number: n ((z_.975 +
    z_power) se / difference)^2. One test alone: corrections for several need more. None where the difference is 0 or
    `se` is unknown.

    Raises ValueError for n < 1, a negative `se`, or power outside (.05, 1).
    """
    from scipy.special import ndtri

    if n < 1 or se < 0 or not 0.05 < power < 1:
        raise ValueError(f"n must be 1 or more, se not negative, power within (.05, 1): not {n}, {se}, {power}")
    if not difference or not math.isfinite(difference) or not math.isfinite(se):
        return None
    return max(1, math.ceil(n * ((Z_LEVEL + float(ndtri(power))) * se / difference) ** 2))


def power_of(difference: float, se: float) -> float:
    """Probability that a two-sided test at .05 resolves a true difference estimated with this standard error."""
    from scipy.special import ndtr

    if not se > 0:
        raise ValueError(f"the standard error must be above 0, not {se}")
    effect = abs(difference) / se
    return float(ndtr(effect - Z_LEVEL) + ndtr(-effect - Z_LEVEL))


def detectable(se: float, *, power: float = 0.8) -> float:
    """The smallest difference that is resolved with the given power where its standard error is `se`."""
    from scipy.special import ndtri

    return (Z_LEVEL + float(ndtri(power))) * se


def equivalence_p(difference: float, se: float, margin: float) -> float:
    """p-value of two one-sided tests (Schuirmann 1987) that a difference lies outside (-margin, margin).

    Small: the two are as good as each other within the margin. NaN without a standard error; a difference without
    variance is certain. Raises ValueError for a margin that is not above 0.
    """
    from scipy.special import ndtr

    if not margin > 0:
        raise ValueError(f"the margin must be above 0, not {margin}")
    if se == 0:
        return float(abs(difference) >= margin)
    return float(ndtr((abs(difference) - margin) / se))
