"""Which metrics of final_info.json count for an idea: the template's, those that a model has named, those added."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter

from ..data.files import read_text, write_json
from .lab import Lab
from .plan import read_plan
from .template import Metric, primary_metrics

METRICS: TypeAdapter[list[Metric]] = TypeAdapter(list[Metric])
FILE = "measures.json"
ADDED = "added_measures.json"


def settled_metrics(lab: Lab) -> list[Metric]:
    """Those in measures.json, else those of the template's knobs.json, and those added; none where none says.

    Primary are those of the plan, where there is one that names any.
    """
    return metrics_in(lab.folder, lab.template.knobs.metrics if lab.template.knobs else ())


def metrics_in(folder: Path, own: Sequence[Metric]) -> list[Metric]:
    """As `settled_metrics`, of an idea's folder; `own` are those of its template's knobs.json."""
    metrics = [*(_read(folder / FILE) or own), *_read(folder / ADDED)]
    plan = read_plan(folder)
    if plan is None or not plan.metrics:
        return metrics
    return [metric.model_copy(update={"primary": metric.name in plan.metrics}) for metric in metrics]


def settle(lab: Lab, metrics: Sequence[Metric]) -> None:
    """Let these count."""
    write_json(lab.folder / FILE, METRICS.dump_python(list(metrics), mode="json"))


def add_metrics(lab: Lab, metrics: Sequence[Metric]) -> None:
    """Let these count too: measured since an experiment asked for them, and none that the plan names."""
    write_json(lab.folder / ADDED, METRICS.dump_python([*_read(lab.folder / ADDED), *metrics], mode="json"))


def _read(path: Path) -> list[Metric]:
    return METRICS.validate_json(read_text(path)) if path.exists() else []


def primary_metric(lab: Lab) -> Metric | None:
    """The metric that decides which run is better; None where no metric is settled."""
    return next(iter(primary_metrics(settled_metrics(lab))), None)
