"""Metrics that a model adds to a template: `METRIC: its name | its label | lower or higher | primary`."""

from __future__ import annotations

from collections.abc import Iterable

from ..template import Metric

METRIC = "METRIC"


def added_metrics(lines: Iterable[str]) -> tuple[Metric, ...]:
    """The metrics of the lines, those of another form left out. The digits are settled by the values."""
    return tuple(metric for line in lines if (metric := _metric(line)) is not None)


def _metric(line: str) -> Metric | None:
    parts = [part.strip(" `") for part in line.split("|")]
    if len(parts) not in (3, 4) or not parts[0]:
        return None
    lower, higher = "lower" in parts[2].lower(), "higher" in parts[2].lower()
    if lower == higher:
        return None
    primary = parts[-1].lower() == "primary"
    return Metric(name=parts[0], label=parts[1] or parts[0], better="lower" if lower else "higher", primary=primary)
