"""What a person may change in a plan before the first experiment, and why not the rest."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .plan import LARGEST, AnalysisPlan, Look

TOLERANCE = 1e-6


def check_plan(plan: AnalysisPlan, made: AnalysisPlan, measured: Collection[str]) -> None:
    """Raises ValueError, in a line that begins with the field, where the plan cannot take the place of the made one.

    `measured` are the metrics that the baseline has values of.
    """
    for name in ("level", "declared", "at", "seen", "seen_fresh"):
        if getattr(plan, name) != getattr(made, name):
            raise ValueError(f"field {name}: stays as it was made, {getattr(made, name)!r}")
    if unmeasured := [name for name in plan.metrics if name not in measured]:
        raise ValueError(f"field metrics: {unmeasured[0]!r} is not measured; known: {', '.join(sorted(measured))}")
    if len(set(plan.metrics)) < len(plan.metrics):
        raise ValueError("field metrics: one stands there twice")
    if made.metrics and not plan.metrics:
        raise ValueError("field metrics: name at least one")
    if not 1 <= plan.comparisons <= made.comparisons:
        raise ValueError(
            f"field comparisons: {plan.comparisons} is not from 1 to {made.comparisons}, the settings that this run "
            "can make (--runs of a new run allows more)"
        )
    if plan.confirmation != made.confirmation:
        raise ValueError("field confirmation: the fresh seeds stay as they were planned")
    _check_looks(plan.looks, made.looks)


def _check_looks(looks: Sequence[Look], made: Sequence[Look]) -> None:
    first = made[0].seeds
    if looks[0].seeds != first:
        seeds = ", ".join(f"{count} on {name}" for name, count in first.items())
        raise ValueError(f"field looks.0.seeds: the baseline has run with {seeds}; --seeds of a new run gives others")
    if len(looks) > len(made):
        most = "a third look has no rule" if len(looks) > 2 else "this run or its template allows no further seeds"
        raise ValueError(f"field looks: at most {len(made)}: {most}")
    if abs(sum(look.share for look in looks) - 1) > TOLERANCE:
        raise ValueError(f"field looks: the shares add up to {sum(look.share for look in looks):g}, not to 1")
    for later in looks[1:]:
        _check_later(later, first)


def _check_later(later: Look, first: dict[str, int]) -> None:
    if set(later.seeds) != set(first):
        raise ValueError(f"field looks.1.seeds: has to name {', '.join(first)}")
    for name, count in later.seeds.items():
        if not first[name] <= count <= LARGEST * first[name]:
            raise ValueError(
                f"field looks.1.seeds.{name}: {count} is not from {first[name]}, those of the first look, to "
                f"{LARGEST * first[name]}"
            )
    if later.seeds == first:
        raise ValueError("field looks.1.seeds: a second look needs more seeds than the first; or take it out")
