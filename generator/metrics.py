"""Which metrics of final_info.json count for an idea: the template's, those that a model has named, those added."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import TypeAdapter

from ..data.files import read_text, write_json
from .lab import Lab
from .template import Metric, primary_metrics

METRICS: TypeAdapter[list[Metric]] = TypeAdapter(list[Metric])
FILE = "measures.json"


def settled_metrics(lab: Lab) -> list[Metric]:
    """Those in measures.json, else those of the template's knobs.json; none where neither says."""
    path = lab.folder / FILE
    if path.exists():
        return METRICS.validate_json(read_text(path))
    return list(lab.template.knobs.metrics) if lab.template.knobs else []


def settle(lab: Lab, metrics: Sequence[Metric]) -> None:
    """Let these count."""
    write_json(lab.folder / FILE, METRICS.dump_python(list(metrics), mode="json"))


def primary_metric(lab: Lab) -> Metric | None:
    """The metric that decides which run is better; None where no metric is settled."""
    return next(iter(primary_metrics(settled_metrics(lab))), None)
